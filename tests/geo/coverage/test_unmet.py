"""The published ledger: what was counted fewer than five times stays hidden from arithmetic."""

import random
from collections import defaultdict
from datetime import date

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.coverage import unmet
from geo.models import AdminArea, SearchGap

pytestmark = pytest.mark.django_db

YEAR = 2025
MONTHS = [date(YEAR, month, 1) for month in range(1, 13)]
NOW = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _the_clock(monkeypatch):
    monkeypatch.setattr(unmet, "this_month", lambda: NOW)


def count(month, number, *, language="", need="sante", region="11", kind="no_place"):
    area = AdminArea.objects.regions().get(code=region) if region else None
    SearchGap.objects.create(
        month=month, kind=kind, region=area, need=need, language=language, count=number
    )


def told(rows) -> dict:
    return {row.language: row.count for row in rows}


def test_what_was_counted_five_times_is_shown_and_four_times_is_not():
    count(MONTHS[0], 5, need="sante")
    count(MONTHS[0], 4, need="droits")

    rows = {(row.need, row.language): row.count for row in unmet.published(*MONTHS[:2])}

    assert rows == {
        ("sante", ""): 5,
        ("sante", None): 5,
        ("droits", ""): None,
        ("droits", None): None,
    }


def test_a_small_language_is_not_the_total_minus_the_others():
    count(MONTHS[0], 30, language="")
    count(MONTHS[0], 20, language="es")
    count(MONTHS[0], 2, language="mam")

    shown = told(unmet.published(MONTHS[0], MONTHS[0]))

    assert shown["mam"] is None
    assert list(shown.values()).count(None) == 2


def test_a_month_that_is_not_over_is_not_published():
    count(NOW, 40)
    count(date(2026, 10, 1), 6)

    assert {row.month for row in unmet.published(date(2026, 1, 1), NOW)} == {date(2026, 10, 1)}
    assert unmet.months() == [date(2026, 10, 1)]


def test_a_period_is_the_sum_of_its_published_months_and_says_what_it_lacks():
    count(MONTHS[0], 7)
    count(MONTHS[1], 3)
    count(MONTHS[2], 8)

    [found] = unmet.sums(MONTHS[0], MONTHS[2])

    assert (found.count, found.withheld, found.is_exact) == (15, 1, False)


def test_a_whole_year_is_told_where_its_months_are_many_and_small():
    for month in MONTHS:
        count(month, 2)

    assert all(row.count is None for row in unmet.published(MONTHS[0], MONTHS[-1]))
    [year] = unmet.sums(MONTHS[0], MONTHS[-1])
    assert (year.count, year.withheld, year.is_exact) == (24, 12, True)


def test_a_whole_year_is_not_told_where_it_gives_a_month_away():
    for month in MONTHS[:-1]:
        count(month, 9)
    count(MONTHS[-1], 3)

    [year] = unmet.sums(MONTHS[0], MONTHS[-1])

    assert (year.count, year.is_exact) == (99, False)


def test_a_whole_year_is_not_told_where_it_gives_a_language_away():
    for month in MONTHS[:-1]:
        count(month, 9)
    count(MONTHS[-1], 6, language="")
    count(MONTHS[-1], 3, language="es")

    december = told(unmet.published(MONTHS[-1], MONTHS[-1]))
    [year] = unmet.sums(MONTHS[0], MONTHS[-1])

    assert december["es"] is None
    assert december[None] is None or december[""] is None
    assert year.is_exact is (december[None] is not None)


def test_the_year_that_runs_has_no_total_of_its_own():
    for month in range(1, 11):
        count(date(2026, month, 1), 2)

    [year] = unmet.sums(date(2026, 1, 1), date(2026, 12, 1))

    assert (year.count, year.is_exact) == (0, False)


def test_a_region_that_nobody_knows_is_a_row_of_its_own():
    count(MONTHS[0], 6, region=None)
    count(MONTHS[0], 7)

    assert {row.region for row in unmet.published(MONTHS[0], MONTHS[0])} == {"", "11"}


