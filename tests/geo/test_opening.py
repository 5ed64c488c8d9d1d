"""When is it open? A table of truth, and what holds for all hours."""

import sys
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from geo.choices import HolidayPolicy, HoursStatus, OpenState
from geo.opening import (
    HORIZON_DAYS,
    Exceptional,
    Hours,
    Weekly,
    for_a_while,
    intervals,
    is_holiday,
    start_of_table,
    state,
    table,
    timeline,
    validate_hours,
)

MONTREAL = "America/Toronto"
ISLANDS = "America/Halifax"  # Îles-de-la-Madeleine
LOWER_SHORE = "America/Blanc-Sablon"  # Basse-Côte-Nord: no summer time

OFFICE = "Mo-Fr 08:30-16:30"
BAR = "Fr 22:00-02:00"


def week(expression="", *, by_appointment=False, holidays="unknown"):
    return Weekly(expression, by_appointment, holidays)


def hours(*schedules, exceptions=(), clock=MONTREAL):
    schedules = [week(each) if isinstance(each, str) else each for each in schedules]
    return Hours.of(schedules, exceptions, clock)


def closed(first, last=None):
    return Exceptional(date.fromisoformat(first), date.fromisoformat(last or first))


def other(expression, first, last=None):
    return Exceptional(date.fromisoformat(first), date.fromisoformat(last or first), expression)


OFFICE_HOURS = hours(OFFICE)
CLOSED_ON_HOLIDAYS = hours(week(OFFICE, holidays="closed"))
OPEN_ON_HOLIDAYS = hours(week(OFFICE, holidays="open"))
HOLIDAYS_OFF = hours(f"{OFFICE}; PH off")
BAR_HOURS = hours(week(BAR, holidays="open"))
ON_APPOINTMENT = hours(week(OFFICE, by_appointment=True))
DAY_AND_NIGHT = hours(Weekly.of("always", "", None, "unknown"))
WINTER = "2026-12-24", "2027-01-04"
VACATION = hours(OFFICE, exceptions=[closed(*WINTER)])
MONDAYS_ON_APPOINTMENT = hours('Mo 09:00-12:00 "sur rendez-vous"; Tu-Fr 09:00-12:00')
IN_ENGLISH = hours('Mo 09:00-12:00 "by appointment"')
WALK_IN_THEN_NOT = hours("Mo 09:00-12:00", week("Mo 09:00-17:00", by_appointment=True))
NEVER_WITHOUT = week(OFFICE, by_appointment=True)
SHORTER_THAT_DAY = hours(NEVER_WITHOUT, exceptions=[other("10:00-14:00", "2026-11-25")])
SHORT_DAY = other("10:00-14:00", "2026-12-23")
BEFORE_CHRISTMAS = hours(OFFICE, exceptions=[SHORT_DAY])
CLOSED_AFTER_ALL = hours(OFFICE, exceptions=[SHORT_DAY, closed("2026-12-23")])
CHRISTMAS_HELP = hours(f"{OFFICE}; PH off", exceptions=[other("10:00-14:00", "2026-12-25")])
PARTY = hours(OFFICE, exceptions=[other("20:00-02:00", "2026-12-30")])
NIGHTS = week(BAR, holidays="open")
CLOSED_SATURDAY = hours(NIGHTS, exceptions=[closed("2026-11-28")])
CLOSED_FRIDAY = hours(NIGHTS, exceptions=[closed("2026-11-27")])
CLOSED_FOR_A_DAY = hours("24/7", exceptions=[closed("2026-11-25")])
CLOSED_ELSE_UNKNOWN = hours(exceptions=[closed("2026-11-25")])
KNOWN_ELSE_UNKNOWN = hours(exceptions=[other("10:00-14:00", "2026-11-25")])
LAST_WEEK = hours(OFFICE, exceptions=[closed("2026-11-18")])
OPEN_BUT_PH_OFF = hours(week(f"{OFFICE}; PH off", holidays="open"))
SHORT_ON_HOLIDAYS = hours(f"{OFFICE}; PH 10:00-12:00")
WEEKENDS = hours("Sa,Su,PH 09:00-12:00")
EASTER_MONDAY_OFF = hours(f"{OFFICE}; easter +1 day off")
ISLANDS_PH_OFF = hours(f"{OFFICE}; PH off", clock=ISLANDS)
AND_A_TEXT = hours(OFFICE, week())
SATURDAYS_UNKNOWN = hours(f'{OFFICE}; Sa unknown "call"')
STOP = hours(for_a_while(datetime(2026, 11, 26, 18), datetime(2026, 11, 26, 21)))
STOP_AT_CHRISTMAS = hours(for_a_while(datetime(2026, 12, 25, 18), datetime(2026, 12, 25, 21)))

