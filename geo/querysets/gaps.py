"""Questions about help that was looked for and not found, and the one way to count it."""

import uuid
from datetime import date
from typing import Any, Self

from django.db import connections, models, router

# One statement, because two visitors may come at the same moment: the ORM's upsert can only write
# what was sent, and cannot add to what is there.
COUNT_ONE = """
INSERT INTO geo_searchgap AS gap (id, month, kind, region_id, need, language, count)
VALUES (%s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (month, kind, region_id, need, language) DO UPDATE SET count = gap.count + 1
"""


class SearchGapQuerySet(models.QuerySet):
    """Questions about the ledger of unmet needs."""

    def count_one(self, month: date, kind: str, region: Any, need: str, language: str) -> None:
        """Add one to a cell, in one statement that no other visitor can come between.

        Args:
            month: its first day.
            kind: a `GapKind`.
            region: one of the 17, or None where nobody knows it.
            need: a code of level 1.
            language: the language of service that was asked for, or empty.

        Raises:
            IntegrityError: the month is not a first day, or the kind is not known.
        """
        key = region.pk if region else None
        with connections[router.db_for_write(self.model)].cursor() as cursor:
            cursor.execute(COUNT_ONE, [uuid.uuid4(), month, kind, key, need, language])

    def between(self, first_month: date, last_month: date) -> Self:
        """Those of some months, both included."""
        return self.filter(month__gte=first_month, month__lte=last_month)

    def before(self, month: date) -> Self:
        """Those of earlier months."""
        return self.filter(month__lt=month)
