"""How unequal access is between workers."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lorenz(values: Floats, weights: Floats) -> Floats:
    """The Lorenz curve from (0, 0) to (1, 1), shape (n + 1, 2)."""
    order = np.argsort(values, kind="stable")
    people = np.concatenate([[0.0], np.cumsum(weights[order])])
    held = np.concatenate([[0.0], np.cumsum(weights[order] * values[order])])
    return np.column_stack([people / people[-1], held / held[-1] if held[-1] else held])


def gini(values: Floats, weights: Floats) -> float:
    """The Gini coefficient; 0 where nobody has anything."""
    if not values @ weights:
        return 0.0
    people, held = lorenz(values, weights).T
    return float(1 - np.sum(np.diff(people) * (held[1:] + held[:-1])))


def hoover(values: Floats, weights: Floats) -> float:
    """The share that would have to move to be equal; 0 where nobody has anything."""
    total = values @ weights
    if not total:
        return 0.0
    return float(0.5 * np.abs(weights * values / total - weights / weights.sum()).sum())
