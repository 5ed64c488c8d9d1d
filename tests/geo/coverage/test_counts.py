"""Small counts: exact intervals, no rate of few workers, no count of fewer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from geo.coverage.counts import poisson_interval, published, ratio


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.6889),
        (1, 0.0253, 5.5716),
        (2, 0.2422, 7.2247),
        (3, 0.6187, 8.7673),
        (5, 1.6235, 11.6683),
        (10, 4.7954, 18.3904),
    ],
)
def test_intervals_are_those_of_garwood(count, low, high):
    assert poisson_interval(count) == pytest.approx((low, high), abs=5e-5)


def test_the_lower_bound_of_none_is_zero():
    assert poisson_interval(0)[0] == 0.0


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_are_half_of_chi_square(count, confidence):
    low, high = poisson_interval(count, confidence)
    tail = (1 - confidence) / 2

    assert low == pytest.approx(chi2.ppf(tail, 2 * count) / 2 if count else 0.0, rel=1e-9)
    assert high == pytest.approx(chi2.isf(tail, 2 * count + 2) / 2, rel=1e-9)


@settings(max_examples=200)
@given(st.integers(0, 2_000))
def test_at_its_bounds_a_count_is_as_improbable_as_was_asked(count):
    low, high = poisson_interval(count)

    assert poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-6)


def test_many_counts_are_answered_as_one_by_one():
    counts = np.array([[0, 1], [7, 250]])
    low, high = poisson_interval(counts)

    assert low.shape == high.shape == counts.shape
    for at, count in np.ndenumerate(counts):
        assert (low[at], high[at]) == poisson_interval(int(count))


@pytest.mark.parametrize("count", [-1, 0.5, np.nan, np.inf])
def test_a_count_is_a_whole_number(count):
    for ask in (poisson_interval, published, lambda count: ratio(count, 100)):
        with pytest.raises(ValueError, match="whole number"):
            ask(count)


@pytest.mark.parametrize("confidence", [0, 1, 95, np.nan])
def test_a_confidence_is_no_percentage(confidence):
    with pytest.raises(ValueError, match="confidence"):
        poisson_interval(1, confidence)


def test_two_clinics_for_gaspesie():
    found = ratio(2, 89_342, per=10_000)
    assert (found.value, found.low, found.high) == pytest.approx((0.224, 0.027, 0.809), abs=5e-4)


def test_a_region_without_a_service_may_still_have_had_bad_luck():
    found = ratio(0, 1000)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(3.6889, abs=5e-5)


@pytest.mark.parametrize("demand", [0, 19, 19.99])
def test_there_is_no_rate_under_twenty_workers(demand):
    assert ratio(3, demand) is None


def test_there_is_a_rate_for_twenty_workers():
    assert ratio(3, 20).value == pytest.approx(150)


@pytest.mark.parametrize("demand", [-1, np.nan, np.inf])
def test_unknown_demand_is_no_demand_at_all(demand):
    with pytest.raises(ValueError, match="NaN"):
        ratio(3, demand)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (1234, 1235)],
)
def test_few_workers_are_hidden_and_more_are_rounded(count, shown):
    assert published(count) == shown
