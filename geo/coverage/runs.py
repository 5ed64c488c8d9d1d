"""A run: coverage of all areas for all needs on one day, computed and kept as it is."""

import hashlib
import json
import math
import subprocess
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from geo.choices import AreaLevel, CoverageBasis, DemandSector
from geo.coverage import disclosure, inequality, inputs
from geo.coverage.classes import (
    Found,
    Served,
    coverage_class,
    coverage_status,
    status_by_distance,
)
from geo.coverage.costs import road_km
from geo.coverage.counts import ratio
from geo.coverage.demand import Vintage
from geo.coverage.inputs import Area, Listed, Site
from geo.coverage.measures import AreaMeasures, Reach, measure_areas, middle_of_workers, reach
from geo.coverage.parameters import Parameters
from geo.coverage.situation import Question, Situation, lies_in, situation
from geo.models import AdminArea, CoverageArea, CoverageCell, CoverageRun, CoverageService, NeedTerm

# Languages that are measured in MRC too: the one of most workers.
MRC_LANGUAGES = ("", "es")

# Places outside an area that its explanation names.
MOST_OUTSIDE = 5

# Past days that a new site computes, to compare with: the end of the first pilot of 2021, and the
# day on which the 28 projects of the PSTM were announced.
MILESTONES = {
    date(2021, 6, 30): "Projet pilote",
    date(2023, 5, 31): "PSTM",
}

SECTORS = (DemandSector.ALL, DemandSector.AGRICULTURAL, DemandSector.OTHER)

# Fewer workers than this are an error of rounding.
WORKER_NOISE = 1e-6

BANDS = ("near", "middle", "far")


@dataclass(slots=True)
class Result:
    """What a run found, before it is kept; rows are those of the models."""

    situation: Situation
    areas: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0


def parameters() -> Parameters:
    """The conventions of this site.

    Raises:
        ValueError: `settings.COVERAGE` names one that does not exist.
    """
    return Parameters.of(settings.COVERAGE)


def compute(day: date, conventions: Parameters | None = None) -> Result:
    """Measure coverage for a day. Writes nothing.

    Raises:
        NoDemand: no figure of demand had ended by that day.
    """
    begun = time.perf_counter()
    now = situation(day, conventions or parameters())
    result = Result(now)
    computation = Computation(now)
    result.services = [_service_row(service, now) for service in now.services.values()]
    result.areas = list(computation.area_rows())
    result.cells = list(computation.cell_rows())
    result.seconds = time.perf_counter() - begun
    return result


@transaction.atomic
def store(result: Result, *, label: str = "", is_published: bool = True) -> CoverageRun:
    """Keep a run, all or nothing; from then on the database refuses to change it."""
    now = result.situation
    run = CoverageRun.objects.create(
        as_of=now.day,
        known_at=now.known_at,
        is_published=is_published,
        label=label,
        parameters=now.parameters.stored(),
        vintages={
            "demand": _vintage(now.vintage),
            "directory": {
                "known_at": now.known_at.isoformat(),
                "services": len(now.services),
                "verified": sum(each.is_verified for each in now.services.values()),
                "digest": _digest(result.services),
            },
            "without_position": [town.name for town in now.unplaced],
        },
        code_version=code_version(),
        seconds=result.seconds,
    )
    _copy(CoverageArea, run, result.areas)
    _copy(CoverageService, run, result.services)
    _copy(CoverageCell, run, result.cells)
    return run


