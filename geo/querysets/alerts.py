"""Questions about alerts."""

from datetime import datetime
from typing import Self

from django.db import models


class AlertQuerySet(models.QuerySet):
    """Questions about alerts."""

    def current(self, now: datetime) -> Self:
        """Those that stand at `now`; an alert that has expired says nothing any more."""
        return self.filter(starts_at__lte=now, expires_at__gt=now)
