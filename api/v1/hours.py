"""When a service is given, as the API says it."""

from typing import Any

from rest_framework import serializers

from api.v1.texts import TextSerializer, text_of
from geo import hours
from geo.choices import ExceptionKind, ExceptionReason, HoursStatus, OpenState
from geo.models import Resource


class HoursSerializer(serializers.Serializer):
    """When; `unknown` where nobody wrote it down. Those of the place, else those of the service."""

    status = serializers.ChoiceField(HoursStatus.choices)
    text = TextSerializer(allow_null=True)
    opening_hours = serializers.CharField(
        allow_null=True, help_text="The grammar of OpenStreetMap."
    )
    by_appointment = serializers.BooleanField(allow_null=True)


class HoursExceptionSerializer(serializers.Serializer):
    """Days on which it is otherwise; told from 15 days before to the end of the last day."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    kind = serializers.ChoiceField(ExceptionKind.choices)
    reason = serializers.ChoiceField(ExceptionReason.choices)
    opening_hours = serializers.CharField(
        allow_null=True, help_text="Of these days, where `kind` is `hours`."
    )
    message = TextSerializer(allow_null=True)


class OpeningSerializer(serializers.Serializer):
    """What can be said of this moment. Where nobody knows it is `unknown`, never `closed`."""

    state = serializers.ChoiceField(OpenState.choices)
    until = serializers.DateTimeField(
        allow_null=True, help_text="When this ends; null if not known or not within 13 days."
    )
    opens_at = serializers.DateTimeField(
        allow_null=True, help_text="When it opens, if it is closed and that is known."
    )
    by_appointment = serializers.BooleanField(
        help_text="An appointment is needed now, or at `opens_at`; it says nothing of open or not."
    )
    note = serializers.CharField(
        allow_null=True, help_text="`public_holiday`: nobody knows whether it is open; call first."
    )
    timezone = serializers.CharField(help_text="The clock of the place: an IANA name.")
    exceptions = HoursExceptionSerializer(many=True)


def hours_of(resource: Resource, language: str) -> dict[str, Any]:
    """The first of the schedules as `HoursSerializer` describes it."""
    for schedule in hours.schedules_of(resource):
        return {
            "status": schedule.hours_status,
            "text": text_of(schedule.text, language),
            "opening_hours": schedule.opening_hours or None,
            "by_appointment": schedule.by_appointment,
        }
    return {
        "status": HoursStatus.UNKNOWN.value,
        "text": None,
        "opening_hours": None,
        "by_appointment": None,
    }


def opening_of(resource: Resource, language: str) -> dict[str, Any]:
    """What `OpeningSerializer` describes."""
    now = hours.opening_of(resource)
    return {
        "state": now.state.value,
        "until": now.until,
        "opens_at": now.opens_at,
        "by_appointment": now.by_appointment,
        "note": "public_holiday" if now.is_holiday else None,
        "timezone": hours.timezone_of(resource),
        "exceptions": [
            {
                "starts_on": exception.starts_on,
                "ends_on": exception.ends_on,
                "kind": exception.kind,
                "reason": exception.reason,
                "opening_hours": exception.opening_hours or None,
                "message": text_of(exception.message, language),
            }
            for exception in hours.told(resource)
        ],
    }
