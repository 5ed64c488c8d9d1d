"""Who did what with referrals, and when: never what they hold."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import AuditVerb
from geo.querysets import ReferralAuditQuerySet


class AuditKey(models.Model):
    """Turns the referrals of a quarter into pseudonyms. Once it is deleted nobody can join them."""

    quarter = models.DateField(_("quarter"), primary_key=True, help_text=_("Its first day."))
    key = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("key of the audit trail")
        verbose_name_plural = _("keys of the audit trail")
        ordering = ["quarter"]

    def __str__(self) -> str:
        return f"{self.quarter:%Y-%m}"


class ReferralAudit(models.Model):
    """A line of the audit trail. Each holds the digest of the one before: none can be taken out.

    The database computes the digests and refuses every change; lines go after 12 months.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(_("account"), null=True)
    organization = models.UUIDField(_("organization"), null=True)
    verb = models.CharField(_("what"), max_length=12, choices=AuditVerb)
    pseudonym = models.BinaryField(_("which referral"), max_length=32, null=True)
    ok = models.BooleanField(_("it was allowed"), default=True)
    digest = models.BinaryField(max_length=32, editable=False, default=bytes)

    objects = ReferralAuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the audit trail")
        verbose_name_plural = _("lines of the audit trail")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["actor", "verb", "at"], name="referralaudit_actor"),
            # What happened lately, whoever did it: alarms, and the pause of the entry of codes.
            models.Index(fields=["verb", "at"], name="referralaudit_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
