"""Regions of positions, neighbours, names."""

import csv
import json

import pytest
from django.db import connection

from geo.models import AdminArea, Location
from geo.spatial import lon_lat
from tests.conftest import shared_file
from tests.factories import LocationFactory
from tests.places import ILES_DE_LA_MADELEINE, MONTREAL, OTTAWA, TORONTO, TOWNS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town[0])
def test_a_town_lies_in_its_region(town):
    _name, longitude, latitude, code = town

    assert AdminArea.objects.region_of(lon_lat(longitude, latitude)).code == code


def test_a_point_outside_every_outline_takes_the_nearest_region_within_30_km():
    assert AdminArea.objects.region_of(OTTAWA).code == "07"
    assert AdminArea.objects.region_of(TORONTO) is None


def test_the_reach_of_30_km_is_measured_on_the_ground():
    # 45° N is the border with Vermont here: 0.25° south of it is 27.8 km, 0.30° is 33.3 km.
    assert AdminArea.objects.region_of(lon_lat(-72.0, 44.76)) is not None
    assert AdminArea.objects.region_of(lon_lat(-72.0, 44.70)) is None


def test_the_region_of_a_place_is_computed_and_never_typed(empty_directory):
    islands = AdminArea.objects.regions().get(code="11")
    location = LocationFactory(point=MONTREAL, region=islands)

    location.refresh_from_db()
    assert location.region.code == "06"

    Location.objects.filter(pk=location.pk).update(point=ILES_DE_LA_MADELEINE)
    location.refresh_from_db()
    assert location.region == islands


def test_every_region_has_its_neighbours_and_they_agree():
    beside = {
        region.code: {other.code for other in AdminArea.objects.beside(region)}
        for region in AdminArea.objects.regions()
    }

    assert beside["13"] == {"06", "14", "15"}
    assert all(code in beside[other] for code in beside for other in beside[code])


def test_municipalities_lie_in_the_region_that_the_register_says():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (
                WHERE geo_region_at(m.point) IN (p.id, p.parent_id))
            FROM geo_adminarea AS m JOIN geo_adminarea AS p ON p.id = m.parent_id
            WHERE m.level = 'municipality' AND m.point IS NOT NULL
            """
        )
        positioned, right = cursor.fetchone()

    assert positioned == 1066
    assert right / positioned >= 0.97


def test_directory_places_lie_in_the_region_of_the_official_file():
    official = json.loads(shared_file("regions_official_1m.geojson").read_text())
    from django.contrib.gis.geos import GEOSGeometry

    outlines = {
        feature["properties"]["code"]: GEOSGeometry(json.dumps(feature["geometry"])).prepared
        for feature in official["features"]
    }
    wrong = [
        str(location)
        for location in Location.objects.exclude(point=None).select_related("region")
        if location.province == "QC" and not outlines[location.region.code].covers(location.point)
    ]

    assert wrong == []


def test_directory_places_lie_in_the_region_that_their_row_names():
    rows = csv.DictReader(shared_file("resources_sourced.csv").open(encoding="utf-8"))
    from geo.imports.fixtures import key
    from geo.models import Service

    regions = {row["id"]: row["region"] for row in rows if row["region"] and row["scope"] == "site"}
    wrong = []
    for name, code in regions.items():
        service = Service.objects.filter(pk=key("service", name)).first()
        if service is None:
            continue
        for given in service.service_at_locations.select_related("location__region"):
            if given.location.region.code != code:
                wrong.append((name, code, given.location.region.code))

    assert wrong == []
