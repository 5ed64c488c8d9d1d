"""Where help should go next: the municipalities whose choice changes the most, solved exactly.

What exists stays where it is. Workers who count are those of the regions that are asked about;
help next door to them counts, and so do roads and the river. How the best places are found:
`geo.coverage.siting`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from geo.choices import AreaLevel
from geo.coverage import inputs, proposals, siting
from geo.coverage.costs import Floats, road_km
from geo.coverage.disclosure import rounded_count, rounded_share
from geo.coverage.inputs import Town
from geo.coverage.legend import FURTHEST_KM
from geo.coverage.measures import reach
from geo.coverage.siting import Siting
from geo.coverage.situation import Question, Situation
from geo.coverage.whatif import situation_of, situation_of_run
from geo.errors import ImpossiblePlan
from geo.models import CoverageRun

MOST_PLACES = 10

# Plans of runs kept in a process: some take seconds.
PLANS_KEPT = 256


class Objective(StrEnum):
    """What a plan is the best at."""

    # Maximal covering location: the most workers within the radius.
    COVER = "cover"
    # p-median: the shortest way of all workers.
    DISTANCE = "distance"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """The best plan of so many places. A larger plan need not contain a smaller one.

    Attributes:
        towns: the municipalities to open in, by code.
        share: workers within the radius of what exists or of these, 0 to 1, rounded.
        newly: share of the workers that these bring within the radius, rounded.
        newly_count: how many, rounded to 5; None where fewer than 10.
        marginal: what this plan adds to the one before: share of workers (cover), rounded, or
            kilometres of the mean way (distance).
        mean_km: the mean way to the nearest place, each at most `FURTHEST_KM`; None for cover.
    """

    towns: tuple[Town, ...]
    share: float
    newly: float
    newly_count: int | None
    marginal: float
    mean_km: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer.

    Attributes:
        day: the day that is measured.
        regions: codes of the regions whose workers count; empty for all Québec.
        radius_km: by road; what counts as within reach.
        candidates: how many municipalities could be chosen.
        has_rates: the regions have enough workers; without, there is no step.
        share: workers within the radius as it is, 0 to 1, rounded.
        mean_km: the mean way as it is; None for cover.
        steps: the best plans of 1, 2, … places; fewer where one place more gains nothing.
    """

    day: date
    question: Question
    objective: Objective
    regions: tuple[str, ...]
    radius_km: float
    candidates: int
    has_rates: bool
    share: float
    mean_km: float | None
    steps: tuple[PlanStep, ...]

    @property
    def best(self) -> PlanStep | None:
        """The plan of the most places; None where nothing gains anything."""
        return self.steps[-1] if self.steps else None


def plan(
    when: CoverageRun | date,
    question: Question,
    *,
    regions: Sequence[str] = (),
    k: int = MOST_PLACES,
    objective: str = Objective.COVER,
    candidates: Sequence[str] | None = None,
    radius_km: float | None = None,
) -> Plan:
    """The best places for 1, 2, … `k` new ones. Writes nothing.

    Args:
        when: a run, or a day; read as `what_if` does.
        question: what is asked, and which of what exists counts.
        regions: codes of the regions whose workers count; all without any.
        k: how many places at most, 1 to `MOST_PLACES`.
        objective: `cover` or `distance`.
        candidates: codes of the municipalities to choose from; those of the regions if left out.
        radius_km: by road; the middle bound of the need if left out. Do not let strangers choose
            it: a radius of nothing tells who lives in one municipality.

    Raises:
        NoDemand: no figure of demand had ended by that day.
        ImpossiblePlan: a region or a municipality is not known, or a number makes no sense.
        Unsolved: the solver gave up.
    """
    asked = (
        question,
        tuple(sorted(set(regions))),
        k,
        Objective(objective),
        None if candidates is None else tuple(sorted(set(candidates))),
        radius_km,
    )
    if isinstance(when, CoverageRun):
        return _plan_of_run(when.pk, *asked)
    return _plan(situation_of(when), *asked)


@lru_cache(maxsize=PLANS_KEPT)
def _plan_of_run(run_id: UUID, *asked) -> Plan:
    return _plan(situation_of_run(run_id), *asked)


