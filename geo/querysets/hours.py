"""Questions about opening hours."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.contrib.postgres.aggregates import JSONBAgg
from django.db import models
from django.db.models import Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONArray

from geo.choices import ExceptionKind, OpenState
from geo.opening import HORIZON_DAYS, TIMEZONE, Exceptional, Hours, Weekly, state
from geo.querysets.functions import objects

# What `hours_of` takes from a row of each, in this order.
_OF_SCHEDULE = ("hours_status", "opening_hours", "by_appointment", "holiday_policy")
_OF_EXCEPTION = ("starts_on", "ends_on", "opening_hours")

# A day of some place may have begun, or not have ended, when it is another one in Québec.
_OTHER_CLOCKS = timedelta(days=1)


class ScheduleExceptionQuerySet(models.QuerySet):
    """Questions about days on which it is otherwise."""

    def around(self, today: date) -> Self:
        """Those that matter to a timeline of 14 days by any clock, and all that are announced."""
        return self.filter(
            starts_on__lte=today + timedelta(days=HORIZON_DAYS) + 2 * _OTHER_CLOCKS,
            ends_on__gte=today - 2 * _OTHER_CLOCKS,
        ).order_by("starts_on", "ends_on", "pk")


class AsText(Func):
    """A value of type jsonb as text; the same value is always the same text."""

    template = "(%(expressions)s)::text"
    output_field = models.TextField()


def hours_written(today: date) -> AsText:
    """All that decides about the hours of a resource, as one text: equal where they are equal.

    `read_hours` makes `Hours` of it. Only exceptions around `today` are in it.
    """
    schedules = objects("Schedule")
    exceptions = (
        objects("ScheduleException")
        .around(today)
        .filter(Q(service_at_location=OuterRef("pk")) | Q(service_at_location=None))
        .filter(service=OuterRef("service_id"))
        .exclude(kind=ExceptionKind.MESSAGE)
    )
    return AsText(
        JSONArray(
            Coalesce(
                _gathered(schedules.filter(service_at_location=OuterRef("pk")), _OF_SCHEDULE),
                _gathered(
                    schedules.filter(service=OuterRef("service_id"), service_at_location=None),
                    _OF_SCHEDULE,
                ),
            ),
            _gathered(exceptions, _OF_EXCEPTION),
            Coalesce("location__timezone", Value(TIMEZONE)),
            output_field=models.JSONField(),
        )
    )


def _gathered(rows: QuerySet, columns: Iterable[str]) -> Subquery:
    """Some columns of the rows of a service as one list of lists; null if there are none."""
    names = list(columns)
    listed = JSONBAgg(JSONArray(*names), order_by=names)
    return Subquery(rows.order_by().values("service").annotate(listed=listed).values("listed"))


def read_hours(text: str) -> Hours:
    """The hours of a text of `hours_written`."""
    schedules, exceptions, timezone = json.loads(text)
    return Hours.of(
        (Weekly.of(*columns) for columns in schedules or []),
        (
            Exceptional(date.fromisoformat(starts_on), date.fromisoformat(ends_on), opening_hours)
            for starts_on, ends_on, opening_hours in exceptions or []
        ),
        timezone,
    )


def open_and_unknown(texts: Iterable[str], now: datetime) -> tuple[list[str], list[str]]:
    """Of some texts of `hours_written`, those that are open now, and those that nobody knows."""
    found: dict[Any, list[str]] = {}
    for text in texts:
        found.setdefault(state(read_hours(text), now).state, []).append(text)
    is_open = (OpenState.OPEN, OpenState.CLOSING_SOON, OpenState.BY_APPOINTMENT)
    return [text for known in is_open for text in found.get(known, [])], found.get(
        OpenState.UNKNOWN, []
    )
