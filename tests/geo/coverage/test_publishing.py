"""What may be told of the measures of an area."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.publishing import deciles, published, significant

MEASURES = {
    "bounds_km": [30.0, 60.0, 100.0],
    "sites": 3,
    "verified_share": 1 / 3,
    "within": {"near": 0.123456, "middle": 0.5, "far": 1.0},
    "on_foot": 0.004,
    "median_km": 12.3,
    "p90_km": None,
    "ratio": [24.390244, 5.029, 71.27],
    "ratio_province": 1.98765,
    "e2sfca": 24.390244,
    "m2sfca": 0.0,
    "spar": 1.23456,
    "gini": None,
    "lorenz": [[0.0, 0.0], [0.25, 0.0], [1.0, 1.0]],
    "sensitivity": {"1": {"within_middle": 0.987654, "status": "served"}},
}


def test_shares_are_whole_per_cents_and_scores_have_two_digits():
    told = published(MEASURES, 125)

    assert told["within"] == {"near": 0.12, "middle": 0.5, "far": 1.0}
    assert told["verified_share"] == 0.33
    assert told["sensitivity"] == {"1": {"within_middle": 0.99, "status": "served"}}
    assert (told["e2sfca"], told["m2sfca"], told["spar"]) == (24.0, 0.0, 1.2)
    assert told["gini"] is None
    assert told["p90_km"] is None
    assert MEASURES["within"]["near"] == 0.123456


def test_the_ratio_is_that_of_published_numbers():
    assert published(MEASURES, 125)["ratio"][0] == 24.0
    assert published({**MEASURES, "sites": 0}, 125)["ratio"][2] == 29.51


def test_where_workers_are_withheld_so_is_what_holds_them():
    told = published(MEASURES, None)

    for name in ("ratio", "ratio_province", "e2sfca", "m2sfca", "spar", "lorenz"):
        assert told[name] is None
    assert told["within"]["middle"] == 0.5


def test_what_is_not_there_stays_away():
    assert published({"sites": 0, "verified_share": None}, 10) == {
        "sites": 0,
        "verified_share": None,
    }


def test_a_curve_is_told_at_tenths():
    curve = deciles(MEASURES["lorenz"])

    assert [point[0] for point in curve] == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    assert curve[2] == [0.2, 0.0]
    assert curve[-1] == [1.0, 1.0]
    assert deciles([]) == []


@given(st.floats(1e-6, 1e6))
def test_two_digits_are_within_a_twentieth(value):
    assert significant(value) == pytest.approx(value, rel=0.05)
