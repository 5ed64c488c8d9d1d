"""A small Québec to plan in: invented demand, invented clinics, real places."""

from datetime import date

from django.utils import timezone

from geo.choices import DemandMeasure, DemandSector
from geo.coverage.situation import Question
from geo.models import AdminArea, DemandEstimate
from geo.spatial import lon_lat
from tests.factories import ServiceFactory, SourceFactory

RIMOUSKI = lon_lat(-68.5243, 48.4489)
GASPE = lon_lat(-64.4806, 48.8333)
OTTAWA = lon_lat(-75.6972, 45.4215)
BAIE_COMEAU = lon_lat(-68.1500, 49.2167)
CAP_AUX_MEULES = lon_lat(-61.8600, 47.3800)

HEALTH = Question("sante", "", "listed")


def demand(**workers: int) -> None:
    """Only these workers, by code of the region with an r before it."""
    DemandEstimate.objects.all().delete()
    today = timezone.localdate()
    for code, value in workers.items():
        DemandEstimate.objects.create(
            area=AdminArea.objects.get(level="region", code=code.removeprefix("r")),
            measure=DemandMeasure.LMIA_POSITIONS,
            sector=DemandSector.ALL,
            period_starts_on=date(today.year - 1, 1, 1),
            period_ends_on=date(today.year - 1, 12, 31),
            value=value,
            caveat={
                language: {"text": "Inventé", "state": "source"} for language in ("fr", "en", "es")
            },
            source=SourceFactory(),
            as_of="2026",
            confidence="A",
        )


def clinic(point, **parts):
    """A health service at a place."""
    return ServiceFactory(needs=["sante"], delivery_modes=["on_site"], at=point, **parts)
