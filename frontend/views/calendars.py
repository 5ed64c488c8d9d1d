"""Dates for the calendar of a phone. Addresses end in `.ics`; what is not public is not there."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo import phones
from geo.calendars import Entry, calendar
from geo.choices import AddressVisibility, Precision, StopPrecision, StopStatus
from geo.models import AdminArea, Location, MobileStop, MobileTour
from geo.translation import wording

MEDIA_TYPE = "text/calendar; charset=utf-8"

# Positions that lead to a door; a calendar would lead people to the middle of a town.
_DOORS = {Precision.ADDRESS, Precision.ENTRANCE}


@require_safe
def region_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The dates in one region."""
    region = get_object_or_404(AdminArea.objects.regions().defer("outline"), code=code)
    stops = MobileStop.objects.public().in_region(region).on_calendar(timezone.now())
    return _answer(request, region.name, stops.with_details())


@require_safe
def tour_calendar(request: HttpRequest, tour_id: UUID) -> HttpResponse:
    """The dates of one tour."""
    tour = get_object_or_404(MobileTour.objects.public(), pk=tour_id)
    stops = MobileStop.objects.public().filter(tour=tour).on_calendar(timezone.now())
    return _answer(request, _words(tour.name), stops.with_details())


@require_safe
def stop_calendar(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """One date; that of a stop that was moved is now where its successor is."""
    entry = MobileStop.objects.public().filter(pk=stop_id).values("calendar_uid")
    stops = MobileStop.objects.public().filter(calendar_uid__in=entry).on_calendar(timezone.now())
    found = stops.with_details().filter(~Q(status=StopStatus.MOVED) | Q(pk=stop_id)).first()
    if found is None:
        raise Http404
    return _answer(request, _words(found.tour.name), [found])


def _answer(request: HttpRequest, name: str, stops: Iterable[MobileStop]) -> HttpResponse:
    entries = [_entry(request, stop) for stop in stops]
    body = calendar(name, entries, get_language())
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    changed = max((entry.changed_at for entry in entries), default=None)
    seconds = int(changed.timestamp()) if changed else None
    response = get_conditional_response(
        request,
        etag=etag,
        last_modified=seconds,
        response=HttpResponse(body, content_type=MEDIA_TYPE),
    )
    response["ETag"] = etag
    if seconds is not None:
        response["Last-Modified"] = http_date(seconds)
    # A date that was cancelled must not live on in a cache: ask each time, it costs a 304.
    patch_cache_control(response, public=True, no_cache=True)
    return response


def _words(content) -> str:
    return str(wording(content, get_language()) or "")


def _entry(request: HttpRequest, stop: MobileStop) -> Entry:
    """The entry of a stop: nothing that an employer who looks at the phone could use."""
    page = request.build_absolute_uri(reverse("tour", args=[stop.tour_id]))
    return Entry(
        uid=stop.calendar_uid,
        sequence=stop.sequence,
        changed_at=stop.changed_at,
        starts_at=stop.local_start,
        ends_at=stop.local_end,
        status=stop.status,
        summary=_words(stop.tour.name),
        description="\n".join(filter(None, [*_description(stop), page])),
        location=_address(stop.location),
        position=_position(stop),
        url=page,
    )


def _description(stop: MobileStop) -> list[str]:
    service = stop.tour.service
    lines = [
        _words(service.name),
        _words(service.organization.name),
        stop.tour.unit_label,
        _words(stop.message),
        *(phones.spoken(phone.number) for phone in service.trusted_phones),
    ]
    if stop.status == StopStatus.PLANNED:
        lines.append(_("Planned: call before you go"))
    if stop.public_precision == StopPrecision.LOCALITY:
        lines.append(_("Call to know the exact place."))
    return list(dict.fromkeys(lines))


def _address(location: Location) -> str:
    parts = [location.name, location.address, location.locality, location.town]
    town = ", ".join(dict.fromkeys(filter(None, parts)))
    return " ".join(filter(None, [town, location.postal_code]))


def _position(stop: MobileStop) -> tuple[float, float] | None:
    location = stop.location
    is_door = (
        location.point is not None
        and location.precision in _DOORS
        and location.address_visibility == AddressVisibility.FULL
    )
    return (location.point.x, location.point.y) if is_door else None
