"""What visitors told us, for editors to read and to deal with."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from geo import models
from geo.choices import FeedbackReason, FeedbackStatus


class ReasonFilter(admin.SimpleListFilter):
    """By one of the reasons that a message gives."""

    title = _("what is wrong")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All that can be wrong."""
        return FeedbackReason.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        """Narrow the list."""
        if self.value():
            return queryset.filter(reasons__contains=[self.value()])
        return queryset


@admin.register(models.Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """Messages of visitors: what they say cannot be changed, only dealt with."""

    list_display = ("service", "kind", "what_is_wrong", "outcome", "comment", "day", "status")
    list_filter = ("status", "kind", ReasonFilter, "outcome", "language", "day")
    search_fields = ("service__name", "comment")
    list_select_related = ("service",)
    date_hierarchy = "day"
    list_per_page = 50
    show_full_result_count = False
    actions = ("mark_as_dealt_with",)
    readonly_fields = (
        "service",
        "kind",
        "what_is_wrong",
        "outcome",
        "comment",
        "language",
        "day",
    )
    fields = (*readonly_fields, "status")

    @admin.display(description=_("what is wrong"))
    def what_is_wrong(self, message: models.Feedback) -> str:
        """The reasons in words."""
        return ", ".join(str(FeedbackReason(reason).label) for reason in message.reasons)

    @admin.action(description=_("Mark as dealt with"))
    def mark_as_dealt_with(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Take the messages off the list of what is new."""
        count = queryset.update(status=FeedbackStatus.DONE)
        text = ngettext("%(count)d message dealt with", "%(count)d messages dealt with", count)
        self.message_user(request, text % {"count": count})

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only visitors write here."""
        return False
