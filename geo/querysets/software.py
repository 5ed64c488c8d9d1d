"""Questions about the keys and the webhooks of software."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from geo import codes


class ApiTokenQuerySet(models.QuerySet):
    """Questions about keys."""

    def live(self) -> Self:
        """Those that still open something."""
        return self.filter(Q(expires_at__gt=timezone.now()), revoked_at=None)

    def of_secret(self, secret: str) -> Self:
        """The one with a secret."""
        return self.filter(token_digest=codes.digest("token", secret, settings.SECRET_KEY))


class WebhookDeliveryQuerySet(models.QuerySet):
    """Questions about calls of webhooks."""

    def to_deliver(self, now: datetime | None = None) -> Self:
        """Those that are due, the oldest first."""
        return self.filter(
            delivered_at=None,
            given_up_at=None,
            webhook__is_active=True,
            due_at__lte=now or timezone.now(),
        )
