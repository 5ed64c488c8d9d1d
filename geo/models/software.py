"""The software of organizations: its keys, and the addresses that it wants to be called at."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import codes
from geo.choices import ReferralStatus, TokenScope
from geo.codes import DIGEST_LENGTH
from geo.models.accounts import User
from geo.models.directory import Organization
from geo.querysets import ApiTokenQuerySet, WebhookDeliveryQuerySet

# A key that nobody renews is a key that nobody watches.
LONGEST_KEY = timedelta(days=365)

# So that a key is known as one where it is found, in a file or a message.
KEY_PREFIX = "rep_"
WEBHOOK_PREFIX = "whsec_"


class ApiToken(models.Model):
    """A key of the software of one organization. Shown once; a digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="api_tokens"
    )
    label = models.CharField(_("what it is for"), max_length=60)
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=TokenScope))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("key for software")
        verbose_name_plural = _("keys for software")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=TokenScope.values)
                & models.Q(scopes__len__gte=1),
                name="apitoken_scopes_are_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def issue(
        cls,
        organization: Organization,
        label: str,
        scopes: Iterable[str],
        *,
        by: User | None,
        life: timedelta = LONGEST_KEY,
    ) -> "tuple[ApiToken, str]":
        """A new key of an organization.

        Returns:
            The key, and its secret. The secret is shown this once; a digest is kept.

        Raises:
            ValueError: it would live longer than `LONGEST_KEY`, or not at all.
        """
        if not timedelta() < life <= LONGEST_KEY:
            raise ValueError("A key lives for a year at most.")
        secret = KEY_PREFIX + codes.new_secret()
        now = timezone.now()
        token = cls.objects.create(
            organization=organization,
            label=label,
            token_digest=codes.digest("token", secret, settings.SECRET_KEY),
            scopes=list(scopes),
            created_by=by,
            created_at=now,
            expires_at=now + life,
        )
        return token, secret

    @property
    def scope_labels(self) -> list[str]:
        """What it may do, in words."""
        return [str(TokenScope(scope).label) for scope in self.scopes]

    def is_live(self) -> bool:
        """It still opens something."""
        return self.revoked_at is None and timezone.now() < self.expires_at

    def revoke(self) -> None:
        """It opens nothing any more, from this moment on."""
        ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())

    def note_use(self) -> None:
        """Keep the day of its last use: never the moment, nor what was asked."""
        today = timezone.localdate()
        if self.last_used_on != today:
            ApiToken.objects.filter(pk=self.pk).update(last_used_on=today)
            self.last_used_on = today


class Webhook(models.Model):
    """An address of an organization that is called when one of its referrals moves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.URLField(_("address"), max_length=500)
    # The key of the signature is derived from this and from the site's secret key.
    salt = models.CharField(max_length=64, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "url"], name="webhook_once_an_address"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def secret(self) -> str:
        """The key of its signatures; derived each time, and in no database."""
        return WEBHOOK_PREFIX + codes.digest("webhook", self.salt, settings.SECRET_KEY)


class WebhookDelivery(models.Model):
    """One call of a webhook, written in the transaction of the move that it tells."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    referral = models.ForeignKey(
        "geo.Referral", on_delete=models.CASCADE, related_name="webhook_deliveries"
    )
    status = models.CharField(max_length=12, choices=ReferralStatus)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(
        max_length=60, blank=True, help_text=_("HTTP status, or the class of the error.")
    )
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(delivered_at=None, given_up_at=None),
                name="webhookdelivery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.created_at:%Y-%m-%d}"
