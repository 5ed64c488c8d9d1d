"""Rules on who is served, by kind; they are written with the service."""

from django.contrib import admin

from geo import models
from geo.admin.directory import DirectoryAdmin


@admin.register(models.EligibilityRule)
class EligibilityRuleAdmin(DirectoryAdmin):
    """Rules on who is served."""

    list_display = ("service", "targeting", "dimension", "values", "as_of")
    list_filter = ("targeting", "dimension")
    search_fields = ("service__name", "text")
    autocomplete_fields = ("service", "source")
    list_select_related = ("service",)
