"""A matrix of ways by road, from an operator's table."""

import math
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.imports.travel_costs import distance_km
from geo.imports.writing import Provenance, write_rows
from geo.models import AdminArea, Source, TravelCost
from tests.factories import LocationFactory
from tests.places import GASPE

pytestmark = pytest.mark.django_db

# Official codes; as the crow flies Gaspé–Percé is about 45 km, Gaspé–Chandler 56 km.
GASPE_TOWN, PERCE, CHANDLER = "03005", "02005", "02028"


@pytest.fixture
def table(tmp_path):
    """Writes a file of lines below the header."""

    def write(*lines, header="origin,destination,km,minutes"):
        path = tmp_path / "matrix.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    return write


def load(path, **options):
    out = StringIO()
    call_command(
        "load_travel_costs", path, source="Invented matrix", as_of="2026-03", stdout=out, **options
    )
    return out.getvalue()


def refused(path):
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("load_travel_costs", path, source="Invented", as_of="2026-03", stdout=out)
    return out.getvalue() + str(error.value)


def test_a_matrix_of_three_towns_and_a_place_is_written(table):
    clinic = LocationFactory(point=GASPE)
    matrix = table(
        f"{GASPE_TOWN},{PERCE},76.2,62",
        f"{PERCE},{GASPE_TOWN},76.4,63.5",
        f"{CHANDLER},{PERCE},44,",
        f"{CHANDLER},{clinic.pk},120,95",
    )

    assert "4 created, 0 updated, 0 unchanged." in load(matrix)

    there = TravelCost.objects.get(origin__code=GASPE_TOWN)
    back = TravelCost.objects.get(origin__code=PERCE)
    assert (there.destination_area.code, there.km, there.minutes) == (PERCE, 76.2, 62)
    assert (back.km, back.minutes) == (76.4, 63.5)
    to_place = TravelCost.objects.get(destination_location=clinic)
    assert (to_place.origin.code, to_place.km) == (CHANDLER, 120)
    assert TravelCost.objects.get(origin__code=CHANDLER, km=44).minutes is None
    assert (to_place.source.citation, to_place.as_of) == ("Invented matrix", "2026-03")


def test_twice_is_the_same_as_once_and_a_changed_way_is_updated(table):
    clinic = LocationFactory(point=GASPE)
    first = [f"{GASPE_TOWN},{PERCE},76.2,62", f"{CHANDLER},{clinic.pk},120,95"]
    load(table(*first))
    keys = set(TravelCost.objects.values_list("pk", flat=True))

    assert "0 created, 0 updated, 2 unchanged." in load(table(*first))
    changed = load(table(f"{GASPE_TOWN},{PERCE},77,62", f"{CHANDLER},{clinic.pk},120,"))

    assert "0 created, 2 updated, 0 unchanged." in changed
    assert set(TravelCost.objects.values_list("pk", flat=True)) == keys
    assert set(TravelCost.objects.values_list("km", "minutes")) == {(77, 62), (120, None)}


def test_a_dry_run_writes_nothing(table):
    assert "1 created" in load(table(f"{GASPE_TOWN},{PERCE},76,"), dry_run=True)
    assert not TravelCost.objects.exists()


def test_the_file_of_a_french_spreadsheet_is_read(table):
    load(table("3005;2005;76,5;62,25", header="\ufefforigin;destination;km;minutes"))

    way = TravelCost.objects.get()
    assert (way.origin.code, way.destination_area.code) == (GASPE_TOWN, PERCE)
    assert (way.km, way.minutes) == (76.5, 62.25)


def test_a_road_is_never_shorter_than_the_crow_flies(table):
    said = refused(table(f"{GASPE_TOWN},{CHANDLER},30,25"))

    assert "30 km is shorter than the" in said
    assert "of the crow" in said
    assert not TravelCost.objects.exists()


def test_a_position_may_be_five_percent_and_a_kilometre_off(table):
    gaspe, chandler = (
        AdminArea.objects.municipalities().get(code=code).point for code in (GASPE_TOWN, CHANDLER)
    )
    crow = distance_km((gaspe.x, gaspe.y), (chandler.x, chandler.y))
    least = crow * 0.95 - 1

    assert "1 created" in load(table(f"{GASPE_TOWN},{CHANDLER},{least + 0.01:.4f},"))
    assert "shorter" in refused(table(f"{CHANDLER},{GASPE_TOWN},{least - 0.01:.4f},"))


def test_a_way_to_a_town_without_a_position_is_believed(table):
    nowhere = AdminArea.objects.municipalities().filter(point=None).first()

    load(table(f"{GASPE_TOWN},{nowhere.code},1,"))

    assert TravelCost.objects.get().destination_area == nowhere


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("99999,02005,76,62", "origin: there is no municipality 99999"),
        (",02005,76,62", "origin: is empty"),
        ("03005,99999,76,62", "destination: there is no municipality 99999"),
        ("03005,,76,62", "destination: is empty"),
        ("03005,Percé,76,62", "destination: “Percé” is neither the code"),
        ("03005,00000000-0000-4000-8000-000000000000,76,62", "destination: there is no place"),
        ("03005,02028,-76,62", "km: “-76” is not a number, zero or more"),
        ("03005,02028,nan,62", "km: “nan” is not a number"),
        ("03005,02028,inf,62", "km: “inf” is not a number"),
        ("03005,02028,1e999,62", "km: “1e999” is not a number"),
        ("03005,02028,,62", "km: “” is not a number"),
        ("03005,02028,76,-1", "minutes: “-1” is not a number"),
        ("03005,02028,76,nan", "minutes: “nan” is not a number"),
        ("03005,02028,76,5,5", "has 5 cells where the header has 4"),
        ("03005,02005,80,70", "is the same way as line 2"),
    ],
)
def test_one_wrong_line_is_named_and_writes_nothing(table, line, message):
    said = refused(table("03005,02005,76,62", line))

    assert "line 3" in said
    assert message in said
    assert "Lines with mistakes: 1. Nothing was written." in said
    assert not TravelCost.objects.exists()


def test_a_refusal_by_the_database_leaves_nothing_behind():
    towns = AdminArea.objects.municipalities().filter(code__in=[PERCE, CHANDLER])
    origin = AdminArea.objects.municipalities().get(code=GASPE_TOWN)
    # No reader lets the negative one pass; the database does not either.
    rows = [
        TravelCost(origin=origin, destination_area=town, km=km)
        for town, km in zip(towns, (80, -80), strict=True)
    ]

    with pytest.raises(IntegrityError), transaction.atomic():
        write_rows(
            rows,
            Provenance("Invented matrix", "2026-03"),
            identity=("origin_id", "destination_area_id"),
            facts=("km", "minutes"),
            write=True,
        )

    assert not TravelCost.objects.exists()
    assert not Source.objects.filter(citation="Invented matrix").exists()


@given(st.floats(-79, -57), st.floats(45, 62), st.floats(-79, -57), st.floats(45, 62))
def test_the_sphere_is_within_six_thousandths_of_the_ellipsoid(west, south, east, north):
    _there, _back, metres = Geod(ellps="WGS84").inv(west, south, east, north)

    assert math.isclose(
        distance_km((west, south), (east, north)), metres / 1000, rel_tol=0.006, abs_tol=1e-6
    )
