"""Small counts, and how much they may mean."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

Floats = NDArray[np.float64]

MINIMUM_DEMAND = 20  # workers; below, one service more or less turns any rate over
MINIMUM_COUNT = 10  # workers; fewer in a place are persons that somebody knows
ROUNDING = 5  # workers, the habit of Statistics Canada


@dataclass(frozen=True, slots=True)
class Ratio:
    """Services per so many workers, with its exact Poisson interval."""

    value: float
    low: float
    high: float


def poisson_interval(count: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval of the mean of a Poisson count.

    The lower bound is the mean under which so many or more come up with half of the remaining
    probability, 0 for a count of 0; the upper one likewise for so many or fewer.

    Args:
        count: whole numbers >= 0. Any shape.
        confidence: between 0 and 1.

    Returns:
        Lower and upper bounds in the shape of `count`; two numbers for a number.

    Raises:
        ValueError: a count is no whole number >= 0, or the confidence is out of range.

    Source:
        Garwood (1936), Biometrika 28(3/4). Half a quantile of chi-square with 2x and 2x + 2
        degrees of freedom is the same quantile of the gamma distribution with x and x + 1.
    """
    counts = _whole(count)
    if not 0 < confidence < 1:
        raise ValueError("A confidence lies between 0 and 1.")
    tail = (1 - confidence) / 2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), tail), 0.0)
    high = np.asarray(gammaincinv(counts + 1, 1 - tail), dtype=np.float64)
    return low[()], high[()]


def ratio(count: int, demand: float, per: float = 1000.0) -> Ratio | None:
    """Services per `per` workers, with the 95 % interval of the count; None under 20 workers.

    Args:
        count: services. A capacity in full-time services may be a fraction, and a fraction has
            no such interval: two clinics open half the week are two chances to close.
        demand: workers.
        per: workers that the ratio is for.

    Raises:
        ValueError: the count is no whole number >= 0, or the demand is negative or no number.
    """
    if not 0 <= demand < math.inf:
        raise ValueError("Demand must be a finite number >= 0, and not NaN.")
    low, high = poisson_interval(count)
    if demand < MINIMUM_DEMAND:
        return None
    scale = per / demand
    return Ratio(float(count * scale), float(low * scale), float(high * scale))


def published(count: int) -> int | None:
    """A count of workers that stands alone, as it may be read: rounded to 5, None from 1 to 9.

    Zero is published, since it tells of nobody. Counts of a table that adds up hide one another:
    they are for `geo.coverage.disclosure`.

    Raises:
        ValueError: the count is no whole number >= 0.
    """
    _whole(count)
    if 0 < count < MINIMUM_COUNT:
        return None
    return ROUNDING * math.floor(count / ROUNDING + 0.5)


def _whole(count: ArrayLike) -> Floats:
    counts = np.asarray(count, dtype=np.float64)
    if not (np.isfinite(counts).all() and (counts >= 0).all() and (counts % 1 == 0).all()):
        raise ValueError("A count must be a whole number >= 0.")
    return counts
