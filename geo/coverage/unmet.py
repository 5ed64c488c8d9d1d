"""The ledger of unmet needs, as it may be published.

A count tells of searches and not of persons, and holds nothing of whoever searched; of the kind
`refused`, of referrals that an organization refused, in the month of the refusal. It is guarded all
the same: in a village of one farm, "somebody looked for a lawyer in March" may be enough for an
employer. What was counted fewer than five times is not shown, and no arithmetic brings it back:

* only months that are over are published, so that nobody can watch a number grow and know the hour;
* in a month, each kind, region and need is a table of its own: its languages, and all of them
  together. Where one of them is small, a second number is hidden too (`geo.coverage.disclosure`);
* a month that is over never changes, and what is hidden of it is decided from that month alone: an
  old copy of the page has nothing to tell that a new one hides;
* the total of a year is published once the year is over, and only where it gives nothing away that
  the months hide; it never hides what a month has already shown;
* everything else that is shown is a sum of published numbers, so it says nothing more than they do.
  No total over regions, over needs or over kinds is made.

There is nothing to purge: the ledger holds no personal data. A row is a month, a kind, one of 17
regions, one of a dozen needs, a language and a number, and years can be compared only if they stay.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone

from geo.coverage import disclosure
from geo.models import SearchGap

MINIMUM = 5  # searches; the smallest count that is shown

ALL_LANGUAGES = None


@dataclass(frozen=True, slots=True)
class Row:
    """A published number of a month.

    Attributes:
        month: its first day.
        kind: a `GapKind`.
        region: code of a region; empty where nobody knows it.
        need: code of level 1.
        language: language of service that was asked for, empty where none was; None for all
            languages together, with or without one.
        count: None where it is withheld. A withheld number is never zero.
    """

    month: date
    kind: str
    region: str
    need: str
    language: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Sum:
    """What can be said of a period, all languages together.

    Attributes:
        kind, region, need: as in `Row`.
        count: the sum of what is published; `is_exact` says whether that is all.
        withheld: months of which the number is not shown.
        is_exact: nothing is missing in `count`.
    """

    kind: str
    region: str
    need: str
    count: int
    withheld: int
    is_exact: bool


def this_month() -> date:
    """The first day of the month that runs, by the clock of Québec."""
    return timezone.localdate().replace(day=1)


def months() -> list[date]:
    """The months that are over and of which something was counted, the latest first."""
    found = SearchGap.objects.before(this_month()).order_by().values_list("month", flat=True)
    return sorted(set(found), reverse=True)


def published(first_month: date, last_month: date) -> list[Row]:
    """The counts of the months that are over, as they may be read.

    Of each month, kind, region and need: every language that was asked for, then all together. A
    combination without a row was not counted at all.
    """
    return [row for table in _tables(first_month, last_month) for row in table.rows()]


def sums(first_month: date, last_month: date) -> list[Sum]:
    """What the published numbers of some months add up to, by kind, region and need.

    For a whole year that is over, `count` is the real total wherever it can be told.
    """
    by_cell: dict[tuple[str, str, str], list[_Table]] = defaultdict(list)
    for table in _tables(first_month, last_month):
        by_cell[table.kind, table.region, table.need].append(table)
    is_year = (first_month.month, last_month.month) == (1, 12) and (
        first_month.year == last_month.year < this_month().year
    )
    return [_sum(cell, tables, is_year=is_year) for cell, tables in sorted(by_cell.items())]


@dataclass(frozen=True, slots=True)
class _Table:
    """The languages of a month, kind, region and need, and what of them is withheld."""

    month: date
    kind: str
    region: str
    need: str
    languages: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def parts(self) -> tuple[int | None, ...]:
        return _ledger(self.counts)[0]

    @property
    def total(self) -> int | None:
        return _ledger(self.counts)[1]

    def rows(self) -> Iterator[Row]:
        told = [*zip(self.languages, self.parts, strict=True), (ALL_LANGUAGES, self.total)]
        for language, count in told:
            yield Row(self.month, self.kind, self.region, self.need, language, count)


def _tables(first_month: date, last_month: date) -> list[_Table]:
    counted = (
        SearchGap.objects.between(first_month, last_month)
        .before(this_month())
        .order_by("month", "kind", "region__code", "need", "language", "pk")
        .values_list("month", "kind", "region__code", "need", "language", "count")
    )
    found: dict[tuple[date, str, str, str], dict[str, int]] = defaultdict(dict)
    for month, kind, region, need, language, count in counted:
        if count:
            found[month, kind, region or "", need][language] = count
    return [
        _Table(*cell, tuple(languages), tuple(languages.values()))
        for cell, languages in found.items()
    ]


@lru_cache(maxsize=4096)
def _ledger(counts: tuple[int, ...]) -> tuple[tuple[int | None, ...], int | None]:
    """The languages and their total as they may be read; the same counts are asked for often."""
    parts, total = disclosure.ledger(counts, minimum=MINIMUM)
    return tuple(parts), total


def _sum(cell: tuple[str, str, str], tables: Sequence[_Table], *, is_year: bool) -> Sum:
    totals = [table.total for table in tables]
    withheld = totals.count(None)
    if is_year and withheld and _year_can_be_told(tuple(table.counts for table in tables)):
        real = sum(sum(table.counts) for table in tables)
        return Sum(*cell, count=real, withheld=withheld, is_exact=True)
    shown = sum(total for total in totals if total is not None)
    return Sum(*cell, count=shown, withheld=withheld, is_exact=not withheld)


@lru_cache(maxsize=4096)
def _year_can_be_told(counts: tuple[tuple[int, ...], ...]) -> bool:
    """Whether the total of a year leaves hidden what its months hide.

    The year, its months and their languages are protected together, as if nothing had been
    published. If that hides nothing which the months show already, and not the year, the year may
    be added to what is out. Otherwise it may not: what was published cannot be taken back.

    Args:
        counts: of each month, those of its languages.
    """
    cells: list[int] = []
    is_hidden: list[bool] = []
    edges: list[disclosure.Sum] = []
    of_months: list[int] = []
    for languages in counts:
        parts, total = _ledger(languages)
        start = len(cells)
        cells += [*languages, sum(languages)]
        is_hidden += [count is None for count in (*parts, total)]
        edges.append((start + len(languages), tuple(range(start, start + len(languages)))))
        of_months.append(start + len(languages))
    cells.append(sum(cells[month] for month in of_months))
    edges.append((len(cells) - 1, tuple(of_months)))
    *months_mask, year_mask = disclosure.protect(cells, edges, minimum=MINIMUM).mask.tolist()
    return not year_mask and _is_within(months_mask, is_hidden)


def _is_within(mask: Iterable[bool], is_hidden: Iterable[bool]) -> bool:
    return all(hidden or not masked for masked, hidden in zip(mask, is_hidden, strict=True))
