"""The figures of a month of referrals, so that they tell of nobody (pure).

Counts of fewer than five are withheld, and as many others as it takes that no subtraction along any
sum of the published tables brings them back: all tables of a month are protected together and once
(`geo.coverage.disclosure`). A referral is of one month only, so that months have no sum in common.

Tables: need by outcome, region of the person by outcome, region of the receiver by outcome, region
by region, reasons among the refused, outcomes, all. What has no row is zero; what has a row without
a count is withheld and is never zero.

The half time to answer is published for a need, for a region and for all, where what was accepted
and what was refused are both shown and are five together. So it says nothing by being there or not:
whoever reads the counts knows already whether it will be.

What is not defended: an organization knows its own referrals, and can take them off a count. And
the ledger of unmet needs counts refusals too, in the month of the refusal, by region, need and
language: it has no sum in common with these tables, but whoever follows both over a quiet half year
may narrow a withheld count of refusals.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from geo.choices import ReferralStatus as S
from geo.coverage import disclosure

MINIMUM = 5  # referrals; the smallest count that may be read

# What counts as what. A person who did not come was accepted all the same.
OUTCOMES: Mapping[str, str] = {
    S.ACCEPTED: S.ACCEPTED,
    S.MET: S.ACCEPTED,
    S.COMPLETED: S.ACCEPTED,
    S.LAPSED: S.ACCEPTED,
    S.REFUSED: S.REFUSED,
    S.REDIRECTED: S.REDIRECTED,
    S.EXPIRED: S.EXPIRED,
    S.WITHDRAWN: S.WITHDRAWN,
}

# Those that the receiver answered with yes or no.
ANSWERS = (S.ACCEPTED, S.REFUSED)

WAITING = "waiting"

ALL = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A referral that was sent, as far as figures go.

    Attributes:
        need: code of level 1.
        from_region: code of the region of the person.
        to_region: code of the region of the receiver; empty where it has left the network.
        outcome: a value of `OUTCOMES`; `WAITING` where it is still under way, which is published
            of nobody.
        reason: a `RefusalReason` where it was refused, else empty.
        hours: from sending to the answer, where there was one.
    """

    need: str
    from_region: str
    to_region: str
    outcome: str
    reason: str = ""
    hours: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What a figure is of. An empty dimension stands for all."""

    from_region: str = ALL
    to_region: str = ALL
    need: str = ALL
    outcome: str = ALL
    reason: str = ALL


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it may be read.

    Attributes:
        cell: what it is of.
        count: referrals; None where withheld. Never zero: what is zero has no figure.
        median_hours: half of the answers came within so many hours; None where it is not told.
    """

    cell: Cell
    count: int | None
    median_hours: int | None = None


# The dimensions of each published table, the more general before the finer. Whatever is published
# is a cell of one of these.
TABLES: Sequence[tuple[str, ...]] = (
    (),
    ("outcome",),
    ("need",),
    ("from_region",),
    ("to_region",),
    ("need", "outcome"),
    ("from_region", "outcome"),
    ("to_region", "outcome"),
    ("from_region", "to_region"),
    ("outcome", "reason"),
)

# Each table with one that its cells add up to.
ADD_UP: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    (("outcome",), ()),
    (("need",), ()),
    (("from_region",), ()),
    (("to_region",), ()),
    (("need", "outcome"), ("need",)),
    (("need", "outcome"), ("outcome",)),
    (("from_region", "outcome"), ("from_region",)),
    (("from_region", "outcome"), ("outcome",)),
    (("to_region", "outcome"), ("to_region",)),
    (("to_region", "outcome"), ("outcome",)),
    (("from_region", "to_region"), ("from_region",)),
    (("from_region", "to_region"), ("to_region",)),
    (("outcome", "reason"), ("outcome",)),
)

# Those with a half time.
TIMED = ((), ("need",), ("from_region",), ("to_region",))


def figures(sent: Iterable[Sent]) -> list[Figure]:
    """What may be published of the referrals of a month, in the order of their cells.

    Args:
        sent: all real referrals of one month that were sent, each with how it ended.

    Raises:
        Unprotected: nothing may be published.
    """
    rows = list(sent)
    counts = count(rows)
    cells = sorted(counts)
    protection = disclosure.protect([counts[cell] for cell in cells], sums(cells), minimum=MINIMUM)
    shown = {
        cell: None if is_hidden else counts[cell]
        for cell, is_hidden in zip(cells, protection.mask.tolist(), strict=True)
    }
    times = half_times(rows)
    return [
        Figure(cell, shown[cell], times.get(cell) if _may_be_timed(cell, shown) else None)
        for cell in cells
    ]


def count(rows: Sequence[Sent]) -> dict[Cell, int]:
    """The cells of all tables that are not zero.

    Where the region of one receiver is not known, nothing is told by region of the receiver: the
    parts would not add up, and what is missing would be that one.
    """
    knows_receivers = all(row.to_region for row in rows)
    counts: Counter[Cell] = Counter()
    for row in rows:
        for table in TABLES:
            is_told = knows_receivers or "to_region" not in table
            if is_told and (row.reason or "reason" not in table):
                counts[_cell(row, table)] += 1
    return dict(counts)


def sums(cells: Sequence[Cell]) -> list[disclosure.Sum]:
    """Every sum that holds between the cells, by their place in the list."""
    places = {cell: place for place, cell in enumerate(cells)}
    found: list[disclosure.Sum] = []
    for parts_table, total_table in ADD_UP:
        parts: dict[Cell, list[int]] = {}
        for cell, place in places.items():
            if _is_of(cell, parts_table):
                parts.setdefault(_cell(cell, total_table), []).append(place)
        found += [(places[total], tuple(of_total)) for total, of_total in parts.items()]
    return found


def _cell(row: Sent | Cell, table: Iterable[str]) -> Cell:
    return replace(Cell(), **{dimension: getattr(row, dimension) for dimension in table})


def _is_of(cell: Cell, table: Iterable[str]) -> bool:
    return {name for name in Cell.__slots__ if getattr(cell, name) != ALL} == set(table)


def half_times(rows: Iterable[Sent]) -> dict[Cell, int]:
    """Within how many hours half of the answers came, whole, halves upward; as they are.

    Of all, and of each need, region of a person and region of a receiver with an answer.
    """
    hours: dict[Cell, list[float]] = {}
    for row in rows:
        if row.outcome in ANSWERS and row.hours is not None:
            for table in TIMED:
                hours.setdefault(_cell(row, table), []).append(row.hours)
    return {cell: math.floor(median(known) + 0.5) for cell, known in hours.items()}


def _may_be_timed(cell: Cell, shown: Mapping[Cell, int | None]) -> bool:
    answers = [shown.get(replace(cell, outcome=outcome), 0) for outcome in ANSWERS]
    told = [answered for answered in answers if answered is not None]
    return shown[cell] is not None and len(told) == len(answers) and sum(told) >= MINIMUM
