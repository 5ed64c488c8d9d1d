"""The main address of the API, asked as a stranger would."""

import json

import geojson_pydantic
import pytest
from django.contrib.gis.measure import D
from django.urls import reverse
from geographiclib.geodesic import Geodesic

from geo.models import Phone, Resource
from tests.factories import LocationFactory, ServiceAtLocationFactory, ServiceFactory
from tests.places import TOWNS

pytestmark = pytest.mark.django_db

URL = "/api/v1/resources/"


def ask(client, **query):
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return response.json()


def names(collection):
    return [feature["properties"]["name"] for feature in collection["features"]]


def test_gaspe_has_its_hospital_first_and_the_lines_of_the_province(client):
    answer = ask(client, lat="48.83", lon="-64.48", radius_km="100", limit="500")

    first = answer["features"][0]
    lines = [f for f in answer["features"] if f["properties"]["remote"]]
    assert first["properties"]["name"] == "Hôpital de Gaspé"
    assert any(p["number"] == "811" for f in lines for p in f["properties"]["phones"])
    assert any(p["number"] == "211" for f in lines for p in f["properties"]["phones"])
    assert all(f["geometry"] is None and f["properties"]["distance_m"] is None for f in lines)


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town[0])
def test_distances_are_geodesic_and_rising(client, town):
    _name, longitude, latitude, _code = town
    answer = ask(client, lat=latitude, lon=longitude, radius_km="150", limit="500")
    placed = [f for f in answer["features"] if not f["properties"]["remote"]]

    told = [f["properties"]["distance_m"] for f in placed]
    true = [
        Geodesic.WGS84.Inverse(
            latitude, longitude, f["geometry"]["coordinates"][1], f["geometry"]["coordinates"][0]
        )["s12"]
        for f in placed
    ]
    assert told
    assert told == sorted(told)
    assert told == pytest.approx(true, rel=0.001, abs=1)
    assert max(told) <= 150_000


def test_every_provincial_line_answers_whatever_the_radius_and_the_window(client):
    provincial = {
        str(pk)
        for pk in Resource.objects.filter(
            is_remote=True, service__service_areas__area__level="province"
        ).values_list("pk", flat=True)
    }
    for query in (
        {"lat": "58.1", "lon": "-68.4", "radius_km": "1"},
        {"bbox": "-62.5,47,-61,48"},
        {"region": "10"},
    ):
        found = {f["id"] for f in ask(client, limit="500", **query)["features"]}
        placed = {
            f["properties"]["service_id"]
            for f in ask(client, limit="500", **query)["features"]
            if not f["properties"]["remote"]
        }
        # A line that is left out answers there by one of its places.
        assert provincial - found <= placed


def test_places_and_lines_are_mixed(client):
    answer = ask(client, lat="45.50", lon="-73.57", limit="12")

    assert [f["properties"]["remote"] for f in answer["features"]] == [False, False, True] * 4


def test_it_is_rfc_7946(client):
    response = client.get(URL, {"limit": "500"})

    assert response["Content-Type"] == "application/geo+json"
    collection = geojson_pydantic.FeatureCollection.model_validate_json(response.content)
    assert len(collection.features) == response.json()["numberMatched"]
    assert b'"crs"' not in response.content


def test_pages_follow_one_another_without_gap_or_repeat(client):
    whole = [f["id"] for f in ask(client, lat="46.8", lon="-71.2", limit="500")["features"]]
    pages, url = [], f"{URL}?lat=46.8&lon=-71.2&limit=20"
    while url:
        answer = client.get(url).json()
        pages += [f["id"] for f in answer["features"]]
        assert answer["numberMatched"] == len(whole)
        url = next((link["href"] for link in answer["links"] if link["rel"] == "next"), None)

    assert pages == whole


def test_past_the_end_one_goes_back_to_what_there_is(client):
    answer = ask(client, limit="50", offset="90000")

    (previous,) = (link["href"] for link in answer["links"] if link["rel"] == "prev")
    assert answer["features"] == []
    assert client.get(previous).json()["numberReturned"] == 50


