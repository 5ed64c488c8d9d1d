"""Axis order and rectangles: the only file that decides which number comes first."""

import math

from django.contrib.gis.geos import Point, Polygon

WGS84 = 4326

# The largest rectangle that makes sense here, degrees. Loose on purpose: a worker may stand in
# Ottawa, and a service of a consulate may be there too.
QUEBEC = (-80.0, 44.0, -56.0, 63.5)

# A point outside every outline belongs to the nearest region if that is within this distance.
REGION_REACH_M = 30_000


def lon_lat(longitude: float, latitude: float) -> Point:
    """A WGS 84 point.

    Raises:
        ValueError: a coordinate is not finite, or outside ±180° and ±90°.
    """
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise ValueError("Longitude and latitude must be finite numbers.")
    if not -180 <= longitude <= 180:
        raise ValueError("Longitude must lie between -180 and 180 degrees.")
    if not -90 <= latitude <= 90:
        raise ValueError("Latitude must lie between -90 and 90 degrees.")
    return Point(longitude, latitude, srid=WGS84)


def rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    """A WGS 84 rectangle of meridians and parallels.

    Raises:
        ValueError: a side is not finite or out of range, or south lies north of north.
    """
    lon_lat(west, south), lon_lat(east, north)
    if west > east:
        raise ValueError("West must not lie east of east; Québec does not cross the antimeridian.")
    if south > north:
        raise ValueError("South must not lie north of north.")
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = WGS84
    return box
