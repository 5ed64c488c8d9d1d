"""What must not be written where nobody is to be known.

People put their number or their address in a message in good faith, to be called back. They are
asked to take it out. Hours, prices, dates, streets and postal codes are no such thing.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# From so many digits on, a run of them is a telephone, a file or a passport.
TELLING_DIGITS = 7

# Numbers in words, French, English and Spanish, with the digits that they stand for in a row of
# them: "quatre cent dix-huit" is 418. Accents are off by then.
_WORDS_OF_DIGITS = {
    1: "zero un une deux trois quatre cinq sept huit neuf oh one two three four five six seven "
    "eight nine cero uno una dos tres cuatro cinco seis siete ocho nueve doscientos trescientos "
    "cuatrocientos quinientos seiscientos setecientos ochocientos novecientos "
    # A ten before a unit: "vingt et un".
    "vingt trente quarante cinquante soixante twenty thirty forty fifty sixty seventy eighty "
    "ninety veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    2: "dix onze douze treize quatorze quinze seize ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen diez once doce trece catorce quince dieciseis "
    "diecisiete dieciocho diecinueve veintiuno veintidos veintitres veinticuatro veinticinco "
    "veintiseis veintisiete veintiocho veintinueve",
    # Said inside a number or between its groups.
    0: "cent cents mille hundred thousand cien ciento mil y et and double doble "
    "tiret trait dash hyphen guion punto point dot espace space",
}
_DIGITS_OF_WORD = {
    word: digits for digits, words in _WORDS_OF_DIGITS.items() for word in words.split()
}

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_HOUR = r"(?:[01]?\d|2[0-4])"

# What has many digits and tells nothing of a person. Each stands alone: `06.12.34` is a date, the
# beginning of `06.12.34.56.78` is none.
_HARMLESS = re.compile(
    rf"""
    (?<![\d.:/-])(?:
        (?:19|20)\d\d([-/.]){_MONTH}\1{_DAY}              # 2026-11-22
      | {_DAY}([-/.]){_MONTH}\2(?:19|20)?\d\d             # 22/11/2026
      | {_HOUR}\s?[:h]\s?(?:[0-5]\d)?                     # 8:30, 8 h 30, 17h
      | {_HOUR}[.][0-5]\d\s?(?:-|–|a|to)\s?{_HOUR}[.][0-5]\d   # 8.30-16.30
      | (?:19|20)\d\d(?:\s?[-–/,]\s?(?:19|20)\d\d)+       # 2019-2021, 2022
    )(?![\d:]|[./-]\d)
  | [$€]\s?\d[\d\s.,]*
  | \d[\d\s.,]*(?:[$€%¢]|dollars?\b|dolares\b|pesos?\b|quetzales\b|piastres?\b|cad\b)
    """,
    re.VERBOSE,
)

# Digits with what people put between them; a comma only without a space, or every list would do.
_DIGITS = re.compile(r"\d(?:[\s().\-–—−‐‑_*+·•/\\|#'~]*(?:,(?=\d))?\d)*")

# A letter or two and six digits: a passport or a permit.
_DOCUMENT = re.compile(r"\b[a-z]{1,2}[ -]?\d{6,}\b")

_EMAIL = re.compile(
    r"""
    \S@\S | \w\s*@\s*[\w-]+\s*[.] | (?:^|\s)@\w
  | \b(?:arroba|arobase|arobas|arrobas)\b
  | \w\s*[\[({<]\s*(?:at|a)\s*[\])}>]\s*\w
  | \bat\s+[\w-]+\s+(?:dot|point|punto)\s+\w
  | \b(?:gmail|hotmail|yahoo|icloud|outlook|protonmail|videotron)\s*(?:[.]|dot|point|punto)\s*\w
    """,
    re.VERBOSE,
)

_LINK = re.compile(
    r"""
    \bh(?:tt|xx)ps?\b\s*: | \bwww\b\s*[.] | \b(?:wa|t)[.]me\b | \bbit[.]ly\b
  | \b[a-z0-9][a-z0-9-]*[.](?:com|org|net|info|ca|gouv|gob|mx|gt|link|app|site|online)\b
  | \b\w+\s+(?:dot|punto|point)\s+(?:com|org|net|ca)\b
    """,
    re.VERBOSE,
)


def refuse_contact_details(text: str) -> None:
    """Refuse a phone or file number, an e-mail address or a link in a free text.

    Raises:
        ValidationError: there is one; says what to take out.
    """
    plain = _plain(text)
    if _EMAIL.search(plain):
        raise ValidationError(_("Take the e-mail address out: we do not want to know who you are."))
    if _LINK.search(plain):
        raise ValidationError(_("Take the link out."))
    if _has_number(plain):
        raise ValidationError(_("Take the number out: we do not want to know who you are."))


def _plain(text: str) -> str:
    """The text in small letters without accents, every digit of every script as 0–9."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign
        for sign in decomposed
        # Accents, the frame of 5️⃣, and characters that nobody sees.
        if unicodedata.category(sign) not in {"Mn", "Me", "Cf"}
    )


def _has_number(plain: str) -> bool:
    if _DOCUMENT.search(plain):
        return True
    left = _HARMLESS.sub(" § ", plain)
    # `5l4 555 O123`
    left = re.sub(r"(?<=\d)[ol](?=[\d\s.-]*\d)|(?<![a-z])[ol](?=\d)", "0", left)
    longest = max((len(re.sub(r"\D", "", run[0])) for run in _DIGITS.finditer(left)), default=0)
    return longest >= TELLING_DIGITS or _spelled_digits(left) >= TELLING_DIGITS


def _spelled_digits(plain: str) -> int:
    """The most digits that words in a row stand for; digits among them count too."""
    longest = row = words = 0
    for word in re.findall(r"[a-z]+|\d+|§", plain):
        if word.isdigit():
            row += len(word)
        elif word in _DIGITS_OF_WORD:
            row += _DIGITS_OF_WORD[word]
            words += 1
        else:
            row = words = 0
        if words:
            longest = max(longest, row)
    return longest
