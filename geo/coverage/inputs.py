"""What a run of coverage reads, one question of the database for each kind of thing.

The directory is read as it was known at a moment (`geo_known`, migration 0008), never as it is:
a past day can then be measured again, and an edit of today does not change it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection
from django.utils import timezone

from geo.choices import (
    AreaEvidence,
    AreaLevel,
    DeliveryMode,
    HoursStatus,
    PhoneTrust,
    ServiceStatus,
    StopStatus,
    VerifiedStatus,
)
from geo.coverage.costs import NO_ROADS, Places, Roads
from geo.coverage.demand import Demand, Figure, Municipality, spread
from geo.coverage.parameters import Parameters
from geo.errors import NoDemand
from geo.models import AdminArea, DemandEstimate, TravelCost
from geo.opening import OPEN, TIMEZONE, Hours, Weekly

REMOTE_MODES = frozenset({DeliveryMode.PHONE, DeliveryMode.VIDEO_WEB, DeliveryMode.MESSAGING})
ALWAYS_OPEN_HOURS = 168.0

# Weeks over which hours are averaged: holidays of one week must not decide.
WEEKS = 4


@dataclass(frozen=True, slots=True)
class Area:
    """A region or an MRC.

    Attributes:
        level: `region` or `mrc`.
        code: official code.
        region: code of the region it lies in, or its own.
    """

    id: Any
    level: str
    code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality: a point of demand where its position is known.

    Attributes:
        mrc: code of its MRC, empty where it has none.
        position: longitude and latitude, degrees, or None.
    """

    code: str
    name: str
    region: str
    mrc: str
    population: int | None
    position: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Cover:
    """An area that a service says it covers.

    Attributes:
        level, code: of the area.
        region: code of its region; empty for the province.
        mrc: code of its MRC, empty above it.
        evidence: `declared`, `funded`, `observed`.
    """

    level: str
    code: str
    region: str
    mrc: str
    evidence: str


@dataclass(slots=True)
class Listed:
    """A service as the directory had it.

    Attributes:
        needs: codes of level 1 that it answers otherwise than as an everyday place.
        languages: codes of the languages it is known to be given in.
        verified_on: the last day for which somebody or some source attests it, or None.
        is_verified: that day is near enough, and the programme that pays for it had not ended.
        hours_per_week: of its opening, or None where nobody knows.
        has_site: it is given at a place, or was at a stop of these weeks.
        is_remote: it helps by phone, online or by message.
    """

    id: str
    organization_id: str
    name: dict[str, str]
    organization: dict[str, str]
    kind: str
    modes: frozenset[str]
    verified_on: date | None
    is_verified: bool
    program_ended_on: str = ""
    needs: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    covers: list[Cover] = field(default_factory=list)
    hours_per_week: float | None = None
    has_site: bool = False

    @property
    def is_remote(self) -> bool:
        """It helps from afar, or says that it covers an area without any sign of being there.

        An area that is only declared counts as remote: small groups say they cover a whole region.
        """
        return bool(self.modes & REMOTE_MODES) or (bool(self.covers) and not self.has_site)

    def comes_to(self) -> Iterator[Cover]:
        """The areas where it goes to the workers, as money or practice shows."""
        if DeliveryMode.OUTREACH_VISIT in self.modes:
            for cover in self.covers:
                if cover.evidence != AreaEvidence.DECLARED and cover.level != AreaLevel.PROVINCE:
                    yield cover


@dataclass(frozen=True, slots=True)
class Site:
    """A service at a place: a point of supply.

    Attributes:
        place_id: key of the service at the location, or of one of the stops there.
        capacity: full-time services.
        is_stop: a stop of a tour, not a fixed place.
        region, mrc, municipality: codes; empty outside Québec or where it is not known.
    """

    place_id: str
    service_id: str
    organization_id: str
    location_id: str
    position: tuple[float, float]
    town: str
    region: str
    mrc: str
    municipality: str
    capacity: float
    is_stop: bool
    needs: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Directory:
    """All that was listed, for one day."""

    services: dict[str, Listed]
    sites: list[Site]


