"""The honest class and the status: each rule of COVERAGE, one after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.choices import CoverageClass, CoverageStatus
from geo.coverage.classes import (
    Found,
    Served,
    coverage_class,
    coverage_status,
    status_by_distance,
)
from geo.coverage.parameters import SHORT, WIDE, Parameters

PARAMETERS = Parameters()


def served(**changes):
    """Well served in every way, but for the changes."""
    return Served(
        **{
            "workers": 500.0,
            "demand_years": 1.0,
            "verified_share": 1.0,
            "within_far": 1.0,
            "within_middle": 1.0,
            "second_within_middle": 1.0,
            "access_ratio": 1.0,
            "ratio_high": 9.0,
            "ratio_province": 5.0,
        }
        | changes
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Found(local=1, itinerant=2, within_reach=3, remote=4, unverified=5), "local"),
        (Found(itinerant=1, within_reach=3, remote=4, unverified=5), "itinerant"),
        (Found(within_reach=1, remote=4, unverified=5), "within_reach"),
        (Found(remote=1, unverified=5), "remote_only"),
        (Found(unverified=1), "stale"),
        (Found(), "none"),
    ],
)
def test_the_class_is_the_first_that_holds(found, expected):
    assert coverage_class(found) == expected


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_no_number_of_lines_turns_a_cell_green(remote, unverified):
    found = coverage_class(Found(remote=remote, unverified=unverified))
    assert found == CoverageClass.REMOTE_ONLY


@pytest.mark.parametrize(
    ("changes", "status", "reasons"),
    [
        ({}, "served", []),
        ({"workers": None}, "insufficient", ["demand_unknown"]),
        ({"workers": 19.9}, "insufficient", ["few_workers"]),
        ({"workers": 20.0}, "served", []),
        ({"demand_years": 3.1}, "insufficient", ["demand_old"]),
        ({"demand_years": 3.0}, "served", []),
        ({"verified_share": 0.79}, "insufficient", ["not_verified"]),
        ({"verified_share": 0.8}, "served", []),
        ({"verified_share": None}, "served", []),
        ({"workers": 3.0, "verified_share": 0.0}, "insufficient", ["few_workers", "not_verified"]),
        ({"within_far": 0.5, "within_middle": 0.4}, "unserved", ["too_far"]),
        ({"within_far": 0.51, "within_middle": 0.4}, "poor", ["few_within_middle"]),
        ({"within_middle": 0.5}, "served", []),
        ({"access_ratio": 0.4, "ratio_high": 4.0}, "poor", ["low_access"]),
        ({"access_ratio": 0.4, "ratio_high": 5.0}, "served", []),
        ({"access_ratio": 0.5, "ratio_high": 4.0}, "served", []),
        ({"access_ratio": 0.4, "ratio_high": None}, "served", []),
        ({"second_within_middle": 0.49}, "fragile", ["one_closure"]),
        (
            {"within_middle": 0.4, "access_ratio": 0.1, "ratio_high": 1.0},
            "poor",
            ["few_within_middle", "low_access"],
        ),
    ],
)
def test_the_status_is_the_first_rule_that_holds(changes, status, reasons):
    assert coverage_status(served(**changes), PARAMETERS) == (status, reasons)


def test_distances_have_a_status_of_their_own_where_data_do_not_suffice():
    doubtful = served(verified_share=0.0, within_far=0.2, within_middle=0.0)
    assert coverage_status(doubtful, PARAMETERS)[0] == CoverageStatus.INSUFFICIENT
    assert status_by_distance(doubtful, PARAMETERS) == CoverageStatus.UNSERVED


def test_conventions_can_be_set_and_a_misspelt_one_is_refused():
    strict = Parameters.of({"within_share": 0.9})
    assert coverage_status(served(within_middle=0.8), strict)[0] == CoverageStatus.POOR
    with pytest.raises(ValueError, match="witin_share"):
        Parameters.of({"witin_share": 0.9})
    with pytest.raises(ValueError, match="circuities"):
        Parameters.of({"circuity": 1.4})


def test_banks_have_the_short_catchment_and_all_bounds_scale():
    assert Parameters().catchment("argent") == SHORT
    assert Parameters().catchment("sante") == WIDE
    assert WIDE.scaled(0.8).bands_km == pytest.approx((24.0, 48.0, 80.0))
    assert WIDE.scaled(0.8).weights == WIDE.weights