def test_the_same_months_are_told_alike_for_ever(monkeypatch):
    fill(random.Random(4))
    monkeypatch.setattr(unmet, "this_month", lambda: MONTHS[6])
    then = unmet.published(MONTHS[0], MONTHS[5])
    monkeypatch.setattr(unmet, "this_month", lambda: NOW)
    count(MONTHS[8], 3, need="logement")

    assert unmet.published(MONTHS[0], MONTHS[5]) == then


def fill(chance: random.Random) -> dict:
    """A year of one region and two needs; the real counts, by need, month and language."""
    real = {}
    for need in ("sante", "droits"):
        for month in MONTHS:
            for language in chance.sample(["", "es", "mam", "uk"], chance.randint(0, 4)):
                real[need, month, language] = chance.choice([1, 2, 3, 4, 5, 6, 8, 13, 40])
    for (need, month, language), number in real.items():
        count(month, number, need=need, language=language)
    return real


@pytest.mark.parametrize("seed", range(6))
def test_an_attacker_who_kept_every_page_cannot_narrow_a_small_count(seed, monkeypatch):
    """At the end of every month everything is copied: months, every period, the whole year."""
    real = fill(random.Random(seed))
    rows, sums = [], []
    for now in [*MONTHS[1:], date(YEAR + 1, 1, 1), NOW]:
        monkeypatch.setattr(unmet, "this_month", lambda now=now: now)
        rows += unmet.published(MONTHS[0], MONTHS[-1])
        over = [month for month in MONTHS if month < now]
        for start in range(len(over)):
            for end in range(start, 12):
                until = MONTHS[min(end, len(over) - 1)]
                sums += [
                    (MONTHS[start], until, found)
                    for found in unmet.sums(MONTHS[start], MONTHS[end])
                ]

    hidden = 0
    for need in ("sante", "droits"):
        attacker = Attacker(
            [row for row in rows if row.need == need],
            [found for found in sums if found[2].need == need],
        )
        for (of, month, language), number in real.items():
            if of == need and number < unmet.MINIMUM:
                low, high = attacker.bounds(month, language)
                assert low <= number <= high
                assert high - low >= unmet.MINIMUM - 1
                hidden += 1
    assert hidden


class Attacker:
    """Solves for the counts of one region and need from all that was ever published of them."""

    def __init__(self, rows, sums) -> None:
        languages = {(row.month, row.language) for row in rows if row.language is not None}
        self.cells = sorted(languages)
        self.equal, self.at_least = [], []
        shown = {(row.month, row.language): row.count for row in rows}
        by_month = defaultdict(list)
        for cell in self.cells:
            by_month[cell[0]].append(cell)
        for (month, language), number in shown.items():
            if number is not None:
                cells = by_month[month] if language is None else [(month, language)]
                self.equal.append((cells, number))
        for start, end, found in sums:
            cells = [cell for cell in self.cells if start <= cell[0] <= end]
            if found.is_exact:
                self.equal.append((cells, found.count))
            else:
                self.at_least.append((cells, found.count))

    def bounds(self, month, language) -> tuple[float, float]:
        """What the count of a cell must lie between; a cell that is told of is never zero."""
        column = self.cells.index((month, language))
        cost = np.zeros(len(self.cells))
        cost[column] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * cost,
                A_eq=[self._row(cells) for cells, _number in self.equal] or None,
                b_eq=[number for _cells, number in self.equal] or None,
                A_ub=[-self._row(cells) for cells, _number in self.at_least] or None,
                b_ub=[-number for _cells, number in self.at_least] or None,
                bounds=[(1, 10_000)] * len(self.cells),
            )
            assert solved.status == 0, solved.message
            ends.append(sign * solved.fun)
        return round(ends[0], 6), round(ends[1], 6)

    def _row(self, cells) -> np.ndarray:
        row = np.zeros(len(self.cells))
        row[[self.cells.index(cell) for cell in cells]] = 1.0
        return row
