"""Measures of spatial access over arrays: catchments, nearest services, shares of workers.

n points of demand, m points of supply, q questions (a need and a language) asked of the same
points. Everywhere below:

- `demand`, shape (n,): workers at each point, >= 0;
- `capacity`, shape (m,) or (m, q): full-time services at each point of supply, >= 0;
- `cost_km`, shape (n, m): kilometres by road, inf where no road leads;
- `weights`, shape (n, m): how much a service counts at that cost, 0 to 1.

An answer has one column for each column of the question. `step_weights`, `weighted_demand`,
`shares` and `scores` are the steps of the catchment methods, for blocks of rows of demand: add the
weighted demand of all blocks up, share the capacity once, score block by block. The functions
named after a method do this for one block that holds everything.

NaN is refused with a ValueError everywhere. It is not zero: read as one, a gap in a table becomes
the worst served place of Québec, and left out it makes the worst served places vanish from a mean.

Sources:
    2SFCA: Luo & Wang (2003), Environment and Planning B 30(6). E2SFCA: Luo & Qi (2009), Health &
    Place 15(4). M2SFCA: Delamater (2013), Health & Place 24. 3SFCA and SPAR: Wan, Zou & Sternberg
    (2012), International Journal of Geographical Information Science 26(6).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FINITE = np.finfo(np.float64).max

# Part of a total: cumulated weights that should be equal differ by less.
ROUNDING = 1e-12


def step_weights(cost_km: ArrayLike, steps: Sequence[tuple[float, float]]) -> Floats:
    """The weight of the first bound that holds a cost; 0 beyond the last.

    Args:
        cost_km: kilometres, >= 0 or inf. Any shape.
        steps: upper bounds in finite kilometres, included, each with its weight; in any order.

    Returns:
        Weights in the shape of `cost_km`.

    Raises:
        ValueError: a cost is NaN or negative, or a bound is not finite.
    """
    cost_km = _checked("Costs", cost_km, np.inf)
    weights = np.zeros(cost_km.shape)
    for bound_km, weight in sorted(steps, reverse=True):
        if not np.isfinite(bound_km):
            raise ValueError("The bounds of a catchment are finite: nobody goes where no road is.")
        np.copyto(weights, weight, where=cost_km <= bound_km)
    return weights


def choice_weights(weights: ArrayLike) -> Floats:
    """How much of a worker's choice each point of supply is, times its weight (for 3SFCA).

    A worker with a choice of many asks less of each: G_ij * W_ij, G_ij = W_ij / sum_k W_ik.

    Args:
        weights: shape (n, m).

    Returns:
        Shape (n, m), 0 where nothing is in reach.
    """
    weights = _checked("Weights", weights, 1.0)
    choice = weights.sum(axis=1, keepdims=True)
    return np.divide(weights**2, choice, out=np.zeros(weights.shape), where=choice > 0)


def weighted_demand(weights: ArrayLike, demand: ArrayLike) -> Floats:
    """Workers in reach of each point of supply, by their weights: sum_i demand_i * W_ij.

    Args:
        weights: shape (n, m).
        demand: shape (n,).

    Returns:
        Shape (m,). Of a block of rows, that of the block: the sum over all blocks is what counts.
    """
    return _checked("Demand", demand) @ _checked("Weights", weights, 1.0)


def shares(capacity: ArrayLike, reached: ArrayLike) -> Floats:
    """What each point of supply has for one worker in its reach; 0 where nobody is.

    Args:
        capacity: shape (m,) or (m, q).
        reached: the weighted demand of all points of demand, shape (m,).

    Returns:
        Full-time services a worker, in the shape of `capacity`.
    """
    capacity = _checked("Capacity", capacity)
    reached = _checked("Weighted demand", reached).reshape((-1,) + (1,) * (capacity.ndim - 1))
    return np.divide(capacity, reached, out=np.zeros(capacity.shape), where=reached > 0)


def scores(weights: ArrayLike, share: ArrayLike) -> Floats:
    """The sum of the shares that each point of demand can reach: sum_j share_j * W_ij.

    Args:
        weights: shape (n, m). For E2SFCA those that made the shares, for M2SFCA their squares.
        share: shape (m,) or (m, q).

    Returns:
        Full-time services a worker, shape (n,) or (n, q), 0 where nothing is in reach. With
        the weights that made the shares, their sum weighted by demand equals the capacity that
        anyone can reach; with the squares it is less: what distance wastes.
    """
    return _checked("Weights", weights, 1.0) @ _checked("Shares", share)


def two_step(
    cost_km: ArrayLike, demand: ArrayLike, capacity: ArrayLike, radius_km: float
) -> Floats:
    """2SFCA: all within the radius, itself included, count the same.

    Returns:
        Full-time services a worker, shape (n,) or (n, q).
    """
    return enhanced_two_step(cost_km, demand, capacity, [(radius_km, 1.0)])


def enhanced_two_step(
    cost_km: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike,
    steps: Sequence[tuple[float, float]],
) -> Floats:
    """E2SFCA: what is farther counts less, among what can be reached.

    A village alone in the reach of a far clinic scores as if the clinic were next door, for its
    weight cancels out: rank with `modified_two_step`.

    Returns:
        Full-time services a worker, shape (n,) or (n, q).
    """
    weights = step_weights(cost_km, steps)
    return scores(weights, shares(capacity, weighted_demand(weights, demand)))


def modified_two_step(
    cost_km: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike,
    steps: Sequence[tuple[float, float]],
) -> Floats:
    """M2SFCA: distance costs, whatever else there is. At most E2SFCA.

    Returns:
        Full-time services a worker, shape (n,) or (n, q).
    """
    weights = step_weights(cost_km, steps)
    return scores(weights**2, shares(capacity, weighted_demand(weights, demand)))


def three_step(
    cost_km: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike,
    steps: Sequence[tuple[float, float]],
) -> Floats:
    """3SFCA: those who have a choice ask less of each point of supply.

    Every point of supply is a choice, also one without capacity for the question.

    Returns:
        Full-time services a worker, shape (n,) or (n, q).
    """
    chosen = choice_weights(step_weights(cost_km, steps))
    return scores(chosen, shares(capacity, weighted_demand(chosen, demand)))


def access_ratio(score: ArrayLike, demand: ArrayLike) -> Floats:
    """SPAR: a score over its mean among workers, so that 1 is the mean whatever the method.

    Args:
        score: shape (n,) or (n, q).
        demand: shape (n,).

    Returns:
        Shape of `score`. 0.0 everywhere in a column of which nobody has anything, and 0.0 if
        there is no demand.
    """
    score, demand = _checked("Scores", score), _checked("Demand", demand)
    held = demand @ score
    return np.divide(score * demand.sum(), held, out=np.zeros(score.shape), where=held > 0)


def nearest_two(cost_km: ArrayLike, offered: ArrayLike) -> tuple[Floats, Floats]:
    """The cost of the nearest and of the second nearest point of supply that answers.

    Args:
        cost_km: shape (n, m).
        offered: whether a point of supply answers, booleans of shape (m,) or (m, q).

    Returns:
        Two arrays of shape (n,) or (n, q), kilometres, inf where there is none. Two points of
        supply at the same cost make both equal.
    """
    cost_km = _checked("Costs", cost_km, np.inf)
    asked = np.asarray(offered, dtype=bool)
    columns = asked[:, None] if asked.ndim == 1 else asked
    # Many questions have the same answers: each set of points of supply is looked at once.
    known: dict[bytes, int] = {}
    first = np.full((len(cost_km), columns.shape[1]), np.inf)
    second = first.copy()
    for column, answers in enumerate(columns.T):
        before = known.setdefault(answers.tobytes(), column)
        if before < column:
            first[:, column], second[:, column] = first[:, before], second[:, before]
        elif answers.any():
            km = cost_km[:, answers]
            at = km.argmin(axis=1)[:, None]
            first[:, column] = np.take_along_axis(km, at, axis=1)[:, 0]
            np.put_along_axis(km, at, np.inf, axis=1)
            second[:, column] = km.min(axis=1)
    shape = (len(cost_km), *asked.shape[1:])
    return first.reshape(shape), second.reshape(shape)


def share_within(cost_km: ArrayLike, demand: ArrayLike, radius_km: float) -> Floats:
    """The share of workers with a cost of at most the radius.

    Args:
        cost_km: of each point of demand, to its nearest say. Shape (n,) or (n, q).
        demand: shape (n,).
        radius_km: itself included. Where no road leads is never within, even of inf.

    Returns:
        0 to 1: a number, or shape (q,). 0.0 where there is no demand.
    """
    cost_km, demand = _checked("Costs", cost_km, np.inf), _checked("Demand", demand)
    if np.isnan(radius_km):
        raise ValueError("A radius is a number of kilometres.")
    reached = demand @ ((cost_km <= radius_km) & np.isfinite(cost_km))
    total = demand.sum()
    return reached / total if total > 0 else np.zeros_like(reached)[()]


def weighted_quantile(values: ArrayLike, weights: ArrayLike, level: float) -> Floats:
    """The smallest value at which the cumulated weight reaches `level` of the total.

    Args:
        values: >= 0, inf allowed: if half of the weight has inf, so has the upper half. Shape
            (n,) or (n, q).
        weights: >= 0, shape (n,).
        level: above 0, at most 1; 0.5 for the median. Cumulated weights count as equal to it
            within `ROUNDING`.

    Returns:
        A number, or shape (q,).

    Raises:
        ValueError: there is no weight, or the level is out of range.
    """
    values, weights = _checked("Values", values, np.inf), _checked("Weights", weights)
    if not 0 < level <= 1:
        raise ValueError("The level of a quantile lies above 0 and not above 1.")
    _some(weights)
    order = np.argsort(values, axis=0, kind="stable")
    total = np.cumsum(weights[order], axis=0)
    at = np.argmax(total >= level * total[-1] * (1 - ROUNDING), axis=0)
    return np.take_along_axis(values, np.take_along_axis(order, at[None], 0), 0)[0]


def weighted_mean(values: ArrayLike, weights: ArrayLike) -> Floats:
    """The mean of the values that have a weight; inf if one of these is.

    Args:
        values: >= 0, inf allowed. Shape (n,) or (n, q).
        weights: >= 0, shape (n,).

    Returns:
        A number, or shape (q,).

    Raises:
        ValueError: there is no weight.
    """
    values, weights = _checked("Values", values, np.inf), _checked("Weights", weights)
    _some(weights)
    # Nobody times an infinite way is nothing, and would be NaN.
    there = weights > 0
    return weights[there] @ values[there] / weights.sum()


def _checked(name: str, values: ArrayLike, most: float = FINITE) -> Floats:
    """The values as floats, each from 0 to `most`. NaN is not, since it compares with nothing."""
    array = np.asarray(values, dtype=np.float64)
    if not (array.min(initial=0.0) >= 0 and array.max(initial=0.0) <= most):
        upper = {1.0: "between 0 and 1", FINITE: "finite and at least 0", np.inf: "at least 0"}
        raise ValueError(f"{name} must be numbers {upper[most]}, and not NaN.")
    return array


def _some(weights: Floats) -> None:
    if not weights.sum() > 0:
        raise ValueError("There is no weight to take a mean or a quantile of.")
