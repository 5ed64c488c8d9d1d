"""How pages say when something is open.

The words are made here and, on the phone, by `hours.js`, from the same sentences and by the same
rules: what the server wrote is brought up to date in the browser, never the other way round.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from frontend.templatetags.repere import hours as written_hours
from geo.choices import ExceptionKind, ExceptionReason, HoursStatus, OpenState
from geo.hours import hours_of, schedules_of, timezone_of, today_at, told, week_of
from geo.models import Resource, Schedule, ScheduleException
from geo.moments import day_words, time_words
from geo.opening import (
    APPOINTMENT,
    DAY,
    HOLIDAY,
    UNKNOWN,
    Exceptional,
    Hours,
    Opening,
    OpeningDay,
    Slot,
    Timeline,
    start_of_table,
    timeline,
)

register = template.Library()

# A closing so near needs no day: "closes at 2" says enough at 22:00.
SAME_NIGHT = timedelta(hours=12)

# A weekday names a day without doubt until the next one of that name.
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HoursLine:
    """What a card says of hours.

    Attributes:
        word: `Open`, `Closed` …; empty where only a text is known, which says more than "unknown".
        more: what follows it, as `closes at 4:30 p.m.`; may be empty.
        state: an `OpenState`.
        pattern: 14 days for the phone (ADR 0008); empty where nothing is known.
        texts: hours as the service itself writes them.
        told: other hours of these weeks, announced.
    """

    word: str
    more: str
    state: str
    pattern: str
    texts: list[SafeString | str]
    told: list["Told"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """Days on which it is otherwise, as the public is told.

    Attributes:
        words: the sentence.
        message: what people should know, as it is stored; may be empty.
        ends: unix seconds of the midnight after the last day: it is not told any longer.
    """

    words: str
    message: dict
    ends: int


@register.simple_tag(takes_context=True)
def hours_line(context, resource: Resource, can_call) -> HoursLine | None:
    """What a card says; None for a stop of a tour, which says its own day and times.

    A context with a `now` is a page of that moment, as one that is made for a pack.
    """
    if resource.stop:
        return None
    now = context.get("now") or timezone.now()
    hours = hours_of(resource)
    found = timeline(hours, start_of_table(now))
    opening = found.at(now)
    announced = [_told(exception, resource, now) for exception in told(resource, now)]
    texts = [text for schedule in schedules_of(resource) if (text := _text(schedule))]
    if found.runs == ((0, UNKNOWN),):
        word = "" if texts else opening_words(opening, found, now, can_call=bool(can_call))[0]
        return HoursLine(word, "", opening.state, "", texts, announced)
    word, more = opening_words(opening, found, now, can_call=bool(can_call))
    pattern = f"{int(found.t0.timestamp())} {found.clock} {found.pattern}"
    return HoursLine(word, more, opening.state, pattern, texts, announced)


def _text(schedule: Schedule) -> SafeString | str:
    """The hours in words; none for bare grammar, which the week says better."""
    if schedule.text or schedule.hours_status == HoursStatus.ALWAYS:
        return written_hours(schedule)
    return ""


def opening_words(
    opening: Opening, found: Timeline, now: datetime, *, can_call: bool
) -> tuple[str, str]:
    """What is said of a moment: a word, and more about it; the same as in `hours.js`."""
    words = sentences()
    nobody = "" if can_call else "-nobody"

    def when(moment: datetime) -> str:
        return _moment_words(moment, found, now, words)

    if opening.state == OpenState.OPEN:
        closes = opening.will_close and opening.until
        return words["open"], words["closes"].format(when=when(closes)) if closes else ""
    if opening.state == OpenState.CLOSING_SOON and opening.until:
        return words["closing-soon"], when(opening.until)
    if opening.state == OpenState.BY_APPOINTMENT:
        return words["by-appointment"], ""
    if opening.state == OpenState.UNKNOWN:
        return words[("holiday" if opening.is_holiday else "unknown") + nobody], ""
    if opening.opens_at is None:
        return words["closed"], ""
    sentence = words["appointment-from" if opening.by_appointment else "opens"]
    return words["closed"], sentence.format(when=when(opening.opens_at))


def _moment_words(then: datetime, found: Timeline, now: datetime, words: dict[str, str]) -> str:
    """A moment as one says it now: the time alone, or with its day."""
    there, here = found.on_the_wall(then), found.on_the_wall(now)
    at = time_words(there)
    days = (there.date() - here.date()).days
    if days == 0 or then - now < SAME_NIGHT:
        return words["at"].format(time=at)
    if days == 1:
        return words["at-tomorrow"].format(time=at)
    if days < WEEK.days:
        return words["at-day"].format(time=at, day=WEEKDAYS[there.weekday()])
    # The year of a day of the next two weeks needs no word.
    return words["at-date"].format(time=at, date=day_words(there.date(), there.date()))


def sentences() -> dict[str, str]:
    """What hours are said with, in the language of the page, by name."""
    return {
        "open": pgettext("hours", "Open"),
        "closing-soon": pgettext("hours", "Closes soon"),
        "by-appointment": pgettext("hours", "By appointment"),
        "closed": pgettext("hours", "Closed"),
        "unknown": _("Hours not known: call first"),
        "unknown-nobody": _("Hours not known"),
        "holiday": _("Public holiday: call first"),
        "holiday-nobody": _("Public holiday: hours not known"),
        "stale": _("Hours to be checked: call first"),
        "stale-nobody": _("Hours to be checked"),
        "closes": pgettext("hours", "closes {when}"),
        "opens": pgettext("hours", "opens {when}"),
        "appointment-from": pgettext("hours", "by appointment {when}"),
        "at": pgettext("hours", "at {time}"),
        "at-tomorrow": pgettext("hours", "tomorrow at {time}"),
        "at-day": pgettext("hours", "{day} at {time}"),
        "at-date": pgettext("hours", "{date} at {time}"),
    }


@register.simple_tag
def hours_words() -> dict[str, str]:
    """The sentences with what the phone needs to write times and dates as the server does."""
    return sentences() | _time_patterns() | _date_pattern()


def _time_patterns() -> dict[str, str]:
    """How the language writes a time, found out from times whose numbers cannot be confused."""
    patterns = {}
    for name, hour, half in (("am", 0, 12), ("pm", 13, 1)):
        with_minutes = time_words(datetime(2026, 1, 1, hour, 45))
        patterns[f"time-{name}"] = _with_hour(with_minutes.replace("45", "{m}"), hour, half)
    for name, hour, half in (("am", 3, 3), ("pm", 13, 1)):
        patterns[f"hour-{name}"] = _with_hour(time_words(datetime(2026, 1, 1, hour)), hour, half)
    return patterns | {
        "midnight": time_words(datetime(2026, 1, 1, 0)),
        "noon": time_words(datetime(2026, 1, 1, 12)),
    }


def _with_hour(words: str, hour: int, half: int) -> str:
    """`{h}` in the place of an hour of 24, `{hh}` if of two digits, `{h12}` for an hour of 12."""
    for written, name in ((f"{hour:02}", "hh"), (str(hour), "h"), (str(half), "h12")):
        if re.search(rf"\b{written}\b", words):
            return re.sub(rf"\b{written}\b", f"{{{name}}}", words)
    return words


def _date_pattern() -> dict[str, str]:
    """How the language writes a day, from Thursday 26 November, and what it calls the first."""
    day, first = date(2026, 11, 26), date(2026, 11, 1)
    month = str(MONTHS[11])
    pattern = day_words(day, day).replace("26", "{number}").replace(month, "{month}")
    pattern = pattern.replace(str(WEEKDAYS[day.weekday()]), "{day}")
    around = pattern.format(number="|", month=month, day=WEEKDAYS[first.weekday()]).split("|")
    return {
        "date": pattern,
        "first": day_words(first, first).removeprefix(around[0]).removesuffix(around[1]),
        # As JavaScript counts: from Sunday.
        "days": "|".join(str(WEEKDAYS[(number - 1) % 7]) for number in range(7)),
        "months": "|".join(str(MONTHS[number]) for number in range(1, 13)),
    }


def _told(exception: ScheduleException, resource: Resource, now: datetime) -> Told:
    """An exception in words, as `Closed from Thursday, December 24 to …`."""
    today = today_at(resource, now)
    first = day_words(exception.starts_on, today)
    last = day_words(exception.ends_on, today)
    is_one_day = exception.starts_on == exception.ends_on
    if exception.kind == ExceptionKind.CLOSED:
        words = _("Closed on {day}") if is_one_day else _("Closed from {first} to {last}")
    elif exception.kind == ExceptionKind.HOURS:
        words = _("Other hours on {day}") if is_one_day else _("Other hours from {first} to {last}")
    else:
        words = _("On {day}") if is_one_day else _("From {first} to {last}")
    words = words.format(day=first, first=first, last=last)
    if exception.reason != ExceptionReason.OTHER:
        reason = str(exception.get_reason_display())
        words = _("{words} ({reason})").format(words=words, reason=reason[:1].lower() + reason[1:])
    if exception.kind == ExceptionKind.HOURS and (times := _times_of(exception)):
        words = _("{words}: {times}").format(words=words, times=times)
    midnight = datetime.combine(
        exception.ends_on + timedelta(days=1), time(), ZoneInfo(timezone_of(resource))
    )
    return Told(words, exception.message, int(midnight.timestamp()))


def _times_of(exception: ScheduleException) -> str:
    """The times of the days of an exception, if all of them have the same."""
    days = (exception.ends_on - exception.starts_on).days + 1
    special = Exceptional(exception.starts_on, exception.ends_on, exception.opening_hours)
    found = {
        ", ".join(slot_words(slot) for slot in day.slots)
        for day in Hours(exceptions=(special,)).days(exception.starts_on, min(days, WEEK.days + 1))
    }
    return found.pop() if len(found) == 1 else ""


@register.simple_tag
def hours_readings(resource: Resource) -> list[Schedule]:
    """The schedules that hold for a resource, each of which says where it was read."""
    return [] if resource.stop else schedules_of(resource)


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that stand together in a list.

    Attributes:
        heading: why; empty where the list is one.
        start: the number of the first card.
        resources: those of the cards.
    """

    heading: str
    start: int
    resources: list[Resource]


