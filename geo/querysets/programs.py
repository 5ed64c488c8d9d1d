"""Questions about programmes and their projects."""

from typing import Self

from django.db import models
from django.db.models import Prefetch

from geo.querysets.functions import Fold, objects, wording_of


def _figures() -> list[Prefetch]:
    """Amounts and results, each with its source."""
    results = objects("ProjectIndicator").select_related("source", "region")
    return [
        Prefetch("awards", queryset=objects("FundingAward").select_related("source")),
        Prefetch("indicators", queryset=results),
    ]


class ProgramQuerySet(models.QuerySet):
    """Questions about programmes."""

    def latest_first(self) -> Self:
        """Those that began last come first; a programme without a date comes last."""
        return self.order_by("-starts_on", "code")

    def with_money_and_results(self) -> Self:
        """Each with its own amounts and results, which are those of no project, and its sources."""
        return self.select_related("source", "organization").prefetch_related(*_figures())


class ProjectQuerySet(models.QuerySet):
    """Questions about projects."""

    def in_region(self, region) -> Self:
        """Those that name a region, by title; a project without a region is in none."""
        return self.filter(regions=region).order_by(Fold(wording_of("title")), "pk")

    def without_region(self) -> Self:
        """Those of which nobody says where they were."""
        return self.filter(regions=None)

    def with_details(self) -> Self:
        """Each with its partners, regions, money, results and sources."""
        partners = objects("ProjectPartner").select_related("organization")
        return self.select_related("source").prefetch_related(
            "regions", Prefetch("project_partners", queryset=partners), *_figures()
        )