def _plan(
    now: Situation,
    question: Question,
    regions: tuple[str, ...],
    k: int,
    objective: Objective,
    candidates: tuple[str, ...] | None,
    radius_km: float | None,
) -> Plan:
    if not 1 <= k <= MOST_PLACES:
        raise ImpossiblePlan(_("Choose from 1 to %(most)d places.") % {"most": MOST_PLACES})
    radius = now.parameters.catchment(question.need).middle_km if radius_km is None else radius_km
    # Not the other way round: nothing is larger than a number that is none.
    if not 0 < radius <= FURTHEST_KM:
        raise ImpossiblePlan(
            _("The radius lies between 0 and %(most)d kilometres.") % {"most": FURTHEST_KM}
        )
    rows = _rows(now, regions)
    towns = _candidates(now, rows, candidates)
    workers = now.workers[rows]
    total = float(workers.sum())
    existing = reach(now.demand, now.supply([question]), now.parameters.circuity).first_km[rows, 0]
    has_rates = total >= now.parameters.minimum_demand
    within = float(workers @ (existing <= radius)) / total if has_rates else 0.0
    mean_km = None
    if objective == Objective.DISTANCE and has_rates:
        mean_km = float(workers @ np.minimum(existing, FURTHEST_KM)) / total
    steps: list[PlanStep] = []
    if has_rates:
        cost = _cost_km(now, towns)[rows]
        before = (0.0, mean_km)
        for siting_of_size in _curve(workers, cost, existing, radius, k, objective):
            steps.append(_step(now, towns, siting_of_size, total, before))
            before = (siting_of_size.gained, siting_of_size.mean_km)
    return Plan(
        day=now.day,
        question=question,
        objective=objective,
        regions=regions,
        radius_km=radius,
        candidates=len(towns),
        has_rates=has_rates,
        share=rounded_share(within, total, now.parameters.minimum_count) if has_rates else 0.0,
        mean_km=None if mean_km is None else round(mean_km, 1),
        steps=tuple(steps),
    )


def _curve(
    workers: Floats, cost: Floats, existing: Floats, radius_km: float, k: int, objective: Objective
) -> Iterator[Siting]:
    """The best plans of 1, 2, … places, until one place more gains nothing."""
    if objective == Objective.COVER:
        curve = siting.gain_curve(workers, cost, radius_km, fixed_cost_km=existing, up_to=k)
        yield from (step.siting for step in curve)
        return
    for size in range(1, k + 1):
        best = siting.shorten_most(workers, cost, size, fixed_cost_km=existing, cap_km=FURTHEST_KM)
        if len(best.chosen) < size:
            return
        # The solver counts who is within its cap; readers are told of the radius.
        nearest = cost[:, list(best.chosen)].min(axis=1)
        already, new = existing <= radius_km, nearest <= radius_km
        yield Siting(
            best.chosen,
            covered=float(workers @ (already | new)),
            gained=float(workers @ (new & ~already)),
            share=float(workers @ (already | new)) / float(workers.sum()),
            worker_km=best.worker_km,
            mean_km=best.mean_km,
        )


def _step(
    now: Situation,
    towns: list[Town],
    found: Siting,
    total: float,
    before: tuple[float, float | None],
) -> PlanStep:
    minimum = now.parameters.minimum_count
    gained_before, km_before = before
    if found.mean_km is None or km_before is None:
        marginal = rounded_share((found.gained - gained_before) / total, total, minimum)
    else:
        marginal = round(km_before - found.mean_km, 1)
    return PlanStep(
        towns=tuple(towns[column] for column in found.chosen),
        share=rounded_share(found.share, total, minimum),
        newly=rounded_share(found.gained / total, total, minimum),
        newly_count=rounded_count(found.gained, minimum),
        marginal=marginal,
        mean_km=None if found.mean_km is None else round(found.mean_km, 1),
    )


def _rows(now: Situation, regions: tuple[str, ...]) -> np.ndarray:
    """The towns whose workers count."""
    known = {area.code for area in now.areas if area.level == AreaLevel.REGION}
    if unknown := set(regions) - known:
        raise ImpossiblePlan(
            _("There is no region %(code)s: they go from 01 to 17.") % {"code": min(unknown)}
        )
    if not regions:
        return now.rows_of(None)
    return np.flatnonzero([town.region in regions for town in now.towns])


def _candidates(now: Situation, rows: np.ndarray, codes: tuple[str, ...] | None) -> list[Town]:
    if codes is None:
        return [now.towns[row] for row in rows]
    if not codes:
        raise ImpossiblePlan(_("The list of municipalities to choose from is empty."))
    placed = {town.code: town for town in now.towns}
    missing = [code for code in codes if code not in placed]
    if missing:
        raise ImpossiblePlan(
            _("No municipality with a known position has the code %(codes)s.")
            % {"codes": ", ".join(missing)}
        )
    return [placed[code] for code in codes]


def _cost_km(now: Situation, towns: list[Town]) -> Floats:
    """From every town of the day to each candidate, by road."""
    sites = [proposals.candidate(town) for town in towns]
    roads = inputs.roads(now.towns, sites)
    places = inputs.places(site.position for site in sites)
    return road_km(now.demand.places, places, now.parameters.circuity, roads)
