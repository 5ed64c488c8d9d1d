"""Official outlines over the generalised ones."""

import json
import zipfile

import numpy
import pyogrio
import pyproj
import pytest
import shapely
from django.core.management import CommandError, call_command

from geo.models import AdminArea, Location
from tests.conftest import shared_file
from tests.factories import LocationFactory
from tests.places import MONTREAL

pytestmark = pytest.mark.django_db


def strips() -> list[tuple[str, shapely.Polygon]]:
    """Seventeen strips of two degrees by ten, from the west: no region, and easy to tell apart."""
    return [
        (f"{number:02}", shapely.box(-79.9 + number, 45, -79.0 + number, 55))
        for number in range(1, 18)
    ]


def geojson(path, areas, field="code"):
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {field: code},
                        "geometry": shapely.geometry.mapping(area),
                    }
                    for code, area in areas
                ],
            }
        )
    )
    return path


def zipped_shapefile(folder, areas):
    """In Québec's Lambert projection, as Données Québec may publish it, inside a folder."""
    to_lambert = pyproj.Transformer.from_crs(4326, 32198, always_xy=True)
    shapes = [
        shapely.transform(area, lambda c: numpy.column_stack(to_lambert.transform(*c.T)))
        for _code, area in areas
    ]
    pyogrio.raw.write(
        folder / "regio_s.shp",
        geometry=shapely.to_wkb(shapes),
        field_data=[numpy.array([code for code, _area in areas], dtype=object)],
        fields=["RES_CO_REG"],
        geometry_type="Polygon",
        crs="EPSG:32198",
    )
    archive = folder / "regio_s.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for part in folder.glob("regio_s.*"):
            if part != archive:
                target.write(part, f"SHP/{part.name}")
    return archive


def outline(code):
    return AdminArea.objects.regions().get(code=code)


def test_geojson_replaces_the_outlines_and_moves_the_places(tmp_path):
    location = LocationFactory(point=MONTREAL)  # 73.57° W lies in strip 06 (73.9 to 73.0)

    call_command("load_areas", geojson(tmp_path / "a.geojson", strips()), level="region")

    location.refresh_from_db()
    assert outline("06").outline_kind == "official"
    assert outline("06").outline_source.citation == "a.geojson"
    assert outline("06").outline.extent == pytest.approx((-73.9, 45, -73.0, 55))
    assert location.region.code == "06"
    assert Location.objects.filter(region__code="16").count() < 34


def test_a_zipped_shapefile_in_another_projection_is_the_same(tmp_path):
    call_command("load_areas", zipped_shapefile(tmp_path, strips()), level="region")

    assert outline("17").outline.extent == pytest.approx((-62.9, 45, -62.0, 55), abs=1e-4)


def test_rows_of_one_code_are_joined_only_when_asked(tmp_path):
    island = ("17", shapely.box(-61.0, 47, -60.0, 48))
    path = geojson(tmp_path / "a.geojson", [*strips(), island])

    with pytest.raises(CommandError, match="17.*--merge"):
        call_command("load_areas", path, level="region")
    call_command("load_areas", path, level="region", merge=True)

    assert outline("17").outline.num_geom == 2


def test_a_dry_run_writes_nothing(tmp_path):
    path = geojson(tmp_path / "a.geojson", strips())

    call_command("load_areas", path, level="region", dry_run=True)

    assert outline("06").outline_kind == "generalised"


def test_the_field_of_the_code_may_be_named(tmp_path):
    path = geojson(tmp_path / "a.geojson", strips(), field="numero")

    with pytest.raises(CommandError, match="numero.*--code-field"):
        call_command("load_areas", path, level="region")
    call_command("load_areas", path, level="region", code_field="numero")

    assert outline("01").outline_kind == "official"


@pytest.mark.parametrize(
    ("areas", "message"),
    [
        (strips()[:16], "no outline for 1 of 17 areas: 17"),
        ([*strips(), strips()[8]], "more than once.*09"),
        (
            [*strips()[:16], ("17", shapely.Polygon([(-70, 50), (-69, 51), (-69, 50), (-70, 51)]))],
            "crosses itself",
        ),
        ([*strips()[:16], ("17", shapely.box(200000, 200000, 300000, 300000))], "outside Québec"),
        ([*strips()[:16], ("17", shapely.Point(-70, 50))], "not a polygon"),
        ([], "no area"),
    ],
)
def test_a_wrong_file_writes_nothing_and_says_why(tmp_path, areas, message):
    path = geojson(tmp_path / "a.geojson", areas)

    with pytest.raises(CommandError, match=message):
        call_command("load_areas", path, level="region")

    assert outline("01").outline_kind == "generalised"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.kml", b"<OGRVRTDataSource/>", "neither GeoJSON nor a Shapefile"),
        ("a.geojson", b"<OGRVRTDataSource/>", "not a GeoJSON"),
        ("a.geojson", b"[" * 50_000, "not a GeoJSON"),
        ("a.zip", b"PK\x03\x04 damaged", "not a ZIP"),
        ("a.shp", b"<OGRVRTDataSource/>", "is not a Shapefile"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        call_command("load_areas", path, level="region")


def test_the_official_file_loads_and_keeps_every_town_in_its_region():
    call_command("load_areas", shared_file("regions_official_1m.geojson"), level="region")

    assert outline("11").outline_kind == "official"
    assert Location.objects.filter(region=None).count() == 0
