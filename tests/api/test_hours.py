"""What the API says of hours."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from geo.models import Resource, ServiceAtLocation
from geo.translation import compose
from tests.factories import ScheduleExceptionFactory, ScheduleFactory, ServiceFactory
from tests.places import GASPE

pytestmark = pytest.mark.usefixtures("empty_directory")

URL = "/api/v1/resources/"


@pytest.fixture(autouse=True)
def _wednesday_at_ten(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 25, 15, tzinfo=UTC))


def properties(client, **asked):
    answer = client.get(URL, asked).json()
    return [feature["properties"] for feature in answer["features"]]


def test_a_feature_says_whether_it_is_open_and_until_when(client):
    ScheduleFactory(service=ServiceFactory(at=GASPE))

    (feature,) = properties(client)

    assert feature["opening"] == {
        "state": "open",
        "until": "2026-11-25T21:30:00Z",
        "opens_at": None,
        "by_appointment": False,
        "note": None,
        "timezone": "America/Toronto",
        "exceptions": [],
    }


def test_nothing_known_is_unknown(client):
    ServiceFactory(at=GASPE)

    (feature,) = properties(client)

    assert feature["opening"]["state"] == "unknown"
    assert feature["hours"]["status"] == "unknown"


def test_exceptions_are_told_with_their_message(client):
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(service=service, by_appointment=True)
    ScheduleExceptionFactory(
        service=service,
        starts_on=date(2026, 11, 25),
        kind="hours",
        opening_hours="08:00-09:30",
        reason="staff",
        message=compose({"fr": "Appelez le 211."}),
    )

    (feature,) = properties(client, lang="es")

    assert feature["opening"]["state"] == "closed"
    assert feature["opening"]["opens_at"] == "2026-11-26T13:30:00Z"
    assert feature["opening"]["by_appointment"] is True
    assert feature["opening"]["exceptions"] == [
        {
            "starts_on": "2026-11-25",
            "ends_on": "2026-11-25",
            "kind": "hours",
            "reason": "staff",
            "opening_hours": "08:00-09:30",
            "message": {"text": "Appelez le 211.", "language": "fr", "state": "original"},
        }
    ]


def test_a_holiday_that_nobody_spoke_of_has_a_note(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 25, 15, tzinfo=UTC))
    ScheduleFactory(service=ServiceFactory(at=GASPE))

    (feature,) = properties(client)

    assert feature["opening"]["state"] == "unknown"
    assert feature["opening"]["note"] == "public_holiday"


def test_hours_are_those_of_the_place_if_it_has_any(client):
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(service=service)
    ScheduleFactory(
        service=service,
        service_at_location=ServiceAtLocation.objects.get(service=service),
        opening_hours="Sa 10:00-12:00",
    )

    (feature,) = properties(client)

    assert feature["hours"]["opening_hours"] == "Sa 10:00-12:00"
    assert feature["opening"]["state"] == "closed"


def test_open_now_puts_the_unknown_last_and_leaves_out_the_closed(client):
    for expression in ("Mo-Fr 08:30-16:30", "Sa 10:00-12:00"):
        ScheduleFactory(service=ServiceFactory(at=GASPE), opening_hours=expression)
    ServiceFactory(at=GASPE)

    def states(**asked):
        return [feature["opening"]["state"] for feature in properties(client, **asked)]

    assert states(open_now="true", lat="48.83", lon="-64.48") == ["open", "unknown"]
    assert sorted(states(open_now="false")) == sorted(states()) == ["closed", "open", "unknown"]


@pytest.mark.parametrize("wrong", ["yes", "1", "True", ""])
def test_open_now_is_true_or_false(client, wrong):
    assert client.get(URL, {"open_now": wrong}).status_code == 400


def test_one_resource_says_the_same(client):
    ScheduleFactory(service=ServiceFactory(at=GASPE))
    resource = Resource.objects.get()

    answer = client.get(f"{URL}{resource.pk}/").json()

    assert answer["properties"]["opening"] == properties(client)[0]["opening"]
