"""What the calendars of phones read: the clock of the place, in any reader."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from geo.calendars import Entry, calendar

TORONTO, HALIFAX = ZoneInfo("America/Toronto"), ZoneInfo("America/Halifax")
BLANC_SABLON = ZoneInfo("America/Blanc-Sablon")


def entry(**changed):
    starts_at = changed.pop("starts_at", datetime(2026, 11, 26, 13, tzinfo=TORONTO))
    facts = {
        "uid": UUID(int=1),
        "sequence": 0,
        "changed_at": datetime(2026, 11, 20, 12, 30, 15, 400, tzinfo=UTC),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=4),
        "status": "planned",
        "summary": "Tournée inventée",
        "description": "Une ligne\nune autre; avec, ponctuation",
        "location": "1, rue Inventée, Percé",
        "position": (-64.2172, 48.5231),
        "url": "https://example.org/fr/",
    }
    return Entry(**facts | changed)


def read(body):
    """By a parser that shares nothing with the one that writes."""
    return vobject.readOne(body.decode()).vevent_list


@pytest.mark.parametrize(
    ("starts_at", "instant"),
    [
        # The night of 2026-11-01 clocks go back, that of 2027-03-14 forward.
        (datetime(2026, 10, 31, 13, tzinfo=TORONTO), datetime(2026, 10, 31, 17, tzinfo=UTC)),
        (datetime(2026, 11, 1, 13, tzinfo=TORONTO), datetime(2026, 11, 1, 18, tzinfo=UTC)),
        (datetime(2027, 3, 13, 13, tzinfo=TORONTO), datetime(2027, 3, 13, 18, tzinfo=UTC)),
        (datetime(2027, 3, 14, 13, tzinfo=TORONTO), datetime(2027, 3, 14, 17, tzinfo=UTC)),
        (datetime(2026, 10, 31, 13, tzinfo=HALIFAX), datetime(2026, 10, 31, 16, tzinfo=UTC)),
        (datetime(2026, 11, 1, 13, tzinfo=HALIFAX), datetime(2026, 11, 1, 17, tzinfo=UTC)),
        (datetime(2027, 3, 14, 13, tzinfo=HALIFAX), datetime(2027, 3, 14, 16, tzinfo=UTC)),
        (datetime(2027, 3, 14, 13, tzinfo=BLANC_SABLON), datetime(2027, 3, 14, 17, tzinfo=UTC)),
    ],
)
def test_foreign_readers_keep_the_clock_of_the_place_across_daylight_saving(starts_at, instant):
    body = calendar("Dates", [entry(starts_at=starts_at)], "fr")

    (parsed,) = read(body)
    (occurrence,) = recurring_ical_events.of(Calendar.from_ical(body)).between(
        date(2026, 10, 1), date(2027, 4, 1)
    )

    for found in (parsed.dtstart.value, occurrence.start):
        assert found == instant
        assert found.replace(tzinfo=None) == starts_at.replace(tzinfo=None)


def test_a_zone_with_another_rule_is_written_as_a_list_of_its_changes():
    berlin = ZoneInfo("Europe/Berlin")
    body = calendar("Dates", [entry(starts_at=datetime(2027, 7, 1, 13, tzinfo=berlin))], "fr")

    (occurrence,) = recurring_ical_events.of(Calendar.from_ical(body)).at(2027)

    assert b"RDATE" in body
    assert occurrence.start == datetime(2027, 7, 1, 11, tzinfo=UTC)


def test_a_reader_that_does_not_know_the_zone_finds_it_in_the_calendar():
    body = calendar("Dates", [entry(starts_at=datetime(2027, 3, 14, 13, tzinfo=TORONTO))], "fr")
    renamed = body.replace(b"America/Toronto", b"Nowhere/Known")

    (parsed,) = read(renamed)

    assert parsed.dtstart.value.utcoffset() == timedelta(hours=-4)


@pytest.mark.parametrize(
    ("status", "written"),
    [
        ("planned", "TENTATIVE"),
        ("confirmed", "CONFIRMED"),
        ("done", "CONFIRMED"),
        ("cancelled", "CANCELLED"),
        ("moved", "CANCELLED"),
    ],
)
def test_a_calendar_says_where_a_date_stands(status, written):
    (parsed,) = read(calendar("Dates", [entry(status=status, sequence=3)], "fr"))

    assert parsed.status.value == written
    assert parsed.sequence.value == "3"


def test_latitude_comes_first_as_the_standard_has_it():
    body = calendar("Dates", [entry(), entry(uid=UUID(int=2), position=None)], "fr")

    first, second = read(body)

    assert first.geo.value == "48.5231;-64.2172"
    assert not hasattr(second, "geo")


def test_an_entry_says_when_it_was_revised():
    (parsed,) = read(calendar("Dates", [entry()], "fr"))

    assert parsed.dtstamp.value == parsed.last_modified.value
    assert parsed.dtstamp.value == datetime(2026, 11, 20, 12, 30, 15, tzinfo=UTC)


def test_the_same_entries_give_the_same_bytes():
    assert calendar("Dates", [entry()], "fr") == calendar("Dates", [entry()], "fr")


def test_a_calendar_without_an_entry_can_still_be_read():
    assert vobject.readOne(calendar("Dates", [], "fr").decode()).vtimezone


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300),
    st.text(st.sampled_from("é漢,;\\\n n"), max_size=200),
)
def test_any_text_comes_back_as_it_was_in_lines_of_at_most_75_octets(summary, description):
    body = calendar("Dates", [entry(summary=summary, description=description)], "fr")

    lines = body.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert lines[-1] == b""
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert (str(event["summary"]), str(event["description"])) == (summary, description)