class Computation:
    """One day: the questions, the figures of the areas, and the rows that come of them.

    Args:
        now: the day, with the areas that are asked about.
        questions: the columns, all that a run asks if left out. A question of what is verified
            needs the same one of what is listed among them.
    """

    def __init__(self, now: Situation, questions: Sequence[Question] | None = None) -> None:
        self.now = now
        self.parameters = now.parameters
        self.questions = list(_questions(now) if questions is None else questions)
        column_of = {question: column for column, question in enumerate(self.questions)}
        self.listed_column = [
            column_of[replace(question, basis=str(CoverageBasis.LISTED))]
            for question in self.questions
        ]
        self.supply = now.supply(self.questions)
        self.members = {None: now.rows_of(None)} | {
            area: rows for area in now.areas if len(rows := now.rows_of(area))
        }
        self.workers = {area: float(now.workers[rows].sum()) for area, rows in self.members.items()}
        # Only these have figures; the others have classes.
        self.measured = [area for area, workers in self.workers.items() if workers > 0]
        self.position = {area: row for row, area in enumerate(self.measured)}
        base = self.parameters.circuity
        self.reach = reach(now.demand, self.supply, base)
        self.figures = self._figures(self.reach)
        self.scenarios = {
            **{
                f"{circuity:g}": self._figures(reach(now.demand, self.supply, circuity))
                for circuity in self.parameters.circuities
                if circuity != base
            },
            **{
                f"{factor - 1:+.0%}": self._figures(
                    reach(now.demand, self.supply, base, factor), factor
                )
                for factor in self.parameters.radius_factors
            },
        }
        self.middles: dict[Area | None, int] = {
            area: middle_of_workers(now.demand, rows, base)
            for area, rows in self.members.items()
            if area is not None
        }
        self.sites = now.directory.sites
        self.site_places = inputs.places(site.position for site in self.sites)
        self.site_roads = inputs.roads(now.towns, self.sites)
        self.answering = np.array(
            [[now.answers(site, question) for question in self.questions] for site in self.sites],
            dtype=bool,
        ).reshape(len(self.sites), len(self.questions))
        self.listed = list(now.services.values())
        self.offering = np.array(
            [
                [
                    question.counts(service.needs, service.languages, service.is_verified)
                    for question in self.questions
                ]
                for service in self.listed
            ],
            dtype=bool,
        ).reshape(len(self.listed), len(self.questions))
        self.is_recent = np.array(
            [
                service.verified_on is not None
                and (now.day - service.verified_on).days <= self.parameters.verified_days
                for service in self.listed
            ],
            dtype=bool,
        )
        row_of = {service.id: row for row, service in enumerate(self.listed)}
        # Which service a site is of.
        self.site_of = np.zeros((len(self.sites), len(self.listed)))
        for row, site in enumerate(self.sites):
            self.site_of[row, row_of[site.service_id]] = 1

    def _figures(self, found: Reach, factor: float = 1.0) -> AreaMeasures:
        return measure_areas(
            self.now.demand,
            found,
            self.supply.catchments,
            [self.members[area] for area in self.measured],
            self.parameters.on_foot_km,
            factor,
        )

    # Areas

    def area_rows(self) -> Iterator[dict[str, Any]]:
        """Each area with its demand as it may be published."""
        neighbours = _neighbours()
        for area, counts in self._published_demand().items():
            rows = self.members.get(area, np.array([], dtype=int))
            yield {
                "area_id": _province_id() if area is None else area.id,
                "demand": counts,
                "facts": {
                    "towns": len(rows),
                    "middle": self._middle_name(area),
                    "has_rates": self._has_rates(area),
                    "neighbours": neighbours.get(area.id, []) if area else [],
                },
            }

    def _published_demand(self) -> dict[Area | None, dict[str, int | None]]:
        """Workers of each area by sector, None where the number is withheld.

        Why it is withheld, because it is small or to protect another one, is not said: whoever
        knew could reckon more. What a region has outside any MRC is nowhere published, but anybody
        may reckon it: it is protected with the others.
        """
        regions = [area for area in self.now.areas if area.level == AreaLevel.REGION]
        areas: list[Area | None] = list(self._all_areas())
        row_of = {area: row for row, area in enumerate(areas)}
        rows_of = [self.members.get(area, np.array([], dtype=int)) for area in areas]
        sums = [(0, tuple(row_of[region] for region in regions))]
        for region in regions:
            parts = [row_of[area] for area in self.now.areas if area.region == region.code]
            parts.remove(row_of[region])
            inside = np.concatenate([np.array([], dtype=int), *(rows_of[row] for row in parts)])
            rows_of.append(np.setdiff1d(rows_of[row_of[region]], inside))
            sums.append((row_of[region], (*parts, len(rows_of) - 1)))
        table = np.array(
            [
                (
                    self.now.workers[rows].sum(),
                    self.now.agricultural[rows].sum(),
                    self.now.workers[rows].sum() - self.now.agricultural[rows].sum(),
                )
                for rows in rows_of
            ]
        )
        # Floats that should be zero would be taken for a very small number of people.
        table[table < WORKER_NOISE] = 0.0
        hidden = disclosure.protect(
            table.ravel(),
            disclosure.crossed(len(rows_of), sums, len(SECTORS), [(0, (1, 2))]),
            minimum=self.parameters.minimum_count,
        )
        counts = disclosure.published(table.ravel(), hidden.mask)
        return {
            area: {sector: counts[row * len(SECTORS) + kind] for kind, sector in enumerate(SECTORS)}
            for area, row in row_of.items()
        }

    def _all_areas(self) -> Iterator[Area | None]:
        yield None
        yield from self.now.areas

    def _has_rates(self, area: Area | None) -> bool:
        return self.workers.get(area, 0.0) >= self.parameters.minimum_demand

    def _middle_name(self, area: Area | None) -> str:
        row = self.middles.get(area)
        return "" if row is None else self.now.towns[row].name

    # Cells

    def cell_rows(self) -> Iterator[dict[str, Any]]:
        """Each area, need, language and basis."""
        for area in self._all_areas():
            there = self._there(area)
            for column, question in enumerate(self.questions):
                if area and area.level == AreaLevel.MRC and question.language not in MRC_LANGUAGES:
                    continue
                yield self._cell(area, column, question, there)

    def _there(self, area: Area | None) -> "_There":
        """What is there for an area, for all questions at once."""
        sites, services = self.sites, self.listed
        inside = np.array([area is None or lies_in(site, area) for site in sites], dtype=bool)
        stops = np.array([site.is_stop for site in sites], dtype=bool)
        km = self._km_from_middle(area)
        near = ~inside & self._is_within_reach(area, km)
        visited = np.array([_visits(service, area) for service in services], dtype=bool)
        remote = np.array(
            [service.is_remote and _covers(service, area) for service in services], dtype=bool
        )
        # As floats: numpy multiplies matrices of whole numbers a hundred times more slowly.
        answering, offering = self.answering.astype(float), self.offering.astype(float)
        at_sites = self.site_of[inside].T @ answering[inside] > 0
        listed = at_sites | (self.offering & (visited | remote)[:, None])
        return _There(
            local=inside & ~stops,
            itinerant=inside & stops,
            near=near,
            visited=visited,
            remote=remote,
            outside_km=np.where(inside, np.inf, km),
            counts={
                "local": (inside & ~stops) @ answering,
                "itinerant": (inside & stops) @ answering + visited @ offering,
                "within_reach": near @ answering,
                "remote": remote @ offering,
            },
            sites=inside @ answering,
            listed=listed.sum(axis=0),
            recent=(listed & self.is_recent[:, None]).sum(axis=0),
        )

    def places(self, area: Area, column: int) -> Iterator[tuple[Site, bool]]:
        """The sites that count for an area and a question, and whether each is next door."""
        there = self._there(area)
        for row in np.flatnonzero(self.answering[:, column]):
            if there.local[row] or there.itinerant[row] or there.near[row]:
                yield self.sites[row], bool(there.near[row])

    def _km_from_middle(self, area: Area | None) -> NDArray[np.float64]:
        row = self.middles.get(area)
        if row is None or not self.sites:
            return np.full(len(self.sites), np.inf)
        origin = self.now.demand.places.part(slice(row, row + 1))
        return road_km(origin, self.site_places, self.parameters.circuity, self.site_roads, row)[0]

    def _is_within_reach(self, area: Area | None, km: NDArray[np.float64]) -> NDArray[np.bool_]:
        near = km <= self.parameters.reach_km
        row = self.middles.get(area)
        for (origin, column), minutes in self.site_roads.minutes.items():
            if origin == row and not math.isnan(minutes):
                near[column] = minutes <= self.parameters.reach_minutes
        return near

    def _cell(
        self, area: Area | None, column: int, question: Question, there: "_There"
    ) -> dict[str, Any]:
        found = {name: int(values[column]) for name, values in there.counts.items()}
        is_honest = question.basis == CoverageBasis.VERIFIED
        listed = self.listed_column[column]
        if is_honest:
            every = sum(int(values[listed]) for values in there.counts.values())
            found["unverified"] = every - sum(found.values())
        measures, status, is_robust = self._measures(area, column, question, there)
        measures["found"] = found
        return {
            "area_id": _province_id() if area is None else area.id,
            "need": question.need,
            "language": question.language,
            "basis": question.basis,
            "coverage_class": str(coverage_class(Found(**found))),
            "status": status,
            "is_robust": is_robust,
            "measures": measures,
            # What is listed is explained once, beside the honest answer.
            "evidence": self._evidence(listed, there)
            if is_honest and not question.language
            else {},
        }

    def _measures(
        self, area: Area | None, column: int, question: Question, there: "_There"
    ) -> tuple[dict[str, Any], str, bool | None]:
        catchment = self.supply.catchments[column]
        inside = int(there.sites[column])
        listed = self.listed_column[column]
        measures: dict[str, Any] = {
            "bounds_km": list(catchment.bands_km),
            "sites": inside,
            "lines": self._lines(there.remote, column),
            # Of the services listed for the area, the part that was verified in 12 months.
            "verified_share": _share(there.recent[listed] / there.listed[listed])
            if there.listed[listed]
            else None,
            "status_by_distance": None,
            "reasons": [],
        }
        row = self.position.get(area)
        workers = self.workers.get(area, 0.0)
        honest = question.basis == CoverageBasis.VERIFIED
        share = measures["verified_share"] if honest else None
        if row is None or not self._has_rates(area):
            unknown = Served(
                workers if row is not None else None,
                self.now.vintage.age_years, share, 0, 0, 0, 0, None, None,
            )  # fmt: skip
            status, measures["reasons"] = coverage_status(unknown, self.parameters)
            return measures, str(status), None
        figures = self.figures
        province = int(self.answering[:, column].sum())
        minimum = self.parameters.minimum_demand
        of_all = ratio(province, self.workers[None], minimum=minimum)
        own = ratio(inside, workers, minimum=minimum)
        cell = (row, column)
        measures |= {
            "within": _banded(figures.within, cell),
            "second_within": _banded(figures.second_within, cell),
            "on_foot": _share(figures.on_foot[cell]),
            "unreachable": _share(figures.unreachable[cell]),
            "median_km": _km(figures.median_km[cell]),
            "p90_km": _km(figures.p90_km[cell]),
            "second_median_km": _km(figures.second_median_km[cell]),
            "ratio": None if own is None else [own.value, own.low, own.high],
            "ratio_province": None if of_all is None else of_all.value,
            "e2sfca": float(figures.enhanced[cell]),
            "m2sfca": float(figures.modified[cell]),
            "spar": float(figures.access_ratio[cell]),
        }
        if not question.language and (area is None or area.level == AreaLevel.REGION):
            rows = self.members[area]
            scores, people = self.reach.modified[rows, column], self.now.workers[rows]
            measures["gini"] = inequality.gini(scores, people)
            measures["hoover"] = inequality.hoover(scores, people)
            measures["lorenz"] = [
                [round(float(value), 4) for value in point]
                for point in _thinned(inequality.lorenz(scores, people))
            ]

        def served(figures: AreaMeasures) -> Served:
            return Served(
                workers,
                self.now.vintage.age_years,
                share,
                float(figures.within[2, *cell]),
                float(figures.within[1, *cell]),
                float(figures.second_within[1, *cell]),
                float(figures.access_ratio[cell]),
                None if own is None else own.high,
                None if of_all is None else of_all.value,
            )

        status, measures["reasons"] = coverage_status(served(figures), self.parameters)
        by_distance = status_by_distance(served(figures), self.parameters)
        measures["status_by_distance"] = str(by_distance)
        others = {
            name: {
                "within_middle": _share(other.within[1, *cell]),
                "status": str(status_by_distance(served(other), self.parameters)),
            }
            for name, other in self.scenarios.items()
        }
        measures["sensitivity"] = others
        robust = all(other["status"] == by_distance for other in others.values())
        return measures, str(status), robust

    def _lines(self, remote: NDArray[np.bool_], column: int) -> dict[str, Any]:
        """Lines and online services that cover an area: how many, by language, and how long open.

        Hours are those of the line that is open the longest; null where nobody knows any.
        """
        rows = np.flatnonzero(remote & self.offering[:, column])
        lines = [self.listed[row] for row in rows]
        languages = sorted({code for line in lines for code in line.languages})
        return {
            "count": len(lines),
            "hours_per_week": _longest(lines),
            "languages": {
                code: {
                    "count": len(speaking := [line for line in lines if code in line.languages]),
                    "hours_per_week": _longest(speaking),
                }
                for code in languages
            },
            "language_unknown": sum(not line.languages for line in lines),
        }

    def _evidence(self, listed: int, there: "_There") -> dict[str, Any]:
        """The very services behind an answer, verified or not, with where they are."""

        def sites(holds: NDArray[np.bool_]) -> list[dict[str, Any]]:
            rows = np.flatnonzero(holds & self.answering[:, listed])
            return [_at(self.sites[row]) for row in rows]

        def services(holds: NDArray[np.bool_]) -> list[dict[str, Any]]:
            rows = np.flatnonzero(holds & self.offering[:, listed])
            return [{"service": self.listed[row].id} for row in rows]

        outside = np.where(self.answering[:, listed], there.outside_km, np.inf)
        nearest = [row for row in np.argsort(outside, kind="stable") if np.isfinite(outside[row])]
        return {
            "local": sites(there.local),
            "itinerant": sites(there.itinerant) + services(there.visited),
            "outside": [
                _at(self.sites[row])
                | {"km": round(float(outside[row]), 1), "is_near": bool(there.near[row])}
                for row in nearest[:MOST_OUTSIDE]
            ],
            "remote": services(there.remote),
        }