# What, whose hours, when by the clock of the place, what is said, until or from when.
TRUTH = [
    # The week
    ("an office in the morning", OFFICE_HOURS, "2026-11-25 10:00", "open", "16:30"),
    ("at the minute it opens", OFFICE_HOURS, "2026-11-25 08:30", "open", "16:30"),
    ("a minute before it opens", OFFICE_HOURS, "2026-11-25 08:29", "opens_later", "08:30"),
    ("31 minutes before it closes", OFFICE_HOURS, "2026-11-25 15:59", "open", "16:30"),
    ("30 minutes before it closes", OFFICE_HOURS, "2026-11-25 16:00", "closing_soon", "16:30"),
    ("a minute before it closes", OFFICE_HOURS, "2026-11-25 16:29", "closing_soon", "16:30"),
    ("at the minute it closes", OFFICE_HOURS, "2026-11-25 16:30", "closed", "11-26 08:30"),
    ("after midnight it opens the same day", OFFICE_HOURS, "2026-11-25 00:10", "opens_later", ""),
    ("on Saturday it opens on Monday", OFFICE_HOURS, "2026-11-28 10:00", "closed", "11-30 08:30"),
    (
        "at noon between two slots",
        hours("Mo-Fr 08:30-12:00,13:00-16:30"),
        "2026-11-25 12:15",
        "opens_later",
        "13:00",
    ),
    ("the longer Wednesday", hours(f"{OFFICE}; We 08:30-20:00"), "2026-11-25 19:00", "open", ""),
    ("the usual Thursday", hours(f"{OFFICE}; We 08:30-20:00"), "2026-11-26 19:00", "closed", ""),
    ("the first Monday", hours("Mo[1] 10:00-12:00"), "2026-12-07 11:00", "open", "12:00"),
    ("the second Monday", hours("Mo[1] 10:00-12:00"), "2026-12-14 11:00", "closed", ""),
    ("the summer", hours("Jun-Aug Mo-Fr 10:00-16:00"), "2026-07-08 11:00", "open", "16:00"),
    ("the autumn", hours("Jun-Aug Mo-Fr 10:00-16:00"), "2026-11-25 11:00", "closed", ""),
    ("an even week", hours("week 2-52/2 We 10:00-12:00"), "2026-11-25 11:00", "open", ""),
    ("an odd week", hours("week 2-52/2 We 10:00-12:00"), "2026-12-02 11:00", "closed", ""),
    ("29 February", hours("Feb 29 10:00-12:00"), "2028-02-29 11:00", "open", "12:00"),
    ("28 February", hours("Feb 29 10:00-12:00"), "2028-02-28 11:00", "closed", "02-29 10:00"),
    ("day and night", DAY_AND_NIGHT, "2026-11-25 03:00", "open", None),
    ("day and night on a holiday", DAY_AND_NIGHT, "2026-12-25 03:00", "open", None),
    # Nights
    ("on Friday night", BAR_HOURS, "2026-11-27 23:00", "open", "11-28 02:00"),
    ("after midnight", BAR_HOURS, "2026-11-28 01:00", "open", "02:00"),
    ("a night that is about to end", BAR_HOURS, "2026-11-28 01:45", "closing_soon", "02:00"),
    ("after the end of the night", BAR_HOURS, "2026-11-28 02:00", "closed", "12-04 22:00"),
    ("the night before, after midnight", BAR_HOURS, "2026-11-27 01:00", "opens_later", "22:00"),
    (
        "a rule about Saturday leaves Friday's night",
        hours(week(f"{BAR}; Sa 10:00-12:00", holidays="open")),
        "2026-11-28 01:00",
        "open",
        "02:00",
    ),
    ("a night written with 26:00", hours("Fr 22:00-26:00"), "2026-11-28 01:00", "open", "02:00"),
    (
        "a holiday that is closed has no night",
        hours(f"{BAR}; PH off"),
        "2026-12-26 01:00",
        "closed",
        "",
    ),
    (
        "the night before a closed holiday goes to its end",
        hours("Th 22:00-02:00; PH off"),
        "2026-12-25 01:00",
        "open",
        "02:00",
    ),
    # Clocks
    ("Montréal at noon", OFFICE_HOURS, "2026-11-25 12:00", "open", "16:30"),
    (
        "the islands, when it is 15:45 in Montréal",
        hours(OFFICE, clock=ISLANDS),
        "2026-11-25 16:45",
        "closed",
        "11-26 08:30",
    ),
    ("Montréal at that moment", OFFICE_HOURS, "2026-11-25 15:45", "open", "16:30"),
    (
        "the islands open an hour before Montréal",
        hours(OFFICE, clock=ISLANDS),
        "2026-11-25 08:45",
        "open",
        "16:30",
    ),
    ("Montréal at that moment is not open", OFFICE_HOURS, "2026-11-25 07:45", "opens_later", ""),
    (
        "Blanc-Sablon in summer, an hour behind the islands",
        hours(OFFICE, clock=LOWER_SHORE),
        "2026-07-08 08:45",
        "open",
        "16:30",
    ),
    ("the hour skipped in spring", hours("Su 02:00-03:00"), "2026-03-08 03:00", "closed", ""),
    ("a slot over the skipped hour", hours("Su 01:30-04:00"), "2026-03-08 03:00", "open", "04:00"),
    ("the Monday after spring", OFFICE_HOURS, "2026-03-09 08:30", "open", "16:30"),
    ("the Friday before spring", OFFICE_HOURS, "2026-03-06 08:30", "open", "16:30"),
    ("the repeated hour, first", hours("Su 01:00-02:00"), "2026-11-01 01:30", "open", ""),
    ("the repeated hour, again", hours("Su 01:00-02:00"), "2026-11-01 01:40*", "closing_soon", ""),
    ("the Monday after autumn", OFFICE_HOURS, "2026-11-02 08:30", "open", "16:30"),
    ("Friday's night into autumn", hours("Sa 22:00-02:30"), "2026-11-01 02:10", "closing_soon", ""),
    # Public holidays of Québec
    ("Saint-Jean-Baptiste", HOLIDAYS_OFF, "2026-06-24 10:00", "closed", "06-25 08:30"),
    ("Saint-Jean-Baptiste by the policy", CLOSED_ON_HOLIDAYS, "2026-06-24 10:00", "closed", ""),
    ("30 September is no holiday here", HOLIDAYS_OFF, "2026-09-30 10:00", "open", "16:30"),
    ("1 July", HOLIDAYS_OFF, "2026-07-01 10:00", "closed", "07-02 08:30"),
    ("Good Friday", HOLIDAYS_OFF, "2026-04-03 10:00", "closed", "04-06 08:30"),
    ("Easter Monday is no holiday by law", HOLIDAYS_OFF, "2026-04-06 10:00", "open", "16:30"),
    ("Easter Monday, where it is said", EASTER_MONDAY_OFF, "2026-04-06 10:00", "closed", ""),
    ("the day of the Patriots", HOLIDAYS_OFF, "2026-05-18 10:00", "closed", "05-19 08:30"),
    ("Labour day", HOLIDAYS_OFF, "2026-09-07 10:00", "closed", "09-08 08:30"),
    ("Thanksgiving", HOLIDAYS_OFF, "2026-10-12 10:00", "closed", "10-13 08:30"),
    ("Christmas", HOLIDAYS_OFF, "2026-12-25 10:00", "closed", "12-28 08:30"),
    ("New Year's day", HOLIDAYS_OFF, "2027-01-01 10:00", "closed", "01-04 08:30"),
    ("a holiday nobody spoke of", OFFICE_HOURS, "2026-12-25 10:00", "unknown", "holiday"),
    # Monday 27 December 2027 is the day off for it: nobody knows.
    ("a Saturday that is a holiday", OFFICE_HOURS, "2027-12-25 10:00", "closed", "12-27 00:00"),
    ("a policy of staying open", OPEN_ON_HOLIDAYS, "2026-12-25 10:00", "open", "16:30"),
    ("PH goes before the policy", OPEN_BUT_PH_OFF, "2026-12-25 10:00", "closed", ""),
    ("hours of their own on holidays", SHORT_ON_HOLIDAYS, "2026-12-25 11:00", "open", "12:00"),
    ("weekends and holidays", WEEKENDS, "2026-12-25 11:00", "open", "12:00"),
    ("a holiday on the islands begins there", ISLANDS_PH_OFF, "2026-12-25 08:45", "closed", ""),
    # Exceptions
    ("the day before a vacation", VACATION, "2026-12-23 10:00", "open", "16:30"),
    ("the first day of a vacation", VACATION, "2026-12-24 10:00", "closed", "01-05 08:30"),
    ("the last day of a vacation", VACATION, "2027-01-04 10:00", "closed", "01-05 08:30"),
    ("the day after a vacation", VACATION, "2027-01-05 10:00", "open", "16:30"),
    ("other hours, in them", BEFORE_CHRISTMAS, "2026-12-23 13:00", "open", "14:00"),
    ("other hours, after them", BEFORE_CHRISTMAS, "2026-12-23 15:00", "closed", ""),
    ("other hours go before a holiday", CHRISTMAS_HELP, "2026-12-25 11:00", "open", "14:00"),
    ("closed goes before other hours", CLOSED_AFTER_ALL, "2026-12-23 11:00", "closed", ""),
    ("other hours past midnight", PARTY, "2026-12-31 01:00", "open", "02:00"),
    ("and the usual hours after them", PARTY, "2026-12-31 09:00", "open", "16:30"),
    (
        "a night that began before the closed day",
        CLOSED_SATURDAY,
        "2026-11-28 01:00",
        "open",
        "02:00",
    ),
    ("the night of a closed day", CLOSED_FRIDAY, "2026-11-28 01:00", "closed", ""),
    (
        "day and night, but closed for a day",
        CLOSED_FOR_A_DAY,
        "2026-11-25 10:00",
        "closed",
        "11-26 00:00",
    ),
    (
        "hours unknown, but closed that day",
        CLOSED_ELSE_UNKNOWN,
        "2026-11-25 10:00",
        "closed",
        "11-26 00:00",
    ),
    ("hours unknown, but known that day", KNOWN_ELSE_UNKNOWN, "2026-11-25 11:00", "open", "14:00"),
    ("an exception of another week", LAST_WEEK, "2026-11-25 10:00", "open", "16:30"),
    # Appointments: independent of open and closed
    ("by appointment, in the hours", ON_APPOINTMENT, "2026-11-25 10:00", "by_appointment", "16:30"),
    ("by appointment, in the evening", ON_APPOINTMENT, "2026-11-25 18:00", "closed", "11-26 08:30"),
    ("by appointment, in the early morning", ON_APPOINTMENT, "2026-11-25 07:00", "opens_later", ""),
    (
        "by appointment, no hours written",
        hours(week(by_appointment=True)),
        "2026-11-25 03:00",
        "by_appointment",
        None,
    ),
    (
        "by appointment on Mondays",
        MONDAYS_ON_APPOINTMENT,
        "2026-11-23 10:00",
        "by_appointment",
        "12:00",
    ),
    ("walk in on Tuesdays", MONDAYS_ON_APPOINTMENT, "2026-11-24 10:00", "open", "12:00"),
    ("by appointment in another language", IN_ENGLISH, "2026-11-23 10:00", "by_appointment", ""),
    ("walk in beside appointments", WALK_IN_THEN_NOT, "2026-11-23 10:00", "open", "12:00"),
    ("appointments after walk in", WALK_IN_THEN_NOT, "2026-11-23 13:00", "by_appointment", "17:00"),
    (
        "walk in that becomes appointments does not close",
        WALK_IN_THEN_NOT,
        "2026-11-23 11:50",
        "open",
        "12:00",
    ),
    (
        "other hours of who only receives by appointment",
        SHORTER_THAT_DAY,
        "2026-11-25 11:00",
        "by_appointment",
        "14:00",
    ),
    # Not known is never closed
    ("nothing written", hours(), "2026-11-25 03:00", "unknown", None),
    ("only a text", hours(week()), "2026-11-25 03:00", "unknown", None),
    ("a text beside hours that are over", AND_A_TEXT, "2026-11-25 20:00", "unknown", ""),
    ("a text beside hours that hold", AND_A_TEXT, "2026-11-25 10:00", "open", "16:30"),
    ("a day that the grammar calls unknown", SATURDAYS_UNKNOWN, "2026-11-28 10:00", "unknown", ""),
    ("hours that nobody can read", hours("every other day"), "2026-11-25 03:00", "unknown", None),
    # A stop of a tour
    ("a stop, before it", STOP, "2026-11-26 17:00", "opens_later", "18:00"),
    ("a stop, on Christmas", STOP_AT_CHRISTMAS, "2026-12-25 19:00", "open", "21:00"),
]


