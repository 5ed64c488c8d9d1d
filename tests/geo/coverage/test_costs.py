"""How far it is: geodesic metres, the river, the islands, and ways that somebody measured."""

import csv

import numpy as np
import pytest
from django.conf import settings
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.costs import FLY_IN, Places, Roads, crow_m, network_m, road_km

PLACES = {
    "Gaspé": (-64.4806, 48.8333),
    "Chandler": (-64.6833, 48.35),
    "Matane": (-67.5333, 48.85),
    "Rimouski": (-68.5243, 48.4489),
    "Baie-Comeau": (-68.15, 49.22),
    "Gatineau": (-75.70, 45.48),
    "Ottawa": (-75.69, 45.42),
    "Îles-de-la-Madeleine": (-61.88, 47.38),
    "Grosse-Île": (-61.5159, 47.6188),
    "Lévis": (-71.18, 46.80),
    "Québec": (-71.21, 46.81),
    "Sorel": (-73.11, 46.04),
    "Berthierville": (-73.18, 46.08),
    "Trois-Rivières": (-72.54, 46.35),
    "Bécancour": (-72.45, 46.34),
    "Longueuil": (-73.52, 45.53),
    "Montréal": (-73.58, 45.51),
    "Port-Menier": (-64.35, 49.82),
    "Havre-Saint-Pierre": (-63.60, 50.24),
    "Natashquan": (-61.80, 50.19),
    "Blanc-Sablon": (-57.13, 51.43),
    "Kuujjuaq": (-68.40, 58.10),
    "Tasiujaq": (-69.93, 58.70),
    "Percé": (-64.21, 48.52),
}

longitudes = st.floats(-79, -57)
latitudes = st.floats(44.5, 62)


def place(*names):
    positions = np.array([PLACES[name] for name in names])
    return Places(positions[:, 0], positions[:, 1])


def km_between(start, end, circuity=1.0):
    return road_km(place(start), place(end), circuity)[0, 0]


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        ("Chandler", "Gaspé", 55.785),
        ("Matane", "Rimouski", 85.565),
        ("Matane", "Gaspé", 224.071),
        ("Chandler", "Rimouski", 284.599),
        ("Gaspé", "Rimouski", 301.018),
    ],
)
def test_distances_are_geodesic(start, end, km):
    assert crow_m(place(start), place(end))[0, 0] / 1000 == pytest.approx(km, abs=0.0006)


@given(longitudes, latitudes, st.floats(-1.5, 1.5), st.floats(-1.2, 1.2))
def test_near_distances_are_within_two_centimetres_of_the_geodesic(x, y, dx, dy):
    start, end = (
        Places(np.array([x]), np.array([y])),
        Places(np.array([x + dx]), np.array([y + dy])),
    )
    metres = Geodesic.WGS84.Inverse(y, x, y + dy, x + dx)["s12"]
    # A chord of no length at all loses the last half metre to rounding.
    assert crow_m(start, end)[0, 0] == pytest.approx(metres, abs=0.02 if metres > 100 else 0.5)


@given(longitudes, latitudes, longitudes, latitudes)
def test_far_distances_are_within_a_fifty_thousandth(x1, y1, x2, y2):
    start, end = Places(np.array([x1]), np.array([y1])), Places(np.array([x2]), np.array([y2]))
    metres = Geodesic.WGS84.Inverse(y1, x1, y2, x2)["s12"]
    assert crow_m(start, end)[0, 0] == pytest.approx(metres, rel=2e-5, abs=0.5)


def test_baie_comeau_is_never_near_matane():
    assert crow_m(place("Baie-Comeau"), place("Matane"))[0, 0] / 1000 == pytest.approx(
        60.8, abs=0.5
    )
    assert km_between("Baie-Comeau", "Matane") > 700


def test_ottawa_is_next_to_gatineau():
    assert km_between("Gatineau", "Ottawa", 1.3) < 10


def test_the_islands_reach_only_themselves():
    everywhere = [name for name in PLACES if name not in ("Îles-de-la-Madeleine", "Grosse-Île")]
    assert np.isinf(road_km(place("Îles-de-la-Madeleine"), place(*everywhere), 1.3)).all()
    assert km_between("Îles-de-la-Madeleine", "Grosse-Île") == pytest.approx(38.2, abs=0.5)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("Port-Menier", "Havre-Saint-Pierre"),
        ("Natashquan", "Blanc-Sablon"),
        ("Kuujjuaq", "Tasiujaq"),
        ("Kuujjuaq", "Montréal"),
    ],
)
def test_there_is_no_road(start, end):
    assert np.isinf(km_between(start, end))


def test_a_village_that_is_reached_by_plane_has_what_it_has():
    village = Places(np.array([-68.40, -68.42]), np.array([58.10, 58.11]))
    assert (village.network == FLY_IN).all()
    assert road_km(village, village, 1.3)[0, 1] < 3


@pytest.mark.parametrize(
    ("start", "end", "at_least", "at_most"),
    [
        ("Lévis", "Québec", 15, 25),  # over the bridge at Québec
        ("Sorel", "Berthierville", 80, 130),  # a ferry is no road
        ("Trois-Rivières", "Bécancour", 8, 20),  # over the Laviolette bridge
        ("Longueuil", "Montréal", 4, 7),  # many bridges: as the crow flies
    ],
)
def test_one_crosses_the_river_by_its_bridges(start, end, at_least, at_most):
    assert at_least < km_between(start, end) < at_most
    assert km_between(start, end) == pytest.approx(km_between(end, start), rel=1e-4)


def test_each_municipality_along_the_river_is_on_the_shore_of_its_region():
    with (settings.BASE_DIR / "fixtures/areas/municipalities.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["longitude"]]
    here = Places(
        np.array([float(row["longitude"]) for row in rows]),
        np.array([float(row["latitude"]) for row in rows]),
    )
    south = {"01", "05", "11", "12", "16", "17"}
    wrong = [
        row["name"]
        for row, is_south, longitude in zip(rows, here.is_south, here.longitude, strict=True)
        if longitude > -73.521 and row["region_code"] != "06"
        if is_south != (row["region_code"] in south)
    ]
    assert wrong == []


def test_a_measured_way_takes_precedence_and_keeps_its_length():
    start, end = place("Gaspé", "Chandler"), place("Percé", "Matane")
    roads = Roads({(1, 0): 71.0}, {(1, 0): 55.0})

    for circuity in (1.0, 1.3, 1.5):
        km = road_km(start, end, circuity, roads)
        assert km[1, 0] == 71.0
        assert km[0, 0] == pytest.approx(circuity * crow_m(start, end)[0, 0] / 1000)
    assert road_km(start.part(slice(1, 2)), end, 1.3, roads, first_row=1)[0, 0] == 71.0


def test_a_measured_way_goes_where_no_estimate_does():
    start, end = place("Matane"), place("Baie-Comeau")
    assert road_km(start, end, 1.3, Roads({(0, 0): 62.0}, {}))[0, 0] == 62.0


def test_the_estimate_is_symmetric_over_water():
    everywhere = place(*PLACES)
    metres = network_m(everywhere, everywhere)
    assert np.allclose(metres, metres.T, rtol=1e-4, equal_nan=True)


def test_a_place_without_a_position_is_refused():
    with pytest.raises(ValueError, match="position"):
        Places(np.array([np.nan]), np.array([48.0]))