@dataclass(frozen=True, eq=False)
class _There:
    """What is there for an area.

    Attributes:
        local, itinerant, near: sites that are places in it, stops in it, places outside it and
            near enough, shape (sites,).
        visited, remote: services that go to its workers, that help from afar, shape (services,).
        outside_km: by road from where most of its workers are; inf inside, shape (sites,).
        counts: by rule of the class, for each question.
        sites: places and stops in it, for each question.
        listed, recent: different services, and those verified in 12 months, for each question.
    """

    local: NDArray[np.bool_]
    itinerant: NDArray[np.bool_]
    near: NDArray[np.bool_]
    visited: NDArray[np.bool_]
    remote: NDArray[np.bool_]
    outside_km: NDArray[np.float64]
    counts: dict[str, NDArray[np.float64]]
    sites: NDArray[np.float64]
    listed: NDArray[np.int64]
    recent: NDArray[np.int64]


def _questions(now: Situation) -> Iterator[Question]:
    """Any need and each one of level 1, in any language and in each that is known, twice."""
    needs = ["", *NeedTerm.objects.tiles().values_list("code", flat=True)]
    known = {code for service in now.services.values() for code in service.languages}
    languages = ["", *sorted(known | {"es"})]
    for need in needs:
        for language in languages:
            for basis in (CoverageBasis.VERIFIED, CoverageBasis.LISTED):
                yield Question(need, language, str(basis))


