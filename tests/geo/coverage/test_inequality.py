"""Inequality between workers: by hand, against PySAL, and what holds for any instance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inequality.gini import Gini

from geo.coverage.inequality import gini, hoover, lorenz
from tests.geo.coverage.toy import DEMAND, ENHANCED

values = st.one_of(
    st.integers(0, 20).map(float),
    st.floats(0, 1000, allow_subnormal=False).filter(lambda v: v > 1e-6),
)
people = st.lists(st.tuples(values, st.integers(0, 5)), min_size=1, max_size=8).filter(
    lambda pairs: any(weight for _value, weight in pairs)
)
unequal = people.filter(lambda pairs: any(value * weight for value, weight in pairs))


def test_gini_of_the_toy():
    assert gini(ENHANCED, DEMAND) == pytest.approx(0.08984900457358083, abs=1e-9)
    assert gini(ENHANCED, np.ones(3)) == pytest.approx(0.18037982973149969, abs=1e-9)


def test_lorenz_of_the_toy():
    expected = [[0, 0], [1 / 7, 0.05902777777777778], [5 / 7, 0.6793196798493408], [1, 1]]
    assert lorenz(ENHANCED, DEMAND) == pytest.approx(np.array(expected), abs=1e-9)


def test_hoover_of_the_toy():
    assert hoover(ENHANCED, DEMAND) == pytest.approx(0.083829365079, abs=1e-9)


def test_all_to_one_of_four():
    assert gini([0, 0, 0, 8], [1, 1, 1, 1]) == 0.75
    assert hoover([0, 0, 0, 8], [1, 1, 1, 1]) == 0.75
    assert lorenz([0, 0, 0, 8], [1, 1, 1, 1]).tolist() == [[0, 0], [0.75, 0], [1, 1]]


@pytest.mark.parametrize("alike", [[0.0, 0.0, 0.0], [0.1, 0.1, 0.1]])
def test_where_all_have_the_same_or_nothing_all_are_equal(alike):
    assert gini(alike, DEMAND) == 0.0
    assert hoover(alike, DEMAND) == pytest.approx(0.0, abs=1e-15)
    assert lorenz(alike, DEMAND).tolist() == [[0, 0], [1, 1]]


def test_places_without_workers_are_not_compared():
    assert gini([1, 99], [5, 0]) == 0.0
    assert hoover([1, 99], [5, 0]) == 0.0
    assert lorenz([1, 99], [5, 0]).tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("measure", [gini, hoover, lorenz])
@pytest.mark.parametrize(
    ("held", "workers"),
    [
        ([np.nan, 1], [0, 1]),
        ([1, 1], [np.nan, 1]),
        ([np.inf, 1], [1, 1]),
        ([-1, 1], [1, 1]),
        ([1, 1], [-1, 1]),
        ([1, 1], [0, 0]),
    ],
)
def test_what_cannot_be_compared_is_refused(measure, held, workers):
    with pytest.raises(ValueError, match="finite|nobody"):
        measure(held, workers)


@settings(max_examples=200, deadline=None)
@given(unequal)
def test_pysal_agrees_on_single_workers(pairs):
    held, workers = np.array(pairs).T
    alone = np.repeat(held, workers.astype(int))
    assert gini(held, workers) == pytest.approx(Gini(alone).g, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(unequal)
def test_gini_is_the_mean_difference_of_all_pairs(pairs):
    held, workers = np.array(pairs).T
    apart = np.abs(held[:, None] - held)
    mean = workers @ held / workers.sum()
    expected = workers @ apart @ workers / (2 * workers.sum() ** 2 * mean)
    assert gini(held, workers) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(people)
def test_the_curve_rises_ever_steeper_below_the_diagonal(pairs):
    curve = lorenz(*np.array(pairs).T)
    steps = np.diff(curve, axis=0)

    assert curve[0].tolist() == [0, 0]
    assert curve[-1].tolist() == [1, 1]
    assert (steps >= -1e-12).all()
    assert (np.diff(steps[:, 1] / steps[:, 0]) >= -1e-9).all()
    assert (curve[:, 1] <= curve[:, 0] + 1e-12).all()


@settings(max_examples=200, deadline=None)
@given(people)
def test_hoover_is_the_farthest_the_curve_falls_and_at_most_gini(pairs):
    held, workers = np.array(pairs).T
    curve = lorenz(held, workers)

    assert hoover(held, workers) == pytest.approx(np.max(curve[:, 0] - curve[:, 1]), abs=1e-9)
    assert hoover(held, workers) <= gini(held, workers) + 1e-9


@settings(max_examples=100, deadline=None)
@given(people, st.randoms(use_true_random=False), st.floats(0.01, 100))
def test_order_and_units_do_not_matter(pairs, random, unit):
    held, workers = np.array(pairs).T
    random.shuffle(pairs)
    turned, others = np.array(pairs).T

    assert gini(turned * unit, others) == pytest.approx(gini(held, workers), abs=1e-9)
    assert hoover(turned, others * unit) == pytest.approx(hoover(held, workers), abs=1e-9)
    assert np.interp(0.5, *lorenz(turned, others).T) == pytest.approx(
        np.interp(0.5, *lorenz(held, workers).T), abs=1e-9
    )
