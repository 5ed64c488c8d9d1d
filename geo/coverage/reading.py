"""A stored run as people read it: the matrix, the reasons of a cell, what changed since.

Pages, the API and the paper ask this, so that all three say the same. Nothing is computed again:
what a run did not find is not here. The measures of a cell are here as they may be told
(`geo.coverage.publishing`): everybody may read what these functions give.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from geo.choices import AreaLevel, CoverageBasis, CoverageClass, DemandSector
from geo.coverage.legend import MEASURES, LegendEntry, Measure, key_of, legend, value_of
from geo.coverage.publishing import published
from geo.coverage.situation import ANY_LANGUAGE
from geo.models import (
    AdminArea,
    CoverageArea,
    CoverageCell,
    CoverageRun,
    CoverageService,
    NeedTerm,
)

# Runs of a trend, the latest ones.
MOST_IN_TREND = 12

# The better a class is, the further it stands to the left.
CLASS_ORDER = tuple(CoverageClass)


@dataclass(frozen=True, slots=True)
class Pair:
    """The honest answer, and what it would be if all that is listed were confirmed."""

    honest: CoverageCell
    listed: CoverageCell

    @property
    def differ(self) -> bool:
        """Confirming what is listed would change the class."""
        return self.honest.coverage_class != self.listed.coverage_class

    def on(self, basis: str) -> CoverageCell:
        """One of the two."""
        return self.listed if basis == CoverageBasis.LISTED else self.honest


@dataclass(frozen=True, slots=True)
class Row:
    """An area with its cells, in the order of the needs.

    Attributes:
        area: the region or the MRC.
        seen: the area as the run saw it, with its demand as it may be published.
        cells: one pair for each need of `Matrix.needs`; the first is any need.
    """

    area: AdminArea
    seen: CoverageArea
    cells: list[Pair]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Areas by needs.

    Attributes:
        needs: those of level 1, in their order; the cells of a row begin with that of any need.
        rows: the areas, by code.
    """

    run: CoverageRun
    language: str
    needs: list[NeedTerm]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Seen:
    """A service behind an answer.

    Attributes:
        service: as the run froze it.
        place: key of the service at its place, or of a stop; empty for a line.
        town: where, empty for a line.
        km: by road from where most workers of the area are; None inside the area.
        is_near: a place outside the area that is near enough to count.
    """

    service: CoverageService
    place: str = ""
    town: str = ""
    km: float | None = None
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A cell at an earlier run."""

    run: CoverageRun
    cell: CoverageCell
    listed: CoverageCell


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an area has the class it has for a need: the services and the figures behind it.

    Attributes:
        pair: the cell.
        local, itinerant, outside, remote: what is listed, verified or not; `outside` are the
            nearest places beyond the area, near enough or not.
        neighbours: the cells of the regions that share a border.
        trend: earlier runs and this one, the latest first.
    """

    run: CoverageRun
    area: AdminArea
    seen: CoverageArea
    need: NeedTerm | None
    language: str
    pair: Pair
    local: list[Seen]
    itinerant: list[Seen]
    outside: list[Seen]
    remote: list[Seen]
    neighbours: list[tuple[AdminArea, Pair]]
    trend: list[Moment]

    @property
    def unverified(self) -> list[Seen]:
        """Services whose confirmation would help, each once."""
        every = [*self.local, *self.itinerant, *self.outside, *self.remote]
        found: dict[Any, Seen] = {}
        for seen in every:
            if not seen.service.is_verified and (seen.km is None or seen.is_near):
                found.setdefault(seen.service.service_id, seen)
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Painted:
    """An area on the map: its value for a measure and the colour of the legend."""

    area: AdminArea
    seen: CoverageArea
    pair: Pair
    value: Any
    key: str


