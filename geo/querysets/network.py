"""Questions about what organizations of the network tell one another."""

import uuid
from datetime import date, datetime
from typing import Any, Self

from django.db import connections, models, router
from django.db.models import Q
from django.utils import timezone

from geo.choices import MemberRole
from geo.querysets.functions import gravity, objects

# One statement, as in `geo.querysets.gaps`: two people may look at the same moment.
COUNT_ONE = """
INSERT INTO geo_contactreveal AS looks (id, month, organization_id, count)
VALUES (%s, %s, %s, 1)
ON CONFLICT (month, organization_id) DO UPDATE SET count = looks.count + 1
"""


class ContactRevealQuerySet(models.QuerySet):
    """Questions about how often contacts were looked at."""

    def count_one(self, organization: Any, today: date) -> None:
        """Add one look at the contacts of an organization to the month of a day."""
        with connections[router.db_for_write(self.model)].cursor() as cursor:
            cursor.execute(COUNT_ONE, [uuid.uuid4(), today.replace(day=1), organization.pk])


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

    def gravest_first(self) -> Self:
        """Danger before warnings before information, the latest first, with all that is shown."""
        return (
            self.annotate(gravity=gravity())
            .order_by("gravity", "-starts_at", "pk")
            .select_related("organization")
            .prefetch_related("regions", "needs")
        )

    def withdrawable_by(self, user: Any) -> Self:
        """Those of the organization for which an account refers, and those of its regions.

        What is told to all regions is told to each: whoever coordinates one may take it back.
        """
        membership = objects("Membership").of(user)
        own = Q(pk=None)
        if membership and membership.role != MemberRole.VIEWER:
            own = Q(organization=membership.organization_id)
        coordinated = list(user.coordinations.values_list("region", flat=True))
        if not coordinated:
            return self.filter(own)
        links = objects("Bulletin").model.regions.through.objects
        told_here = Q(pk__in=links.filter(adminarea__in=coordinated).values("bulletin"))
        told_to_all = ~Q(pk__in=links.values("bulletin"))
        return self.filter(own | told_here | told_to_all)