def moment_of(text, clock):
    """The moment of a row; a star is the second time of a repeated hour."""
    moment = datetime.fromisoformat(text.rstrip("*"))
    return moment.replace(tzinfo=ZoneInfo(clock), fold=text.endswith("*"))


def said(found, clock):
    """The end of what is said, by the clock of the place."""
    if found.is_holiday:
        return "holiday"
    moment = found.opens_at or found.until
    return moment.astimezone(ZoneInfo(clock)).strftime("%m-%d %H:%M") if moment else None


@pytest.mark.parametrize(
    ("asked", "text", "expected", "when"),
    [pytest.param(*row[1:], id=row[0]) for row in TRUTH],
)
def test_the_table_of_truth(asked, text, expected, when):
    moment = moment_of(text, asked.timezone)

    found = state(asked, moment)

    assert found.state == expected
    if when is None:
        assert said(found, asked.timezone) is None
    elif when:
        assert said(found, asked.timezone).endswith(when)


def test_the_table_of_truth_is_printed(capsys):
    names = [row[0] for row in TRUTH]
    assert len(names) == len(set(names)) >= 40
    assert {row[3] for row in TRUTH} == set(OpenState.values)
    with capsys.disabled():
        for name, asked, text, expected, _when in TRUTH:
            found = state(asked, moment_of(text, asked.timezone))
            mark = "ok" if found.state == expected else "WRONG"
            clock = asked.timezone.removeprefix("America/")
            end = said(found, asked.timezone) or ""
            sys.stdout.write(f"\n{mark:5} {name:50} {text:18} {clock:13} {found.state:15} {end}")