@dataclass(frozen=True, slots=True)
class Painting:
    """A map of coverage, before anybody draws it."""

    run: CoverageRun
    measure: Measure
    entries: list[LegendEntry]
    areas: list[Painted]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in a cell between two runs.

    Attributes:
        gained, lost: services that count for the cell and did not before, or the reverse.
    """

    area: AdminArea
    need: str
    before: CoverageCell
    after: CoverageCell
    gained: list[CoverageService]
    lost: list[CoverageService]


def cells(run: CoverageRun, *, level: str = AreaLevel.REGION) -> QuerySet[CoverageCell]:
    """The cells of a run at a level, with their areas, without outlines."""
    return (
        CoverageCell.objects.filter(run=run, area__level=level)
        # Not joined: an area would be made anew for each of its cells.
        .prefetch_related(
            Prefetch(
                "area",
                AdminArea.objects.select_related("parent").defer("outline", "parent__outline"),
            )
        )
        .order_by("area__code", "need", "language", "basis")
    )


def languages(run: CoverageRun, level: str = AreaLevel.PROVINCE) -> list[str]:
    """Codes of the languages that a run measured in the areas of a level."""
    found = CoverageCell.objects.filter(run=run, area__level=level, need="").order_by()
    return sorted(found.exclude(language="").values_list("language", flat=True).distinct())


def matrix(
    run: CoverageRun, *, language: str = "", level: str = AreaLevel.REGION, region: str = ""
) -> Matrix:
    """Areas by needs, in a language of service or in any; of one region, for its MRC."""
    needs = list(NeedTerm.objects.tiles())
    order = {"": 0} | {term.code: number for number, term in enumerate(needs, 1)}
    found = cells(run, level=level).filter(language=language).defer("evidence")
    if region:
        found = found.filter(area__parent__code=region, area__parent__level=AreaLevel.REGION)
    seen = _areas(run, level)
    pairs = _pairs((cell for cell in found if cell.need in order), seen)
    rows: dict[Any, dict[str, Pair]] = {}
    for (area, need), pair in pairs.items():
        rows.setdefault(area, {})[need] = pair
    return Matrix(
        run,
        language,
        needs,
        [
            Row(
                row[""].honest.area,
                seen[area],
                [row[code] for code in sorted(row, key=lambda code: order[code])],
            )
            for area, row in rows.items()
        ],
    )


def pair(run: CoverageRun, area: AdminArea, need: str, language: str = "") -> Pair | None:
    """A cell alone, or None where the run did not measure it."""
    found = CoverageCell.objects.filter(run=run, area=area, need=need, language=language)
    seen = {row.area_id: row for row in CoverageArea.objects.filter(run=run, area=area)}
    pairs = _pairs(found.defer("evidence"), seen) if area.pk in seen else {}
    return pairs.get((area.pk, need))


def paint(
    run: CoverageRun,
    measure: str,
    *,
    need: str = "",
    language: str = "",
    basis: str = CoverageBasis.VERIFIED,
    level: str = AreaLevel.REGION,
) -> Painting:
    """The areas of a map with their colours.

    Raises:
        KeyError: there is no such measure.
    """
    chosen = MEASURES[measure]
    found = cells(run, level=level).filter(need=need, language=language)
    seen = _areas(run, level)
    pairs = _pairs(found.defer("evidence"), seen)
    values = {area: value_of(chosen, pair.on(basis)) for (area, _need), pair in pairs.items()}
    some = next(iter(pairs.values()), None)
    bounds = some.honest.measures["bounds_km"] if some else ()
    entries = legend(chosen, values.values(), bounds)
    return Painting(
        run,
        chosen,
        entries,
        [
            Painted(pair.honest.area, seen[area], pair, values[area], key_of(entries, values[area]))
            for (area, _need), pair in pairs.items()
        ],
    )


def explain(
    run: CoverageRun, area: AdminArea, need: NeedTerm | None, language: str = ""
) -> Explanation:
    """Why a cell has its class.

    Raises:
        CoverageCell.DoesNotExist: the run has no such cell.
    """
    return explain_all(run, area, [need], language)[0]


def explain_all(
    run: CoverageRun, area: AdminArea, needs: Sequence[NeedTerm | None], language: str = ""
) -> list[Explanation]:
    """Why the cells of an area have their classes, for some needs, of which None is any need.

    The queries are as many for one need as for all.

    Raises:
        CoverageCell.DoesNotExist: the run has no such cell.
    """
    codes = [need.code if need else "" for need in needs]
    row = CoverageArea.objects.get(run=run, area=area)
    beside = list(
        AdminArea.objects.regions().filter(code__in=row.facts["neighbours"]).defer("outline")
    )
    around = [area.pk, *(other.pk for other in beside)]
    seen_areas = {
        each.area_id: each for each in CoverageArea.objects.filter(run=run, area__in=around)
    }
    found = CoverageCell.objects.filter(run=run, area__in=around, need__in=codes)
    pairs = _pairs(found.filter(language=language).defer("evidence"), seen_areas)
    honest = found.filter(area=area, language="", basis=CoverageBasis.VERIFIED)
    evidence = dict(honest.values_list("need", "evidence"))
    services = {
        str(service.service_id): service for service in CoverageService.objects.filter(run=run)
    }
    trends = _trends(run, area, codes, language)

    def seen(code: str, name: str) -> list[Seen]:
        return [
            Seen(
                services[entry["service"]],
                entry.get("place", ""),
                entry.get("town", ""),
                entry.get("km"),
                entry.get("is_near", False),
            )
            for entry in evidence[code][name]
            if _speaks(services[entry["service"]], language)
        ]

    for code in codes:
        if any((each, code) not in pairs for each in around):
            raise CoverageCell.DoesNotExist(
                f"{area}, {code or 'any need'}, {language or 'any language'}"
            )
    return [
        Explanation(
            run=run,
            area=area,
            seen=row,
            need=need,
            language=language,
            pair=pairs[area.pk, code],
            local=seen(code, "local"),
            itinerant=seen(code, "itinerant"),
            outside=seen(code, "outside"),
            remote=seen(code, "remote"),
            neighbours=[(other, pairs[other.pk, code]) for other in beside],
            trend=trends[code],
        )
        for need, code in zip(needs, codes, strict=True)
    ]


def trend(run: CoverageRun, area: AdminArea, need: str, language: str = "") -> list[Moment]:
    """A cell in this run and in the latest one of each earlier day, the latest first."""
    return _trends(run, area, [need], language)[need]


def _trends(
    run: CoverageRun, area: AdminArea, needs: Sequence[str], language: str
) -> dict[str, list[Moment]]:
    runs: dict[date, CoverageRun] = {run.as_of: run}
    for other in CoverageRun.objects.before(run):
        runs.setdefault(other.as_of, other)
    latest = list(runs.values())[:MOST_IN_TREND]
    seen = {each.run_id: each for each in CoverageArea.objects.filter(run__in=latest, area=area)}
    cells = CoverageCell.objects.filter(
        run__in=latest, area=area, need__in=needs, language=language
    ).defer("evidence")
    both: dict[tuple[Any, str], dict[str, CoverageCell]] = {}
    for cell in cells:
        _publish(cell, seen[cell.run_id])
        both.setdefault((cell.run_id, cell.need), {})[cell.basis] = cell
    return {
        need: [
            Moment(each, pair[CoverageBasis.VERIFIED], pair[CoverageBasis.LISTED])
            for each in latest
            # An earlier run may not have measured that language.
            if len(pair := both.get((each.pk, need), {})) == len(CoverageBasis)
        ]
        for need in needs
    }


def compare(
    earlier: CoverageRun,
    later: CoverageRun,
    *,
    basis: str,
    language: str = "",
    area: AdminArea | None = None,
) -> list[Change]:
    """What changed in the regions, or in one, between two runs: class or services differ."""
    old, new = (_regional(run, basis, language, area) for run in (earlier, later))
    services = {
        run.pk: {
            str(service.service_id): service for service in CoverageService.objects.filter(run=run)
        }
        for run in (earlier, later)
    }
    changes = []
    for key, after in new.items():
        before = old.get(key)
        if before is None:
            continue
        had = _counting(before, services[earlier.pk], basis)
        has = _counting(after, services[later.pk], basis)
        gained = [has[code] for code in sorted(has.keys() - had.keys())]
        lost = [had[code] for code in sorted(had.keys() - has.keys())]
        if gained or lost or before.coverage_class != after.coverage_class:
            changes.append(Change(after.area, after.need, before, after, gained, lost))
    return changes


def _regional(
    run: CoverageRun, basis: str, language: str, area: AdminArea | None
) -> dict[tuple, CoverageCell]:
    asked = cells(run).filter(area=area) if area else cells(run)
    found = asked.filter(language=language, basis=basis)
    honest = asked.filter(language="", basis=CoverageBasis.VERIFIED).values_list(
        "area", "need", "evidence"
    )
    evidence = {(area, need): content for area, need, content in honest}
    seen = _areas(run, AreaLevel.REGION)
    result = {}
    for cell in found:
        _publish(cell, seen[cell.area_id])
        cell.evidence = evidence[cell.area_id, cell.need]
        result[cell.area_id, cell.need] = cell
    return result


def _counting(
    cell: CoverageCell, services: dict[str, CoverageService], basis: str
) -> dict[str, CoverageService]:
    """The services in the area, or that come to it, that count on a basis and in a language."""
    keys = {entry["service"] for name in ("local", "itinerant") for entry in cell.evidence[name]}
    return {
        key: services[key]
        for key in keys
        if _speaks(services[key], cell.language)
        and (services[key].is_verified or basis == CoverageBasis.LISTED)
    }


def _speaks(service: CoverageService, language: str) -> bool:
    return not language or bool({language, ANY_LANGUAGE} & set(service.facts["languages"]))


def _pairs(
    found: Iterable[CoverageCell], seen: Mapping[Any, CoverageArea]
) -> dict[tuple[Any, str], Pair]:
    both: dict[tuple[Any, str], dict[str, CoverageCell]] = {}
    for cell in found:
        _publish(cell, seen[cell.area_id])
        both.setdefault((cell.area_id, cell.need), {})[cell.basis] = cell
    return {
        key: Pair(pair[CoverageBasis.VERIFIED], pair[CoverageBasis.LISTED])
        for key, pair in both.items()
    }


def _publish(cell: CoverageCell, seen: CoverageArea) -> None:
    """Leave of the measures what may be told."""
    cell.measures = published(cell.measures, seen.demand[DemandSector.ALL])


def _areas(run: CoverageRun, level: str) -> dict[Any, CoverageArea]:
    found = CoverageArea.objects.filter(run=run, area__level=level)
    return {row.area_id: row for row in found}
