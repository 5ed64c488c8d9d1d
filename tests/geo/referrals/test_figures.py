"""The figures of a month: what is shown, and that nothing withheld can be worked out."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.choices import ReferralStatus as S
from geo.referrals.figures import MINIMUM, Cell, Figure, Sent, count, figures, sums
from tests.geo.referrals.months import a_month

ONE = Sent("droits", "11", "06", S.ACCEPTED, hours=10)


def by_cell(found: list[Figure]) -> dict[Cell, Figure]:
    return {figure.cell: figure for figure in found}


def test_five_alike_are_shown_in_every_table():
    found = by_cell(figures([ONE] * 5))

    assert {figure.count for figure in found.values()} == {5}
    assert set(found) == {
        Cell(),
        Cell(outcome="accepted"),
        Cell(need="droits"),
        Cell(from_region="11"),
        Cell(to_region="06"),
        Cell(need="droits", outcome="accepted"),
        Cell(from_region="11", outcome="accepted"),
        Cell(to_region="06", outcome="accepted"),
        Cell(from_region="11", to_region="06"),
    }


def test_four_are_withheld_and_their_total_too():
    assert {figure.count for figure in figures([ONE] * 4)} == {None}


def test_a_month_without_referrals_has_no_figures():
    assert figures([]) == []


def test_a_small_part_takes_another_with_it():
    rows = [ONE] * 20 + [replace(ONE, need="sante")] * 2

    found = by_cell(figures(rows))

    assert found[Cell(need="sante")].count is None
    is_hidden = [found[Cell()].count is None, found[Cell(need="droits")].count is None]
    assert any(is_hidden)


def test_reasons_are_counted_among_the_refused_only():
    refused = replace(ONE, outcome=S.REFUSED, reason="no_capacity")
    found = by_cell(figures([ONE] * 9 + [refused] * 6))
    assert found[Cell(outcome="refused", reason="no_capacity")].count == 6
    assert [cell for cell in found if cell.reason and cell.outcome != "refused"] == []


def test_without_the_region_of_one_receiver_no_region_of_receivers_is_told():
    found = figures([*[ONE] * 20, replace(ONE, to_region="")])
    assert [figure for figure in found if figure.cell.to_region] == []
    assert by_cell(found)[Cell()].count == 21


def test_the_half_time_is_of_whole_hours():
    rows = [replace(ONE, hours=hours) for hours in (1, 2, 7.5, 30, 90)]
    found = by_cell(figures(rows))
    assert found[Cell()].median_hours == 8
    assert found[Cell(need="droits")].median_hours == 8
    assert found[Cell(outcome="accepted")].median_hours is None


def test_no_half_time_of_four_answers():
    rows = [ONE] * 4 + [replace(ONE, outcome=S.EXPIRED, hours=None)] * 30
    assert {figure.median_hours for figure in figures(rows)} == {None}


@pytest.mark.parametrize("seed", range(6))
def test_whether_a_half_time_is_there_follows_from_the_published_counts(seed):
    found = by_cell(figures(a_month(400, seed)))
    for cell, figure in found.items():
        if cell.outcome or cell.reason or (cell.from_region and cell.to_region):
            assert figure.median_hours is None
            continue
        answers = [
            found.get(replace(cell, outcome=outcome), Figure(cell, 0)).count
            for outcome in ("accepted", "refused")
        ]
        is_told = figure.count is not None and None not in answers and sum(answers) >= MINIMUM
        assert (figure.median_hours is not None) == is_told


@st.composite
def months(draw):
    """Small months, where nearly every number is small."""
    return a_month(
        draw(st.integers(1, 60)),
        draw(st.integers(0, 10_000)),
        regions=draw(st.integers(1, 5)),
        needs=draw(st.integers(1, 4)),
        reasons=draw(st.integers(1, 3)),
    )


@settings(max_examples=20, deadline=None)
@given(months())
def test_every_small_number_may_be_at_least_five_others_for_all_that_is_published(rows):
    assert narrowest(rows) >= MINIMUM - 1 - 1e-6


def test_a_real_month_is_safe_too():
    assert narrowest(a_month(120, 1)) >= MINIMUM - 1 - 1e-6


def test_hiding_the_small_ones_alone_would_not_do():
    """The test above can fail: subtraction brings back what is hidden alone."""
    rows = [ONE] * 20 + [replace(ONE, need="sante")] * 2
    assert narrowest(rows, hide=lambda cell, number: number < MINIMUM) == pytest.approx(0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), min_size=1, max_size=9))
def test_trying_every_table_of_whole_numbers_finds_as_many_answers(pairs):
    """One need, one outcome: region by region is all there is, and every table can be tried."""
    rows = [replace(ONE, from_region=origin, to_region=goal) for origin, goal in pairs]
    shown = {figure.cell: figure.count for figure in figures(rows)}
    cells = [cell for cell in shown if cell.from_region and cell.to_region]
    real = count(rows)

    agree = []
    for numbers in product(range(1, 14), repeat=len(cells)):
        if sum(numbers) > 13:
            continue
        table = dict(zip(cells, numbers, strict=True))
        tried = [
            replace(ONE, from_region=cell.from_region, to_region=cell.to_region)
            for cell, number in table.items()
            for _each in range(number)
        ]
        counts = count(tried)
        if all(number is None or counts[cell] == number for cell, number in shown.items()):
            agree.append(counts)

    for cell, number in shown.items():
        if number is None and real[cell] < MINIMUM:
            assert len({counts[cell] for counts in agree}) >= MINIMUM


def narrowest(rows: list[Sent], hide=None) -> float:
    """The smallest distance between the bounds of a small count, for who knows all published.

    A reader knows every shown count, every sum, and that a hidden one is one at least. Written
    apart from what is tested: it asks for the bounds themselves.
    """
    counts = count(rows)
    cells = sorted(counts)
    found = {figure.cell: figure.count for figure in figures(rows)}
    if hide:
        found = {cell: None if hide(cell, counts[cell]) else counts[cell] for cell in cells}
    assert set(found) == set(cells)
    equal = np.zeros((len(sums(cells)), len(cells)))
    for row, (total, parts) in enumerate(sums(cells)):
        equal[row, total] = -1
        equal[row, list(parts)] = 1
    bounds = [(1, None) if found[cell] is None else (found[cell],) * 2 for cell in cells]
    widths = [np.inf]
    for place, cell in enumerate(cells):
        if counts[cell] >= MINIMUM:
            continue
        assert found[cell] is None
        ends = []
        for sign in (1, -1):
            wanted = np.zeros(len(cells))
            wanted[place] = sign
            result = linprog(
                wanted, A_eq=equal, b_eq=np.zeros(len(equal)), bounds=bounds, method="highs"
            )
            # Unbounded: the total of the month is withheld too.
            ends.append(np.inf if result.status == 3 else sign * result.fun)
        widths.append(ends[1] - ends[0])
    return min(widths)
