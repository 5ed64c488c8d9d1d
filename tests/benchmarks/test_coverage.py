"""The benchmark of coverage: what it invents, compares and counts; no time is asserted."""

from pkgutil import resolve_name

import numpy as np
import pytest
from django.db import OperationalError

from benchmarks import coverage
from benchmarks.coverage import (
    NEAREST,
    PARTS,
    SCORES,
    Disagreement,
    Row,
    Stopwatch,
    agree,
    check_equality,
    fill,
    invented,
    measured,
    on_one_shore,
    plain_way,
    table,
)
from geo.coverage.measures import reach

# Longitude, latitude, population: Montréal, Laval, Gatineau, Longueuil across the river.
TOWNS = np.array(
    [
        (-73.58, 45.51, 1_700_000.0),
        (-73.75, 45.57, 440_000.0),
        (-75.70, 45.48, 290_000.0),
        (-73.45, 45.52, 250_000.0),
    ]
)


def test_the_same_seed_invents_the_same_places():
    demand, supply = invented(TOWNS, 30, 20)
    again, _supply = invented(TOWNS, 30, 20)
    other, _supply = invented(TOWNS, 30, 20, seed=2)

    assert (demand.places.longitude == again.places.longitude).all()
    assert (demand.places.longitude != other.places.longitude).any()
    assert (supply.capacity[:, 0] > 0).all()
    assert (demand.workers >= 1).all()


def test_more_is_invented_where_more_people_live():
    demand, _supply = invented(TOWNS, 2_000, 1)

    in_gatineau = (demand.places.longitude < -75).mean()

    assert in_gatineau == pytest.approx(290 / 2_680, abs=0.03)


def test_on_one_shore_nothing_is_across_the_river():
    demand, supply = on_one_shore(*invented(TOWNS, 200, 50))

    assert 0 < len(demand.places) < 200
    assert not demand.places.is_south.any()
    assert len(supply.places) == len(supply.capacity)


@pytest.mark.django_db
def test_both_ways_agree_on_one_shore():
    assert "agree" in check_equality(TOWNS, 40, 25)


@pytest.mark.django_db
@pytest.mark.parametrize("figure", ["first_km", "second_km", "enhanced"])
def test_a_difference_of_a_few_metres_or_of_a_score_is_seen(figure):
    demand, supply = on_one_shore(*invented(TOWNS, 40, 25))
    found = reach(demand, supply, coverage.CIRCUITY)
    getattr(found, figure)[3, 0] += 0.002
    fill(demand, supply)

    with pytest.raises(Disagreement):
        agree(demand, supply, found)


@pytest.mark.django_db
def test_what_does_not_finish_is_estimated_and_marked_as_such(monkeypatch):
    demand, supply = invented(TOWNS, 100, 25)
    fill(demand, supply)
    whole = plain_way(NEAREST, demand, supply, limit=60)
    ask = coverage.asked

    def slow_but_for_a_sample(query, supply, limit=0, **sample):
        if not sample:
            raise OperationalError
        return ask(query, supply, limit, **sample)

    monkeypatch.setattr(coverage, "asked", slow_but_for_a_sample)

    assert "~" not in str(whole)
    assert "by 50 of 100 points" in str(plain_way(NEAREST, demand, supply, limit=1))
    assert "by 50 of 25 sites" in str(plain_way(SCORES, demand, supply, limit=1))


def test_our_way_is_measured_whole():
    found = measured(TOWNS, 20, 10)

    assert found.reach_seconds > 0
    assert found.areas_seconds > 0
    assert found.peak_mb > 1


def test_every_part_of_a_run_that_is_timed_is_there():
    assert all(callable(resolve_name(function)) for function in PARTS.values())


def test_a_stopwatch_counts_what_is_inside_once():
    watch = Stopwatch()
    inner = watch.timed("inner", lambda: sum(range(200_000)))

    with watch.measuring("outer"):
        inner()

    assert (watch.seconds["inner"] > 0).all()
    assert watch.seconds["outer"][0] < watch.seconds["inner"][0]


def test_a_table_for_a_document_is_markdown():
    lines = list(table("growth", [Row("all", "1 s", "9 s", "9")], markdown=True))

    assert lines[1] == "| --- | ---: | ---: | ---: |"
    assert lines[2] == "| all | 1 s | 9 s | 9 |"
