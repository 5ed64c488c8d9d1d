"""What would change if help came, left or moved: a run before and after, of one question.

The figures are those of `runs.Computation`, the very code of a run; nothing is reckoned otherwise.
What is shown is coarser than in a run: whoever tries one place after the other must not be able to
subtract their way to the workers of one municipality.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from geo.choices import AreaLevel, CoverageBasis
from geo.coverage import proposals
from geo.coverage.costs import Floats
from geo.coverage.disclosure import rounded_count, rounded_share
from geo.coverage.inputs import Area, Listed, Site
from geo.coverage.legend import FURTHEST_KM
from geo.coverage.parameters import Parameters
from geo.coverage.proposals import Ground, Pin
from geo.coverage.runs import BANDS, Computation, parameters
from geo.coverage.situation import Question, Situation, situation
from geo.errors import ImpossibleChange
from geo.models import CoverageRun

# Runs and answers kept in a process. A situation is about 2 MB.
RUNS_KEPT = 3
ANSWERS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Changes:
    """What is tried.

    Attributes:
        added: new places.
        removed: keys of places (of a service at a location, or of a stop) or of whole services.
        moved: longitude and latitude, degrees, by key of the place.
    """

    added: tuple[Pin, ...] = ()
    removed: frozenset[str] = frozenset()
    moved: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Something is tried."""
        return bool(self.added or self.removed or self.moved)


@dataclass(frozen=True, slots=True)
class Figures:
    """What an area has.

    Attributes:
        coverage_class, status, status_by_distance: codes; the last is None without rates.
        has_rates: the area has enough workers; without, all that follows is None.
        within, second_within: shares of workers by `near`, `middle` and `far`, 0 to 1, rounded.
        median_km, p90_km: None also where so many workers reach none.
        spar: 1 is the mean of Québec.
    """

    coverage_class: str
    status: str
    status_by_distance: str | None
    has_rates: bool
    within: Mapping[str, float] | None = None
    second_within: Mapping[str, float] | None = None
    median_km: float | None = None
    p90_km: float | None = None
    spar: float | None = None


