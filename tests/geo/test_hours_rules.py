"""What must never be false of hours is refused by the database itself."""

from datetime import date

import pytest
from django.db import IntegrityError

from geo.models import Location, Schedule, ServiceAtLocation
from geo.opening import validate_hours
from tests.factories import ScheduleExceptionFactory, ScheduleFactory, ServiceFactory
from tests.places import MONTREAL


@pytest.mark.usefixtures("empty_directory")
@pytest.mark.parametrize(
    ("factory", "wrong", "rule"),
    [
        (ScheduleFactory, {"opening_hours": ""}, "schedule_known_hours_are_written"),
        (ScheduleFactory, {"hours_status": "always"}, "schedule_always_is_24_7"),
        (ScheduleFactory, {"holiday_policy": "perhaps"}, "schedule_holiday_policy_is_known"),
        (ScheduleExceptionFactory, {"kind": "late"}, "scheduleexception_codes_are_known"),
        (ScheduleExceptionFactory, {"reason": "snow"}, "scheduleexception_codes_are_known"),
        (
            ScheduleExceptionFactory,
            {"ends_on": date(2026, 11, 24)},
            "scheduleexception_ends_after_it_starts",
        ),
        (ScheduleExceptionFactory, {"kind": "hours"}, "scheduleexception_hours_are_written"),
        (
            ScheduleExceptionFactory,
            {"opening_hours": "10:00-12:00"},
            "scheduleexception_hours_are_written",
        ),
        (ScheduleExceptionFactory, {"kind": "message"}, "scheduleexception_message_is_written"),
    ],
)
def test_the_database_refuses(factory, wrong, rule):
    day = {"starts_on": date(2026, 11, 25)} if factory is ScheduleExceptionFactory else {}

    with pytest.raises(IntegrityError, match=rule):
        factory(**day | wrong)


@pytest.mark.usefixtures("empty_directory")
@pytest.mark.parametrize("factory", [ScheduleFactory, ScheduleExceptionFactory])
def test_hours_are_those_of_a_place_of_the_same_service(factory):
    place = ServiceAtLocation.objects.get(service=ServiceFactory(at=MONTREAL))
    day = {"starts_on": date(2026, 11, 25)} if factory is ScheduleExceptionFactory else {}

    with pytest.raises(IntegrityError, match="where another service is given"):
        factory(service_at_location=place, **day)


# The fixtures


@pytest.mark.django_db
def test_the_hours_of_the_fixtures_can_all_be_evaluated():
    expressions = Schedule.objects.exclude(opening_hours="").values_list("opening_hours", flat=True)

    assert "Mo-Fr 08:30-16:30" in expressions
    for expression in expressions:
        validate_hours(expression)


@pytest.mark.django_db
def test_hours_that_need_a_reader_stay_a_text():
    """Those of another clock, of nobody knows which days, or by federal holidays."""
    for words in ("heure locale", "heure du Mexique", "fuseau horaire", "mardi matin", "En région"):
        schedule = Schedule.objects.get(text__icontains=words)
        assert schedule.opening_hours == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("towns", "clock"),
    [
        (["Les Îles-de-la-Madeleine", "Grosse-Île"], "America/Halifax"),
        (["Blanc-Sablon", "Bonne-Espérance", "Saint-Augustin"], "America/Blanc-Sablon"),
        (["Sept-Îles", "Havre-Saint-Pierre", "Gaspé", "Montréal"], "America/Toronto"),
    ],
)
def test_places_of_the_fixtures_keep_the_clock_of_where_they_are(towns, clock):
    clocks = Location.objects.filter(
        municipality__name__in=towns, region__code__in=["06", "09", "11"]
    ).values_list("timezone", flat=True)

    assert set(clocks) == {clock}


@pytest.mark.django_db
def test_only_the_islands_and_the_lower_shore_have_another_clock():
    others = Location.objects.exclude(timezone="America/Toronto")

    assert {place.region.code for place in others} <= {"09", "11"}
    assert others.count() == 5
