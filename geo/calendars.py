"""Dates for the calendar of a phone (RFC 5545). Pure: entries in, bytes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vText,
)

from geo.choices import StopStatus

PRODUCT = "-//Repère//Dates//FR"

# How often a calendar that follows an address should look again.
REFRESH = timedelta(hours=6)

# A calendar without an entry still needs one component: the clock of most of Québec.
USUAL_ZONE = ZoneInfo("America/Toronto")

# The rule of clocks in North America since 2007: at 2 a.m. on the second Sunday of March, one hour
# forward; on the first Sunday of November, one hour back. Month, Sunday of the month, first time.
FORWARD = (3, 2, datetime(2007, 3, 11, 2))
BACK = (11, 1, datetime(2007, 11, 4, 2))

# A stop that was moved is in a calendar only where nothing public took its place.
STATUS = {
    StopStatus.PLANNED: "TENTATIVE",
    StopStatus.CONFIRMED: "CONFIRMED",
    StopStatus.DONE: "CONFIRMED",
    StopStatus.CANCELLED: "CANCELLED",
    StopStatus.MOVED: "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated entry.

    Attributes:
        uid: the same for as long as the entry lives, whatever changes in it.
        sequence: raised by each change that people should see.
        changed_at: when it last changed.
        starts_at, ends_at: in the zone of the place (a `ZoneInfo`), so that its clock is kept.
        status: of `StopStatus`.
        summary: what others may read over a shoulder: a neutral name.
        description: lines of text.
        location: an address, or a town.
        position: longitude, latitude of a door; None where it is only that of a town.
        url: the page for people.
    """

    uid: UUID
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    summary: str
    description: str
    location: str
    position: tuple[float, float] | None
    url: str


def calendar(name: str, entries: Iterable[Entry], language: str) -> bytes:
    """A calendar as RFC 5545 writes it: CRLF, lines of at most 75 octets, its time zones inside.

    The same entries give the same bytes: nothing in it says when it was made.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", name)
    # What readers older than RFC 7986 understand.
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(REFRESH))
    years: dict[ZoneInfo, set[int]] = {}
    events = []
    for entry in entries:
        events.append(_event(entry, language))
        for moment in (entry.starts_at, entry.ends_at):
            years.setdefault(ZoneInfo(str(moment.tzinfo)), set()).add(moment.year)
    for zone, used in (years or {USUAL_ZONE: {2026}}).items():
        made.add_component(_timezone(zone, used))
    for event in events:
        made.add_component(event)
    return made.to_ical()


def _timezone(zone: ZoneInfo, years: set[int]) -> Timezone:
    """The clock of a zone in some years, by its rule: some readers know no list of dates.

    A zone that keeps another rule than North America's is written as a list all the same.
    """
    january = datetime(min(years), 1, 1, tzinfo=zone)
    made = Timezone()
    made.add("tzid", zone.key)
    if all(_keeps_the_rule(zone, year) for year in years):
        summer = january.replace(month=7)
        made.add_component(_turn(TimezoneDaylight(), FORWARD, january, summer))
        made.add_component(_turn(TimezoneStandard(), BACK, summer, january))
    elif all(_stands_still(zone, year) for year in years):
        made.add_component(_turn(TimezoneStandard(), None, january, january))
    else:
        first, last = date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1)
        return Timezone.from_tzinfo(zone, None, first, last)
    return made


def _turn(
    made: TimezoneDaylight | TimezoneStandard,
    rule: tuple[int, int, datetime] | None,
    before: datetime,
    after: datetime,
) -> TimezoneDaylight | TimezoneStandard:
    """What clocks show from one of their changes on; without a rule, always."""
    made.add("dtstart", rule[2] if rule else datetime(2007, 1, 1))
    made.add("tzname", after.tzname())
    made.add("tzoffsetfrom", before.utcoffset())
    made.add("tzoffsetto", after.utcoffset())
    if rule:
        month, sunday, _first = rule
        made.add("rrule", {"freq": "yearly", "bymonth": month, "byday": f"{sunday}SU"})
    return made


def _keeps_the_rule(zone: ZoneInfo, year: int) -> bool:
    """Whether clocks change when they do in North America, by an hour, and at no other time."""
    winter = datetime(year, 1, 1, tzinfo=zone).utcoffset()
    summer = datetime(year, 7, 1, tzinfo=zone).utcoffset()
    changes = []
    for month, sunday, _first in (FORWARD, BACK):
        first = date(year, month, 1)
        day = first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (sunday - 1))
        night = datetime.combine(day, time(0, 30), zone)
        changes.append((night.utcoffset(), (night + timedelta(hours=3)).utcoffset()))
    return winter != summer and changes == [(winter, summer), (summer, winter)]


def _stands_still(zone: ZoneInfo, year: int) -> bool:
    """Whether clocks never change in a year."""
    return len({datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)}) == 1


def _event(entry: Entry, language: str) -> Event:
    event = Event()
    event.add("uid", str(entry.uid))
    # Without a METHOD both say when the entry was last revised.
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("status", STATUS[StopStatus(entry.status)])
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    for field, text in (("summary", entry.summary), ("description", entry.description)):
        event.add(field, vText(text), parameters={"LANGUAGE": language})
    event.add("location", entry.location)
    if entry.position is not None:
        longitude, latitude = entry.position
        event.add("geo", (round(latitude, 6), round(longitude, 6)))
    event.add("url", entry.url)
    return event