def _covers(service: Listed, area: Area | None) -> bool:
    """A service says that it covers an area, or a part of it."""
    for cover in service.covers:
        if area is None or cover.level == AreaLevel.PROVINCE:
            return True
        if area.level == AreaLevel.REGION and cover.region == area.code:
            return True
        if area.level == AreaLevel.MRC and (
            cover.mrc == area.code
            or (cover.level == AreaLevel.REGION and cover.code == area.region)
        ):
            return True
    return False


def _visits(service: Listed, area: Area | None) -> bool:
    """A service goes to the workers of an area, as money or practice shows."""
    comes = list(service.comes_to())
    if area is None:
        return bool(comes)
    if area.level == AreaLevel.REGION:
        return any(cover.region == area.code for cover in comes)
    return any(cover.mrc == area.code or cover.code == area.region for cover in comes)


def _at(site: Site) -> dict[str, Any]:
    return {"service": site.service_id, "place": site.place_id, "town": site.town}


def _longest(lines: Sequence[Listed]) -> float | None:
    hours = [line.hours_per_week for line in lines if line.hours_per_week is not None]
    return round(max(hours), 1) if hours else None


def _banded(values: NDArray, cell: tuple[int, int]) -> dict[str, float]:
    return {band: _share(values[number, *cell]) for number, band in enumerate(BANDS)}


