"""Figures of many points: whatever the way they are reckoned, they are the same."""

from dataclasses import fields

import numpy as np
import pytest

from geo.coverage import measures
from geo.coverage.costs import Places, Roads, nearest_two_m, network_m
from geo.coverage.measures import Demand, Supply, measure_areas, reach
from geo.coverage.parameters import SHORT, WIDE

# Where people live, both shores, the west, the islands, the Lower North Shore, the far north.
TOWNS = np.array(
    [
        (-73.58, 45.51),
        (-73.52, 45.53),
        (-75.70, 45.48),
        (-72.54, 46.35),
        (-72.45, 46.34),
        (-71.21, 46.81),
        (-71.18, 46.80),
        (-68.52, 48.45),
        (-68.15, 49.22),
        (-64.48, 48.83),
        (-61.88, 47.38),
        (-64.35, 49.82),
        (-57.13, 51.43),
        (-68.40, 58.10),
        (-69.93, 58.70),
    ]
)


def scattered(number, seed):
    """Places around all of the towns."""
    chance = np.random.default_rng(seed)
    towns = TOWNS[np.arange(number) % len(TOWNS)]
    positions = towns + chance.normal(0, 0.15, (number, 2))
    return Places(positions[:, 0], positions[:, 1])


def many(points=150, sites=90, questions=5, seed=1):
    """Demand and supply; the last question has the short catchment, and the first nobody."""
    chance = np.random.default_rng(seed)
    offered = chance.random((sites, questions)) < 0.3
    capacity = np.where(offered, chance.random((sites, questions)), 0.0)
    capacity[:, 0] = 0
    demand = Demand(scattered(points, seed), chance.integers(0, 40, points).astype(float))
    catchments = [WIDE] * (questions - 1) + [SHORT]
    supply = Supply(scattered(sites, seed + 1), capacity, catchments)
    return demand, supply


def assert_equal(found, expected, tolerance=1e-9):
    for each in fields(expected):
        np.testing.assert_allclose(
            getattr(found, each.name), getattr(expected, each.name), rtol=0, atol=tolerance
        )


@pytest.mark.parametrize("number", [1, 3, 60, 400])
def test_the_nearest_two_by_trees_are_the_least_of_all_pairs(number):
    origins, destinations = scattered(200, 1), scattered(number, 2)

    found = nearest_two_m(origins, destinations)

    every = np.column_stack([network_m(origins, destinations), np.full((200, 2), np.inf)])
    np.testing.assert_allclose(found, np.sort(every, axis=1)[:, :2], rtol=0, atol=1e-3)


def test_nothing_is_near_where_there_is_nothing():
    nowhere = Places(np.array([]), np.array([]))

    assert np.isinf(nearest_two_m(scattered(30, 1), nowhere)).all()


@pytest.mark.parametrize(("circuity", "factor"), [(1.0, 1.0), (1.3, 0.8), (1.5, 1.2)])
def test_a_large_run_finds_what_a_small_one_finds(monkeypatch, circuity, factor):
    demand, supply = many()
    small = reach(demand, supply, circuity, factor)

    monkeypatch.setattr(measures, "BLOCK_PAIRS", 1000)
    monkeypatch.setattr(measures, "BLOCK_ROWS", 16)
    monkeypatch.setattr(measures, "CACHED_PAIRS", 200)
    large = reach(demand, supply, circuity, factor)

    assert (small.enhanced > 0).any()
    np.testing.assert_allclose(large.enhanced, small.enhanced, rtol=0, atol=1e-12)
    np.testing.assert_allclose(large.modified, small.modified, rtol=0, atol=1e-12)
    np.testing.assert_allclose(large.first_km, small.first_km, rtol=0, atol=1e-6)
    np.testing.assert_allclose(large.second_km, small.second_km, rtol=0, atol=1e-6)


def test_a_measured_way_counts_in_a_large_run_too(monkeypatch):
    demand, supply = many()
    roads = Roads({(140, 3): 0.5, (0, 7): 900.0}, {(140, 3): 1.0, (0, 7): 700.0})
    supply = Supply(supply.places, supply.capacity, supply.catchments, roads)
    small = reach(demand, supply, 1.3)

    monkeypatch.setattr(measures, "BLOCK_PAIRS", 1000)
    large = reach(demand, supply, 1.3)

    assert (small.first_km[140] == 0.5).any()
    assert_equal(large, small)


def test_a_question_is_answered_the_same_alone_and_among_its_likes():
    demand, supply = many()
    twice = Supply(
        supply.places, np.tile(supply.capacity, 2), [*supply.catchments, *supply.catchments]
    )
    members = [np.arange(0, 150, 2), np.arange(1, 150, 2), np.arange(40)]
    found = reach(demand, twice, 1.3)
    gathered = measure_areas(demand, found, twice.catchments, members, 5.0)

    for column, catchment in enumerate(twice.catchments):
        alone = Supply(supply.places, twice.capacity[:, [column]], [catchment])
        its = reach(demand, alone, 1.3)
        areas = measure_areas(demand, its, [catchment], members, 5.0)
        for each in fields(its):
            np.testing.assert_allclose(
                getattr(found, each.name)[:, [column]], getattr(its, each.name), atol=1e-12
            )
        for each in fields(areas):
            np.testing.assert_allclose(
                getattr(gathered, each.name)[..., [column]], getattr(areas, each.name), atol=1e-9
            )
