"""The shapes of areas on a map of coverage."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.cache import cache

from geo.choices import AreaLevel
from geo.models import AdminArea, CoverageArea, CoverageRun

# Outlines change when an operator loads better ones: a map may be behind for an hour.
KEPT_SECONDS = 3600

COORDINATE_DECIMALS = 5


def shapes(run: CoverageRun, level: str) -> dict[Any, dict[str, Any] | None]:
    """A GeoJSON geometry for each area of a level, by the key of the area.

    An area without an outline is drawn as a point: the municipality that most of its workers are
    near; None where that one has no position.
    """
    name = f"coverage-shapes:{run.pk}:{level}"
    found = cache.get(name)
    if found is None:
        found = dict(_drawn(run, level))
        cache.set(name, found, KEPT_SECONDS)
    return found


def _drawn(run: CoverageRun, level: str) -> Iterator[tuple[Any, dict[str, Any] | None]]:
    middles = _middles(run) if level == AreaLevel.MRC else {}
    for area in AdminArea.objects.filter(level=level).with_drawing().only("pk"):
        yield area.pk, json.loads(area.drawing) if area.drawing else middles.get(area.pk)


def _middles(run: CoverageRun) -> dict[Any, dict[str, Any]]:
    """The middle municipality of each MRC: its name says which, inside the MRC."""
    names: dict[Any, str] = dict(
        CoverageArea.objects.filter(run=run, area__level=AreaLevel.MRC).values_list(
            "area", "facts__middle"
        )
    )
    towns = AdminArea.objects.municipalities().filter(
        parent__in=names, name__in=set(names.values()), point__isnull=False
    )
    return {
        town.parent_id: {
            "type": "Point",
            "coordinates": [round(degrees, COORDINATE_DECIMALS) for degrees in town.point.coords],
        }
        for town in towns.only("parent", "name", "point")
        if town.point and names[town.parent_id] == town.name
    }