def _share(value: float) -> float:
    return round(float(value), 6)


def _km(value: float) -> float | None:
    """Kilometres; None where there is no way."""
    return round(float(value), 1) if math.isfinite(value) else None


def _thinned(points: NDArray, most: int = 60) -> NDArray:
    """Enough points of a curve to draw it."""
    if len(points) <= most:
        return points
    return points[np.unique(np.linspace(0, len(points) - 1, most).round().astype(int))]


def _service_row(service: Listed, now: Situation) -> dict[str, Any]:
    sites = [site for site in now.directory.sites if site.service_id == service.id]
    return {
        "service_id": uuid.UUID(service.id),
        "is_verified": service.is_verified,
        "facts": {
            "name": service.name,
            "organization": service.organization,
            "organization_id": service.organization_id,
            "kind": service.kind,
            "needs": sorted(service.needs),
            "languages": sorted(service.languages),
            "modes": sorted(service.modes),
            "is_remote": service.is_remote,
            "verified_on": service.verified_on.isoformat() if service.verified_on else None,
            "program_ended_on": service.program_ended_on,
            "hours_per_week": service.hours_per_week,
            "sites": [
                _at(site)
                | {
                    "region": site.region,
                    "mrc": site.mrc,
                    "is_stop": site.is_stop,
                    "position": [round(value, 5) for value in site.position],
                    "capacity": round(site.capacity, 4),
                }
                for site in sites
            ],
            "covers": [
                {"level": cover.level, "code": cover.code, "evidence": cover.evidence}
                for cover in service.covers
            ],
        },
    }


