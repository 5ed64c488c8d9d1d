"""The committed base map: is it whole, light, and are places on the right side of the shore."""

import hashlib
import json
from pathlib import Path

import pytest
import shapely

from geo.imports.topojson import decode

FOLDER = Path(__file__).resolve().parents[2] / "frontend" / "basemap"
PRODUCT = FOLDER / "basemap.topojson"
# West, south, east, north; degrees.
FRAME = (-81.0, 44.0, -56.0, 63.5)


@pytest.fixture(scope="module")
def topology():
    return json.loads(PRODUCT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def land(topology):
    return drawn(topology, "land")


@pytest.fixture(scope="module")
def lakes(topology):
    return drawn(topology, "lakes")


def drawn(topology, name):
    """All geometries of an object as one."""
    return shapely.union_all(
        [
            shapely.from_geojson(json.dumps(feature["geometry"]))
            for feature in decode(topology, name)
        ]
    )


def test_it_holds_what_the_map_draws(topology):
    assert topology["objects"].keys() == {"land", "coast", "lakes", "borders"}
    levels = [border["properties"]["level"] for border in decode(topology, "borders")]
    assert levels == ["country", "province"]


def test_it_is_light_enough_to_keep_offline():
    assert PRODUCT.stat().st_size <= 190_000


def test_it_fills_its_frame_and_nothing_outside(topology, land):
    assert topology["bbox"] == list(FRAME)
    assert land.bounds == pytest.approx(FRAME, abs=0.01)


def test_areas_are_valid(topology):
    for name in ("land", "lakes"):
        for feature in decode(topology, name):
            assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid


@pytest.mark.parametrize(
    ("place", "longitude", "latitude"),
    [
        ("Montréal", -73.65, 45.53),
        ("Laval", -73.75, 45.58),
        ("Île d'Orléans", -70.97, 46.93),
        ("Gaspé", -64.60, 48.95),
        ("Anticosti", -63.00, 49.50),
        ("Chibougamau", -74.37, 49.92),
    ],
)
def test_a_place_on_land_is_on_land(land, lakes, place, longitude, latitude):
    point = shapely.Point(longitude, latitude)

    assert land.contains(point), place
    assert not lakes.contains(point), place


@pytest.mark.parametrize(
    ("water", "longitude", "latitude"),
    [
        ("Gulf of St Lawrence", -61.50, 48.30),
        ("St Lawrence estuary off Rimouski", -68.60, 48.60),
        ("Lake St Pierre", -72.83, 46.21),
        ("Hudson Bay", -78.50, 58.00),
        ("Ungava Bay", -67.50, 59.50),
    ],
)
def test_salt_and_river_water_is_not_land(land, water, longitude, latitude):
    assert not land.contains(shapely.Point(longitude, latitude)), water


@pytest.mark.parametrize(
    ("lake", "longitude", "latitude"),
    [
        ("Lac Saint-Jean", -72.05, 48.58),
        ("Lac Mistassini", -73.40, 51.02),
        ("Réservoir Gouin", -74.60, 48.65),
        ("Réservoir Manicouagan", -68.30, 51.33),
    ],
)
def test_a_large_lake_is_a_lake(lakes, lake, longitude, latitude):
    # A reservoir is all arms: near is enough, 0.1 degree is 7 km.
    assert lakes.distance(shapely.Point(longitude, latitude)) < 0.1, lake


def test_the_coast_has_no_edge_of_the_frame(topology):
    west, south, east, north = FRAME
    edge = shapely.box(west, south, east, north).exterior

    along = shapely.intersection(drawn(topology, "coast"), edge.buffer(1e-6))

    # Coasts that leave the map touch its edge in a point.
    assert along.length < 0.001


def test_every_shore_of_the_land_is_in_the_coast(topology, land):
    west, south, east, north = FRAME
    inside = shapely.box(west, south, east, north).buffer(-1e-6)

    shore = shapely.intersection(land.boundary, inside)

    assert drawn(topology, "coast").length == pytest.approx(shore.length, rel=1e-4)


def test_its_provenance_is_that_of_these_bytes():
    digest = hashlib.sha256(PRODUCT.read_bytes()).hexdigest()

    assert digest in (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
