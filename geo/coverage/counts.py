"""Small counts, and how much they may mean."""

from dataclasses import dataclass

from scipy.special import gammaincinv

MINIMUM_DEMAND = 20


@dataclass(frozen=True, slots=True)
class Ratio:
    """Services per so many workers, with its exact Poisson interval."""

    value: float
    low: float
    high: float


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of Garwood (1936)."""
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def ratio(count: int, demand: float, per: float = 1000.0) -> Ratio | None:
    """Services per `per` workers; None for fewer than 20 workers."""
    if demand < MINIMUM_DEMAND:
        return None
    low, high = poisson_interval(count)
    return Ratio(count / demand * per, low / demand * per, high / demand * per)
