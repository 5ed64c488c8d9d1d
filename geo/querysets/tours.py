"""Questions about tours and their stops."""

from datetime import datetime
from typing import Self

from django.db import models

from geo.choices import Announcement, StopStatus

# States in which somebody may go there.
EXPECTED = (StopStatus.PLANNED, StopStatus.CONFIRMED)


class MobileTourQuerySet(models.QuerySet):
    """Questions about tours."""


class MobileStopQuerySet(models.QuerySet):
    """Questions about stops."""

    def public(self) -> Self:
        """Those that are announced to everybody."""
        return self.filter(announce_to=Announcement.PUBLIC)

    def upcoming(self, now: datetime) -> Self:
        """Those that somebody can still go to, the next one first."""
        return self.filter(status__in=EXPECTED, ends_at__gt=now).order_by("starts_at", "pk")
