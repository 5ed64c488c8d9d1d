"""One service, with all that is known of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.gis.measure import D
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from geo.models import MobileStop, Resource, Service, ServiceAtLocation
from geo.models.provenance import Source, Sourced

# A bus that is further than this from a place does not go there.
NEAR = D(km=30)
MOST_RIDES = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A source with the date and the confidence of what was read in it.

    Attributes:
        source: what was read.
        as_of: date of what was read; empty if nobody knows it.
        confidence: how far it can be trusted; empty where that was not judged, nor the date.
    """

    source: Source
    as_of: str
    confidence: str


class Readings:
    """The numbered list of what was read for a page; each fact points into it."""

    def __init__(self) -> None:
        """Begin an empty list."""
        self._numbers: dict[tuple, int] = {}
        self.rows: list[tuple[int, Reading]] = []

    def number(self, fact: Sourced, source: Source | None = None) -> int:
        """The number of a fact's source; the same one for the same source, date, confidence.

        The date and the confidence of a fact are those of its own source: another `source`, as
        that of a position, has neither.
        """
        if source is None or source.pk == fact.source_id:
            reading = Reading(fact.source, fact.as_of, fact.confidence)
        else:
            reading = Reading(source, "", "")
        key = (reading.source.pk, reading.as_of, reading.confidence)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.rows.append((self._numbers[key], reading))
        return self._numbers[key]


@require_safe
def resource(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    """A service, from its own id or from that of one of its places.

    What the public may not see does not exist: hidden, to verify, ended. A stop of a tour that is
    over leads to its tour.
    """
    rows = list(Resource.objects.filter(Q(pk=resource_id) | Q(service=resource_id)).with_details())
    if not rows:
        # A date that is over, cancelled or moved, or not the next one at its place: its tour knows.
        stop = get_object_or_404(MobileStop.objects.public(), pk=resource_id)
        return redirect("tour", tour_id=stop.tour_id)
    shown = next((row for row in rows if row.pk == resource_id), rows[0])
    return render(request, "resource.html", next(sheets([shown])) | {"rides": _rides_to(shown)})


def _rides_to(shown: Resource) -> list[Resource]:
    """How to go to a place without a car: what drives near it or in its area, nearest first."""
    if shown.point is None:
        return []
    near = Resource.objects.carrying_people().reached(near=(shown.point, NEAR))
    rides = near.exclude(service=shown.service_id).in_order(shown.point)
    return list(rides.with_details()[:MOST_RIDES])


def sheets(rows: list[Resource]) -> Iterator[dict]:
    """What `includes/sheet.html` shows of the service of each row, in a fixed number of queries.

    The place of the row comes before the other places of its service.
    """
    prefetch_related_objects(
        [row.service for row in rows],
        "languages__source",
        "schedules__source",
        "eligibility_rules__source",
        "service_areas__source",
        "organization__source",
        "program__source",
        Prefetch(
            "service_at_locations",
            queryset=ServiceAtLocation.objects.select_related(
                "source",
                "location__municipality",
                "location__region",
                "location__source",
                "location__position_source",
            ),
        ),
        Prefetch(
            "mobile_tours__stops",
            queryset=MobileStop.objects.public().upcoming(timezone.now()).with_details(),
            to_attr="stops_to_come",
        ),
        Prefetch(
            "organization__services", queryset=Service.objects.public(), to_attr="public_services"
        ),
    )
    for row in rows:
        service = row.service
        places = service.service_at_locations.all()
        yield {
            "resource": row,
            "service": service,
            "organization": row.organization,
            "places": sorted(places, key=lambda place, shown=row: place.pk != shown.pk),
            "others": [other for other in service.organization.public_services if other != service],
            "stops": [stop for tour in service.mobile_tours.all() for stop in tour.stops_to_come],
            "readings": Readings(),
        }
