"""Questions about what organizations of the network tell one another."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class BulletinQuerySet(models.QuerySet):
    """Questions about bulletins."""

    def current(self, now: datetime | None = None) -> Self:
        """Those that stand now."""
        now = now or timezone.now()
        return self.filter(starts_at__lte=now, expires_at__gt=now, withdrawn_at=None)

    def about(self, region: Any = None, need: Any = None) -> Self:
        """Those about a region and a need; one without regions is about all, needs likewise."""
        found = self
        if region is not None:
            found = found.filter(Q(regions=None) | Q(regions=region))
        if need is not None:
            found = found.filter(Q(needs=None) | Q(needs=need))
        return found.distinct()
