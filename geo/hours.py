"""The hours of a resource, from the rows that `ResourceQuerySet.with_details` brings with it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from geo.choices import ExceptionKind
from geo.models import Resource, Schedule, ScheduleException
from geo.opening import (
    TIMEZONE,
    Exceptional,
    Hours,
    Opening,
    OpeningDay,
    Weekly,
    for_a_while,
    state,
)

WEEK = 7  # days


def schedules_of(resource: Resource) -> list[Schedule]:
    """The schedules that hold for it: those of its place if there are any, else of the service."""
    schedules = list(resource.service.schedules.all())
    own = [schedule for schedule in schedules if schedule.service_at_location_id == resource.pk]
    return own or [schedule for schedule in schedules if schedule.service_at_location_id is None]


def exceptions_of(resource: Resource) -> list[ScheduleException]:
    """The exceptions of these weeks that hold for it: those of its place and of the service."""
    return [
        exception
        for exception in resource.service.exceptions_around
        if exception.service_at_location_id in (None, resource.pk)
    ]


def timezone_of(resource: Resource) -> str:
    """The clock of its place; that of Québec for a service without a place."""
    return resource.location.timezone if resource.location else TIMEZONE


def hours_of(resource: Resource) -> Hours:
    """All that decides when it is open; a stop of a tour is open from its beginning to its end."""
    clock = timezone_of(resource)
    if resource.stop:
        once = for_a_while(resource.stop.local_start, resource.stop.local_end)
        return Hours.of([once], [], clock)
    return Hours.of(
        (
            Weekly.of(
                schedule.hours_status,
                schedule.opening_hours,
                schedule.by_appointment,
                schedule.holiday_policy,
            )
            for schedule in schedules_of(resource)
        ),
        (
            Exceptional(exception.starts_on, exception.ends_on, exception.opening_hours)
            for exception in exceptions_of(resource)
            if exception.kind != ExceptionKind.MESSAGE
        ),
        clock,
    )


def opening_of(resource: Resource, now: datetime | None = None) -> Opening:
    """What can be said of it now."""
    return state(hours_of(resource), now or timezone.now())


def told(resource: Resource, now: datetime | None = None) -> list[ScheduleException]:
    """The exceptions that the public is told of today, by the clock of the place."""
    today = today_at(resource, now)
    return [
        exception
        for exception in exceptions_of(resource)
        if exception.starts_on - timedelta(days=ScheduleException.ANNOUNCED_DAYS) <= today
        and today <= exception.ends_on
    ]


def week_of(resource: Resource, now: datetime | None = None) -> list[OpeningDay]:
    """Seven days from today on, by the clock of the place."""
    return hours_of(resource).days(today_at(resource, now), WEEK)


def today_at(resource: Resource, now: datetime | None = None) -> date:
    """The date that the clock of the place shows."""
    return (now or timezone.now()).astimezone(ZoneInfo(timezone_of(resource))).date()
