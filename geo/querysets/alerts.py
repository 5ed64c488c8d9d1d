"""Questions about alerts."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from geo.choices import VerifiedStatus
from geo.querysets.functions import gravity, objects


class AlertQuerySet(models.QuerySet):
    """Questions about alerts."""

    def public(self) -> Self:
        """Those of an organization that the public may see."""
        return self.filter(organization__is_public=True).exclude(
            organization__verified_status=VerifiedStatus.SUSPENDED
        )

    def current(self, now: datetime) -> Self:
        """Those that stand at `now`; an alert that has expired says nothing any more."""
        return self.filter(starts_at__lte=now, expires_at__gt=now)

    def ending_after(self, now: datetime) -> Self:
        """Those that stand at `now` or will stand later."""
        return self.filter(expires_at__gt=now)

    def in_region(self, region=None) -> Self:
        """Those of a region and those of all Québec; the latter alone where none is known."""
        links = objects("Alert").model.regions.through.objects
        of_quebec = ~Q(pk__in=links.values("alert"))
        if region is None:
            return self.filter(of_quebec)
        return self.filter(of_quebec | Q(pk__in=links.filter(adminarea=region).values("alert")))

    def about(self, code: str) -> Self:
        """Those about a need of level 1, or that of a leaf, and those about whatever people need.

        Somebody who asks for no need hears of all: do not narrow then.
        """
        links = objects("Alert").model.needs.through.objects
        tiles = objects("NeedTerm").filter(Q(code=code) | Q(children__code=code))
        return self.filter(
            ~Q(pk__in=links.values("alert"))
            | Q(pk__in=links.filter(needterm__in=tiles).values("alert"))
        )

    def gravest_first(self) -> Self:
        """Danger before warnings before information, the latest first, with all that is shown."""
        return (
            self.order_by(gravity(), "-starts_at", "pk")
            .select_related("organization", "source")
            .prefetch_related("regions", "needs")
        )