@pytest.mark.parametrize(
    ("query", "true_of"),
    [
        ({"need": "sante"}, lambda p: any(n["parent"] == "sante" for n in p["needs"])),
        ({"kind": "consulate"}, lambda p: p["kind"] == "consulate"),
        (
            {"language": "es"},
            lambda p: {"es", "mul"} & {language["code"] for language in p["languages"]},
        ),
        ({"mode": "web"}, lambda p: "video_web" in p["modes"]),
        ({"mode": "phone"}, lambda p: "phone" in p["modes"]),
        (
            {"region": "09"},
            lambda p: p["remote"] or p["region"]["code"] == "09",
        ),
        ({"q": "hopital"}, lambda p: True),
    ],
)
def test_a_filter_keeps_what_it_says(client, query, true_of):
    answer = ask(client, limit="500", **query)

    assert 0 < answer["numberMatched"] < Resource.objects.count()
    assert all(true_of(feature["properties"]) for feature in answer["features"])


def test_filters_join_by_and(client):
    clinics = ask(client, need="sante", region="11", limit="500")
    close = ask(client, need="sante", region="11", lat="48.83", lon="-64.48", radius_km="30")

    assert set(names(close)) < set(names(clinics))


@pytest.mark.parametrize("lang", ["fr", "en", "es"])
def test_content_comes_in_the_language_asked_for(client, lang):
    answer = ask(client, lang=lang, limit="500")

    texts = [f["properties"]["description"] for f in answer["features"]]
    right = [text for text in texts if text and text["language"] == lang]
    assert len(right) > 0.95 * len([text for text in texts if text])


def test_the_language_of_the_browser_changes_nothing(client):
    answers = {
        client.get(URL, HTTP_ACCEPT_LANGUAGE=language).content for language in ("es", "en", "fr")
    }

    assert len(answers) == 1


def test_no_number_to_verify_is_ever_in_an_answer(client):
    body = client.get(URL, {"limit": "500"}).content.decode()
    shown = set(Phone.objects.trusted().values_list("number", flat=True))

    for phone in Phone.objects.exclude(number__in=shown):
        digits = phone.number.removeprefix("+1")
        spaced = f"{digits[:3]} {digits[3:6]}-{digits[6:]}"
        assert phone.number not in body
        assert spaced not in body
        assert spaced.replace(" ", "-") not in body


def test_a_secret_address_is_not_in_an_answer(client, empty_directory):
    shelter = ServiceFactory(is_shelter=True)
    place = LocationFactory(secret=True)
    ServiceAtLocationFactory(service=shelter, location=place)

    (feature,) = ask(client)["features"]

    assert feature["properties"]["address"]["address"] is None
    assert feature["properties"]["address"]["visibility"] == "partial"
    assert feature["properties"]["precision"] == "municipality"


def test_what_is_not_known_is_null_or_empty(client, empty_directory):
    ServiceFactory(covering=["24"])

    properties = ask(client)["features"][0]["properties"]

    assert properties["languages"] == []
    assert properties["hours"]["status"] == "unknown"
    assert properties["fee"] == "unknown"
    assert properties["papers_asked"] is None
    assert properties["phones"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("lat=48", "lon"),
        ("lon=-64", "lat"),
        ("lat=91&lon=0", "lat"),
        ("lat=0&lon=181", "lon"),
        ("lat=nan&lon=0", "lat"),
        ("lat=inf&lon=0", "lat"),
        ("lat=quarante&lon=0", "lat"),
        ("lat=1e400&lon=0", "lat"),
        ("lat=" + "1" * 10_000 + "&lon=0", "lat"),
        ("lat=48,83&lon=-64", "lat"),
        ("lat=4_8.83&lon=-64", "lat"),
        ("lat=４８&lon=-64", "lat"),
        ("lat=0x30&lon=-64", "lat"),
        ("lat=48&lon=-64&radius_km=1_0", "radius_km"),
        ("bbox=-6_5,48,-64,49", "bbox"),
        ("lat=48&lon=-64&radius_km=0", "radius_km"),
        ("lat=48&lon=-64&radius_km=-5", "radius_km"),
        ("lat=48&lon=-64&radius_km=501", "radius_km"),
        ("lat=48&lon=-64&radius_km=nan", "radius_km"),
        ("radius_km=50", "radius_km"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,4,5", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,0,1,1", "bbox"),
        ("bbox=-64,48,-65,49", "bbox"),
        ("bbox=-65,49,-64,48", "bbox"),
        ("bbox=-650,48,-64,49", "bbox"),
        ("bbox=", "bbox"),
        ("region=18", "region"),
        ("region=0", "region"),
        ("region=Gaspésie", "region"),
        ("need=argent-de-poche", "need"),
        ("kind=employer", "kind"),
        ("language=klingon", "language"),
        ("mode=owl", "mode"),
        ("lang=de", "lang"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=100000000000000000000", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=٣", "limit"),
        ("offset=-1", "offset"),
        ("offset=100001", "offset"),
        ("q=%00", "q"),
        ("q=", "q"),
        ("q=...", "q"),
        ("q=" + "a" * 201, "q"),
        ("need=sante%00", "need"),
        ("colour=red", "colour"),
        ("lat=48&lat=49&lon=-64", "lat"),
        ("%00=1", "\x00"),
    ],
)
def test_bad_input_is_named_and_says_what_is_wanted(client, query, parameter):
    response = client.get(f"{URL}?{query}")

    problem = json.loads(response.content)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "errors"} == set(problem)
    assert parameter in {error["parameter"] for error in problem["errors"]}
    assert all(error["detail"] for error in problem["errors"])


