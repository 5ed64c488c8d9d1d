"""Dates of services that move, and alerts, by program."""

from datetime import timedelta

import pytest
from django.utils import timezone

from geo.models import AdminArea
from tests.factories import (
    AlertFactory,
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    in_days,
)
from tests.places import GASPE, ILES_DE_LA_MADELEINE, MONTREAL, PERCE

pytestmark = pytest.mark.usefixtures("empty_directory")


def ids(answer):
    return [feature["id"] for feature in answer.json()["features"]]


def day(days):
    return timezone.localdate(in_days(days)).isoformat()


def test_dates_come_soonest_first_with_the_clock_of_the_place(client):
    islands = LocationFactory(point=ILES_DE_LA_MADELEINE, timezone="America/Halifax")
    later = MobileStopFactory(starts_at=in_days(9))
    sooner = MobileStopFactory(location=islands, starts_at=in_days(2), status="confirmed")

    answer = client.get("/api/v1/stops/?lang=en")

    assert answer["Content-Type"] == "application/geo+json"
    assert ids(answer) == [str(sooner.pk), str(later.pk)]
    feature = answer.json()["features"][0]
    assert feature["geometry"]["coordinates"] == [-61.88, 47.38]
    stop = feature["properties"]["stop"]
    assert stop["timezone"] == "America/Halifax"
    assert stop["starts_at"][-6:] in {"-03:00", "-04:00"}
    assert (stop["status"], stop["status_label"]) == ("confirmed", "Confirmed")
    assert stop["calendar"].endswith(f"/en/calendars/stops/{sooner.pk}.ics")
    assert feature["properties"]["tour"]["name"] == "Tournée inventée " + str(
        sooner.tour.name["fr"]["text"].split()[-1]
    )


@pytest.mark.parametrize(
    "kind",
    [
        {"status": "cancelled"},
        {"status": "done", "past": True},
        {"past": True},
        {"announce_to": "partners"},
        {"announce_to": "on_request"},
        {"tour__service__hidden": True},
    ],
)
def test_what_is_not_on_offer_is_never_there(client, kind):
    stop = MobileStopFactory(**kind)

    assert ids(client.get("/api/v1/stops/")) == []
    assert ids(client.get("/api/v1/resources/")) == []
    assert client.get(f"/api/v1/resources/{stop.pk}/").status_code == 404


