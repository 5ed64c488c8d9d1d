"""What a person agreed to, without saying which person."""

import uuid
from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES, ConsentMethod
from geo.models.accounts import User
from geo.models.directory import Organization
from geo.referral_states import KEPT_DAYS


class Consent(models.Model):
    """A person agreed that named organizations hear of a need. It does not say which person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    method = models.CharField(_("how"), max_length=8, choices=ConsentMethod)
    language = models.CharField(
        _("language it was asked in"),
        max_length=3,
        choices=[(code, name) for code, name in SERVICE_LANGUAGES.items() if code != "mul"],
    )
    text_version = models.PositiveSmallIntegerField(_("version of the text"))
    organizations = models.ManyToManyField(
        Organization, related_name="+", verbose_name=_("organizations that may hear of it")
    )
    given_on = models.DateField(_("given on"), default=timezone.localdate)
    expires_on = models.DateField(_("holds until"))
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    expires_on__gte=models.F("given_on"),
                    expires_on__lte=models.F("given_on") + timedelta(days=KEPT_DAYS),
                ),
                name="consent_ends_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method}, {self.given_on}"

    def is_live(self, day: date | None = None) -> bool:
        """Given, not taken back, and not over."""
        return self.withdrawn_on is None and (day or timezone.localdate()) <= self.expires_on

    def covers(self, organization: Organization) -> bool:
        """The person agreed that this organization hears of it."""
        return self.organizations.filter(pk=organization.pk).exists()
