"""What may be told of the measures of an area: nothing that would count its workers (pure).

A run keeps its figures as they are. A ratio of 1.2345 services per 1,000 workers beside its number
of services would tell how many workers there are, to the person; so would the top of its interval
where there is no service, and each corner of a Lorenz curve would tell the workers of a town.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo.coverage.counts import ratio

# Shares are whole per cents, kilometres have one decimal.
SHARE_DECIMALS = 2
RATE_DECIMALS = 2
# Scores of access hold the workers in their denominator.
SCORE_DIGITS = 2
# A curve through ten equal groups of workers, whatever the towns.
LORENZ_POINTS = 11

_BANDED = ("within", "second_within")
_SHARES = ("on_foot", "unreachable", "verified_share", "gini", "hoover")
_SCORES = ("e2sfca", "m2sfca", "spar", "ratio_province")


def published(measures: Mapping[str, Any], workers: int | None) -> dict[str, Any]:
    """The measures of a cell as they may be told; a figure that is not there stays away.

    Args:
        measures: those of a cell, as a run keeps them.
        workers: of its area, as published: rounded, None where the number is withheld.

    Returns:
        The same names. The ratio is that of published numbers; it, the scores and the curve are
        None where the number of workers is withheld.
    """
    told = dict(measures)
    for name in _BANDED:
        if name in told:
            told[name] = {band: _share(value) for band, value in told[name].items()}
    for name in _SHARES:
        if told.get(name) is not None:
            told[name] = _share(told[name])
    for name in _SCORES:
        if told.get(name) is not None:
            told[name] = None if workers is None else significant(told[name])
    if "ratio" in told:
        own = None if workers is None else ratio(told["sites"], workers)
        told["ratio"] = (
            None
            if own is None
            else [round(value, RATE_DECIMALS) for value in (own.value, own.low, own.high)]
        )
    if told.get("lorenz") is not None:
        told["lorenz"] = None if workers is None else deciles(told["lorenz"])
    if "sensitivity" in told:
        told["sensitivity"] = {
            name: other | {"within_middle": _share(other["within_middle"])}
            for name, other in told["sensitivity"].items()
        }
    return told


def significant(value: float, digits: int = SCORE_DIGITS) -> float:
    """A number with so many digits that mean something."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def deciles(points: Sequence[Sequence[float]]) -> list[list[float]]:
    """A Lorenz curve at 0, 10, …, 100 % of the workers.

    Args:
        points: (share of workers, share of access), both from 0 to 1 and never falling.
    """
    if not points:
        return []
    across = np.linspace(0.0, 1.0, LORENZ_POINTS)
    workers, access = np.asarray(points, dtype=float).T
    up = np.interp(across, workers, access)
    return [
        [round(float(x), 1), round(float(y), SHARE_DECIMALS)]
        for x, y in zip(across, up, strict=True)
    ]


def _share(value: float) -> float:
    return round(value, SHARE_DECIMALS)
