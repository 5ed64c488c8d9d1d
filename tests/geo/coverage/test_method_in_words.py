"""The method as it is written down has the numbers that runs use."""

import re
from dataclasses import fields
from pathlib import Path

from geo.coverage.parameters import SHORT, WIDE, Parameters

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "coverage-method.md"


def written() -> dict[str, list[str]]:
    """Parameter to its values, from the table."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", DOCUMENT.read_text(encoding="utf-8"), re.M)
    return {name: [value.strip() for value in values.split(",")] for name, values in rows}


def plain(value) -> list[str] | list[float]:
    values = value if isinstance(value, tuple) else (value,)
    return [each if isinstance(each, str) else float(each) for each in values]


def test_the_document_has_every_parameter_with_its_default():
    table = written()

    defaults = Parameters()
    for field in fields(Parameters):
        expected = plain(getattr(defaults, field.name))
        found = table[field.name]
        assert [type(value)(text) for text, value in zip(found, expected, strict=True)] == expected


def test_the_document_has_the_bounds_and_the_weights():
    table = {name: values for name, values in written().items() if "catch" in name}

    assert [float(text) for text in table["catchment"]] == list(WIDE.bands_km)
    assert [float(text) for text in table["short_catchment"]] == list(SHORT.bands_km)
    assert [float(text) for text in written()["weights"]] == list(WIDE.weights)
