"""Questions about the keys and the webhooks of software."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from geo import codes
from geo.choices import VerifiedStatus


class ApiTokenQuerySet(models.QuerySet):
    """Questions about keys."""

    def live(self) -> Self:
        """Those that still open something."""
        return self.filter(Q(expires_at__gt=timezone.now()), revoked_at=None)

    def of_secret(self, secret: str) -> Self:
        """The one with a secret."""
        return self.filter(token_digest=codes.digest("token", secret, settings.SECRET_KEY))

    def opening(self, secret: str) -> Self:
        """The live one with a secret, if its organization is in the network and not suspended."""
        return self.of_secret(secret).live().filter(_admitted()).select_related("organization")


class WebhookDeliveryQuerySet(models.QuerySet):
    """Questions about calls of webhooks."""

    def to_deliver(self, now: datetime | None = None) -> Self:
        """Those that are due, the oldest first; none for who left the network."""
        return self.filter(
            _admitted("webhook__"),
            delivered_at=None,
            given_up_at=None,
            webhook__is_active=True,
            due_at__lte=now or timezone.now(),
        )

    def waiting(self) -> Self:
        """Those that neither arrived nor were given up."""
        return self.filter(delivered_at=None, given_up_at=None)


def _admitted(path: str = "") -> Q:
    suspended = Q(**{f"{path}organization__verified_status": VerifiedStatus.SUSPENDED})
    return Q(**{f"{path}organization__partner__admitted_at__isnull": False}) & ~suspended
