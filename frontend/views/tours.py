"""Services that move: their dates, day by day, and one page a tour."""

from datetime import timedelta
from uuid import UUID

from django.contrib.gis.measure import D
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from frontend.forms import SearchForm
from geo.choices import DeliveryMode
from geo.models import MobileStop, MobileTour, Resource

# What is soon enough to be said first.
SOON = timedelta(days=7)

# How far ahead a date that was cancelled is still said to be so.
CALLED_OFF_AHEAD = timedelta(days=30)

# A day's journey there and back, without a car of one's own.
NEAR = D(km=100)

# Half the width of Québec and more: around a place, nothing is left out but told apart.
ANYWHERE = D(km=2500)


@require_safe
def tour_list(request: HttpRequest) -> HttpResponse:
    """Every date to come: in a region, or nearest around a place; then whom to ask for others."""
    form = SearchForm(request.GET, language=get_language())
    # A field that is wrong counts as empty from here on; the page says so beside it.
    form.is_valid()
    where = form.where
    now = timezone.now()
    public = MobileStop.objects.public().with_details()
    stops = public.upcoming(now)
    off = public.called_off(now).between(now, now + CALLED_OFF_AHEAD)
    resources = Resource.objects.delivered(DeliveryMode.ITINERANT).filter(stop=None)
    further: list[MobileStop] = []
    if where.point:
        around = list(stops.near(where.point, ANYWHERE))
        further = [stop for stop in around if stop.distance > NEAR]
        stops = [stop for stop in around if stop.distance <= NEAR]
        off = off.near(where.point, NEAR)
        resources = resources.reached(near=(where.point, NEAR))
    elif where.region:
        stops, off = stops.in_region(where.region), off.in_region(where.region)
        resources = resources.reached(region=where.region)
    said = [*stops, *off]
    context = {
        "form": form,
        "where": where,
        "query": form.query(),
        "soon": [stop for stop in said if stop.starts_at <= now + SOON],
        "later": [stop for stop in said if stop.starts_at > now + SOON],
        "is_offered": any(stop.is_standing for stop in said),
        "further": further,
        "near_km": round(NEAR.km),
        "services": _once(resources.in_order(where.point).with_details()),
    }
    return render(request, "tour_list.html", context)


def _once(resources) -> list[Resource]:
    """Each service once, by the first of its places."""
    return list({row.service_id: row for row in reversed(resources)}.values())[::-1]


@require_safe
def tour(request: HttpRequest, tour_id: UUID) -> HttpResponse:
    """One tour: its dates to come, those that were cancelled, and how to reach who gives it."""
    found = MobileTour.objects.public().with_details().filter(pk=tour_id).first()
    if found is None:
        raise Http404
    now = timezone.now()
    stops = MobileStop.objects.public().filter(tour=found).with_details()
    context = {
        "tour": found,
        "service": found.service,
        "organization": found.service.organization,
        "stops": stops.upcoming(now),
        "off": stops.called_off(now).between(now, now + CALLED_OFF_AHEAD),
        "has_sheet": Resource.objects.filter(service=found.service).exists(),
    }
    return render(request, "tour.html", context)
