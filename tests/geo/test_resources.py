"""Questions of the map and of the list."""

import pytest
from django.contrib.gis.measure import D
from geographiclib.geodesic import Geodesic

from geo.models import AdminArea, Resource, Service
from geo.spatial import lon_lat, rectangle
from tests.factories import (
    PhoneFactory,
    ServiceFactory,
)
from tests.places import (
    BAIE_COMEAU,
    CHIBOUGAMAU,
    GASPE,
    ILES_DE_LA_MADELEINE,
    LAVAL,
    MANIWAKI,
    MATANE,
    MONTREAL,
    OTTAWA,
    QUEBEC_CITY,
    RIMOUSKI,
    TORONTO,
    TOWNS,
)

pytestmark = pytest.mark.usefixtures("empty_directory")

PROVINCE = "24"


def services(resources):
    return [resource.service for resource in resources]


def region(code):
    return AdminArea.objects.regions().get(code=code)


def near(point, kilometres):
    return Resource.objects.reached(near=(point, D(km=kilometres))).in_order(point)


def test_near_sorts_by_distance_and_stops_at_the_radius():
    laval = ServiceFactory(at=LAVAL)
    montreal = ServiceFactory(at=MONTREAL)
    ServiceFactory(at=QUEBEC_CITY)

    found = list(near(MONTREAL, 20))

    assert services(found) == [montreal, laval]
    assert found[1].distance.km == pytest.approx(16.2, abs=0.1)


@pytest.mark.parametrize(
    ("start", "end"),
    [(RIMOUSKI, MATANE), (MONTREAL, GASPE), (CHIBOUGAMAU, MANIWAKI), (MATANE, BAIE_COMEAU)],
)
def test_distances_are_those_of_the_geodesic(start, end):
    ServiceFactory(at=end)

    found = near(start, 900).get()

    geodesic = Geodesic.WGS84.Inverse(start.y, start.x, end.y, end.x)["s12"]
    assert found.distance.m == pytest.approx(geodesic, rel=0.001)


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town[0])
def test_a_province_wide_line_is_found_from_every_region(town):
    _name, longitude, latitude, code = town
    line = ServiceFactory(covering=[PROVINCE])

    assert services(near(lon_lat(longitude, latitude), 1)) == [line]
    assert services(Resource.objects.reached(region=region(code))) == [line]


@pytest.mark.parametrize("point", [OTTAWA, TORONTO])
def test_a_province_wide_line_is_found_from_outside_the_province(point):
    line = ServiceFactory(covering=[PROVINCE])

    assert services(near(point, 1)) == [line]


def test_a_window_never_loses_a_province_wide_line():
    line = ServiceFactory(covering=[PROVINCE])
    gaspe = ServiceFactory(at=GASPE)
    ServiceFactory(at=MONTREAL)

    found = Resource.objects.reached(viewport=rectangle(-65, 48, -64, 49)).in_order()

    assert services(found) == [gaspe, line]


def test_a_regional_service_is_found_in_its_region_only():
    regional = ServiceFactory(covering=["11"])

    assert services(near(GASPE, 10)) == [regional]
    assert services(near(ILES_DE_LA_MADELEINE, 10)) == [regional]
    assert services(near(RIMOUSKI, 10)) == []
    assert services(Resource.objects.reached(viewport=rectangle(-65, 48, -64, 49))) == [regional]
    assert services(Resource.objects.reached(viewport=rectangle(-74, 45, -73, 46))) == []


def test_a_service_of_a_municipality_is_found_there_and_in_its_region():
    local = ServiceFactory(covering=["99025"])  # Chibougamau

    assert services(near(CHIBOUGAMAU, 1)) == [local]
    assert services(Resource.objects.reached(region=region("10"))) == [local]
    assert services(near(lon_lat(-77.63, 49.76), 1)) == []  # Matagami, same region


def test_a_service_at_a_place_is_not_repeated_by_its_area():
    consulate = ServiceFactory(at=MONTREAL, covering=[PROVINCE])

    close, far = list(near(MONTREAL, 50)), list(near(GASPE, 50))

    assert services(close) == [consulate]
    assert close[0].is_remote is False
    assert services(far) == [consulate]
    assert far[0].is_remote is True
    assert far[0].point is None
    assert far[0].distance is None


def test_a_far_office_does_not_take_the_place_of_a_service_that_covers_here():
    consulate = ServiceFactory(at=MONTREAL, covering=[PROVINCE])

    wide = list(near(QUEBEC_CITY, 500))

    assert services(wide) == [consulate, consulate]
    assert sorted(resource.is_remote for resource in wide) == [False, True]


def test_a_service_of_unknown_reach_is_found_nowhere():
    ServiceFactory()

    assert not Resource.objects.exists()


