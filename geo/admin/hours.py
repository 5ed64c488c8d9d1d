"""Hours of services, and the days on which they differ."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import models
from geo.admin.directory import DirectoryAdmin


@admin.register(models.Schedule)
class ScheduleAdmin(DirectoryAdmin):
    """Hours of services."""

    list_display = (
        "service",
        "service_at_location",
        "hours_status",
        "opening_hours",
        "holiday_policy",
        "by_appointment",
        "as_of",
    )
    list_filter = ("hours_status", "holiday_policy", "by_appointment")
    search_fields = ("service__name", "opening_hours")
    autocomplete_fields = ("service", "service_at_location", "source")
    list_select_related = (
        "service",
        "service_at_location__service",
        "service_at_location__location__municipality",
    )


class ToldFilter(admin.SimpleListFilter):
    """Whether the public is told of it."""

    title = _("now")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Three times."""
        return [
            ("told", _("Told to the public")),
            ("to_come", _("To come")),
            ("past", _("Past")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        """Narrow the list."""
        today = timezone.localdate()
        announced = today + timedelta(days=models.ScheduleException.ANNOUNCED_DAYS)
        if self.value() == "told":
            return queryset.filter(starts_on__lte=announced, ends_on__gte=today)
        if self.value() == "to_come":
            return queryset.filter(starts_on__gt=announced)
        if self.value() == "past":
            return queryset.filter(ends_on__lt=today)
        return queryset


@admin.register(models.ScheduleException)
class ScheduleExceptionAdmin(DirectoryAdmin):
    """Other hours on given days; announced 15 days before, and gone by themselves."""

    list_display = (
        "service",
        "service_at_location",
        "kind",
        "starts_on",
        "ends_on",
        "opening_hours",
        "reason",
    )
    list_filter = (ToldFilter, "kind", "reason")
    search_fields = ("service__name", "message")
    autocomplete_fields = ("service", "service_at_location", "source")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "pk")
    list_select_related = (
        "service",
        "service_at_location__service",
        "service_at_location__location__municipality",
    )
