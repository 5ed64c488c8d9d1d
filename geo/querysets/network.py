"""Questions about what organizations of the network tell one another."""

import uuid
from datetime import date, datetime
from typing import Any, Self

from django.db import connections, models, router
from django.db.models import Q
from django.utils import timezone

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
