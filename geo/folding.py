"""Text as it is compared: folded words, and how many slips apart two words are. Pure."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "ø": "o",
        "Ø": "o",
        "ß": "ss",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "Đ": "d",
        "ð": "d",
        "Ð": "d",
        "þ": "th",
        "Þ": "th",
        "ı": "i",
    }
)
_SAINTS = {"st": "saint", "ste": "sainte"}


def fold(text: str) -> str:
    """A text as `geo_fold` of the database has it: lower case, no accents, St and Ste in full."""
    return " ".join(word for word, _ in words_of(text))


def words_of(text: str) -> list[tuple[str, bool]]:
    """The folded words of a text, each with whether it began with a capital letter."""
    found = []
    for match in _WORD.finditer(unicodedata.normalize("NFC", text)):
        decomposed = unicodedata.normalize("NFD", match[0].translate(_LETTERS))
        word = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        found.append((_SAINTS.get(word.lower(), word.lower()), match[0][0].isupper()))
    return found


def edits(one: str, other: str, most: int) -> int | None:
    """Letters to change, add, drop or swap with the next to get from one word to the other.

    Returns:
        At most `most`, None where more are needed (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            least = min(
                last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != against)
            )
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        if min(now) > most:
            return None
        before, last = last, now
    return last[-1] if last[-1] <= most else None