def test_all_that_is_wrong_is_said_at_once(client):
    problem = client.get(f"{URL}?colour=red&limit=0&bbox=1&lat=x").json()

    assert {error["parameter"] for error in problem["errors"]} == {
        "colour",
        "limit",
        "bbox",
        "lat",
    }


def test_one_resource_has_its_own_address(client):
    feature = ask(client, limit="1")["features"][0]

    alone = client.get(f"{URL}{feature['id']}/").json()

    assert alone == feature


@pytest.mark.parametrize(
    "path",
    [
        f"{URL}00000000-0000-0000-0000-000000000000/",
        f"{URL}not-a-uuid/",
        f"{URL}%00/",
        "/api/v1/nothing/",
        "/api/v2/resources/",
        "/api/v1/regions/18/",
        "/api/v1/regions/%00/",
        "/api/v1/organizations/00000000-0000-0000-0000-000000000000/",
    ],
)
def test_nothing_at_an_address_is_a_problem_too(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 404


def test_a_hidden_service_has_no_address(client, empty_directory):
    service = ServiceFactory(hidden=True, covering=["24"])

    assert client.get(f"{URL}{service.pk}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    response = getattr(client, method)(URL)

    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path",
    [URL, "/api/v1/regions/", "/api/v1/needs/", "/api/v1/organizations/", "/api/v1/places/?q=g4x"],
)
def test_the_api_sets_no_cookie_and_reads_none(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(URL, {"lat": "45.5", "lon": "-73.57", "limit": "5"})
    with django_assert_max_num_queries(12):
        client.get(URL, {"lat": "45.5", "lon": "-73.57", "limit": "500"})


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/geo+json"),
        ("application/geo+json", "application/geo+json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/geo+json"),
    ],
)
def test_the_media_type_is_the_one_asked_for(client, accept, media_type):
    response = client.get(URL, {"limit": "1"}, headers={"accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"] == media_type


def test_pages_of_partners_may_read_it(client):
    assert client.get(URL, {"limit": "1"})["Access-Control-Allow-Origin"] == "*"
    assert client.get(URL, {"limit": "0"})["Access-Control-Allow-Origin"] == "*"


def test_a_feature_links_to_its_page(client):
    feature = ask(client, limit="1")["features"][0]

    assert feature["properties"]["page"].endswith(reverse("resource", args=[feature["id"]]))


def test_the_radius_is_fifty_kilometres_if_not_given(client):
    said = ask(client, lat="46.8", lon="-71.2", limit="500")
    asked = ask(client, lat="46.8", lon="-71.2", radius_km="50", limit="500")

    assert names(said) == names(asked)
    assert D(km=50).m >= max(f["properties"]["distance_m"] or 0 for f in said["features"])
