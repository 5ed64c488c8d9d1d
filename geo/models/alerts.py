"""What everybody in a region should know for a few days."""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.choices import Confidence, Severity
from geo.models.areas import AdminArea
from geo.models.directory import Organization
from geo.models.fields import TranslatedField
from geo.models.needs import NeedTerm
from geo.models.provenance import Sourced
from geo.querysets import AlertQuerySet
from geo.translation import wording

# An alert that is to stand longer is information, and belongs on a page.
LONGEST_ALERT = timedelta(days=60)


class Alert(Sourced):
    """A public notice with an end: a heat wave, a closed road, a clinic that moves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="alerts",
        verbose_name=_("organization that says it"),
    )
    severity = models.CharField(
        _("severity"), max_length=8, choices=Severity, default=Severity.INFO
    )
    text = TranslatedField(_("text"))
    url = models.URLField(_("page to read"), max_length=500, blank=True)
    regions = models.ManyToManyField(
        AdminArea,
        blank=True,
        related_name="+",
        limit_choices_to={"level": "region"},
        verbose_name=_("regions"),
        help_text=_("Empty: all of Québec."),
    )
    needs = models.ManyToManyField(
        NeedTerm,
        blank=True,
        related_name="+",
        limit_choices_to={"parent": None},
        verbose_name=_("needs"),
        help_text=_("Empty: whatever people look for."),
    )
    starts_at = models.DateTimeField(_("from"))
    expires_at = models.DateTimeField(_("until"))

    objects = AlertQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-starts_at", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="alert_severity_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(text={}), name="alert_has_a_text"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("starts_at"))
                & models.Q(expires_at__lte=models.F("starts_at") + LONGEST_ALERT),
                name="alert_expires_within_60_days",
            ),
            models.CheckConstraint(
                condition=~models.Q(confidence=Confidence.C),
                name="alert_is_not_doubtful",
                violation_error_message=_("A doubtful alert cannot be published: verify it first."),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="alert_expires_at")]

    def __str__(self) -> str:
        return str(wording(self.text, "fr") or self.pk)

    def clean(self) -> None:
        """It ends after it begins, and within 60 days."""
        if not (self.starts_at and self.expires_at):
            return
        if self.expires_at <= self.starts_at:
            raise ValidationError({"expires_at": _("The end comes before the beginning.")})
        if self.expires_at > self.starts_at + LONGEST_ALERT:
            raise ValidationError({"expires_at": _("An alert stands for at most 60 days.")})
