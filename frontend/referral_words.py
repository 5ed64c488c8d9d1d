"""Measures of referrals as tables that people read: names for codes."""

from dataclasses import dataclass
from typing import Self

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geo.choices import ReferralStatus, RefusalReason
from geo.models import AdminArea, NeedTerm
from geo.referrals.measure import ENDS, Line, Measures, Number
from geo.translation import wording


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of measures under one heading.

    Attributes:
        title: what the table is of.
        first: what its rows are.
        rows: the name of each with its line.
    """

    title: str
    first: str
    rows: list[tuple[str, Line]]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of needs and regions by their codes, in the language of the page."""

    needs: dict[str, str]
    regions: dict[str, str]

    @classmethod
    def load(cls) -> Self:
        """All of them."""
        language = get_language() or "fr"
        return cls(
            needs={
                tile.code: str(wording(tile.name, language)) for tile in NeedTerm.objects.tiles()
            },
            regions={area.code: area.name for area in AdminArea.objects.regions().defer("outline")},
        )


def ends_in_words() -> list[str]:
    """The headings of how referrals ended, in the order of `ENDS`."""
    return [str(ReferralStatus(end).label) for end in ENDS]


def by_need(measures: Measures, names: Names) -> Table:
    """How referrals with each need ended, then all."""
    return Table(_("By need"), _("Need"), _rows(measures.needs, names.needs, measures))


def tables(measures: Measures, names: Names) -> list[Table]:
    """By need, by region of the person, by region of the receiver: those that have rows."""
    found = [
        by_need(measures, names),
        Table(
            _("By region of the person"),
            _("Region"),
            _rows(measures.from_regions, names.regions, measures),
        ),
        Table(
            _("By region of the organization that receives"),
            _("Region"),
            _rows(measures.to_regions, names.regions, measures),
        ),
    ]
    return [table for table in found if table.rows]


def reasons(measures: Measures) -> list[tuple[str, Number]]:
    """Why referrals were refused, the most frequent first."""
    return [(str(RefusalReason(reason).label), number) for reason, number in measures.reasons]


def _rows(lines: list[Line], names: dict[str, str], measures: Measures) -> list[tuple[str, Line]]:
    # A need may have been renamed since the month was counted.
    named = [(names.get(line.key, line.key), line) for line in lines]
    return [*named, (_("All"), measures.total)] if named and measures.total else named