@pytest.mark.parametrize("situation", ["hidden", "ended"])
def test_what_is_hidden_or_ended_is_not_a_resource(situation):
    ServiceFactory(at=MONTREAL, covering=[PROVINCE], **{situation: True})

    assert not Resource.objects.exists()
    assert not Service.objects.public().exists()


def test_a_suspended_organization_offers_nothing():
    ServiceFactory(at=MONTREAL, organization__verified_status="suspended")

    assert not Resource.objects.exists()


def test_after_each_two_places_comes_one_service_by_area():
    places = [ServiceFactory(at=lon_lat(-73.57 - step / 100, 45.5)) for step in range(5)]
    lines = [ServiceFactory(covering=[PROVINCE]) for _ in range(4)]

    found = services(near(MONTREAL, 50))

    assert found == [
        *places[0:2],
        lines[0],
        *places[2:4],
        lines[1],
        places[4],
        lines[2],
        lines[3],
    ]


def test_the_mix_stays_the_same_from_page_to_page():
    for step in range(7):
        ServiceFactory(at=lon_lat(-73.57 - step / 100, 45.5))
        ServiceFactory(covering=[PROVINCE])
    everything = list(near(MONTREAL, 50))

    pages = [list(near(MONTREAL, 50)[start : start + 3]) for start in range(0, 14, 3)]

    assert [row for page in pages for row in page] == everything


def test_a_number_to_call_comes_before_a_name():
    ServiceFactory(name={"fr": {"text": "A sans numéro", "state": "original"}}, covering=["24"])
    ServiceFactory(
        name={"fr": {"text": "B avec numéro", "state": "original"}},
        covering=["24"],
        phone="+18005550123",
    )

    assert [str(resource) for resource in near(MONTREAL, 5)] == ["B avec numéro", "A sans numéro"]


def test_those_known_for_the_need_come_before_those_that_also_answer_it():
    poison = ServiceFactory(
        name={"fr": {"text": "A", "state": "original"}},
        covering=["24"],
        phone="+18005550123",
        needs=["urgence-danger", "droits-sst"],
    )
    labour = ServiceFactory(
        name={"fr": {"text": "B", "state": "original"}},
        covering=["24"],
        phone="+18005550124",
        needs=["droits-salaire"],
    )

    assert services(Resource.objects.answering("droits").in_order()) == [labour, poison]


def test_a_need_of_level_1_stands_for_its_leaves():
    clinic = ServiceFactory(at=MONTREAL, needs=["sante-clinique"])
    ServiceFactory(at=MONTREAL, needs=["alimentation-depannage"])

    assert services(Resource.objects.answering("sante")) == [clinic]
    assert services(Resource.objects.answering("sante-clinique")) == [clinic]
    assert services(Resource.objects.answering("sante-dentaire")) == []


def test_an_interpreter_of_many_languages_speaks_each_of_them():
    spanish = ServiceFactory(at=MONTREAL, speaks=["es"])
    interpreter = ServiceFactory(at=MONTREAL, speaks=["mul"])
    ServiceFactory(at=MONTREAL, speaks=["fr"])
    ServiceFactory(at=MONTREAL)

    found = services(Resource.objects.speaking("es"))

    assert set(found) == {spanish, interpreter}


def test_a_language_of_an_untrusted_line_does_not_count():
    service = ServiceFactory(at=MONTREAL)
    PhoneFactory(service=service, trust="to_verify", languages=["es"])

    assert services(Resource.objects.speaking("es")) == []


def test_conditions_join_by_and():
    found = ServiceFactory(at=GASPE, needs=["sante-clinique"], delivery_modes=["on_site"])
    ServiceFactory(at=GASPE, needs=["sante-clinique"], delivery_modes=["phone"])
    ServiceFactory(at=MONTREAL, needs=["sante-clinique"], delivery_modes=["on_site"])
    ServiceFactory(at=GASPE, needs=["droits-salaire"], delivery_modes=["on_site"])

    resources = (
        Resource.objects.answering("sante")
        .delivered("on_site")
        .reached(near=(GASPE, D(km=50)), region=region("11"))
    )

    assert services(resources) == [found]


def test_details_cost_the_same_number_of_queries_for_any_number(django_assert_num_queries):
    for _ in range(3):
        ServiceFactory(at=MONTREAL, covering=["24"], phone="+15145550199", speaks=["es"])
    with django_assert_num_queries(8):
        list(Resource.objects.in_order(MONTREAL).with_details())
    for _ in range(20):
        ServiceFactory(at=MONTREAL, covering=["24"], phone="+15145550199", speaks=["es"])
    with django_assert_num_queries(8):
        list(Resource.objects.in_order(MONTREAL).with_details())
