"""When a service is given: weekly hours, and what differs from them on given days."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.choices import ExceptionKind, ExceptionReason, HolidayPolicy, HoursStatus
from geo.models.directory import Service, ServiceAtLocation
from geo.models.fields import TranslatedField
from geo.models.provenance import Sourced
from geo.opening import validate_hours
from geo.querysets import ScheduleExceptionQuerySet


def _check_place(hours: "Schedule | ScheduleException") -> None:
    """Refuse the place of another service, as the database does (migration 0004).

    Raises:
        ValidationError: the place is that of another service.
    """
    place = hours.service_at_location
    if place is not None and place.service_id != hours.service_id:
        raise ValidationError(
            {"service_at_location": _("Another service is given there: choose one of its places.")}
        )


class Schedule(Sourced):
    """When a service is given: as text, and in OpenStreetMap's grammar where that is clear."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="schedules", verbose_name=_("service")
    )
    service_at_location = models.ForeignKey(
        ServiceAtLocation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("at one place only"),
        help_text=_("Empty: everywhere that has no hours of its own."),
    )
    hours_status = models.CharField(
        _("hours"), max_length=8, choices=HoursStatus, default=HoursStatus.KNOWN
    )
    text = TranslatedField(_("hours as text"), blank=True)
    opening_hours = models.CharField(
        _("hours in OpenStreetMap's grammar"),
        max_length=255,
        blank=True,
        validators=[validate_hours],
        help_text=_("For instance Mo-Fr 08:00-16:00; PH off"),
    )
    holiday_policy = models.CharField(
        _("on public holidays"),
        max_length=8,
        choices=HolidayPolicy,
        default=HolidayPolicy.UNKNOWN,
        help_text=_("What the grammar says of PH goes before this."),
    )
    by_appointment = models.BooleanField(_("by appointment only"), null=True, blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ["service", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(hours_status=HoursStatus.KNOWN)
                | ~models.Q(text={})
                | ~models.Q(opening_hours=""),
                name="schedule_known_hours_are_written",
            ),
            models.CheckConstraint(
                condition=~models.Q(hours_status=HoursStatus.ALWAYS)
                | models.Q(opening_hours__in=["", "24/7"]),
                name="schedule_always_is_24_7",
            ),
            models.CheckConstraint(
                condition=models.Q(holiday_policy__in=HolidayPolicy.values),
                name="schedule_holiday_policy_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.opening_hours or str(self.get_hours_status_display())

    def clean(self) -> None:
        """Known hours are written somewhere; a place is one of the service."""
        _check_place(self)
        if self.hours_status == HoursStatus.KNOWN and not (self.text or self.opening_hours):
            raise ValidationError(_("Write the hours as text, in the grammar, or both."))


class ScheduleException(Sourced):
    """On these days it is otherwise: closed, other hours, or something to know.

    The public is told from `ANNOUNCED_DAYS` before the first day to the end of the last one; it
    then expires by itself. Days are those of the time zone of the place.
    """

    ANNOUNCED_DAYS = 15

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="schedule_exceptions",
        verbose_name=_("service"),
    )
    service_at_location = models.ForeignKey(
        ServiceAtLocation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="schedule_exceptions",
        verbose_name=_("at one place only"),
        help_text=_("Empty: everywhere."),
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    kind = models.CharField(_("kind"), max_length=8, choices=ExceptionKind)
    opening_hours = models.CharField(
        _("hours of these days in OpenStreetMap's grammar"),
        max_length=255,
        blank=True,
        validators=[validate_hours],
        help_text=_("For instance 10:00-14:00"),
    )
    reason = models.CharField(
        _("reason"), max_length=8, choices=ExceptionReason, default=ExceptionReason.OTHER
    )
    message = TranslatedField(_("what people should know"), blank=True)

    objects = ScheduleExceptionQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("other hours on given days")
        verbose_name_plural = _("other hours on given days")
        ordering = ["service", "starts_on", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=ExceptionKind.values)
                & models.Q(reason__in=ExceptionReason.values),
                name="scheduleexception_codes_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="scheduleexception_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ExceptionKind.HOURS) & ~models.Q(opening_hours="")
                | ~models.Q(kind=ExceptionKind.HOURS) & models.Q(opening_hours=""),
                name="scheduleexception_hours_are_written",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=ExceptionKind.MESSAGE) | ~models.Q(message={}),
                name="scheduleexception_message_is_written",
            ),
        ]
        indexes = [models.Index(fields=["ends_on"], name="scheduleexception_ends_on")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on} – {self.ends_on}"

    def clean(self) -> None:
        """The last day is not before the first; each kind has what it needs; a place is its own."""
        _check_place(self)
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day comes before the first.")})
        if (self.kind == ExceptionKind.HOURS) != bool(self.opening_hours):
            raise ValidationError(
                {"opening_hours": _("Write the hours for “other hours”, and for nothing else.")}
            )
        if self.kind == ExceptionKind.MESSAGE and not self.message:
            raise ValidationError({"message": _("Write what people should know.")})
