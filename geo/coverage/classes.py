"""The honest class of an area and a need, and its status: rules over plain figures.

Docs: `docs/coverage-method.md` says them in words, every map prints them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from geo.choices import CoverageClass, CoverageStatus
from geo.coverage.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Found:
    """What there is for an area and a need, of what counts.

    Attributes:
        local: services at a place in the area.
        itinerant: services that stop there, or go to the workers there.
        within_reach: places outside the area, near enough to where its workers are.
        remote: services by phone or online that cover the area.
        unverified: services that would make one of these, but were not verified in time.
    """

    local: int = 0
    itinerant: int = 0
    within_reach: int = 0
    remote: int = 0
    unverified: int = 0


def coverage_class(found: Found) -> CoverageClass:
    """The first class that holds. However many lines there are, they make no more than remote."""
    if found.local:
        return CoverageClass.LOCAL
    if found.itinerant:
        return CoverageClass.ITINERANT
    if found.within_reach:
        return CoverageClass.WITHIN_REACH
    if found.remote:
        return CoverageClass.REMOTE_ONLY
    return CoverageClass.STALE if found.unverified else CoverageClass.NONE


@dataclass(frozen=True, slots=True)
class Served:
    """The figures that decide a status.

    Attributes:
        workers: demand of the area, or None if unknown.
        demand_years: age of that figure in years, or None.
        verified_share: part of what is listed for the area that was verified in 12 months, 0 to 1,
            None where nothing is listed or verification is not asked for.
        within_far, within_middle: share of workers with a service in person within the far and
            the middle bound, 0 to 1.
        second_within_middle: share with a second one within the middle bound.
        access_ratio: SPAR of M2SFCA, 1 is the mean of Québec.
        ratio_high: upper bound of services per 1,000 workers inside the area, or None.
        ratio_province: services per 1,000 workers of all Québec, or None.
    """

    workers: float | None
    demand_years: float | None
    verified_share: float | None
    within_far: float
    within_middle: float
    second_within_middle: float
    access_ratio: float
    ratio_high: float | None
    ratio_province: float | None


def coverage_status(served: Served, parameters: Parameters) -> tuple[CoverageStatus, list[str]]:
    """The status, the first rule that holds, and the codes of all the reasons of that rule."""
    for status, reasons in _rules(served, parameters):
        if reasons:
            return status, reasons
    return CoverageStatus.SERVED, []


def status_by_distance(served: Served, parameters: Parameters) -> CoverageStatus:
    """The status from distances and figures alone, whatever is known of the data."""
    for status, reasons in _rules(served, parameters):
        if reasons and status != CoverageStatus.INSUFFICIENT:
            return status
    return CoverageStatus.SERVED


def _rules(served: Served, parameters: Parameters) -> Iterator[tuple[CoverageStatus, list[str]]]:
    doubts = []
    if served.workers is None:
        doubts.append("demand_unknown")
    elif served.workers < parameters.minimum_demand:
        doubts.append("few_workers")
    if served.demand_years is not None and served.demand_years > parameters.demand_years:
        doubts.append("demand_old")
    if served.verified_share is not None and served.verified_share < parameters.verified_share:
        doubts.append("not_verified")
    yield CoverageStatus.INSUFFICIENT, doubts
    # At least half of the workers are further than the far bound from anybody.
    beyond = 1 - served.within_far >= 0.5 or math.isclose(served.within_far, 0.5)
    yield CoverageStatus.UNSERVED, ["too_far"] if beyond else []
    poor = []
    if served.within_middle < parameters.within_share:
        poor.append("few_within_middle")
    if (
        served.access_ratio < parameters.access_ratio
        and served.ratio_high is not None
        and served.ratio_province is not None
        and served.ratio_high < served.ratio_province
    ):
        poor.append("low_access")
    yield CoverageStatus.POOR, poor
    is_single = served.second_within_middle < parameters.within_share
    yield CoverageStatus.FRAGILE, ["one_closure"] if is_single else []
