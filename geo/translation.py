"""Text in several languages: its shape, its states and the one rule of fallback.

A translated text is a JSON object keyed by language. Each wording has its text and its state; a
translation also says which language it was made from and a digest of that wording, so that it is
known to be outdated as soon as the original changes:

    {"fr": {"text": "Aide juridique", "state": "original"},
     "es": {"text": "Ayuda legal", "state": "machine", "of": "fr", "digest": "1f0c…"}}

A fourth language is data: nothing here nor in the database names the languages of a text.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("fr", "en", "es")

# Which language is shown when the one asked for is missing. French before English for Spanish
# speakers: it is what the place itself will speak.
FALLBACK = {"fr": ("fr", "en", "es"), "en": ("en", "fr", "es"), "es": ("es", "fr", "en")}

ORIGINAL = "original"
MACHINE = "machine"
REVIEWED = "reviewed"
OUTDATED = "outdated"
STORED_STATES = (ORIGINAL, MACHINE, REVIEWED)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is shown.

    Attributes:
        text: never empty.
        language: the language it is in, which may not be the one asked for.
        state: `original`, `machine`, `reviewed` or `outdated`.
        asked: the language that was asked for.
    """

    text: str
    language: str
    state: str
    asked: str

    def __str__(self) -> str:
        return self.text

    @property
    def is_fallback(self) -> bool:
        """The text is in another language than the one asked for."""
        return self.language != self.asked


def digest(text: str) -> str:
    """A short fingerprint of a wording, by which its translations know that it changed."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:12]


def state_of(content: Mapping[str, Mapping[str, str]], language: str) -> str:
    """The state of one wording of `content`, `outdated` when its original has changed.

    Raises:
        KeyError: `content` has no wording in `language`.
    """
    wording = content[language]
    if origin := wording.get("of"):
        source = content.get(origin)
        if source is None or digest(source["text"]) != wording.get("digest"):
            return OUTDATED
    return wording["state"]


def wording(content: Mapping[str, Mapping[str, str]] | None, language: str) -> Wording | None:
    """The text to show to a reader of `language`, or None where there is none at all."""
    if not content:
        return None
    order = FALLBACK.get(language, FALLBACK["fr"])
    for candidate in (*order, *sorted(set(content) - set(order))):
        if candidate in content:
            return Wording(
                content[candidate]["text"], candidate, state_of(content, candidate), language
            )
    return None


def plain(texts: Mapping[str, str], language: str) -> str:
    """The text to show of those that are kept without their states, `""` where there is none."""
    order = FALLBACK.get(language, FALLBACK["fr"])
    candidates = (*order, *sorted(set(texts) - set(order)))
    return next((texts[candidate] for candidate in candidates if candidate in texts), "")


def compose(texts: Mapping[str, str | Mapping[str, str]], *, origin: str = "fr") -> dict[str, Any]:
    """The stored form of texts written by hand.

    Args:
        texts: language to text. A plain string is an original; `{"machine": text}` and
            `{"reviewed": text}` are translations.
        origin: the language that translations were made from; where that text is missing, the
            first original is taken.

    Raises:
        ValueError: a text is empty, a state unknown, or a translation has no original.
    """
    originals = [language for language, text in texts.items() if isinstance(text, str)]
    if origin not in originals and originals:
        origin = originals[0]
    content: dict[str, Any] = {}
    for language, text in texts.items():
        if isinstance(text, str):
            content[language] = {"text": text.strip(), "state": ORIGINAL}
            continue
        ((state, translated),) = text.items()
        if state not in {MACHINE, REVIEWED}:
            raise ValueError(f"Unknown state of a translation: {state}.")
        original = texts.get(origin)
        if not isinstance(original, str):
            raise ValueError("A translation needs an original to be made from.")
        content[language] = {
            "text": translated.strip(),
            "state": state,
            "of": origin,
            "digest": digest(original),
        }
    if empty := [language for language, entry in content.items() if not entry["text"]]:
        raise ValueError(f"Empty text in {', '.join(empty)}: leave the language out instead.")
    return content