def areas() -> list[Area]:
    """The regions and the MRC, by level and code."""
    rows = (
        AdminArea.objects.filter(level__in=[AreaLevel.REGION, AreaLevel.MRC])
        .with_region()
        .defer("outline")
        .order_by("-level", "code")
    )
    return [Area(row.pk, row.level, row.code, row.name, row.region_code or "") for row in rows]


def towns() -> list[Town]:
    """The municipalities, by code."""
    rows = (
        AdminArea.objects.filter(level=AreaLevel.MUNICIPALITY)
        .with_region()
        .select_related("parent")
        .defer("outline", "parent__outline")
        .order_by("code")
    )
    return [
        Town(
            row.code,
            row.name,
            row.region_code or "",
            row.parent.code if row.parent and row.parent.level == AreaLevel.MRC else "",
            row.population,
            (row.point.x, row.point.y) if row.point else None,
        )
        for row in rows
    ]


def demand(day: date, municipalities: list[Town], parameters: Parameters) -> Demand:
    """Workers by municipality, from the figures that had ended by a day.

    Raises:
        NoDemand: there is none.
    """
    figures = [
        Figure(
            level=row.area.level,
            code=row.area.code,
            sector=row.sector,
            measure=row.measure,
            starts_on=row.period_starts_on,
            ends_on=row.period_ends_on,
            value=float(row.value),
            source=row.source.citation,
            caveat=row.caveat,
        )
        for row in DemandEstimate.objects.ended_by(day)
        .select_related("area", "source")
        .defer("area__outline")
    ]
    found = spread(
        figures,
        [
            Municipality(town.code, town.region, town.mrc, town.population, bool(town.position))
            for town in municipalities
        ],
        day,
        cap=parameters.agricultural_cap,
        max_age_years=parameters.demand_years,
    )
    if not found.total.sum():
        raise NoDemand(
            f"No figure of demand had ended by {day}: without workers there is no coverage. Load "
            "one with `manage.py load_demand`, or choose a later day."
        )
    return found


def places(positions: Iterable[tuple[float, float]]) -> Places:
    """Positions as arrays."""
    pairs = np.array(list(positions), dtype=float).reshape(-1, 2)
    return Places(pairs[:, 0], pairs[:, 1])


def known_at(day: date) -> datetime:
    """The moment whose state of the directory tells of a day.

    Its end, or now for today and later; and for a day before the directory began, its beginning:
    what was written first, of which only what was attested by that day is counted.
    """
    end = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(TIMEZONE))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(recorded_from) FROM geo_historyrow WHERE table_name = 'geo_service'"
        )
        (begun,) = cursor.fetchone()
    moment = min(end, timezone.now())
    return max(moment, begun) if begun else moment


def directory(day: date, moment: datetime, parameters: Parameters) -> Directory:
    """What was listed at `moment`, as it stands for `day`.

    A service that no source attests by a day before the directory began is left out of that day.
    """
    services = {row.id: row for row in _services(day, moment, parameters)}
    own_needs = _needs(moment)
    for key, codes in own_needs.items():
        if key in services:
            services[key].needs = frozenset(codes)
    for key, language in _rows(LANGUAGES, {"moment": moment, "trusted": PhoneTrust.TRUSTED}):
        if key in services:
            services[key].languages |= {language}
    for key, *cover in _rows(COVERS, {"moment": moment}):
        if key in services:
            services[key].covers.append(Cover(*cover))
    for key, hours in _hours(day, moment).items():
        if key in services:
            services[key].hours_per_week = hours
    sites = [*_sites(services, moment, parameters), *_stops(services, day, moment, parameters)]
    for site in sites:
        services[site.service_id].has_site = True
    return Directory(services, sites)