def test_two_places_at_the_same_moment_each_have_their_own_clock():
    moment = datetime(2026, 11, 25, 20, 45, tzinfo=UTC)  # 15:45 in Montréal, 16:45 on the islands

    assert state(hours(OFFICE), moment).state == OpenState.OPEN
    assert state(hours(OFFICE, clock=ISLANDS), moment).state == OpenState.CLOSED


# What the grammar allows


@pytest.mark.parametrize(
    ("expression", "advice"),
    [
        ("9h-17h", "is not in the grammar"),
        ("lun-ven 9:00-17:00", "is not in the grammar"),
        ("on appointment", "is not in the grammar"),
        ("Mo-Fr 08.00-16.00", "is not in the grammar"),
        ("Mo–Fr 08:00–16:00", "is not in the grammar"),
        ("SH off", "write the dates"),
        ("Mo-Fr,SH 09:00-12:00", "write the dates"),
        ("sunrise-12:00", "write the time"),
        ("09:00-sunset", "write the time"),
        ("(dusk-01:00)-22:00", "write the time"),
        ("Mo-Fr 08:00+", "write the closing time"),
        ("Mo-Fr 08:00-10:00+", "write the closing time"),
        ("Mo-Fr 08:00-16:00/02:00", "write from when to when"),
        ('Mo-Fr 08:00-16:00 || "call"', "joined by a semicolon"),
        ("Mo-Fr 10:00-10:00", "00:00-24:00"),
        ("PH Mo-Fr 10:00-12:00", "days of their own"),
        ("Mo-Fr PH 10:00-12:00", "days of their own"),
        ("Jan-Mar PH off", "days of their own"),
        ("PH -1 day off", "days of their own"),
        ("Mo[1],PH 10:00-12:00", "days of their own"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_what_to_write_instead(expression, advice):
    with override("en"), pytest.raises(ValidationError, match=advice) as refusal:
        validate_hours(expression)
    assert len(refusal.value.messages) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "24/7",
        OFFICE,
        f"{OFFICE}; PH off",
        "Mo-Fr,PH 10:00-12:00,13:00-15:00",
        "Sa,Su,PH off",
        'PH unknown "appelez"',
        "easter +1 day off",
        "Su[-1] 10:00-12:00",
        "week 1-53/2 Mo 10:00-12:00",
        "2026 Dec 24-2027 Jan 4 off",
        "Jun 15-Sep 1 Mo-Sa 09:00-21:00",
        "Su-Mo 22:00-26:00, Tu 09:00-10:00",
        'Mo 09:00-12:00 "sur rendez-vous; SH, PH || sunset"',
    ],
)
def test_what_can_be_evaluated_is_taken(expression):
    validate_hours(expression)


def test_the_calendar_is_that_of_quebec():
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]

    assert [str(day)[5:] for day in days if is_holiday(day)] == [
        "01-01", "04-03", "05-18", "06-24", "07-01", "09-07", "10-12", "12-25",
    ]  # fmt: skip


