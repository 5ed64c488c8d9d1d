"""Where a region is, for a caseworker who has never been there."""

import math
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.gis.geos import Point

from geo.models import AdminArea

# Kilometres. A sphere is enough for a figure that is rounded to 10 km or more.
EARTH_RADIUS_KM = 6371.0

# The figure is rounded to 50 km from here on, and to 10 km below.
FAR_KM = 200


class Direction(StrEnum):
    """The eight winds, clockwise from the north."""

    NORTH = "north"
    NORTH_EAST = "north_east"
    EAST = "east"
    SOUTH_EAST = "south_east"
    SOUTH = "south"
    SOUTH_WEST = "south_west"
    WEST = "west"
    NORTH_WEST = "north_west"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """How the largest town of a region lies to that of another.

    Attributes:
        town: the largest town of the region.
        home_town: that of the other one.
        about_km: as the crow flies, rounded.
        direction: from the other one to the region.
    """

    town: str
    home_town: str
    about_km: int
    direction: Direction


def whereabouts(region: AdminArea, home: AdminArea) -> Whereabouts | None:
    """How a region lies to that of the caseworker; None where a town or its people are not known.

    Towns stand for regions because that is where people go: the middle of Nord-du-Québec is
    nobody's address.
    """
    there, here = _largest_town(region), _largest_town(home)
    if there is None or there.point is None or here is None or here.point is None:
        return None
    return Whereabouts(
        there.name,
        here.name,
        _rounded(distance_km(here.point, there.point)),
        direction(here.point, there.point),
    )


def _largest_town(region: AdminArea) -> AdminArea | None:
    """The municipality with the most people, of those whose position is known."""
    towns = AdminArea.objects.in_region(region).municipalities()
    return (
        towns.filter(point__isnull=False, population__isnull=False)
        .order_by("-population", "pk")
        .first()
    )


def distance_km(start: Point, end: Point) -> float:
    """Along the great circle, km (haversine formula)."""
    (west, south), (east, north) = map(_radians, (start, end))
    half = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def direction(start: Point, end: Point) -> Direction:
    """The wind that leads from one point to another, by the bearing at the start."""
    (west, south), (east, north) = map(_radians, (start, end))
    bearing = math.degrees(
        math.atan2(
            math.sin(east - west) * math.cos(north),
            math.cos(south) * math.sin(north)
            - math.sin(south) * math.cos(north) * math.cos(east - west),
        )
    )
    return list(Direction)[round(bearing % 360 / 45) % 8]


def _radians(point: Point) -> tuple[float, float]:
    return math.radians(point.x), math.radians(point.y)


def _rounded(km: float) -> int:
    step = 50 if km >= FAR_KM else 10
    return max(round(km / step) * step, step)
