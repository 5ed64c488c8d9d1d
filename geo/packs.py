"""What a phone keeps of a region, so that it can answer without asking anybody.

A pack holds what the public sees and nothing else: it asks `Resource`. `frontend` adds the pieces
of pages; the shape is told in `docs/adr/0011-region-packs-and-service-worker.md`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.gis.geos import MultiPolygon, Point
from django.contrib.gis.measure import D
from django.db import connection
from django.utils import timezone

from geo.choices import AreaLevel
from geo.hours import hours_of
from geo.models import AdminArea, Alert, MobileStop, PostalPoint, Resource, Service
from geo.opening import start_of_table, table
from geo.querysets.functions import Fold, Joined, Texts, wording_of
from geo.translation import wording

# Raised when a reader of the old shape would misread the new one.
FORMAT = 1

# The radius of a question that names none: it has its whole answer in the pack of its region.
AROUND = D(km=50)

# The pack of the province, among the codes of regions.
EVERYWHERE = "all"

# Decimals of a degree of an outline, about 1 m: what the phone finds must be what we find.
OUTLINE_DECIMALS = 5

# What no pack shows: a change there makes no pack old. All other models of `geo` count.
NEVER_SHOWN = {"Feedback", "FixtureLoad", "JobRun", "Resource", "SearchGap", "User"}

# Modules of `geo.models` that are about the network, and about no page of the public.
OF_THE_NETWORK = {
    "audit",
    "consents",
    "network",
    "outbox",
    "partners",
    "referral_records",
    "referrals",
    "software",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What search reads of a service; folded, of all languages.

    Attributes:
        sort: the name that lists are ordered by.
        names: the words of its names and of those of its organization, each once.
        body: the words of its description, each once.
    """

    sort: str
    names: str
    body: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything that packs are cut from, read once.

    Attributes:
        resources: with their details, in the order that settles ties: by folded French name,
            then by key.
        kept: the keys of the resources of each region's pack, by its code.
        words: those of each service, by its key.
        alerts: public ones that stand or will, the gravest first.
        now: the moment at which the pages of the packs are true: the start of their hours.
    """

    resources: list[Resource]
    kept: dict[str, set]
    words: dict[Any, Words]
    alerts: list[Alert]
    now: datetime

    def of(self, code: str) -> list[Resource]:
        """The resources of one pack, in order."""
        if code == EVERYWHERE:
            return self.resources
        return [row for row in self.resources if row.pk in self.kept[code]]

    def alerts_of(self, code: str) -> list[Alert]:
        """The alerts of one pack: those of the region, and those of all Québec."""
        return [alert for alert in self.alerts if code == EVERYWHERE or _is_told(alert, code)]


def _is_told(alert: Alert, code: str) -> bool:
    regions = [region.code for region in alert.regions.all()]
    return not regions or code in regions


def read_directory(codes: Iterable[str]) -> Directory:
    """What the packs of some regions are cut from; `EVERYWHERE` among the codes adds nothing."""
    now = start_of_table(timezone.now())
    name = Fold(wording_of("service__name"))
    regions = AdminArea.objects.regions().filter(code__in=list(codes))
    words = Service.objects.public().values_list(
        "pk",
        Fold(wording_of("name")),
        Fold(Joined(Texts("name"), Texts("organization__name"), "organization__alternate_name")),
        Fold(Joined(Texts("description"))),
    )
    return Directory(
        resources=list(Resource.objects.order_by(name, "pk").with_details()),
        kept={
            region.code: set(Resource.objects.kept_for(region, AROUND).values_list("pk", flat=True))
            for region in regions.defer("outline")
        },
        words={key: Words(sort, _once(names), _once(body)) for key, sort, names, body in words},
        alerts=list(Alert.objects.public().ending_after(now).gravest_first()),
        now=now,
    )


def _once(text: str) -> str:
    """The words of a text, each once."""
    return " ".join(dict.fromkeys(text.split()))


def pack_of(directory: Directory, code: str, language: str) -> dict[str, Any]:
    """The data of one pack, without the pieces of pages.

    Args:
        directory: what was read for this code among others.
        code: of a region, or `EVERYWHERE`.
        language: of the reader; `names` and `body` are words of all languages.
    """
    resources = directory.of(code)
    services = list({row.service_id: row for row in resources}.values())
    places = {row.service_id: index for index, row in enumerate(services)}
    hours, numbers = table(map(hours_of, resources), directory.now)
    return {
        "format": FORMAT,
        "region": code,
        "language": language,
        "around_km": round(AROUND.km),
        "services": [_service(row, directory.words[row.service_id], language) for row in services],
        "resources": [
            _resource(row, places[row.service_id]) | {"hours": number}
            for row, number in zip(resources, numbers, strict=True)
        ],
        "hours": hours,
        "alerts": [_alert(alert) for alert in directory.alerts_of(code)],
    }


def _service(row: Resource, words: Words, language: str) -> dict[str, Any]:
    service, organization = row.service, row.organization
    phones = service.trusted_phones
    languages = {language.code for language in service.languages.all()}
    return {
        "id": str(service.pk),
        "sort": words.sort,
        "name": str(wording(service.name, language)),
        "org": str(wording(organization.name, language)),
        "names": words.names,
        "body": words.body,
        "kind": organization.kind,
        "needs": [link.term.code for link in service.service_needs.all()],
        "languages": sorted(languages.union(*(phone.languages for phone in phones))),
        "modes": service.delivery_modes,
        "areas": [link.area.code for link in service.service_areas.all()],
        "has_phone": bool(phones),
        "short": any(len(phone.number) == len("811") for phone in phones),
        "everyday": service.is_everyday,
    }


def _resource(row: Resource, service: int) -> dict[str, Any]:
    location = row.location
    return {
        "id": str(row.pk),
        "service": service,
        "remote": row.is_remote,
        "region": row.region.code if row.region else None,
        "point": _lon_lat(row.point),
        "precision": location.precision if location else None,
        "stop": _stop(row.stop) if row.stop else None,
        "town": location.town if location else None,
        "locality": location.locality if location else "",
    }


def _stop(stop: MobileStop) -> dict[str, Any]:
    return {
        "starts": int(stop.starts_at.timestamp()),
        "ends": int(stop.ends_at.timestamp()),
        "needs": [topic.code for topic in stop.topics.all()],
        "languages": stop.languages,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "regions": [region.code for region in alert.regions.all()],
        "needs": [need.code for need in alert.needs.all()],
        "starts": int(alert.starts_at.timestamp()),
        "expires": int(alert.expires_at.timestamp()),
    }


def _lon_lat(point: Point | None) -> list[float] | None:
    return [point.x, point.y] if point else None


def _outline(outline: MultiPolygon | None) -> list:
    return [
        [
            [[round(x, OUTLINE_DECIMALS), round(y, OUTLINE_DECIMALS)] for x, y in ring]
            for ring in polygon
        ]
        for polygon in (outline.coords if outline else [])
    ]


NOWHERE: tuple[None, None] = (None, None)


def areas() -> dict[str, Any]:
    """Where the phone finds places by name, and regions by position; in no language.

    Outlines are the coordinates of a GeoJSON MultiPolygon. Municipalities are in the order that
    chooses between two at the same position.
    """
    by_level: dict[str, list] = {level: [] for level in AreaLevel.values}
    for area in AdminArea.objects.order_by("pk").with_region().select_related("parent"):
        by_level[area.level].append(area)
    return {
        "province": [
            {"code": area.code, "name": area.name} for area in by_level[AreaLevel.PROVINCE]
        ][0],
        "regions": [
            {
                "code": area.code,
                "name": area.name,
                "slug": area.slug,
                "population": area.population,
                "outline_kind": area.outline_kind,
                "outline": _outline(area.outline),
            }
            for area in sorted(by_level[AreaLevel.REGION], key=lambda area: area.code)
        ],
        "municipalities": [
            [
                area.code,
                area.name,
                area.region_code,
                area.parent.code if area.parent.level == AreaLevel.MRC else None,
                *(_lon_lat(area.point) or NOWHERE),
                area.population,
            ]
            for area in by_level[AreaLevel.MUNICIPALITY]
        ],
        "mrcs": [[area.code, area.name, area.region_code] for area in by_level[AreaLevel.MRC]],
        "postal": [
            [
                point.code,
                point.place,
                *(_lon_lat(point.point) or NOWHERE),
                point.precision,
            ]
            for point in PostalPoint.objects.order_by("code")
        ],
    }


def directory_stamp() -> str:
    """A digest that changes with every committed change of what packs show; 12 hex digits.

    Each row of PostgreSQL bears the numbers of the transaction and of the command that wrote it,
    and has a place in its table. A sum over the rows changes with any insertion, update or
    deletion, in whatever order transactions end; the greatest number alone would miss one that
    began early and ended late. Transactions are numbered from the start in each cluster, so the
    cluster counts too. Reads every row, without its columns: some ms for the directory of today.
    """
    tables = sorted(
        model._meta.db_table
        for model in apps.get_app_config("geo").get_models(include_auto_created=True)
        if model.__name__ not in NEVER_SHOWN
        and not model.__name__.startswith("User_")
        and model.__module__.rpartition(".")[2] not in OF_THE_NETWORK
    )
    quote = connection.ops.quote_name
    counted = (
        "SELECT count(*), sum(hashtextextended(xmin::text || ' ' || cmin::text || ctid::text, 0)) "
        "FROM "
    )
    cluster = (
        "SELECT system_identifier, oid::bigint FROM pg_control_system(), pg_database "
        "WHERE datname = current_database()"
    )
    queries = [cluster, *(counted + quote(table) for table in tables)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        rows = cursor.fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:12]
