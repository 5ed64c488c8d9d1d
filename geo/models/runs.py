"""Traces of jobs: what they wrote, and when they last succeeded."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FixtureLoad(models.Model):
    """One time that the files of `fixtures/` were written to this database.

    The digest says whether the files changed since; without it, each start would bring back the
    rows that editors deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(_("digest of the files"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"), default=timezone.now)
    created = models.JSONField(_("rows created"), default=dict)
    updated = models.JSONField(_("rows updated"), default=dict)

    class Meta:
        verbose_name = _("load of the fixtures")
        verbose_name_plural = _("loads of the fixtures")
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return f"{self.loaded_at:%Y-%m-%d %H:%M}"


class JobRun(models.Model):
    """When a job that comes again and again last ran, and how that went."""

    name = models.SlugField(_("job"), primary_key=True)
    tried_at = models.DateTimeField(_("last run"), null=True)
    last_success_at = models.DateTimeField(_("last success"), null=True)
    last_error = models.CharField(
        _("last error"), max_length=60, blank=True, help_text=_("Its class; never its text.")
    )

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
