"""The hours of resources: which schedules hold, exceptions, and what is open now."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from geo.choices import OpenState
from geo.hours import hours_of, opening_of, schedules_of, told, week_of
from geo.models import Location, Resource, Schedule, ServiceAtLocation
from geo.translation import compose
from tests.factories import (
    LocationFactory,
    MobileStopFactory,
    PhoneFactory,
    ScheduleExceptionFactory,
    ScheduleFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
    UserFactory,
)
from tests.network import verified_login
from tests.places import GASPE, ILES_DE_LA_MADELEINE, MONTREAL

pytestmark = pytest.mark.usefixtures("empty_directory")

WEDNESDAY = datetime(2026, 11, 25, 15, tzinfo=UTC)  # 10:00 in Montréal
NIGHT = datetime(2026, 11, 25, 4, tzinfo=UTC)  # 23:00 the evening before


@pytest.fixture
def at(monkeypatch):
    """Live at another moment."""

    def live(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    live(WEDNESDAY)
    return live


def resource_of(service, **conditions):
    return Resource.objects.filter(service=service, **conditions).with_details().get()


def place_of(service):
    return ServiceAtLocation.objects.get(service=service)


# Which hours hold


def test_hours_of_a_place_go_before_those_of_the_service():
    service = ServiceFactory(at=GASPE, covering=["11"])
    general = ScheduleFactory(service=service)
    own = ScheduleFactory(
        service=service, service_at_location=place_of(service), opening_hours="Mo-Fr 10:00-12:00"
    )

    assert schedules_of(resource_of(service, is_remote=False)) == [own]
    assert schedules_of(resource_of(service, is_remote=True)) == [general]


def test_hours_of_one_place_say_nothing_of_another():
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(service=service, service_at_location=place_of(service))
    other = ServiceAtLocationFactory(
        service=service, location=LocationFactory(organization=service.organization)
    )

    assert schedules_of(resource_of(service, pk=other.pk)) == []
    assert opening_of(resource_of(service, pk=other.pk), WEDNESDAY).state == OpenState.UNKNOWN


def test_several_schedules_are_open_together():
    service = ServiceFactory(at=MONTREAL)
    ScheduleFactory(service=service, opening_hours="Mo-Fr 08:00-09:00")
    ScheduleFactory(service=service, opening_hours="We 09:30-12:00", by_appointment=True)
    ScheduleFactory(service=service, opening_hours="We 11:00-18:00")
    resource = resource_of(service)

    states = [
        opening_of(resource, WEDNESDAY + timedelta(hours=hours)).state for hours in (-2, 0, 1, 12)
    ]

    assert states == ["open", "by_appointment", "open", "closed"]


def test_the_clock_is_that_of_the_place_and_of_quebec_without_one():
    islands = ServiceFactory(covering=["24"])
    location = LocationFactory(
        organization=islands.organization, point=ILES_DE_LA_MADELEINE, timezone="America/Halifax"
    )
    ServiceAtLocationFactory(service=islands, location=location)
    ScheduleFactory(service=islands)
    moment = datetime(2026, 11, 25, 20, 45, tzinfo=UTC)

    assert opening_of(resource_of(islands, is_remote=False), moment).state == OpenState.CLOSED
    assert opening_of(resource_of(islands, is_remote=True), moment).state == OpenState.OPEN


def test_a_stop_of_a_tour_is_open_while_it_is_there(at):
    stop = MobileStopFactory(starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=4))
    ScheduleFactory(service=stop.tour.service, opening_hours="24/7")
    # The database would not show a stop of the past.
    resource = Resource(
        pk=stop.pk, service=stop.tour.service, location=stop.location, stop=stop, is_remote=False
    )

    assert opening_of(resource, WEDNESDAY - timedelta(hours=1)).state == OpenState.OPENS_LATER
    assert opening_of(resource, WEDNESDAY).state == OpenState.OPEN
    assert opening_of(resource, WEDNESDAY + timedelta(hours=4)).state == OpenState.CLOSED


# Exceptions


@pytest.mark.parametrize(
    ("days_before", "is_told"), [(16, False), (15, True), (0, True), (-2, True), (-3, False)]
)
def test_an_exception_is_announced_15_days_before_and_goes_by_itself(at, days_before, is_told):
    first = date(2026, 12, 24)
    exception = ScheduleExceptionFactory(
        service=ServiceFactory(at=MONTREAL), starts_on=first, ends_on=first + timedelta(days=2)
    )
    at(datetime(2026, 12, 24, 23, tzinfo=UTC) - timedelta(days=days_before))

    assert told(resource_of(exception.service)) == ([exception] if is_told else [])


def test_the_day_of_an_exception_is_that_of_the_place(at):
    service = ServiceFactory(at=MONTREAL)
    Location.objects.update(timezone="America/Halifax")
    ScheduleExceptionFactory(service=service, starts_on=date(2026, 11, 25))
    resource = resource_of(service)

    # Half past midnight on the islands, and still the day before in Montréal.
    assert told(resource, datetime(2026, 11, 26, 3, 30, tzinfo=UTC))
    assert not told(resource, datetime(2026, 11, 26, 4, 30, tzinfo=UTC))


def test_an_exception_of_one_place_leaves_the_others_open(at):
    service = ServiceFactory(at=MONTREAL)
    ScheduleFactory(service=service)
    here = place_of(service)
    there = ServiceAtLocationFactory(
        service=service, location=LocationFactory(organization=service.organization)
    )
    ScheduleExceptionFactory(service=service, service_at_location=here, starts_on=WEDNESDAY.date())

    assert opening_of(resource_of(service, pk=here.pk)).state == OpenState.CLOSED
    assert opening_of(resource_of(service, pk=there.pk)).state == OpenState.OPEN
    assert told(resource_of(service, pk=there.pk)) == []


def test_an_exception_of_the_service_holds_at_a_place_with_its_own_hours(at):
    service = ServiceFactory(at=MONTREAL)
    ScheduleFactory(service=service, service_at_location=place_of(service))
    ScheduleExceptionFactory(service=service, starts_on=WEDNESDAY.date())

    assert opening_of(resource_of(service)).state == OpenState.CLOSED


def test_a_message_changes_no_hours(at):
    service = ServiceFactory(at=MONTREAL)
    ScheduleFactory(service=service)
    ScheduleExceptionFactory(
        service=service,
        starts_on=WEDNESDAY.date(),
        kind="message",
        message=compose({"fr": "Entrée par la cour."}),
    )
    resource = resource_of(service)

    assert opening_of(resource).state == OpenState.OPEN
    assert len(told(resource)) == 1


def test_the_week_begins_today_by_the_clock_of_the_place(at):
    service = ServiceFactory(at=MONTREAL)
    ScheduleFactory(service=service)
    ScheduleExceptionFactory(service=service, starts_on=date(2026, 11, 27))

    days = week_of(resource_of(service), NIGHT)

    assert days[0].day == date(2026, 11, 24)
    assert len(days) == 7
    assert [len(day.slots) for day in days] == [1, 1, 1, 0, 0, 0, 1]
    assert [day.is_exception for day in days].index(True) == 3


# Open now


def test_open_now_leaves_out_what_is_known_to_be_closed_and_puts_the_unknown_last(at):
    services = {
        name: ServiceFactory(at=MONTREAL)
        for name in ("unknown", "open", "closed", "appointment", "text", "vacation", "always")
    }
    ScheduleFactory(service=services["open"])
    ScheduleFactory(service=services["closed"], opening_hours="Sa 10:00-12:00")
    ScheduleFactory(service=services["appointment"], by_appointment=True)
    ScheduleFactory(
        service=services["text"], opening_hours="", text=compose({"fr": "Deux soirs par mois"})
    )
    ScheduleFactory(service=services["vacation"])
    ScheduleExceptionFactory(service=services["vacation"], starts_on=WEDNESDAY.date())
    ScheduleFactory(service=services["always"], opening_hours="24/7", hours_status="always")

    found = Resource.objects.open_now().in_order(MONTREAL)

    names = {service.pk: name for name, service in services.items()}
    assert {names[row.service_id] for row in found if row.open_group == 0} == {
        "open",
        "appointment",
        "always",
    }
    assert {names[row.service_id] for row in found if row.open_group == 1} == {"unknown", "text"}
    assert [row.open_group for row in found] == [0, 0, 0, 1, 1]


def test_each_group_has_its_lines_among_its_places(at):
    for _number in range(4):
        ScheduleFactory(service=ServiceFactory(at=MONTREAL))
        ServiceFactory(at=MONTREAL)
    line = ServiceFactory(covering=["24"])
    PhoneFactory(service=line)
    ScheduleFactory(service=line)
    unknown_line = ServiceFactory(covering=["24"])

    found = list(Resource.objects.open_now().reached().in_order(MONTREAL))

    assert [row.is_remote for row in found] == [False, False, True, False, False] * 2
    assert [row.service for row in found if row.is_remote] == [line, unknown_line]


def test_open_now_and_the_card_always_say_the_same(at):
    expressions = ["Mo-Fr 08:30-16:30", "We 22:00-02:00", "24/7", "Mo-Su 09:00-09:30", "PH off"]
    for clock in ("America/Toronto", "America/Halifax"):
        for expression in expressions:
            for by_appointment in (True, None):
                service = ServiceFactory()
                location = LocationFactory(organization=service.organization, timezone=clock)
                ServiceAtLocationFactory(service=service, location=location)
                ScheduleFactory(
                    service=service, opening_hours=expression, by_appointment=by_appointment
                )
    ServiceFactory(at=MONTREAL)
    rows = list(Resource.objects.with_details())
    known_to_be_closed = {OpenState.CLOSED, OpenState.OPENS_LATER}

    for hours in range(0, 72, 5):
        now = WEDNESDAY + timedelta(hours=hours)
        groups = dict(Resource.objects.open_now(now).values_list("pk", "open_group"))
        for row in rows:
            state = opening_of(row, now).state
            expected = None if state in known_to_be_closed else int(state == OpenState.UNKNOWN)
            assert groups.get(row.pk) == expected


def test_a_stop_that_is_there_now_is_open_and_one_of_tomorrow_is_not():
    now = timezone.now()
    here = MobileStopFactory(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    MobileStopFactory(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=1))

    assert [row.stop for row in Resource.objects.open_now()] == [here]


def test_what_is_open_is_asked_in_two_queries_however_many_there_are(at, django_assert_num_queries):
    for number in range(12):
        ScheduleFactory(
            service=ServiceFactory(at=MONTREAL), opening_hours=f"Mo-Fr 08:{number:02}-16:30"
        )

    with django_assert_num_queries(2):
        assert len(Resource.objects.open_now().in_order()) == 12


def test_details_bring_all_that_hours_need(django_assert_num_queries):
    for _number in range(3):
        service = ServiceFactory(at=MONTREAL)
        ScheduleFactory(service=service)
        ScheduleExceptionFactory(service=service, starts_on=timezone.localdate())
    rows = list(Resource.objects.with_details())

    with django_assert_num_queries(0):
        assert len({hours_of(row) for row in rows}) == 1
        assert all(len(told(row)) == 1 for row in rows)


# What editors write


def test_a_schedule_that_cannot_be_evaluated_is_refused():
    schedule = ScheduleFactory.build(service=ServiceFactory(), opening_hours="Mo-Fr 09:00+")
    schedule.source = schedule.service.source

    with pytest.raises(ValidationError) as refusal:
        schedule.full_clean()
    assert list(refusal.value.message_dict) == ["opening_hours"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": date(2026, 11, 24)}, "ends_on"),
        ({"kind": "hours"}, "opening_hours"),
        ({"opening_hours": "10:00-12:00"}, "opening_hours"),
        ({"kind": "message"}, "message"),
        ({"kind": "hours", "opening_hours": "10h-12h"}, "opening_hours"),
    ],
)
def test_an_exception_has_what_its_kind_needs(wrong, field):
    service = ServiceFactory()
    exception = ScheduleExceptionFactory.build(
        service=service, source=service.source, **{"starts_on": date(2026, 11, 25)} | wrong
    )

    with pytest.raises(ValidationError) as refusal:
        exception.full_clean()
    assert field in refusal.value.message_dict


def test_hours_of_a_place_of_another_service_are_refused_with_a_reason():
    other = ServiceFactory(at=MONTREAL)
    service = ServiceFactory()
    schedule = ScheduleFactory.build(
        service=service, source=service.source, service_at_location=place_of(other)
    )

    with pytest.raises(ValidationError) as refusal:
        schedule.full_clean()
    assert list(refusal.value.message_dict) == ["service_at_location"]


def test_the_admin_tells_an_editor_what_to_write(client):
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    service = ServiceFactory()
    values = {
        "service": service.pk,
        "source": service.source.pk,
        "as_of": "2026-11",
        "confidence": "A",
        "hours_status": "known",
        "holiday_policy": "unknown",
        "opening_hours": "Mo-Fr 09:00-sunset",
    }
    texts = {f"text_{code}{part}": "" for code in ("fr", "en", "es") for part in ("", "_state")}

    with override("en"):
        refused = client.post(
            "/admin/geo/schedule/add/", values | texts, headers={"accept-language": "en"}
        )
        taken = client.post(
            "/admin/geo/schedule/add/", values | texts | {"opening_hours": "Mo-Fr 09:00-16:00"}
        )

    assert "write the time, as 08:00-16:00" in refused.content.decode()
    assert taken.status_code == 302
    assert Schedule.objects.get().opening_hours == "Mo-Fr 09:00-16:00"


def test_the_admin_offers_no_places_of_other_services(client):
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    ServiceFactory(at=MONTREAL)
    service = ServiceFactory(at=GASPE)
    schedule = ScheduleFactory(service=service, service_at_location=place_of(service))

    content = client.get(f"/admin/geo/service/{service.pk}/change/").content.decode()

    offered = content.split('id="id_schedules-0-service_at_location"')[1].split("</select>")[0]
    assert offered.count("<option") == 2
    assert str(schedule.service_at_location_id) in offered