def test_days_region_need_tour_and_position_narrow_the_dates(client):
    tour = MobileTourFactory(service__needs=["sante-clinique"])
    gaspe = MobileStopFactory(tour=tour, location__point=GASPE, starts_at=in_days(3))
    perce = MobileStopFactory(location__point=PERCE, starts_at=in_days(6))
    montreal = MobileStopFactory(location__point=MONTREAL, starts_at=in_days(9))

    for question, expected in [
        (f"from={day(6)}", [perce, montreal]),
        (f"to={day(3)}", [gaspe]),
        (f"from={day(4)}&to={day(6)}", [perce]),
        ("region=11", [gaspe, perce]),
        ("need=sante", [gaspe]),
        (f"tour={tour.pk}", [gaspe]),
        ("lat=48.83&lon=-64.48&radius_km=10", [gaspe]),
        ("lat=48.83&lon=-64.48", [gaspe, perce]),
        ("limit=1&offset=1", [perce]),
    ]:
        assert ids(client.get(f"/api/v1/stops/?{question}")) == [str(s.pk) for s in expected]

    near = client.get("/api/v1/stops/?lat=48.83&lon=-64.48").json()["features"]
    assert near[0]["properties"]["distance_m"] == 0
    assert near[1]["properties"]["distance_m"] == pytest.approx(39_300, abs=500)


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("from=demain", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-12-02&to=2026-12-01", "to"),
        ("region=99", "region"),
        ("need=nothing", "need"),
        ("tour=1", "tour"),
        ("lat=48", "lon"),
        ("radius_km=5", "radius_km"),
        ("day=2026-12-01", "day"),
    ],
)
def test_a_wrong_question_is_told_what_to_mend(client, question, parameter):
    answer = client.get(f"/api/v1/stops/?{question}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_a_vague_stop_shows_its_town_and_no_more(client):
    MobileStopFactory(vague=True, partner_note="derrière l’aréna inventée")

    body = client.get("/api/v1/stops/")

    properties = body.json()["features"][0]["properties"]
    assert properties["stop"]["place_precision"] == "locality"
    assert properties["address"]["municipality"] == "Montréal"
    assert properties["address"]["address"] is None
    assert properties["precision"] == "municipality"


def test_a_resource_says_the_date_of_its_stop(client):
    stop = MobileStopFactory(tour__service__needs=["droits-salaire"], topics=["sante-clinique"])

    feature = client.get("/api/v1/resources/?lang=es").json()["features"][0]

    assert feature["id"] == str(stop.pk)
    assert feature["properties"]["stop"]["id"] == str(stop.pk)
    assert [need["code"] for need in feature["properties"]["needs"]] == ["sante-clinique"]


def test_a_fixed_place_has_no_date(client):
    from tests.factories import ServiceFactory

    ServiceFactory(at=GASPE)

    assert client.get("/api/v1/resources/").json()["features"][0]["properties"]["stop"] is None


def test_the_number_of_queries_does_not_grow_with_the_dates(client, django_assert_max_num_queries):
    for number in range(6):
        MobileStopFactory(starts_at=in_days(number + 1), topics=["sante-clinique"])
    with django_assert_max_num_queries(9):
        assert len(ids(client.get("/api/v1/stops/"))) == 6


def test_tours_are_listed_also_without_a_date(client):
    empty = MobileTourFactory()
    MobileStopFactory(tour=empty, past=True)
    MobileStopFactory(tour=empty, announce_to="partners")
    full = MobileTourFactory()
    MobileStopFactory(tour=full)
    MobileStopFactory(tour=full, starts_at=in_days(5))
    MobileTourFactory(service__ended=True)

    answer = client.get("/api/v1/tours/").json()

    assert answer["numberMatched"] == 2
    assert {row["tour"]["id"]: row["stops_to_come"] for row in answer["tours"]} == {
        str(empty.pk): 0,
        str(full.pk): 2,
    }


def test_alerts_of_a_region_and_a_need(client):
    everywhere = AlertFactory(severity="critical")
    gaspesie = AlertFactory(regions=["11"], needs=["sante"], severity="warn")
    AlertFactory(starts_at=in_days(-20))

    def asked(question=""):
        return [row["id"] for row in client.get(f"/api/v1/alerts/{question}").json()["alerts"]]

    assert asked() == [str(everywhere.pk), str(gaspesie.pk)]
    assert asked("?region=11&need=sante-clinique") == [str(everywhere.pk), str(gaspesie.pk)]
    assert asked("?region=06") == [str(everywhere.pk)]
    assert asked("?need=droits") == [str(everywhere.pk)]
    row = client.get("/api/v1/alerts/?region=11&lang=en").json()["alerts"][1]
    assert (row["severity"], row["severity_label"]) == ("warn", "Warning")
    assert row["regions"] == [{"code": "11", "name": "Gaspésie–Îles-de-la-Madeleine"}]
    assert row["needs"] == [{"code": "sante", "name": "Health", "parent": "sante"}]


def test_partner_notes_are_in_no_answer(client):
    note = "note secrète inventée"
    stop = MobileStopFactory(partner_note=note, location__point=GASPE)
    assert AdminArea.objects.region_of(GASPE).code == "11"

    for path in [
        "stops/",
        "tours/",
        "resources/",
        f"resources/{stop.pk}/",
        "alerts/",
        "regions/11/",
        "organizations/",
    ]:
        assert note not in client.get(f"/api/v1/{path}").content.decode()


def test_today_is_told_by_the_clock_of_quebec(client):
    stop = MobileStopFactory(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=1)
    )

    assert ids(client.get(f"/api/v1/stops/?from={day(0)}&to={day(0)}")) == [str(stop.pk)]
