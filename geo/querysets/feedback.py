"""Questions about what visitors told us."""

from datetime import date, timedelta
from typing import Self

from django.db import models


class FeedbackQuerySet(models.QuerySet):
    """Questions about messages of visitors."""

    def of_day(self, day: date) -> Self:
        """Those that came on a day."""
        return self.filter(day=day)

    def with_old_words(self, today: date, days: int) -> Self:
        """Those older than so many days that still hold what somebody wrote."""
        return self.filter(day__lt=today - timedelta(days=days)).exclude(comment="")
