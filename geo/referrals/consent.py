"""What a person is told before saying yes, by version and language. Pure.

The words are data, kept with their version for as long as a consent may name it: a changed word is
another version. Source: REFERRAL_PRIVACY §8 of the project's design, for the mode without a note.
Counsel and two organizations have to read a version before it is used (docs/referrals.md).
"""

from collections.abc import Mapping, Sequence

CURRENT = 1

# Paragraphs, read aloud one after the other. Whoever reads them says the need and the names.
TEXTS: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    1: {
        "fr": (
            "Nous allons dire à %(organizations)s qu’une personne demande de l’aide pour : "
            "%(need)s. Nous dirons aussi la langue qu’elle parle (%(spoken)s), sa région "
            "(%(region)s) et quand elle a besoin d’aide. Rien d’autre.",
            "Votre nom n’est écrit nulle part. Votre numéro de téléphone, votre adresse et votre "
            "employeur non plus.",
            "Vous recevez un code. Vous seul décidez à qui vous le donnez. Sans le code, personne "
            "ne peut savoir que c’est vous.",
            "Tout est effacé après 90 jours au plus tard. Votre accord finit le %(until)s.",
            "Vous pouvez changer d’idée à tout moment : servez-vous de votre code, ou dites-le à "
            "l’un ou l’autre des organismes. Tout s’arrête alors.",
            "Votre employeur et le gouvernement n’ont pas accès à ceci par nous. Un tribunal peut "
            "exiger ce qui est écrit ; votre nom n’y est pas.",
            "Vous pouvez dire non. Cela ne change rien à l’aide que nous vous donnons.",
            "Êtes-vous d’accord ?",
        ),
        "en": (
            "We will tell %(organizations)s that a person asks for help with: %(need)s. We will "
            "also tell the language that the person speaks (%(spoken)s), the region (%(region)s) "
            "and how soon help is needed. Nothing else.",
            "Your name is not written anywhere. Nor are your phone number, your address or your "
            "employer.",
            "You get a code. Only you decide whom you give it to. Without the code, nobody can "
            "know that it is you.",
            "Everything is erased after 90 days at the latest. Your consent ends on %(until)s.",
            "You can change your mind at any time: use your code, or tell either organization. "
            "Then everything stops.",
            "Your employer and the government have no access to this through us. A court may "
            "require what is written; your name is not in it.",
            "You can say no. It changes nothing in the help that we give you.",
            "Do you agree?",
        ),
        "es": (
            "Vamos a decirle a %(organizations)s que una persona pide ayuda con: %(need)s. "
            "También diremos el idioma que habla (%(spoken)s), su región (%(region)s) y qué tan "
            "pronto necesita la ayuda. Nada más.",
            "Su nombre no se escribe en ningún lado. Tampoco su número de teléfono, su dirección "
            "ni su patrón.",
            "Usted recibe un código. Solo usted decide a quién dárselo. Sin el código, nadie puede "
            "saber que es usted.",
            "Todo se borra después de 90 días a más tardar. Su sí vale hasta el %(until)s.",
            "Puede cambiar de opinión en cualquier momento: use su código o dígaselo a cualquiera "
            "de las organizaciones. Entonces todo se detiene.",
            "Su patrón y el gobierno no tienen acceso a esto por medio de nosotros. Un tribunal "
            "puede exigir lo que está escrito; su nombre no está ahí.",
            "Puede decir que no. No cambia nada en la ayuda que le damos.",
            "¿Está de acuerdo?",
        ),
    },
}

_AND = {"fr": " et ", "en": " and ", "es": " y "}


def languages(version: int = CURRENT) -> tuple[str, ...]:
    """The languages that a version can be read in."""
    return tuple(TEXTS[version])


def text(  # noqa: PLR0913 - each is a blank of the text
    language: str,
    *,
    organizations: Sequence[str],
    need: str,
    spoken: str,
    region: str,
    until: str,
    version: int = CURRENT,
) -> list[str]:
    """The text with its blanks filled, one string a paragraph.

    Args:
        language: one of `languages(version)`.
        organizations: names of those that may hear of it, at least one.
        need: the need, in words of `language`; so are `spoken` (a language) and `until` (a day).
        spoken: the language that the person speaks.
        region: the region of the person.
        until: the last day of the consent.
        version: of the text.

    Raises:
        KeyError: there is no such version, or not in that language.
    """
    blanks = {
        "organizations": _joined(organizations, language),
        "need": need,
        "spoken": spoken,
        "region": region,
        "until": until,
    }
    return [paragraph % blanks for paragraph in TEXTS[version][language]]


def _joined(names: Sequence[str], language: str) -> str:
    *first, last = names
    if not first:
        return last
    # Spanish says “e” before the sound of an i.
    is_soft = language == "es" and last[:1].lower() in {"i", "í"}
    return ", ".join(first) + (" e " if is_soft else _AND[language]) + last
