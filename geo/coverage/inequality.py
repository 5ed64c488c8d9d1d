"""How unequal access is between workers.

`values`, shape (n,), finite and >= 0, is what a worker at each point has; `weights`, shape (n,),
finite and >= 0, is how many workers are there. Workers at one point count as equal among
themselves, so that a point of three is the same as three points of one.

All three raise ValueError for NaN, for a negative or infinite number, and where there is nobody.
Where nobody has anything all are equal: the curve is the diagonal, both figures are 0.0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def lorenz(values: ArrayLike, weights: ArrayLike) -> Floats:
    """The Lorenz curve: the part of all there is that the worst served part of workers has.

    Returns:
        Shape (k + 1, 2), from (0, 0) to (1, 1): cumulated part of workers, cumulated part of what
        they have, least first. k distinct values that somebody has.
    """
    values, weights = _checked(values, weights)
    # Ties are one step, or the curve would hang on the order of the points.
    levels, at = np.unique(values[weights > 0], return_inverse=True)
    workers = np.bincount(at, weights[weights > 0])
    if not workers @ levels:
        levels = np.ones_like(levels)
    held = workers * levels
    steps = np.column_stack([workers / workers.sum(), held / held.sum()])
    curve = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    curve[-1] = 1.0
    return curve


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    """The Gini coefficient among workers, 0 for equal to nearly 1 for all to one.

        sum_i sum_j P_i P_j |A_i - A_j| / (2 P² mean(A))

    reckoned as one minus twice the area under the Lorenz curve, in n log n.
    """
    workers, held = lorenz(values, weights).T
    return float(1 - np.sum(np.diff(workers) * (held[1:] + held[:-1])))


def hoover(values: ArrayLike, weights: ArrayLike) -> float:
    """The part of what there is that would have to move for all workers to have the same, 0 to 1.

    It is also the farthest that the Lorenz curve falls below the diagonal.
    """
    values, weights = _checked(values, weights)
    held = weights * values
    if not held.any():
        return 0.0
    return float(np.abs(held / held.sum() - weights / weights.sum()).sum() / 2)


def _checked(values: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    held, workers = (np.asarray(array, dtype=np.float64) for array in (values, weights))
    for array in (held, workers):
        if not (np.isfinite(array).all() and (array >= 0).all()):
            raise ValueError("Values and weights must be finite numbers >= 0, and not NaN.")
    if not workers.any():
        raise ValueError("There is nobody to compare.")
    return held, workers
