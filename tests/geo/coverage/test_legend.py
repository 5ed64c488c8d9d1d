"""What a map shows: the classes of a legend, and the colour of each value."""

import math
from types import SimpleNamespace

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from geo.choices import CoverageClass
from geo.coverage.legend import (
    MEASURES,
    NO_DATA,
    REASONS,
    key_of,
    legend,
    quantile_breaks,
    value_of,
)

BOUNDS = (30.0, 60.0, 100.0)


def entries(code, values=()):
    return legend(MEASURES[code], values, BOUNDS)


@pytest.mark.parametrize(
    ("value", "key"),
    [(0.0, "step-1"), (0.25, "step-1"), (0.2501, "step-2"), (0.9, "step-4"), (1.0, "step-5")],
)
def test_a_share_has_fixed_classes_with_the_upper_bound_included(value, key):
    assert key_of(entries("middle"), value) == key


@pytest.mark.parametrize(
    ("value", "key"),
    [(0.0, "step-5"), (30.0, "step-5"), (60.0, "step-4"), (100.1, "step-2"), (math.inf, "step-1")],
)
def test_a_short_way_is_better_and_no_road_is_the_worst_and_not_unknown(value, key):
    assert key_of(entries("median_km"), value) == key


def test_what_is_not_known_has_a_colour_of_its_own():
    for code in ("middle", "median_km", "access", "ratio"):
        assert key_of(entries(code, [1.0, 2.0]), None) == NO_DATA


def test_the_best_comes_first_and_every_measure_has_words_in_three_languages():
    for language in ("fr", "en", "es"):
        with override(language):
            for code in MEASURES:
                made = entries(code, [1, 2, 3, 4, 5, 6])
                assert all(entry.label for entry in made)
                steps = [entry.key for entry in made if entry.key.startswith("step")]
                assert steps == sorted(steps, reverse=True)
            assert all(str(words) for words in REASONS.values())


def test_whole_bounds_are_written_without_a_point():
    with override("en"):
        assert [entry.label for entry in entries("middle")][0] == "more than 90\N{NO-BREAK SPACE}%"
        assert "more than 60\N{NO-BREAK SPACE}km" in entries("median_km")[2].label


@given(st.lists(st.floats(0, 1e4), max_size=40))
def test_every_value_has_exactly_one_colour_of_the_data(values):
    made = entries("ratio", values)
    for value in values:
        holding = [
            entry
            for entry in made
            if entry.key != NO_DATA
            and (entry.low is None or value > entry.low)
            and (entry.high is None or value <= entry.high)
        ]
        assert [entry.key for entry in holding] == [key_of(made, value)]


@given(st.lists(st.integers(0, 5), max_size=40))
def test_breaks_are_never_repeated(values):
    breaks = quantile_breaks(values)
    assert breaks == sorted(set(breaks))
    assert len(breaks) <= 4


def test_a_class_is_named_and_a_figure_that_a_cell_lacks_is_none():
    cell = SimpleNamespace(
        coverage_class="stale",
        status="poor",
        measures={"median_km": None, "sites": 0, "ratio": None},
    )
    assert value_of(MEASURES["class"], cell) == "stale"
    assert value_of(MEASURES["median_km"], cell) == math.inf
    assert value_of(MEASURES["sites"], cell) == 0
    assert value_of(MEASURES["ratio"], cell) is None
    assert value_of(MEASURES["middle"], cell) is None
    assert {entry.key for entry in entries("class")} == set(CoverageClass.values)


def test_a_cell_without_figures_has_no_distance_and_not_an_infinite_one():
    few = SimpleNamespace(coverage_class="none", status="insufficient", measures={"sites": 0})
    assert value_of(MEASURES["median_km"], few) is None
