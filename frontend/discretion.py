"""Words that others may read over a shoulder: nothing in them tells why somebody asks. Pure."""

import re

# Beginnings of words that tell what a person is or fears, in the three languages.
_TELLING = re.compile(
    r"travail|trabaj|worker|abus|migra|violen|v[ií]ctim|agres|sexu|sexual|crim|suicid|drog|"
    r"\btet\b|\btfw|syndic|sindic|\bunion|r[eé]fug|exploit|explot|"
    r"\bdroits|derecho|\brights|\btraite\b|\btrata\b|traffick|h[eé]bergement|shelter",
    re.IGNORECASE,
)

# `CNESST — Commission …`, `Centre … (CVASM)`.
_ACRONYM = re.compile(r"^([A-Z][A-Z0-9-]{2,})(?= [—–-] )|\(([A-Z][A-Z0-9-]{2,})\)")


def is_telling(text: str) -> bool:
    """The text would tell an employer something."""
    return bool(_TELLING.search(text))


def neutral_name(name: str) -> str:
    """A name that may stand in a message: itself, else its acronym, else nothing."""
    if not is_telling(name):
        return name
    for match in _ACRONYM.finditer(name):
        acronym = match[1] or match[2]
        if not is_telling(acronym):
            return acronym
    return ""
