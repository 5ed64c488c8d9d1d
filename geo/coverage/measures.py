"""The figures of coverage for many questions at once, from positions to measures of areas.

A question is a need, a language and a basis; it is a column. Points of demand and of supply are
read in blocks, so that a run of a hundred thousand sites needs no more memory than a small one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.coverage.access import (
    nearest_two,
    scores,
    shares,
    step_weights,
    weighted_demand,
    weighted_quantile,
)
from geo.coverage.costs import NO_ROADS, Floats, Places, Roads, nearest_two_m, road_km
from geo.coverage.parameters import Catchment

# Pairs of one block: 8 MB of kilometres.
BLOCK_PAIRS = 1_000_000

# Where pairs are too many for one block: points of demand that lie together, and pairs whose
# kilometres stay in the processor's cache, 512 kB (four times as many cost three times as much).
BLOCK_ROWS = 64
CACHED_PAIRS = 65_536

Rows = slice | NDArray[np.int64]


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
    # Many questions have the same answers: most languages, most of what nobody verified.
    chosen, of = _distinct(supply.catchments, supply.capacity)
    found = _reach(
        demand,
        replace(
            supply,
            capacity=supply.capacity[:, chosen],
            catchments=[supply.catchments[column] for column in chosen],
        ),
        circuity,
        factor,
    )
    return Reach(*(getattr(found, each.name)[:, of] for each in fields(found)))


def _reach(demand: Demand, supply: Supply, circuity: float, factor: float) -> Reach:
    n, (m, q) = len(demand.places), supply.capacity.shape
    found = Reach(*(np.full((n, q), np.inf) for _ in range(2)), *(np.zeros((n, q)) for _ in "em"))
    if not m:
        return found
    groups = _by_catchment(supply.catchments)
    in_reach = {catchment: np.zeros(m) for catchment in groups}
    is_large = n * m > BLOCK_PAIRS and not supply.roads.km
    if is_large:
        farthest = max(catchment.scaled(factor).far_km for catchment in groups)
        blocks = list(_compact_blocks(demand.places, supply.places, 1000 * farthest / circuity))
    else:
        blocks = list(_blocks(n, m))

    def km_of(rows: Rows, columns: Rows) -> Floats:
        first = rows.start if isinstance(rows, slice) else 0
        part = demand.places.part(rows)
        return road_km(part, supply.places.part(columns), circuity, supply.roads, first)

    kept = km_of(*blocks[0]) if len(blocks) == 1 else None
    for rows, columns in blocks:
        km = km_of(rows, columns) if kept is None else kept
        for catchment in groups:
            weights = step_weights(km, catchment.scaled(factor).steps)
            in_reach[catchment][columns] += weighted_demand(weights, demand.workers[rows])
    share = {
        catchment: shares(supply.capacity[:, its], in_reach[catchment])
        for catchment, its in groups.items()
    }
    offered = supply.capacity > 0
    for rows, columns in blocks:
        km = km_of(rows, columns) if kept is None else kept
        for catchment, its in groups.items():
            weights = step_weights(km, catchment.scaled(factor).steps)
            part = share[catchment][columns]
            cells = _cells(rows, its)
            found.enhanced[cells] += scores(weights, part)
            found.modified[cells] += scores(weights**2, part)
        if not is_large:
            found.first_km[rows], found.second_km[rows] = nearest_two(km, offered)
    for column in range(q) if is_large else ():
        sites = supply.places.part(offered[:, column])
        two = nearest_two_m(demand.places, sites) * (circuity / 1000)
        found.first_km[:, column], found.second_km[:, column] = two.T
    return found


def _cells(rows: Rows, columns: NDArray[np.int64]) -> Any:
    return (rows, columns) if isinstance(rows, slice) else np.ix_(rows, columns)


def _distinct(
    catchments: Sequence[Catchment], *tables: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Questions that differ, by their catchment and their column of each table.

    Returns:
        The first column of each kind, and for each column which of those it is like.
    """
    kinds: dict[tuple[Any, ...], int] = {}
    of = [
        kinds.setdefault((catchment, *(table[:, at].tobytes() for table in tables)), len(kinds))
        for at, catchment in enumerate(catchments)
    ]
    return np.unique(of, return_index=True)[1], np.array(of, dtype=np.int64)


def _blocks(n: int, m: int) -> Iterator[tuple[Rows, Rows]]:
    """Rows by turns, all columns."""
    step = max(1, BLOCK_PAIRS // max(m, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n)), slice(None)


def _compact_blocks(
    points: Places, sites: Places, farthest_m: float
) -> Iterator[tuple[Rows, Rows]]:
    """Rows that lie together, with the sites that may be in reach of one of them.

    No way is shorter than the chord: beyond the rows' own circle and the farthest bound there is
    nothing to weigh.
    """
    together = cKDTree(points.earth_centred).indices
    for rows in np.array_split(together, -(-len(points) // BLOCK_ROWS)):
        corners = points.earth_centred[rows]
        middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
        radius = np.sqrt(((corners - middle) ** 2).sum(axis=1).max())
        chord = np.sqrt(((sites.earth_centred - middle) ** 2).sum(axis=1))
        # A metre for rounding.
        columns = np.flatnonzero(chord <= radius + farthest_m + 1)
        for part in np.array_split(columns, -(-len(columns) * len(rows) // CACHED_PAIRS) or 1):
            yield rows, part


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
    chosen, of = _distinct(
        catchments, found.first_km, found.second_km, found.enhanced, found.modified
    )
    measures = _measure_areas(
        demand.workers,
        Reach(*(getattr(found, each.name)[:, chosen] for each in fields(found))),
        [catchments[column] for column in chosen],
        members,
        on_foot_km,
        factor,
    )
    return AreaMeasures(*(getattr(measures, each.name)[..., of] for each in fields(measures)))


def _measure_areas(
    workers: Floats,
    found: Reach,
    catchments: Sequence[Catchment],
    members: Sequence[NDArray[np.int64]],
    on_foot_km: float,
    factor: float,
) -> AreaMeasures:
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
