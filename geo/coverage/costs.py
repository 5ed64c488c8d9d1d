"""How far it is by road, from the distance as the crow flies, the river and the islands.

Positions are `Places`: longitude and latitude in degrees, WGS 84. Nothing here knows a model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# WGS 84.
EQUATOR_M = 6_378_137.0
FLATTENING = 1 / 298.257_223_563
ECCENTRICITY = FLATTENING * (2 - FLATTENING)

# The middle of the St Lawrence, from the last tunnel of Montréal to the gulf, as we draw it: south
# of the islands that are bound to the north shore (Orléans by its bridge, Coudres by its ferry).
# A line of some thirty points is within the river everywhere; which shore a place is on does not
# hang on where in the river the line runs.
RIVER = np.array(
    [
        (-73.521, 45.585),
        (-73.44, 45.72),
        (-73.27, 45.86),
        (-73.18, 45.99),
        (-73.08, 46.075),
        (-72.90, 46.175),
        (-72.70, 46.265),
        (-72.56, 46.320),
        (-72.40, 46.400),
        (-72.25, 46.470),
        (-72.08, 46.590),
        (-71.90, 46.648),
        (-71.73, 46.640),
        (-71.55, 46.690),
        (-71.30, 46.742),
        (-71.205, 46.805),
        (-71.12, 46.825),
        (-70.95, 46.862),
        (-70.80, 46.930),
        (-70.60, 47.080),
        (-70.35, 47.300),
        (-70.15, 47.480),
        (-69.85, 47.740),
        (-69.60, 47.950),
        (-69.35, 48.150),
        (-68.95, 48.420),
        (-68.40, 48.720),
        (-67.80, 48.980),
        (-67.00, 49.230),
        (-66.00, 49.420),
        (-65.00, 49.480),
        (-64.20, 49.300),
        (-63.00, 48.850),
        (-60.00, 48.600),
        (-56.00, 48.600),
    ]
)

# Where one crosses it by road all year. East of Québec there is no bridge: ferries run by season
# and by hour, and are no way to help that one must reach in time. West of the first point, bridges
# are so many that the river is no obstacle.
CROSSINGS = np.array([(-73.521, 45.585), (-72.561, 46.312), (-71.291, 46.743)])

# East of here the north shore has no road (the 138 ends at Kegaska).
ROAD_ENDS_LONGITUDE = -61.25

# North of here villages have no road to one another: each has what it has.
FLY_IN_LATITUDE = 55.0
SAME_VILLAGE_M = 10_000.0

MAINLAND, MADELEINE, ANTICOSTI, LOWER_NORTH_SHORE, FLY_IN = range(5)


@dataclass(frozen=True, eq=False)
class Places:
    """Positions on the ground, and which part of the road network they are on.

    Attributes:
        longitude, latitude: degrees, WGS 84, shape (n,).
    """

    longitude: Floats
    latitude: Floats

    def __post_init__(self) -> None:
        """Refuse what is no position."""
        if self.longitude.shape != self.latitude.shape or self.longitude.ndim != 1:
            raise ValueError("Longitudes and latitudes go in pairs.")
        if not (np.isfinite(self.longitude).all() and np.isfinite(self.latitude).all()):
            raise ValueError("A position is not known: leave the place out.")

    def __len__(self) -> int:
        return len(self.longitude)

    def part(self, chosen: slice | NDArray) -> "Places":
        """Some of them."""
        return Places(self.longitude[chosen], self.latitude[chosen])

    @cached_property
    def earth_centred(self) -> Floats:
        """Metres from the middle of the earth, shape (n, 3)."""
        longitude, latitude = np.radians(self.longitude), np.radians(self.latitude)
        across = EQUATOR_M / np.sqrt(1 - ECCENTRICITY * np.sin(latitude) ** 2)
        return np.column_stack(
            [
                across * np.cos(latitude) * np.cos(longitude),
                across * np.cos(latitude) * np.sin(longitude),
                across * (1 - ECCENTRICITY) * np.sin(latitude),
            ]
        )

    @cached_property
    def radius_m(self) -> Floats:
        """The mean radius of the ellipsoid there, metres, shape (n,)."""
        bend = 1 - ECCENTRICITY * np.sin(np.radians(self.latitude)) ** 2
        return EQUATOR_M * np.sqrt(1 - ECCENTRICITY) / bend

    @cached_property
    def is_south(self) -> NDArray[np.bool_]:
        """On the south shore of the river; false west of it, where shores do not matter."""
        shore = np.interp(self.longitude, RIVER[:, 0], RIVER[:, 1])
        return (self.longitude > RIVER[0, 0]) & (self.latitude < shore)

    @cached_property
    def network(self) -> NDArray[np.int8]:
        """Which network of roads, by number."""
        east = self.longitude > -64.7
        is_north = ~self.is_south
        found = np.full(len(self), MAINLAND, dtype=np.int8)
        found[self._within(-62.4, 47.1, -61.0, 48.0)] = MADELEINE
        found[is_north & east & self._within(-64.7, 49.0, -61.5, 49.98)] = ANTICOSTI
        lower = is_north & (self.longitude > ROAD_ENDS_LONGITUDE)
        found[lower & (self.latitude < 52.0)] = LOWER_NORTH_SHORE
        found[self.latitude > FLY_IN_LATITUDE] = FLY_IN
        return found

    def _within(self, west: float, south: float, east: float, north: float) -> NDArray[np.bool_]:
        return (
            (self.longitude >= west)
            & (self.longitude <= east)
            & (self.latitude >= south)
            & (self.latitude <= north)
        )


def crow_m(origins: Places, destinations: Places) -> Floats:
    """Geodesic distances, metres, shape (n, m).

    From the chord through the earth and the radius at the origin: within 2 cm of the geodesic up
    to 200 km and within 0.002 % up to 2,000 km (a test compares with GeographicLib), at a
    hundredth of its price.
    """
    start, end = origins.earth_centred, destinations.earth_centred
    square = (start**2).sum(axis=1)[:, None] + (end**2).sum(axis=1)[None, :]
    square -= 2 * (start @ end.T)
    chord = np.sqrt(np.maximum(square, 0))
    bow = (chord / origins.radius_m[:, None]) ** 2
    return chord * (1 + bow / 24 + 3 * bow**2 / 640)


def network_m(origins: Places, destinations: Places) -> Floats:
    """The way as the crow flies, but over bridges and not over water; inf where there is no road.

    Across the St Lawrence it is the way over the best of the crossings; between an island, the
    Lower North Shore, a village that is reached by plane, and the rest, there is none.

    Returns:
        Metres, shape (n, m).
    """
    way = crow_m(origins, destinations)
    across = origins.is_south[:, None] != destinations.is_south[None, :]
    # West of the line every shore counts as the same: there it is the bridges of Montréal.
    across &= (origins.longitude > RIVER[0, 0])[:, None]
    across &= (destinations.longitude > RIVER[0, 0])[None, :]
    if across.any():
        bridges = Places(CROSSINGS[:, 0], CROSSINGS[:, 1])
        there, back = crow_m(origins, bridges), crow_m(destinations, bridges)
        # One bridge after the other: a table of all three would be slower to go through.
        over = np.full_like(way, np.inf)
        for bridge in range(len(CROSSINGS)):
            np.minimum(over, there[:, bridge, None] + back[None, :, bridge], out=over)
        way = np.where(across, over, way)
    here, there_network = origins.network[:, None], destinations.network[None, :]
    way[here != there_network] = np.inf
    way[(here == FLY_IN) & (there_network == FLY_IN) & (way > SAME_VILLAGE_M)] = np.inf
    return way


@dataclass(frozen=True, eq=False)
class Roads:
    """The known ways by road, that take precedence over the estimate.

    Attributes:
        km, minutes: by (row of the origins, row of the destinations); minutes may be nan.
    """

    km: Mapping[tuple[int, int], float]
    minutes: Mapping[tuple[int, int], float]

    @cached_property
    def by_row(self) -> dict[int, tuple[NDArray[np.int64], Floats]]:
        """Columns and kilometres, by row."""
        rows: dict[int, list[tuple[int, float]]] = {}
        for (row, column), km in self.km.items():
            rows.setdefault(row, []).append((column, km))
        return {
            row: (np.array([at for at, _km in pairs]), np.array([km for _at, km in pairs]))
            for row, pairs in rows.items()
        }


NO_ROADS = Roads({}, {})


def road_km(
    origins: Places,
    destinations: Places,
    circuity: float,
    roads: Roads = NO_ROADS,
    first_row: int = 0,
) -> Floats:
    """Kilometres by road: measured where they are known, else estimated.

    Args:
        origins: n places.
        destinations: m places.
        circuity: kilometres by road for one as the crow flies; measured ways keep theirs.
        roads: the measured ways.
        first_row: the row of `roads` that the first origin is, when a block is asked.

    Returns:
        Kilometres, inf where there is no road, shape (n, m).
    """
    km = network_m(origins, destinations) * (circuity / 1000)
    for row in range(len(origins)) if roads.by_row else ():
        if (known := roads.by_row.get(first_row + row)) is not None:
            km[row, known[0]] = known[1]
    return km
