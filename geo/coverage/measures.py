"""The figures of coverage for many questions at once, from positions to measures of areas.

A question is a need, a language and a basis; it is a column. Points of demand and of supply are
read in blocks, so that a run of a hundred thousand sites needs no more memory than a small one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.coverage.access import (
    nearest_two,
    scores,
    shares,
    step_weights,
    weighted_demand,
    weighted_quantile,
)
from geo.coverage.costs import NO_ROADS, Floats, Places, Roads, road_km
from geo.coverage.parameters import Catchment

# Pairs of one block: 64 MB of kilometres.
BLOCK_PAIRS = 8_000_000


@dataclass(frozen=True, eq=False)
class Demand:
    """Where workers are.

    Attributes:
        places: n positions.
        workers: how many, shape (n,).
    """

    places: Places
    workers: Floats


@dataclass(frozen=True, eq=False)
class Supply:
    """Where help is given in person.

    Attributes:
        places: m positions.
        capacity: full-time services, shape (m, q): 0 where a site does not answer a question.
        catchments: how far people go, one for each question.
        roads: ways by road that are known, by row of the demand and of the supply.
    """

    places: Places
    capacity: Floats
    catchments: Sequence[Catchment]
    roads: Roads = NO_ROADS


@dataclass(frozen=True, eq=False)
class Reach:
    """What each point of demand has, each of shape (n, q).

    Attributes:
        first_km, second_km: to the nearest two sites by road, inf where there is none.
        enhanced, modified: E2SFCA and M2SFCA, full-time services a worker.
    """

    first_km: Floats
    second_km: Floats
    enhanced: Floats
    modified: Floats


def reach(demand: Demand, supply: Supply, circuity: float, factor: float = 1.0) -> Reach:
    """Distances and catchment scores of every point for every question.

    Args:
        demand: n points.
        supply: m sites, q questions.
        circuity: kilometres by road for one as the crow flies.
        factor: makes all catchments longer or shorter.
    """
    n, (m, q) = len(demand.places), supply.capacity.shape
    found = Reach(*(np.full((n, q), np.inf) for _ in range(2)), *(np.zeros((n, q)) for _ in "em"))
    if not m:
        return found
    groups = _by_catchment(supply.catchments)
    in_reach = {catchment: np.zeros(m) for catchment in groups}
    blocks = list(_blocks(n, m))
    kept: dict[int, Floats] = {}
    for rows in blocks:
        km = road_km(demand.places.part(rows), supply.places, circuity, supply.roads, rows.start)
        if len(blocks) == 1:
            kept[rows.start] = km
        for catchment in groups:
            weights = step_weights(km, catchment.scaled(factor).steps)
            in_reach[catchment] += weighted_demand(weights, demand.workers[rows])
    for rows in blocks:
        if rows.start in kept:
            km = kept[rows.start]
        else:
            part = demand.places.part(rows)
            km = road_km(part, supply.places, circuity, supply.roads, rows.start)
        for catchment, columns in groups.items():
            capacity = supply.capacity[:, columns]
            weights = step_weights(km, catchment.scaled(factor).steps)
            share = shares(capacity, in_reach[catchment])
            found.enhanced[rows, columns] = scores(weights, share)
            found.modified[rows, columns] = scores(weights**2, share)
        found.first_km[rows], found.second_km[rows] = nearest_two(km, supply.capacity > 0)
    return found


def _blocks(n: int, m: int) -> Iterator[slice]:
    step = max(1, BLOCK_PAIRS // max(m, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def _by_catchment(catchments: Sequence[Catchment]) -> dict[Catchment, NDArray[np.int64]]:
    return {
        catchment: np.flatnonzero([each == catchment for each in catchments])
        for catchment in dict.fromkeys(catchments)
    }


@dataclass(frozen=True, eq=False)
class AreaMeasures:
    """The measures of a areas for q questions, each of shape (a, q) unless said otherwise.

    Attributes:
        within, second_within: share of workers with one service, with two, within the near, the
            middle and the far bound; shape (3, a, q).
        on_foot: share within the distance that one goes without a car.
        unreachable: share of workers whom no road leads to any.
        median_km, p90_km, second_median_km: of the workers; inf where so many reach none.
        enhanced, modified: services per 1,000 workers.
        access_ratio: SPAR of M2SFCA.
    """

    within: Floats
    second_within: Floats
    on_foot: Floats
    unreachable: Floats
    median_km: Floats
    p90_km: Floats
    second_median_km: Floats
    enhanced: Floats
    modified: Floats
    access_ratio: Floats


def measure_areas(
    demand: Demand,
    found: Reach,
    catchments: Sequence[Catchment],
    members: Sequence[NDArray[np.int64]],
    on_foot_km: float,
    factor: float = 1.0,
) -> AreaMeasures:
    """Gather the points of each area, weighted by their workers.

    Args:
        demand: n points.
        found: what they have.
        catchments: one for each question.
        members: rows of the points of each area; every area has workers.
        on_foot_km: the distance that one goes without a car.
        factor: as in `reach`.
    """
    workers = demand.workers
    bounds = np.array([catchment.scaled(factor).bands_km for catchment in catchments]).T
    total = np.array([workers[rows].sum() for rows in members])

    def share(holds: NDArray[np.bool_]) -> Floats:
        return np.array([workers[rows] @ holds[rows] for rows in members]) / total[:, None]

    def level(values: Floats, at: float) -> Floats:
        return np.array([weighted_quantile(values[rows], workers[rows], at) for rows in members])

    def mean(values: Floats) -> Floats:
        return np.array([workers[rows] @ values[rows] for rows in members]) / total[:, None]

    of_all = (workers @ found.modified) / workers.sum()
    modified = mean(found.modified)
    ratio = np.divide(modified, of_all, out=np.zeros_like(modified), where=of_all > 0)
    return AreaMeasures(
        within=np.array([share(found.first_km <= bound) for bound in bounds]),
        second_within=np.array([share(found.second_km <= bound) for bound in bounds]),
        on_foot=share(found.first_km <= on_foot_km),
        unreachable=share(np.isinf(found.first_km)),
        median_km=level(found.first_km, 0.5),
        p90_km=level(found.first_km, 0.9),
        second_median_km=level(found.second_km, 0.5),
        enhanced=1000 * mean(found.enhanced),
        modified=1000 * modified,
        access_ratio=ratio,
    )


def middle_of_workers(demand: Demand, rows: NDArray[np.int64], circuity: float) -> int:
    """The point of an area that the most workers are near to: the least mean way by road.

    A mean of positions may lie in the gulf, between Gaspé and the islands; a point does not. A
    way that does not exist counts as 1,000 km.

    Returns:
        A row of `demand`; of several that are as good, the first.
    """
    places = demand.places.part(rows)
    km = np.minimum(road_km(places, places, circuity), 1000.0)
    return int(rows[np.argmin(demand.workers[rows] @ km)])
