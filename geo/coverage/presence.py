"""Who does what where (3W): the services of a run, as rows that humanitarian tools can read.

The columns follow "operational presence" of HDX HAPI: organization, need, area, period. What is
told is what a run froze, so the same run gives the same rows for ever; only the project of a
service is read as it is now, since the links of projects are not kept in the history.

A row is a presence, not a quantity. An organization with three services in a region is one
organization and three services there; one that is in two regions is one organization in Québec.
Numbers of cells are therefore never added up: `counted` is asked for each total by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy

from geo.choices import AreaEvidence, AreaLevel, DeliveryMode
from geo.models import AdminArea, CoverageRun, CoverageService, NeedTerm, Project
from geo.translation import FALLBACK


class Presence(models.TextChoices):
    """How a service is present in an area, the surest first."""

    ON_SITE = "on_site", pgettext_lazy("presence", "At a place there")
    ITINERANT = "itinerant", pgettext_lazy("presence", "Comes there on dates")
    AREA_OBSERVED = "area_observed", pgettext_lazy("presence", "Serves the area: seen in practice")
    AREA_FUNDED = "area_funded", pgettext_lazy("presence", "Serves the area: funded to")
    AREA_DECLARED = "area_declared", pgettext_lazy("presence", "Serves the area: says so")
    PROVINCE_WIDE = "province_wide", pgettext_lazy("presence", "Serves all of Québec")
    OUTSIDE = "outside", pgettext_lazy("presence", "At a place outside Québec")


BY_EVIDENCE = {
    AreaEvidence.OBSERVED: Presence.AREA_OBSERVED,
    AreaEvidence.FUNDED: Presence.AREA_FUNDED,
    AreaEvidence.DECLARED: Presence.AREA_DECLARED,
}

# Without an administrative region: never counted in one.
EVERYWHERE = frozenset({Presence.PROVINCE_WIDE, Presence.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Row:
    """A service of an organization for a need in an area.

    Attributes:
        need_code: of level 1; empty where the need of the service is not known.
        adm1_code: of the region; empty for the whole province and for places outside Québec.
        adm2_code: of the MRC; empty for a whole region.
        delivery_mode: codes of `DeliveryMode`, separated by spaces; empty where not known.
        presence: code of `Presence`.
        period_start, period_end: of the project, as far as they are known: a year, a month or a
            day. For a service without a project `period_end` may be the end of its programme.
        verified_on: the last day for which a source or a person attests the service.
        is_verified: that day is near enough for the run.
        project_id: code of the project; several are separated by spaces.
    """

    org_id: str
    org_name: str
    org_kind: str
    service_id: str
    service_name: str
    need_code: str
    need_name: str
    adm1_code: str
    adm1_name: str
    adm2_code: str
    adm2_name: str
    delivery_mode: str
    presence: str
    period_start: str
    period_end: str
    verified_on: date | None
    is_verified: bool
    project_id: str

    @property
    def is_regional(self) -> bool:
        """It is of one region."""
        return self.presence not in EVERYWHERE


@dataclass(frozen=True, slots=True)
class Count:
    """Distinct organizations and services, of which so many services verified in time."""

    organizations: int
    services: int
    verified: int


def presence(run: CoverageRun, language: str) -> list[Row]:
    """Every presence that a run saw, by organization, service, area and need; names in a language.

    A line for the whole province is one row for each of its needs, without a region.
    """
    names = _Names(language)
    services = CoverageService.objects.filter(run=run)
    rows = {row for service in services for row in _rows(service, names)}
    return sorted(rows, key=_order)


def of_region(rows: Iterable[Row], code: str) -> list[Row]:
    """Those of one region; what serves the whole province is not among them."""
    return [row for row in rows if row.is_regional and row.adm1_code == code]


def of_need(rows: Iterable[Row], code: str) -> list[Row]:
    """Those that answer one need of level 1."""
    return [row for row in rows if row.need_code == code]


def counted(rows: Iterable[Row]) -> Count:
    """Each organization once and each service once, however many rows they have."""
    organizations, services, verified = set(), set(), set()
    for row in rows:
        organizations.add(row.org_id)
        services.add(row.service_id)
        if row.is_verified:
            verified.add(row.service_id)
    return Count(len(organizations), len(services), len(verified))


def by_region_and_need(rows: Iterable[Row]) -> dict[tuple[str, str], Count]:
    """The counts of each region and need that have any; key `("", need)` is all of Québec's lines.

    Places outside Québec are in no cell.
    """
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.presence != Presence.OUTSIDE:
            cells[row.adm1_code, row.need_code].append(row)
    return {cell: counted(found) for cell, found in cells.items()}


def _order(row: Row) -> tuple:
    return (
        row.org_name.casefold(),
        row.org_id,
        row.service_name.casefold(),
        row.service_id,
        list(Presence).index(Presence(row.presence)),
        row.adm1_code,
        row.adm2_code,
        row.need_code,
    )


class _Names:
    """The names of needs and areas, and the projects of services."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.needs = {
            term.code: self.text({key: entry["text"] for key, entry in term.name.items()})
            for term in NeedTerm.objects.tiles()
        }
        areas = AdminArea.objects.exclude(level=AreaLevel.PROVINCE).with_region()
        self.areas: dict[tuple[str, str], _Area] = {}
        for area in areas.select_related("parent").defer("outline", "parent__outline"):
            mrc = next(
                (each.code for each in (area, area.parent) if each and each.level == AreaLevel.MRC),
                "",
            )
            self.areas[area.level, area.code] = _Area(area.region_code or "", mrc)
        self.regions = {area.code: area.name for area in areas if area.level == AreaLevel.REGION}
        self.mrcs = {area.code: area.name for area in areas if area.level == AreaLevel.MRC}
        self.projects: dict[str, list[Project]] = defaultdict(list)
        for link in Project.services.through.objects.select_related("project").order_by(
            "project__code"
        ):
            self.projects[str(link.service_id)].append(link.project)

    def text(self, texts: Mapping[str, str]) -> str:
        order = FALLBACK.get(self.language, FALLBACK["fr"])
        return next((texts[code] for code in (*order, *sorted(texts)) if code in texts), "")


