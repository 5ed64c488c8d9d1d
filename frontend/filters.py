"""Forms that narrow what a page shows; a field that is wrong counts as empty, beside its error."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geo.models import AdminArea, NeedTerm, Program
from geo.translation import wording

Choices = list[tuple[str, str]]


class Filters(forms.Form):
    """What is asked of a page by its address."""

    def __init__(self, data: QueryDict, **choices: Choices) -> None:
        """Read `data`; `choices` are those of the fields that take one of a few."""
        super().__init__(data, auto_id="%s")
        for name, offered in choices.items():
            self.fields[name].choices = offered
        self.is_valid()

    def asked(self, name: str) -> Any:
        """The value of a field, or None where it is empty or wrong."""
        return self.cleaned_data.get(name) or None

    def query(self) -> QueryDict:
        """What is asked as an address holds it: cleaned, nothing empty."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            if value := self.asked(name):
                query[name] = str(value)
        return query


def region_choices(regions: list[AdminArea]) -> Choices:
    """All regions, then each of them."""
    return [("", _("All regions")), *((region.code, region.name) for region in regions)]


def need_choices(tiles: list[NeedTerm]) -> Choices:
    """All needs, then each of level 1."""
    return [("", _("All needs")), *((tile.code, _name(tile)) for tile in tiles)]


def program_choices(programs: list[Program]) -> Choices:
    """All programmes, then each of them."""
    return [("", _("All programmes")), *((row.code, _name(row)) for row in programs)]


def _name(row: NeedTerm | Program) -> str:
    return str(wording(row.name, get_language()))
