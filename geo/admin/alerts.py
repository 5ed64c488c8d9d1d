"""Alerts: what everybody in a region should know for a few days."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import models
from geo.admin.directory import DirectoryAdmin

# How long an alert stands if nobody says otherwise; 60 days at the most.
USUAL_ALERT = timedelta(days=7)


class StandingFilter(admin.SimpleListFilter):
    """Whether the public sees it."""

    title = _("now")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Three times."""
        return [
            ("current", _("Seen by the public")),
            ("to_come", _("To come")),
            ("expired", _("Expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        """Narrow the list."""
        now = timezone.now()
        if self.value() == "current":
            return queryset.public().current(now)
        if self.value() == "to_come":
            return queryset.filter(starts_at__gt=now)
        if self.value() == "expired":
            return queryset.filter(expires_at__lte=now)
        return queryset


@admin.register(models.Alert)
class AlertAdmin(DirectoryAdmin):
    """Alerts; they expire by themselves."""

    list_display = ("__str__", "severity", "organization", "starts_at", "expires_at")
    list_filter = (StandingFilter, "severity", "regions")
    search_fields = ("text", "organization__name")
    autocomplete_fields = ("organization", "source")
    filter_horizontal = ("regions", "needs")
    list_select_related = ("organization",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From now on, for a week."""
        now = timezone.now().replace(second=0, microsecond=0)
        asked: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        return {"starts_at": now, "expires_at": now + USUAL_ALERT} | asked