def test_what_a_schedule_says_is_read_from_its_columns():
    assert Weekly.of(HoursStatus.ALWAYS, "", None, HolidayPolicy.CLOSED).expression == "24/7"
    assert Weekly.of(HoursStatus.UNKNOWN, OFFICE, None, HolidayPolicy.OPEN).expression == ""
    assert Weekly.of(HoursStatus.KNOWN, OFFICE, None, HolidayPolicy.OPEN) == Weekly(
        OFFICE, False, "open"
    )


# What holds for all hours

TIMES = st.integers(0, 24 * 12 - 1).map(lambda step: step * 5)
SPANS = st.tuples(TIMES, TIMES).filter(lambda span: span[0] < span[1])
DAYS = st.sampled_from(["Mo-Fr", "Mo-Su", "Sa,Su", "We", "Mo,Th", "Mo[1]", "Dec", "easter"])
CLOCKS = st.sampled_from([MONTREAL, ISLANDS, LOWER_SHORE])


def written(span):
    start, end = span
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


RULES = st.builds(lambda days, span: f"{days} {written(span)}", DAYS, SPANS)
EXPRESSIONS = st.lists(RULES, min_size=1, max_size=3).map("; ".join)
# Around both changes of the clock, around Christmas, and on a leap day.
MOMENTS = st.one_of(
    *(
        st.integers(0, 9 * 24 * 60).map(lambda m, day=day: day + timedelta(minutes=m))
        for day in (
            datetime(2026, 3, 4, tzinfo=UTC),
            datetime(2026, 10, 28, tzinfo=UTC),
            datetime(2026, 12, 22, tzinfo=UTC),
            datetime(2028, 2, 25, tzinfo=UTC),
        )
    )
)
IS_OPEN = {OpenState.OPEN, OpenState.CLOSING_SOON}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(EXPRESSIONS, CLOCKS, MOMENTS)
def test_it_is_open_when_the_library_says_so_by_the_clock_on_the_wall(expression, clock, moment):
    wall = moment.astimezone(ZoneInfo(clock)).replace(tzinfo=None)

    found = state(hours(week(expression, holidays="open"), clock=clock), moment)

    assert (found.state in IS_OPEN) == OpeningHours(expression).is_open(wall)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SPANS, CLOCKS, MOMENTS, st.sampled_from(HolidayPolicy.values))
