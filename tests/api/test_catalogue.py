"""Regions, needs, organizations, places, and the schema."""

import json

import jsonschema
import pytest
from django.core.management import call_command

from geo.models import AdminArea, Organization, Resource

pytestmark = pytest.mark.django_db


def test_all_17_regions_are_there_with_their_counts(client):
    answer = client.get("/api/v1/regions/").json()

    assert [f["id"] for f in answer["features"]] == [f"{n:02}" for n in range(1, 18)]
    gaspesie = answer["features"][10]["properties"]
    assert gaspesie["name"] == "Gaspésie–Îles-de-la-Madeleine"
    assert gaspesie["outline_kind"] == "generalised"
    assert gaspesie["places"] == Resource.objects.filter(region__code="11").count() > 0


def test_a_region_shows_every_need_also_where_nothing_is_listed(client):
    region = client.get("/api/v1/regions/10/?lang=es").json()["properties"]

    assert len(region["needs"]) == 15
    assert {"code": "transport", "name": "Transporte", "at_places": 0, "by_area": 0} in region[
        "needs"
    ]
    assert {"09", "02", "04", "08"} <= {other["code"] for other in region["neighbours"]}
    assert "Chibougamau" in {place["name"] for place in region["municipalities"]}


def test_counts_of_services_by_area_leave_out_the_province(client, empty_directory):
    from tests.factories import ServiceFactory
    from tests.places import GASPE

    ServiceFactory(covering=["24"])
    ServiceFactory(covering=["11", "01"])
    ServiceFactory(covering=["11"], at=GASPE)

    regions = {f["id"]: f["properties"] for f in client.get("/api/v1/regions/").json()["features"]}

    assert regions["11"]["services_by_area"] == 1
    assert regions["11"]["services_at_places"] == 1
    assert regions["01"]["services_by_area"] == 1
    assert regions["06"]["services_by_area"] == 0


@pytest.mark.parametrize(("lang", "name"), [("fr", "Santé"), ("en", "Health"), ("es", "Salud")])
def test_needs_are_a_tree_in_each_language(client, lang, name):
    answer = client.get(f"/api/v1/needs/?lang={lang}").json()

    health = next(need for need in answer["needs"] if need["code"] == "sante")
    assert len(answer["needs"]) == 15
    assert health["name"] == name
    assert all(child["code"].startswith("sante-") for child in health["children"])
    assert all(child["synonyms"] for child in health["children"])


def test_organizations_are_those_that_offer_something(client):
    answer = client.get("/api/v1/organizations/?limit=500").json()

    assert answer["numberMatched"] == len(answer["organizations"])
    assert answer["numberMatched"] == Organization.objects.offering().count()
    assert answer["numberMatched"] < Organization.objects.count()


def test_organizations_are_narrowed_by_kind_and_region(client):
    answer = client.get("/api/v1/organizations/?kind=consulate&region=07").json()

    assert {o["kind"] for o in answer["organizations"]} == {"consulate"}
    one = answer["organizations"][0]
    assert client.get(f"/api/v1/organizations/{one['id']}/").json() == one


def test_places_are_features_with_position_and_region(client):
    answer = client.get("/api/v1/places/?q=chibougamau").json()

    (place,) = answer["features"]
    assert place["geometry"]["coordinates"] == pytest.approx([-74.366, 49.917], abs=0.01)
    assert place["properties"]["region_code"] == "10"


def test_a_place_without_a_position_has_a_null_geometry(client):
    unknown = AdminArea.objects.municipalities().filter(point=None).first()

    answer = client.get("/api/v1/places/", {"q": unknown.name, "limit": "20"}).json()

    found = [f for f in answer["features"] if f["properties"]["code"] == unknown.code]
    assert found[0]["geometry"] is None
    assert found[0]["properties"]["region_code"]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/api/v1/places/", "q"),
        ("/api/v1/places/?q=", "q"),
        ("/api/v1/places/?q=%00", "q"),
        ("/api/v1/places/?q=a&limit=21", "limit"),
        ("/api/v1/regions/?lang=xx", "lang"),
        ("/api/v1/needs/?need=a", "need"),
        ("/api/v1/organizations/?region=99", "region"),
        ("/api/v1/organizations/?kind=employer", "kind"),
    ],
)
def test_bad_input_is_named(client, path, parameter):
    response = client.get(path)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert parameter in {error["parameter"] for error in response.json()["errors"]}


def test_the_schema_is_openapi_3_1_and_without_warnings(client, tmp_path):
    document = client.get("/api/schema/").json()
    call_command(
        "spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml")
    )

    assert document["openapi"].startswith("3.1")
    jsonschema.Draft202012Validator.check_schema(
        document["components"]["schemas"]["ResourceFeature"]
    )


def test_every_documented_address_is_on_the_page_for_people(client):
    document = client.get("/api/schema/").json()
    page = client.get("/api/docs/").content.decode()

    assert document["paths"]
    for path in document["paths"]:
        assert path in page
    assert "//" not in page.replace("http://testserver", "").split("<body>")[0]


def test_an_unforeseen_error_is_a_problem_and_says_nothing_of_the_input(
    client, monkeypatch, caplog
):
    from api.v1 import views

    def broken(_asked):
        raise RuntimeError("secret 48.8312345")

    monkeypatch.setattr(views, "found_resources", broken)
    client.raise_request_exception = False

    response = client.get("/api/v1/resources/?lat=48.8312345&lon=-64.48")

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert "48.8312345" not in json.dumps(response.json())