@register.simple_tag
def open_groups(page: Page) -> list[Group]:
    """The cards of a page; after a question about what is open now, the unknown ones apart."""
    groups: list[Group] = []
    for number, resource in enumerate(page, page.start_index()):
        heading = _group_heading(getattr(resource, "open_group", None))
        if not groups or groups[-1].heading != heading:
            groups.append(Group(heading, number, []))
        groups[-1].resources.append(resource)
    return groups


def _group_heading(open_group: int | None) -> str:
    if open_group is None:
        return ""
    return _("Hours not known: call first") if open_group else _("Open now")


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the week of hours.

    Attributes:
        day: its name and date.
        times: in words.
        note: why it is not as usual; may be empty.
        is_today: the first of the seven.
    """

    day: str
    times: str
    note: str
    is_today: bool


@register.simple_tag(takes_context=True)
def week_lines(context, resource: Resource) -> list[DayLine]:
    """Seven days from today on; empty where they would not say more than the words do."""
    now = context.get("now") or timezone.now()
    today = today_at(resource, now)
    days = week_of(resource, now)
    if resource.stop or {_sort_of(day) for day in days} <= {UNKNOWN, APPOINTMENT, "always"}:
        return []
    return [
        DayLine(_capital(day_words(day.day, today)), _day_words(day), _note(day), day.day == today)
        for day in days
    ]


def _sort_of(day: OpeningDay) -> str:
    """The letter of a day that is all of one kind."""
    if [(slot.start, slot.end) for slot in day.slots] != [(0, DAY)]:
        return ""
    code = day.slots[0].code
    return "always" if code == "o" else code


def _day_words(day: OpeningDay) -> str:
    if not day.slots:
        return pgettext("hours", "Closed")
    return ", ".join(slot_words(slot) for slot in day.slots)


def slot_words(slot: Slot) -> str:
    """A slot in words: `8:30 a.m. to noon`, `by appointment`, `call first`."""
    if slot.code == HOLIDAY:
        return _("call first")
    if (slot.start, slot.end) == (0, DAY):
        times = _("day and night")
        if slot.code == UNKNOWN:
            return _("not known: call first")
        if slot.code == APPOINTMENT:
            return _("by appointment")
    else:
        times = _("{start} to {end}").format(
            start=_minute_words(slot.start), end=_minute_words(slot.end)
        )
    if slot.code == APPOINTMENT:
        return _("{times} by appointment").format(times=times)
    if slot.code == UNKNOWN:
        return _("{times}, not sure: call first").format(times=times)
    return times


def _minute_words(minutes: int) -> str:
    return time_words(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes % DAY))


def _note(day: OpeningDay) -> str:
    notes = []
    if day.is_holiday:
        notes.append(_("public holiday"))
    if day.is_exception:
        notes.append(_("not as usual"))
    return ", ".join(notes)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