def test_an_office_is_open_as_plain_arithmetic_says(span, clock, moment, holidays):
    wall = moment.astimezone(ZoneInfo(clock))
    minute = wall.hour * 60 + wall.minute
    is_there = wall.weekday() < 5 and span[0] <= minute < span[1]

    found = state(hours(week(f"Mo-Fr {written(span)}", holidays=holidays), clock=clock), moment)

    if wall.weekday() < 5 and is_holiday(wall.date()) and holidays == HolidayPolicy.UNKNOWN:
        assert found.state == OpenState.UNKNOWN
        assert found.is_holiday
    elif is_holiday(wall.date()) and holidays == HolidayPolicy.CLOSED:
        assert found.state in {OpenState.CLOSED, OpenState.OPENS_LATER}
    else:
        assert (found.state in IS_OPEN) == is_there


@settings(max_examples=100, deadline=None, derandomize=True)
@given(EXPRESSIONS, CLOCKS, MOMENTS)
def test_stretches_follow_each_other_and_fill_the_14_days(expression, clock, moment):
    found = intervals(hours(expression, clock=clock), moment)

    assert found[0][0] == start_of_table(moment) <= moment
    assert found[-1][1] - found[0][0] == timedelta(days=HORIZON_DAYS)
    for one, then in zip(found, found[1:], strict=False):
        assert one[1] == then[0]
        assert one[2] != then[2]