@cache
def _province_id() -> Any:
    return AdminArea.objects.province().values_list("pk", flat=True).get()


def _vintage(vintage: Vintage) -> dict[str, Any]:
    """The edition of the demand as a run keeps it."""
    return {
        "measure": vintage.measure,
        "starts_on": vintage.starts_on.isoformat() if vintage.starts_on else None,
        "ends_on": vintage.ends_on.isoformat() if vintage.ends_on else None,
        "age_years": vintage.age_years,
        "sources": list(vintage.sources),
        "caveats": [
            {language: entry["text"] for language, entry in caveat.items()}
            for caveat in vintage.caveats
        ],
        "finer_figures": len(vintage.finer),
    }


def _neighbours() -> dict[Any, list[str]]:
    return {
        region.pk: list(AdminArea.objects.beside(region).values_list("code", flat=True))
        for region in AdminArea.objects.regions()
    }


@cache
def code_version() -> str:
    """The commit of the code, else a digest of what computes coverage."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=5,
        )  # fmt: skip
        return answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        pieces = sorted(Path(__file__).parent.glob("*.py"))
        return _digest([path.read_text(encoding="utf-8") for path in pieces])


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _copy(model: type, run: CoverageRun, rows: Iterable[dict[str, Any]]) -> None:
    """Write many rows at once: some ten thousand, where `bulk_create` would take most of a run."""
    rows = list(rows)
    if not rows:
        return
    table = model._meta.db_table  # type: ignore[attr-defined]
    names = list(rows[0])
    columns = ", ".join(["id", "run_id", *names])
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            values = (_column(row[name]) for name in names)
            copy.write_row([uuid.uuid4(), run.pk, *values])


def _column(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def latest(day: date | None = None) -> CoverageRun | None:
    """The run to show: that of a day, else of the latest one."""
    if day is None:
        return CoverageRun.objects.current()
    return CoverageRun.objects.for_day(day)


def today() -> date:
    """The day of Québec."""
    return timezone.localdate()