@dataclass(frozen=True, slots=True)
class _Area:
    region: str
    mrc: str


def _rows(service: CoverageService, names: _Names) -> Iterator[Row]:
    facts = service.facts
    projects = names.projects.get(str(service.service_id), [])
    starts = [project.starts_on for project in projects]
    ends = [project.ends_on for project in projects]
    verified_on = facts["verified_on"]
    for need in facts["needs"] or [""]:
        for present, modes, area in _presences(facts, names):
            yield Row(
                org_id=facts["organization_id"],
                org_name=names.text(facts["organization"]),
                org_kind=facts["kind"],
                service_id=str(service.service_id),
                service_name=names.text(facts["name"]),
                need_code=need,
                need_name=names.needs.get(need, ""),
                adm1_code=area.region,
                adm1_name=names.regions.get(area.region, ""),
                adm2_code=area.mrc,
                adm2_name=names.mrcs.get(area.mrc, ""),
                delivery_mode=" ".join(modes),
                presence=present,
                # Several projects: from the first to the last, unknown if one of them is.
                period_start=min(starts) if starts and all(starts) else "",
                period_end=_end(ends, facts["program_ended_on"]),
                verified_on=date.fromisoformat(verified_on) if verified_on else None,
                is_verified=service.is_verified,
                project_id=" ".join(project.code for project in projects),
            )


def _end(ends: list[str], program_ended_on: str) -> str:
    if ends:
        return max(ends) if all(ends) else ""
    return program_ended_on


def _presences(
    facts: Mapping[str, Any], names: _Names
) -> Iterator[tuple[Presence, list[str], _Area]]:
    """How and where a service is present, with the modes in which it is given there."""
    for site in facts["sites"]:
        mode = DeliveryMode.ITINERANT if site["is_stop"] else DeliveryMode.ON_SITE
        area = _Area(site["region"], site["mrc"])
        present = Presence.ITINERANT if site["is_stop"] else Presence.ON_SITE
        yield present if area.region else Presence.OUTSIDE, [mode], area
    elsewhere = [mode for mode in facts["modes"] if mode != DeliveryMode.ON_SITE]
    for cover in facts["covers"]:
        if cover["level"] == AreaLevel.PROVINCE:
            yield Presence.PROVINCE_WIDE, elsewhere, _Area("", "")
        else:
            area = names.areas[cover["level"], cover["code"]]
            yield BY_EVIDENCE[AreaEvidence(cover["evidence"])], elsewhere, area
