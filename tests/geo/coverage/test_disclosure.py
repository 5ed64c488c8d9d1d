import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space
from scipy.optimize import LinearConstraint, linprog, milp

from geo.coverage.disclosure import crossed, ledger, protect, published

KIND_SUMS = [(0, (1, 2))]  # all = agricultural + other


def flat(*parts):
    """A total and its parts."""
    return np.array([sum(parts), *parts], dtype=float), [(0, tuple(range(1, len(parts) + 1)))]


def equations(counts, sums, mask):
    """What an attacker can write down: left @ hidden = right, from published cells and sums."""
    left = np.zeros((len(sums), len(counts)))
    for row, (total, parts) in enumerate(sums):
        left[row, total] -= 1
        left[row, list(parts)] += 1
    return left[:, mask], -left[:, ~mask] @ counts[~mask]


def solvable(counts, sums, mask):
    """Which hidden cells follow from the equations alone, as numbers."""
    left, _ = equations(counts, sums, mask)
    free = null_space(left) if left.size else np.eye(mask.sum())
    hidden = np.flatnonzero(mask)
    return hidden[np.abs(free).max(axis=1, initial=0.0) < 1e-9]


def bounds(counts, sums, mask, cell, least):
    """Between which numbers a hidden cell must lie if every hidden cell is `least` or more."""
    left, right = equations(counts, sums, mask)
    own = (np.flatnonzero(mask) == cell).astype(float)
    found = []
    for sign in (1, -1):
        result = linprog(sign * own, A_eq=left, b_eq=right, bounds=(least, None), method="highs")
        assert result.status in (0, 3), result.message
        found.append(sign * result.fun if result.status == 0 else -sign * math.inf)
    return found


def width(counts, sums, mask, cell, least=1.0):
    low, high = bounds(counts, sums, mask, cell, least)
    assert low - 1e-6 <= counts[cell] <= high + 1e-6
    return high - low


def assert_nothing_small_is_given_away(counts, sums, protection, minimum, least=1.0):
    small = (counts > 0) & (counts < minimum)
    assert (protection.primary == small).all()
    assert protection.mask[small].all()
    assert not set(solvable(counts, sums, protection.mask)) & set(np.flatnonzero(small))
    for cell in np.flatnonzero(small):
        assert width(counts, sums, protection.mask, cell, least) >= minimum - 1 - 1e-6


def test_one_small_cell_of_five_hides_exactly_one_more_the_smallest():
    counts, sums = flat(40, 3, 25, 60, 30)

    protection = protect(counts, sums)

    assert list(np.flatnonzero(protection.primary)) == [2]
    assert list(np.flatnonzero(protection.complementary)) == [3]
    assert_nothing_small_is_given_away(counts, sums, protection, 10)


def test_the_smallest_small_cell_beside_the_smallest_harmless_one_is_enough():
    counts, sums = flat(1, 10, 50)

    assert list(np.flatnonzero(protect(counts, sums).mask)) == [1, 2]


def test_two_small_cells_hide_each_other_if_their_sum_leaves_room():
    counts, sums = flat(5, 8, 40, 40)

    assert not protect(counts, sums).complementary.any()


def test_two_small_cells_with_a_small_sum_need_a_third():
    counts, sums = flat(1, 2, 40, 50)

    assert list(np.flatnonzero(protect(counts, sums).complementary)) == [3]


def test_nothing_is_hidden_when_nothing_is_small():
    counts, sums = flat(10, 0, 25, 60)

    protection = protect(counts, sums)

    assert not protection.mask.any()
    assert published(counts, protection.mask) == [95, 10, 0, 25, 60]


def test_zero_stays_published():
    counts, sums = flat(0, 4, 0, 30)

    protection = protect(counts, sums)

    assert list(np.flatnonzero(protection.mask)) == [2, 4]
    assert published(counts, protection.mask)[1] == 0


def test_a_total_is_hidden_when_nothing_else_can_be():
    counts, sums = flat(0, 4, 0)

    assert list(np.flatnonzero(protect(counts, sums).mask)) == [0, 2]


def test_small_cells_hidden_alone_are_given_away_by_subtraction():
    counts, sums = flat(40, 3, 25, 60, 30)
    naive = (counts > 0) & (counts < 10)

    assert list(solvable(counts, sums, naive)) == [2]
    assert width(counts, sums, naive, 2) == pytest.approx(0)


def test_a_sum_of_two_hidden_cells_gives_away_a_third_that_rows_alone_would_hide():
    # Areas in rows, kinds in columns; hidden is a square, but the region's row pins it.
    areas = [(0, (1, 2, 3))]
    counts = np.array([[106, 63, 43], [23, 3, 20], [43, 30, 13], [40, 30, 10]], dtype=float).ravel()
    sums = crossed(4, areas, 3, KIND_SUMS)
    beside = np.zeros(12, dtype=bool)
    beside[[4, 5]] = True  # the two kinds of one area: their sum is published, so are the columns

    assert set(solvable(counts, sums, beside)) == {4, 5}
    protection = protect(counts, sums)
    assert_nothing_small_is_given_away(counts, sums, protection, 10)
    assert list(np.flatnonzero(protection.mask)) == [4, 5, 10, 11]


