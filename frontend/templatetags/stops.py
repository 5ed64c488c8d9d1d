"""Words for the dates of services that move."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.choices import StopPrecision, StopStatus
from geo.models import MobileStop, MobileTour
from geo.moments import day_words, span_words

register = template.Library()


@dataclass(frozen=True, slots=True)
class Day:
    """The stops of one day, at the clocks of their places.

    Attributes:
        words: the day, as `Jeudi 26 novembre`.
        stops: never empty.
    """

    words: str
    stops: list[MobileStop]


@register.filter
def by_day(stops: Iterable[MobileStop]) -> list[Day]:
    """Stops, day by day; those of a day stay in the order they came in."""
    today = timezone.localdate()
    days = []
    for day, found in groupby(sorted(stops, key=lambda stop: stop.day), lambda stop: stop.day):
        words = day_words(day, today)
        days.append(Day(words[:1].upper() + words[1:], list(found)))
    return days


@register.filter
def times(stop: MobileStop) -> str:
    """From when to when, at the clock of the place."""
    return span_words(stop.local_start, stop.local_end, timezone.localdate())


@register.filter
def stop_state(stop: MobileStop) -> str:
    """Whether a stop can be counted on, in words that say what to do."""
    if stop.status == StopStatus.CONFIRMED:
        return _("Confirmed")
    if stop.status == StopStatus.PLANNED:
        return _("Planned: call before you go")
    return _("Cancelled")


@register.filter
def is_vague(stop: MobileStop) -> bool:
    """The public may know no more than the municipality."""
    return stop.public_precision == StopPrecision.LOCALITY


@register.simple_tag(takes_context=True)
def subscription(context, path: str) -> str:
    """The address by which the calendar of a phone follows one of ours."""
    request: HttpRequest = context["request"]
    return f"webcal://{request.get_host()}{path}"


@register.simple_tag
def has_dates() -> bool:
    """Whether the navigation has dates to lead to: a tour, even one without a date today."""
    return MobileTour.objects.public().exists()
