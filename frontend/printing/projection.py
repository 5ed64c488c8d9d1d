"""Positions on paper: Lambert's conformal conic map, and a window cut out of it. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

EARTH_KM = 6371.0

# Those of the maps of Québec's own ministry of natural resources.
PARALLELS = (46.0, 60.0)

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lambert:
    """A conformal conic projection of a sphere, north up at one meridian.

    Attributes:
        meridian: longitude that runs straight up, degrees.

    Source:
        Snyder (1987), Map Projections – A Working Manual, equations 15-1 to 15-9.
    """

    meridian: float

    def project(self, longitude: float, latitude: float) -> Position:
        """Kilometres east of the meridian and north of an arbitrary parallel."""
        radius = EARTH_KM * _FACTOR / _tangent(latitude) ** _CONE
        angle = _CONE * math.radians(longitude - self.meridian)
        return radius * math.sin(angle), -radius * math.cos(angle)

    def unproject(self, x: float, y: float) -> Position:
        """Longitude and latitude of a position in kilometres."""
        radius = math.hypot(x, y)
        angle = math.atan2(x, -y)
        latitude = 2 * math.atan((EARTH_KM * _FACTOR / radius) ** (1 / _CONE)) - math.pi / 2
        return self.meridian + math.degrees(angle / _CONE), math.degrees(latitude)


def _tangent(latitude: float) -> float:
    return math.tan(math.pi / 4 + math.radians(latitude) / 2)


_CONE = math.log(
    math.cos(math.radians(PARALLELS[0])) / math.cos(math.radians(PARALLELS[1]))
) / math.log(_tangent(PARALLELS[1]) / _tangent(PARALLELS[0]))
_FACTOR = math.cos(math.radians(PARALLELS[0])) * _tangent(PARALLELS[0]) ** _CONE / _CONE


@dataclass(frozen=True, slots=True)
class Window:
    """What a frame of paper shows of the land.

    Attributes:
        projection: how the land is laid flat.
        west: left side, kilometres of the projection.
        south: lower side, kilometres of the projection.
        scale: points of paper a kilometre.
        width: of the frame, points.
        height: of the frame, points.
    """

    projection: Lambert
    west: float
    south: float
    scale: float
    width: float
    height: float

    def place(self, longitude: float, latitude: float) -> Position:
        """Points from the lower left corner of the frame."""
        x, y = self.projection.project(longitude, latitude)
        return (x - self.west) * self.scale, (y - self.south) * self.scale

    def holds(self, position: Position) -> bool:
        """A position on paper lies inside the frame."""
        return 0 <= position[0] <= self.width and 0 <= position[1] <= self.height

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees, wide enough to hold the frame."""
        steps = [step / 8 for step in range(9)]
        edge = [
            self.projection.unproject(
                self.west + across * self.width / self.scale,
                self.south + up * self.height / self.scale,
            )
            for across in steps
            for up in steps
            if across in {0, 1} or up in {0, 1}
        ]
        longitudes, latitudes = zip(*edge, strict=True)
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def window_around(
    positions: Iterable[Position],
    width: float,
    height: float,
    *,
    margin: float = 14,
    narrowest_km: float = 30,
    meridian: float | None = None,
) -> Window:
    """The window that shows some positions as large as a frame allows.

    Args:
        positions: longitude and latitude, at least one.
        width: of the frame, points.
        height: of the frame, points.
        margin: kept free around the positions, points.
        narrowest_km: the least that the frame shows across, so that one village has its
            surroundings.
        meridian: the one that runs straight up, degrees; the middle one where none is given.

    Raises:
        ValueError: there is no position.
    """
    positions = list(positions)
    if not positions:
        raise ValueError("A window needs a position to look at.")
    longitudes = [longitude for longitude, _latitude in positions]
    if meridian is None:
        meridian = (min(longitudes) + max(longitudes)) / 2
    projection = Lambert(meridian)
    xs, ys = zip(*(projection.project(*position) for position in positions), strict=True)
    scale = min(
        (width - 2 * margin) / max(max(xs) - min(xs), 1e-9),
        (height - 2 * margin) / max(max(ys) - min(ys), 1e-9),
        width / narrowest_km,
    )
    return Window(
        projection=projection,
        west=(min(xs) + max(xs)) / 2 - width / scale / 2,
        south=(min(ys) + max(ys)) / 2 - height / scale / 2,
        scale=scale,
        width=width,
        height=height,
    )