@st.composite
def trees(draw, regions=4, parts=5, estimates=False):
    """A province, its regions, their MRC; all workers, agricultural and other ones."""
    sizes = draw(st.lists(st.integers(1, parts), min_size=1, max_size=regions))
    whole = st.sampled_from([0, 0, 1, 2, 3, 5, 7, 9, 10, 11, 12, 15, 18, 25, 40, 90])
    figure = st.floats(0, 60).map(lambda f: round(f, 2)) if estimates else whole
    areas = [np.zeros(3) for _ in range(1 + len(sizes))]
    area_sums = [(0, tuple(range(1, 1 + len(sizes))))]
    for region, size in enumerate(sizes, start=1):
        area_sums.append((region, tuple(range(len(areas), len(areas) + size))))
        for _ in range(size):
            agricultural, other = draw(figure), draw(figure)
            areas.append(np.array([agricultural + other, agricultural, other], dtype=float))
    for total, members in reversed(area_sums):
        areas[total] = np.sum([areas[member] for member in members], axis=0)
    return np.concatenate(areas), crossed(len(areas), area_sums, 3, KIND_SUMS)


@st.composite
def two_way(draw):
    """A table with both margins; its first cell is the grand total."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    figures = st.integers(0, 30)
    inner = draw(st.lists(figures, min_size=rows * columns, max_size=rows * columns))
    table = np.zeros((rows + 1, columns + 1))
    table[1:, 1:] = np.reshape(inner, (rows, columns))
    table[0, 1:] = table[1:, 1:].sum(axis=0)
    table[:, 0] = table[:, 1:].sum(axis=1)
    return table.ravel(), crossed(
        rows + 1, [(0, tuple(range(1, rows + 1)))], columns + 1, [(0, tuple(range(1, columns + 1)))]
    )


@settings(max_examples=200, deadline=None)
@given(trees(), st.sampled_from([5, 10]))
def test_no_attacker_narrows_a_small_cell_of_a_tree(table, minimum):
    counts, sums = table

    protection = protect(counts, sums, minimum=minimum)

    assert_nothing_small_is_given_away(counts, sums, protection, minimum)
    assert not protection.mask[counts == 0].any()
    assert not (protection.complementary & protection.primary).any()
    assert (protection.mask == (protection.complementary | protection.primary)).all()


@settings(max_examples=200, deadline=None)
@given(two_way())
def test_no_attacker_narrows_a_small_cell_of_a_two_way_table(table):
    counts, sums = table

    assert_nothing_small_is_given_away(counts, sums, protect(counts, sums), 10)


@settings(max_examples=60, deadline=None)
@given(trees(estimates=True))
def test_no_attacker_narrows_a_small_estimate(table):
    counts, sums = table
    least = 1.0 if (counts == counts.round()).all() else 0.0

    assert_nothing_small_is_given_away(counts, sums, protect(counts, sums), 10, least)


@settings(max_examples=50, deadline=None)
@given(trees(regions=2, parts=3))
def test_whole_numbers_narrow_a_cell_no_further(table):
    counts, sums = table
    protection = protect(counts, sums)
    left, right = equations(counts, sums, protection.mask)
    hidden = np.flatnonzero(protection.mask)

    for cell in np.flatnonzero(protection.primary):
        own = (hidden == cell).astype(float)
        low, high = (
            sign
            * milp(
                sign * own,
                integrality=np.ones(len(hidden)),
                constraints=LinearConstraint(left, right, right),
                bounds=(1, counts.max() + 10),  # a table need not be larger to be one too many
            ).fun
            for sign in (1, -1)
        )
        assert round(high) - round(low) >= 9


@settings(max_examples=40, deadline=None)
@given(trees())
def test_every_cell_hidden_beside_the_small_ones_is_needed(table):
    counts, sums = table
    protection = protect(counts, sums)
    small = np.flatnonzero(protection.primary)

    for cell in np.flatnonzero(protection.complementary):
        without = protection.mask.copy()
        without[cell] = False
        assert any(width(counts, sums, without, other) < 9 - 1e-6 for other in small)


@settings(max_examples=50, deadline=None)
@given(trees())
def test_hiding_the_small_cells_alone_is_broken_wherever_more_was_hidden(table):
    counts, sums = table
    protection = protect(counts, sums)
    assume(protection.complementary.any())

    assert any(
        width(counts, sums, protection.primary, cell) < 9 - 1e-6
        for cell in np.flatnonzero(protection.primary)
    )


def test_cells_are_rounded_by_themselves_and_zero_is_zero():
    assert published([0, 12, 12.5, 13, 24], [False] * 4 + [True]) == [0, 10, 15, 15, None]
    assert published([11, 22], [False, False], base=1) == [11, 22]


def test_a_month_of_few_is_hidden_with_another_so_that_the_total_may_stay():
    assert ledger([12, 3, 0, 7, 20]) == ([12, None, 0, None, 20], 42)
    assert ledger([12, 8, 0], base=5) == ([10, 10, 0], 20)
    assert ledger([0, 3, 0]) == ([0, None, 0], None)
    assert ledger([]) == ([], 0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: protect([3, -1], []),
        lambda: protect([math.nan], []),
        lambda: protect([[1.0]], []),
        lambda: protect([5, 1, 3], [(0, (1, 2))]),
        lambda: protect([5, 5], [(0, (2,))]),
        lambda: protect([5, 5], [(0, (-1,))]),
        lambda: protect([5, 5], [(0, (0,))]),
        lambda: protect([5], [], minimum=1),
        lambda: published([5, 5], [True]),
        lambda: published([5], [True], base=0),
    ],
)
def test_tables_without_sense_are_refused_in_a_sentence(ask):
    with pytest.raises(ValueError, match=r"\.$"):
        ask()
