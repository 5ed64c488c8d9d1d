"""One service, with all that is known of it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from geo.models import Resource, Service
from geo.models.provenance import Source, Sourced


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

    What the public may not see does not exist: hidden, to verify, ended.
    """
    rows = list(Resource.objects.filter(Q(pk=resource_id) | Q(service=resource_id)).with_details())
    if not rows:
        raise Http404
    shown = next((row for row in rows if row.pk == resource_id), rows[0])
    service = shown.service
    prefetch_related_objects(
        [service],
        "languages__source",
        "schedules__source",
        "service_areas__source",
        "organization__source",
        "program__source",
    )
    others = Service.objects.public().filter(organization=shown.organization)
    places = service.service_at_locations.select_related(
        "source",
        "location__municipality",
        "location__region",
        "location__source",
        "location__position_source",
    )
    readings = Readings()
    context = {
        "resource": shown,
        "service": service,
        "organization": shown.organization,
        "places": sorted(places, key=lambda place: place.pk != resource_id),
        "others": others.exclude(pk=service.pk),
        "readings": readings,
    }
    return render(request, "resource.html", context)
