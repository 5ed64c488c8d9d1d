"""Questions about demand and about runs of coverage."""

from datetime import date
from typing import Self

from django.db import models


class DemandEstimateQuerySet(models.QuerySet):
    """Questions about figures of demand."""

    def ended_by(self, day: date) -> Self:
        """Those of a period that was over on a day: a past day is measured with what it had."""
        return self.filter(period_ends_on__lte=day)


class CoverageRunQuerySet(models.QuerySet):
    """Questions about runs."""

    def published(self) -> Self:
        """Those that pages and the API show, the latest day first."""
        return self.filter(is_published=True).order_by("-as_of", "-computed_at", "pk")

    def current(self):
        """The published run of the latest day, or None."""
        return self.published().first()

    def for_day(self, day: date):
        """The latest published run for a day exactly, or None."""
        return self.published().filter(as_of=day).first()

    def before(self, run) -> Self:
        """Published runs of earlier days than that of `run`, the latest first."""
        return self.published().filter(as_of__lt=run.as_of)


class CoverageCellQuerySet(models.QuerySet):
    """Questions about the cells of runs."""

    def of_regions(self) -> Self:
        """Those of the 17 regions, by code."""
        return self.filter(area__level="region").order_by("area__code", "need", "language", "basis")

    def of_mrcs(self) -> Self:
        """Those of MRC, by code."""
        return self.filter(area__level="mrc").order_by("area__code", "need", "language", "basis")

    def of_any_language(self) -> Self:
        """Those that do not ask in which language."""
        return self.filter(language="")