def roads(towns_here: list[Town], sites: list[Site]) -> Roads:
    """The loaded ways by road, by row of the towns and of the sites."""
    if not TravelCost.objects.exists():
        return NO_ROADS
    row_of = {town.code: row for row, town in enumerate(towns_here)}
    columns: dict[str, list[int]] = defaultdict(list)
    for column, site in enumerate(sites):
        columns[site.municipality].append(column)
        columns[site.location_id].append(column)
    km: dict[tuple[int, int], float] = {}
    minutes: dict[tuple[int, int], float] = {}
    # Ways to a municipality first: those to a place of it are written over them.
    costs = TravelCost.objects.order_by("destination_location_id", "pk").values_list(
        "origin__code", "destination_area__code", "destination_location_id", "km", "minutes"
    )
    for origin, area, location, length, duration in sorted(costs, key=lambda row: bool(row[2])):
        row = row_of.get(origin)
        # Two places of one municipality are not zero kilometres apart.
        if row is None or origin == area:
            continue
        for column in columns.get(str(location) if location else area, ()):
            km[row, column] = length
            minutes[row, column] = np.nan if duration is None else duration
    return Roads(km, minutes)


def _rows(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _known(table: str, alias: str) -> str:
    """A table of the directory as it was known at `%(moment)s`."""
    return (
        f"(SELECT kept.* FROM geo_known('{table}', %(moment)s) AS known(content), "
        f"jsonb_populate_record(NULL::{table}, known.content) AS kept) AS {alias}"
    )


SERVICES = f"""
SELECT service.id::text, service.organization_id::text, service.name, organization.name,
       organization.kind, service.delivery_modes, service.as_of, service.assured_date,
       service.update_frequency, coalesce(program.ends_on, '')
FROM {_known("geo_service", "service")}
JOIN {_known("geo_organization", "organization")} ON organization.id = service.organization_id
LEFT JOIN {_known("geo_program", "program")} ON program.id = service.program_id
WHERE service.status = %(active)s AND service.review_status = 'accepted'
  AND NOT service.is_everyday
  AND organization.is_public AND organization.verified_status <> %(suspended)s
ORDER BY service.id
"""

NEEDS = f"""
SELECT link.service_id::text, coalesce(parent.code, term.code)
FROM {_known("geo_serviceneed", "link")}
JOIN geo_needterm AS term ON term.id = link.term_id
LEFT JOIN geo_needterm AS parent ON parent.id = term.parent_id
WHERE NOT term.is_everyday
"""

TOPICS = f"""
SELECT topic.mobilestop_id::text, coalesce(parent.code, term.code)
FROM {_known("geo_mobilestop_topics", "topic")}
JOIN geo_needterm AS term ON term.id = topic.needterm_id
LEFT JOIN geo_needterm AS parent ON parent.id = term.parent_id
WHERE NOT term.is_everyday
"""

LANGUAGES = f"""
SELECT spoken.service_id::text, spoken.code FROM {_known("geo_servicelanguage", "spoken")}
UNION
SELECT phone.service_id::text, unnest(phone.languages)
FROM {_known("geo_phone", "phone")} WHERE phone.trust = %(trusted)s
"""

COVERS = f"""
SELECT covers.service_id::text, area.level, area.code,
       CASE area.level WHEN 'region' THEN area.code WHEN 'mrc' THEN parent.code
            WHEN 'municipality' THEN
                CASE parent.level WHEN 'region' THEN parent.code ELSE above.code END
            ELSE '' END,
       CASE WHEN area.level = 'mrc' THEN area.code
            WHEN area.level = 'municipality' AND parent.level = 'mrc' THEN parent.code
            ELSE '' END,
       covers.evidence
FROM {_known("geo_servicearea", "covers")}
JOIN geo_adminarea AS area ON area.id = covers.area_id
LEFT JOIN geo_adminarea AS parent ON parent.id = area.parent_id
LEFT JOIN geo_adminarea AS above ON above.id = parent.parent_id
ORDER BY covers.service_id, area.level, area.code
"""

# The nearest municipality of its region stands for a place whose municipality nobody wrote down.
# A place in another province is in no region: the region that the directory shows it under is only
# the nearest one, and help in Ottawa is not help in the Outaouais.
PLACES = """
       ST_X(location.point::geometry), ST_Y(location.point::geometry),
       coalesce(town.name, nullif(location.locality, ''), ''), coalesce(region.code, ''),
       coalesce(CASE above.level WHEN 'mrc' THEN above.code END, ''), coalesce(town.code, '')
"""
PLACES_FROM = f"""
JOIN {_known("geo_location", "location")} ON location.id = {{location}}
LEFT JOIN geo_adminarea AS region
  ON region.id = location.region_id AND location.province = 'QC'
LEFT JOIN LATERAL (
    SELECT area.* FROM geo_adminarea AS area
    LEFT JOIN geo_adminarea AS parent ON parent.id = area.parent_id
    WHERE area.level = 'municipality'
      AND (area.id = location.municipality_id
           OR (location.municipality_id IS NULL
               AND region.id IN (area.parent_id, parent.parent_id) AND area.point IS NOT NULL))
    ORDER BY area.point <-> location.point, area.code LIMIT 1
) AS town ON true
LEFT JOIN geo_adminarea AS above ON above.id = town.parent_id
"""

SITES = f"""
SELECT given.id::text, given.service_id::text, location.id::text, {PLACES}
FROM {_known("geo_serviceatlocation", "given")}
{PLACES_FROM.format(location="given.location_id")}
WHERE location.point IS NOT NULL
ORDER BY given.id
"""

STOPS = f"""
SELECT stop.id::text, tour.service_id::text, location.id::text, {PLACES}, stop.languages
FROM {_known("geo_mobilestop", "stop")}
JOIN {_known("geo_mobiletour", "tour")} ON tour.id = stop.tour_id
{PLACES_FROM.format(location="stop.location_id")}
WHERE stop.status = ANY(%(kept)s) AND stop.announce_to = 'public'
  AND stop.starts_at >= %(first)s AND stop.starts_at < %(last)s
  AND location.point IS NOT NULL
ORDER BY stop.starts_at, stop.id
"""

SCHEDULES = f"""
SELECT schedule.service_id::text, schedule.hours_status, schedule.opening_hours,
       schedule.by_appointment, schedule.holiday_policy
FROM {_known("geo_schedule", "schedule")}
WHERE schedule.service_at_location_id IS NULL AND schedule.hours_status <> %(unknown)s
ORDER BY schedule.service_id, schedule.id
"""


def _services(day: date, moment: datetime, parameters: Parameters) -> Iterator[Listed]:
    values = {
        "moment": moment,
        "active": ServiceStatus.ACTIVE,
        "suspended": VerifiedStatus.SUSPENDED,
    }
    tells_of_later = moment.astimezone(ZoneInfo(TIMEZONE)).date() > day
    for key, organization, name, of, kind, modes, as_of, assured, months, paid_until in _rows(
        SERVICES, values
    ):
        attested = attested_on(as_of, assured, day)
        if tells_of_later and attested is None:
            continue
        due_after = timedelta(days=round(months * parameters.freshness * 365.25 / 12))
        ended = bool(paid_until) and last_day(paid_until) <= day
        yield Listed(
            key,
            organization,
            _plain(name),
            _plain(of),
            kind,
            frozenset(modes),
            attested,
            attested is not None
            and attested + due_after >= day
            and not (ended and attested <= last_day(paid_until)),
            paid_until if ended else "",
        )


def attested_on(as_of: str, assured: date | None, day: date) -> date | None:
    """The last day, not after `day`, for which a source or a person attests a service.

    Of a source with a month or a year only it is the first day: it was no later than it says, and
    may have been no later than that.
    """
    days = [assured] if assured else []
    if as_of:
        year, month, of_month = ([int(part) for part in as_of.split("-")] + [1, 1])[:3]
        days.append(date(year, month, of_month))
    return max((each for each in days if each <= day), default=None)


def last_day(partial: str) -> date:
    """The last day of a year, a month or a day."""
    parts = [int(part) for part in partial.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = (parts[0], parts[1]) if len(parts) == 2 else (parts[0], 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _plain(content: Any) -> dict[str, str]:
    return {language: entry["text"] for language, entry in _object(content).items()}


def _object(content: Any) -> dict[str, Any]:
    """Django leaves JSON of raw SQL as text."""
    return json.loads(content) if isinstance(content, str) else content


def _needs(moment: datetime) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, code in _rows(NEEDS, {"moment": moment}):
        found[key].add(code)
    return found


def _hours(day: date, moment: datetime) -> dict[str, float]:
    """Hours a week of the services whose hours are known, away from appointments."""
    written: dict[str, list[Weekly]] = defaultdict(list)
    always = set()
    for key, status, expression, by_appointment, policy in _rows(
        SCHEDULES, {"moment": moment, "unknown": HoursStatus.UNKNOWN}
    ):
        if status == HoursStatus.ALWAYS:
            always.add(key)
        elif expression:
            written[key].append(Weekly.of(status, expression, by_appointment, policy))
    hours = dict.fromkeys(always, ALWAYS_OPEN_HOURS)
    for key, weeks in written.items():
        days = Hours.of(weeks, []).days(day, 7 * WEEKS)
        minutes = sum(
            slot.end - slot.start for each in days for slot in each.slots if slot.code == OPEN
        )
        hours.setdefault(key, minutes / 60 / WEEKS)
    return hours


def _sites(services: dict[str, Listed], moment: datetime, parameters: Parameters) -> Iterator[Site]:
    """Fixed places. A service that says it helps by phone only is not given at its office."""
    for place, key, location, x, y, town, region, mrc, municipality in _rows(
        SITES, {"moment": moment}
    ):
        service = services.get(key)
        if service is None or (service.modes and DeliveryMode.ON_SITE not in service.modes):
            continue
        hours = service.hours_per_week
        yield Site(
            place,
            key,
            service.organization_id,
            location,
            (x, y),
            town,
            region,
            mrc,
            municipality,
            hours / parameters.hours_per_week if hours else 1.0,
            False,
            service.needs,
            service.languages,
        )


def _stops(
    services: dict[str, Listed], day: date, moment: datetime, parameters: Parameters
) -> Iterator[Site]:
    """Stops that were kept or are sure, one for each service and place, by how often it comes.

    Only those that are announced to everybody: the figures are public.
    """
    around = timedelta(days=parameters.stop_days)
    noon = datetime.combine(day, time(12), ZoneInfo(TIMEZONE))
    topics: dict[str, set[str]] = defaultdict(set)
    for stop, code in _rows(TOPICS, {"moment": moment}):
        topics[stop].add(code)
    months = 2 * parameters.stop_days / (365.25 / 12)
    visits: dict[tuple, list[tuple]] = defaultdict(list)
    for row in _rows(
        STOPS,
        {
            "moment": moment,
            "kept": [StopStatus.CONFIRMED, StopStatus.DONE],
            "first": noon - around,
            "last": noon + around,
        },
    ):
        stop, key, location = row[:3]
        if key not in services:
            continue
        needs = frozenset(topics[stop]) or services[key].needs
        languages = frozenset(row[-1] or ()) or services[key].languages
        visits[key, location, needs, languages].append(row)
    for (key, location, needs, languages), rows in visits.items():
        place, _key, _location, x, y, town, region, mrc, municipality, _languages = rows[-1]
        yield Site(
            place,
            key,
            services[key].organization_id,
            location,
            (x, y),
            town,
            region,
            mrc,
            municipality,
            len(rows) / months / parameters.visits_per_month,
            True,
            needs,
            languages,
        )
