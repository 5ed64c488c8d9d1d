"""Measures of spatial access over arrays: catchments, nearest services, shares (numpy only)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def step_weights(cost_km: Floats, steps: Sequence[tuple[float, float]]) -> Floats:
    """The weight of the first bound that holds a cost, upper bounds included; 0 beyond."""
    weights = np.zeros_like(cost_km)
    for bound, weight in reversed(steps):
        weights[cost_km <= bound] = weight
    return weights


def weighted_demand(weights: Floats, demand: Floats) -> Floats:
    """Workers in reach of each point of supply, by their weights."""
    return demand @ weights


def shares(capacity: Floats, reached: Floats) -> Floats:
    """Capacity per worker in reach; 0 where nobody is."""
    reached = reached.reshape((-1,) + (1,) * (capacity.ndim - 1))
    return np.divide(capacity, reached, out=np.zeros_like(capacity, float), where=reached > 0)


def scores(weights: Floats, share: Floats) -> Floats:
    """The sum of the shares that each point of demand can reach."""
    return weights @ share


def nearest_two(cost_km: Floats, offered: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The nearest two costs for each question; inf where there is none."""
    first = np.full((len(cost_km), offered.shape[1]), np.inf)
    second = first.copy()
    for column in range(offered.shape[1]):
        km = cost_km[:, offered[:, column]]
        if km.shape[1] == 1:
            first[:, column] = km[:, 0]
        elif km.shape[1]:
            two = np.partition(km, 1, axis=1)[:, :2]
            first[:, column], second[:, column] = two.T
    return first, second


def weighted_quantile(values: Floats, weights: Floats, level: float) -> Floats:
    """The smallest value at which the cumulated weight reaches `level` of the total."""
    order = np.argsort(values, axis=0, kind="stable")
    total = np.cumsum(weights[order], axis=0)
    at = np.argmax(total >= level * total[-1] * (1 - 1e-12), axis=0)
    return np.take_along_axis(values, np.take_along_axis(order, at[None], 0), 0)[0]