def test_outside_the_14_days_nothing_is_known():
    found = timeline(OFFICE_HOURS, datetime(2026, 11, 25, tzinfo=UTC))

    assert found.at(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)).state == OpenState.UNKNOWN
    assert found.at(datetime(2026, 12, 9, 0, 0, tzinfo=UTC)).state == OpenState.UNKNOWN


# The table for the phone


def test_the_table_says_each_pattern_once_and_nothing_of_what_nobody_knows():
    now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    same = hours(OFFICE)

    found, numbers = table([same, hours(), hours(OFFICE), hours("24/7"), hours(week())], now)

    assert numbers == [0, None, 0, 1, None]
    assert found["t0"] == datetime(2026, 10, 28, tzinfo=UTC).timestamp()
    assert found["clocks"] == ["-240,6120,-300"]
    assert found["patterns"][1] == [0, "o20160"]
    assert found["patterns"][0][1].startswith("c750o480c960o480")


def test_a_thousand_services_take_far_less_than_a_second():
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    every = [
        hours(f"Mo-Fr {written((start, start + 480))}; Sa {written((540, end))}; PH off")
        for start in range(300, 700, 10)
        for end in range(600, 850, 10)
    ]
    assert len(set(every)) == 1000

    began = perf_counter()
    found, _numbers = table(every, now)
    took = perf_counter() - began

    sys.stdout.write(f"1,000 kinds of hours, 14 days each: {took * 1000:.0f} ms\n")
    assert len(found["patterns"]) == 1000
    # A machine that does eight things at once is slow; alone it is a third of a second.
    assert took < 3