@dataclass(frozen=True, slots=True)
class AreaChange:
    """A region, or the province, before and after.

    Attributes:
        level: `province` or `region`.
        code: of the region; empty for the province.
        name: of the region; empty for the province.
        newly, no_longer: share of its workers who come within the middle bound, or fall out of
            it; None without rates.
        newly_count, no_longer_count: how many, rounded to 5; None where fewer than 10.
        changed: something differs beside the SPAR, which moves everywhere with its mean.
    """

    level: str
    code: str
    name: str
    before: Figures
    after: Figures
    newly: float | None
    newly_count: int | None
    no_longer: float | None
    no_longer_count: int | None
    changed: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An answer.

    Attributes:
        day: the day that is measured.
        bounds_km: near, middle and far of the need.
        areas: the province first, then the 17 regions by code.
        grounds: where each added pin lies.
    """

    day: date
    question: Question
    changes: Changes
    bounds_km: tuple[float, float, float]
    areas: list[AreaChange]
    grounds: list[Ground]

    @property
    def province(self) -> AreaChange:
        """Québec."""
        return self.areas[0]

    @property
    def changed(self) -> list[AreaChange]:
        """The regions where something differs."""
        return [area for area in self.areas[1:] if area.changed]

    def region(self, code: str) -> AreaChange:
        """One region.

        Raises:
            KeyError: there is none of that code.
        """
        return {area.code: area for area in self.areas[1:]}[code]


@dataclass(frozen=True, slots=True)
class Counting:
    """A place that counts for a region and a question.

    Attributes:
        is_outside: it is next door, near enough.
    """

    site: Site
    service: Listed
    is_outside: bool


@dataclass(frozen=True, eq=False)
class _Measured:
    """The regions for one question, whose column is the first: cells by area."""

    computation: Computation
    cells: Mapping[Area | None, Mapping[str, Any]]

    @property
    def first_km(self) -> Floats:
        """From each town to the nearest place."""
        return self.computation.reach.first_km[:, 0]

    @property
    def bounds_km(self) -> tuple[float, float, float]:
        """Near, middle and far."""
        return self.computation.supply.catchments[0].bands_km


def what_if(when: CoverageRun | date, question: Question, changes: Changes) -> WhatIf:
    """Measure a question as it is, and with some changes. Writes nothing.

    Args:
        when: a run, whose state of the directory and conventions are read again, or a day. Demand,
            municipalities and measured roads are those of today, of which no history is kept.
        question: what is asked. An added pin answers it, and counts as verified.
        changes: what is tried.

    Raises:
        NoDemand: no figure of demand had ended by that day.
        ImpossibleChange: a pin is nowhere, or a key is of nothing that is listed.
    """
    before = _before(when, question)
    now = before.computation.now
    added = proposals.proposed(now, changes.added, question)
    after = _measured(_changed(now, changes, added), question) if changes else before
    return WhatIf(
        day=now.day,
        question=question,
        changes=changes,
        bounds_km=before.bounds_km,
        areas=[_compare(now, area, before, after) for area in before.cells],
        grounds=[Ground(site.region, site.mrc, site.municipality, site.town) for site in added],
    )


def counting(when: CoverageRun | date, question: Question, region: str) -> list[Counting]:
    """The places that count for a region, those inside first, then those next door.

    Raises:
        NoDemand: no figure of demand had ended by that day.
    """
    computation = _before(when, question).computation
    services = computation.now.services
    found = [
        Counting(site, services[site.service_id], is_outside)
        for area in computation.now.areas
        if area.code == region
        for site, is_outside in computation.places(area, 0)
    ]
    return sorted(found, key=lambda place: (place.is_outside, place.site.town, place.site.place_id))


@lru_cache(maxsize=RUNS_KEPT)
def situation_of_run(run_id: UUID) -> Situation:
    """What a run knew, read again once in a process: history does not change.

    Raises:
        CoverageRun.DoesNotExist: there is none.
        NoDemand: the demand that it used is no longer loaded.
    """
    run = CoverageRun.objects.get(pk=run_id)
    return situation(run.as_of, Parameters.of_stored(run.parameters), run.known_at)


def situation_of(when: CoverageRun | date) -> Situation:
    """What was known for a run, or is for a day.

    Raises:
        NoDemand: no figure of demand had ended by that day.
    """
    if isinstance(when, CoverageRun):
        return situation_of_run(when.pk)
    return situation(when, parameters())


def _before(when: CoverageRun | date, question: Question) -> _Measured:
    if isinstance(when, CoverageRun):
        return _measured_run(when.pk, question)
    return _measured(situation_of(when), question)


@lru_cache(maxsize=ANSWERS_KEPT)
def _measured_run(run_id: UUID, question: Question) -> _Measured:
    return _measured(situation_of_run(run_id), question)


def _measured(now: Situation, question: Question) -> _Measured:
    """One question for the province and the regions, by the code of a run."""
    listed = replace(question, basis=str(CoverageBasis.LISTED))
    questions = list(dict.fromkeys([question, listed]))
    regions = [area for area in now.areas if area.level == AreaLevel.REGION]
    computation = Computation(replace(now, areas=regions), questions)
    asked = [row for row in computation.cell_rows() if row["basis"] == question.basis]
    return _Measured(computation, dict(zip([None, *regions], asked, strict=True)))


def _changed(now: Situation, changes: Changes, added: list[Site]) -> Situation:
    """The same day with what is tried."""
    places = {site.place_id for site in now.directory.sites}
    unknown = (changes.removed - places - now.services.keys()) | (changes.moved.keys() - places)
    if unknown:
        raise ImpossibleChange(
            _("Nothing that is listed on this day has the identifier %(key)s.")
            % {"key": sorted(unknown)[0]}
        )
    if changes.removed & changes.moved.keys():
        raise ImpossibleChange(_("A place cannot be moved and taken away at once."))
    kept = [
        proposals.moved(now, site, *changes.moved[site.place_id])
        if site.place_id in changes.moved
        else site
        for site in now.directory.sites
        if not {site.place_id, site.service_id} & changes.removed
    ]
    given = {site.service_id for site in kept}
    # As for a run: a service that is given nowhere any more may still help from afar.
    services = {
        key: replace(service, has_site=key in given)
        for key, service in now.services.items()
        if key not in changes.removed
    }
    services |= {site.service_id: proposals.service_of(now, site) for site in added}
    return now.with_sites([*kept, *added], services)


def _compare(now: Situation, area: Area | None, before: _Measured, after: _Measured) -> AreaChange:
    rows = now.rows_of(area)
    workers = now.workers[rows]
    total = float(workers.sum())
    minimum = now.parameters.minimum_count
    middle = before.bounds_km[BANDS.index("middle")]
    had, has = (each.first_km[rows] <= middle for each in (before, after))
    newly, no_longer = float(workers @ (has & ~had)), float(workers @ (had & ~has))
    old, new = before.cells[area], after.cells[area]
    figures = [_figures(cell, total, minimum) for cell in (old, new)]
    has_rates = figures[0].has_rates
    return AreaChange(
        level=str(area.level if area else AreaLevel.PROVINCE),
        code=area.code if area else "",
        name=area.name if area else "",
        before=figures[0],
        after=figures[1],
        newly=rounded_share(newly / total, total, minimum) if has_rates else None,
        newly_count=rounded_count(newly, minimum) if has_rates else None,
        no_longer=rounded_share(no_longer / total, total, minimum) if has_rates else None,
        no_longer_count=rounded_count(no_longer, minimum) if has_rates else None,
        changed=_without_mean(old) != _without_mean(new),
    )


def _figures(cell: Mapping[str, Any], workers: float, minimum: int) -> Figures:
    measures = cell["measures"]
    plain = {name: cell[name] for name in ("coverage_class", "status")}
    by_distance = measures["status_by_distance"]
    if "within" not in measures:
        return Figures(**plain, status_by_distance=by_distance, has_rates=False)

    def shares(name: str) -> dict[str, float]:
        return {
            band: rounded_share(share, workers, minimum) for band, share in measures[name].items()
        }

    return Figures(
        **plain,
        status_by_distance=by_distance,
        has_rates=True,
        within=shares("within"),
        second_within=shares("second_within"),
        median_km=measures["median_km"],
        p90_km=measures["p90_km"],
        spar=round(measures["spar"], 2),
    )


def _without_mean(cell: Mapping[str, Any]) -> tuple:
    """What tells whether an area changed: all but what is relative to Québec.

    Of ways that nobody goes, one is as long as another.
    """
    measures = cell["measures"]
    return (
        cell["coverage_class"],
        cell["status"],
        measures.get("within"),
        measures.get("second_within"),
        *(min(measures.get(name) or FURTHEST_KM, FURTHEST_KM) for name in ("median_km", "p90_km")),
    )
