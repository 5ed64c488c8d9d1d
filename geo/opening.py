"""Opening hours: OpenStreetMap's grammar, exceptions, holidays of Québec; what they say now.

Pure: knows no model. `Hours` is all that decides when one service is given at one place. It is
evaluated once a day into a `Timeline` of 14 days, which answers for any moment of them; the
browser gets the same timeline as a short text and looks it up in the same way (`hours.js`).

Hours are those of the clock on the wall of the place. A slot belongs to the day it begins on, also
after midnight: a bar that opens on Friday until 02:00 is closed by a closed Friday, and not by a
closed Saturday. A repeated hour of autumn is open twice; a skipped hour of spring, never.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from holidays import country_holidays
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # its stub

from geo.choices import HolidayPolicy, HoursStatus, OpenState

# How far a timeline reaches. After that a phone says that it has to be checked.
HORIZON_DAYS = 14

CLOSING_SOON = timedelta(minutes=30)

# The clock of most of Québec, and of services that have no place.
TIMEZONE = "America/Toronto"

DAY = 24 * 60  # minutes

# What a moment is, as one letter of a timeline. Where several schedules speak, the first wins.
OPEN, APPOINTMENT, HOLIDAY, UNKNOWN, CLOSED = "oahuc"
_STRENGTH = (OPEN, APPOINTMENT, HOLIDAY, UNKNOWN)

# What a comment of the grammar says in the three languages of the directory.
_APPOINTMENT_WORDS = re.compile(r"rendez-vous|appointment|\bcita\b", re.IGNORECASE)

_COMMENT = re.compile(r'"[^"]*"')
_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_WEEKDAYS = rf"{_WEEKDAY}(?:-{_WEEKDAY})?"
_WITH_HOLIDAYS = re.compile(rf"(?:{_WEEKDAYS},)*PH(?:,{_WEEKDAYS})*")
# Without a comma: the holidays that fall on a Monday. The library takes it for a comma.
_HOLIDAYS_ON_WEEKDAYS = re.compile(rf"\bPH +{_WEEKDAY}\b|\b{_WEEKDAY} +PH\b")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_RULE = re.compile(
    r"(?P<join>^|; |, )"
    r"(?P<days>(?:(?!; |, )[^\"])*?) ?"
    r"(?P<times>\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)?"
    r"(?P<is>(?: ?\b(?:closed|unknown))?)"
    r"(?P<comment>(?: ?\"[^\"]*\")?)"
    r"(?=$|; |, )"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# What the grammar allows and nobody here can say truly: what finds it, what to write instead.
_REFUSED = [
    (
        re.compile(r"\bSH\b"),
        _("School holidays (SH) are not known here: write the dates, as Jun 24-Aug 28 off."),
    ),
    (
        re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b"),
        _("Sunrise and sunset are not known here: write the time, as 08:00-16:00."),
    ),
    (
        re.compile(r"\d:\d\d\s*\+"),
        _("Nobody knows when this ends: write the closing time, as 08:00-16:00."),
    ),
    (
        re.compile(r"\d:\d\d\s*/"),
        _("Times that repeat are not known here: write from when to when, as 08:00-16:00."),
    ),
    (
        re.compile(r"\|\|"),
        _("Rules cannot be joined by ||: write the days and hours, joined by a semicolon."),
    ),
    (
        re.compile(r"\b(\d?\d:\d\d)-\1\b"),
        _("A slot cannot end when it begins: write 00:00-24:00, or 24/7 for every day."),
    ),
]
_HOLIDAY_RULE = _(
    "Write public holidays (PH) as days of their own, as PH off, PH 10:00-14:00 or Sa,PH off."
)


@lru_cache
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of Québec in a year. Not those of federal bodies, as 30 September."""
    return frozenset(country_holidays("CA", subdiv="QC", years=year))


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday in Québec."""
    return day in public_holidays(day.year)


def validate_hours(expression: str) -> None:
    """Refuse what is not OpenStreetMap's `opening_hours` grammar, or what nobody can evaluate.

    Raises:
        ValidationError: the expression cannot be parsed, or has a part whose answer would be
            wrong here; says what to write instead.
    """
    try:
        parsed = OpeningHours(expression)
    except ParserError as error:
        raise ValidationError(
            _("“%(hours)s” is not in the grammar of opening_hours, as Mo-Fr 08:00-16:00; PH off."),
            params={"hours": expression},
        ) from error
    bare = _COMMENT.sub('""', expression)
    for pattern, message in _REFUSED:
        if pattern.search(bare):
            raise ValidationError(message)
    rules = _rules(str(parsed))
    if _HOLIDAYS_ON_WEEKDAYS.search(bare) or any(
        "PH" in rule.days and not _WITH_HOLIDAYS.fullmatch(rule.days) for rule in rules
    ):
        raise ValidationError(_HOLIDAY_RULE)


class _Rule(NamedTuple):
    """One rule of an expression: `; ` or `, `, days, spans of minutes, off or unknown, comment."""

    join: str
    days: str
    spans: tuple[tuple[int, int], ...]
    modifier: str
    comment: str

    def __str__(self) -> str:
        spans = ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in self.spans)
        return self.join + " ".join(filter(None, [self.days, spans, self.modifier, self.comment]))

    def on_its_day(self) -> "_Rule":
        """The same, with what lies after midnight cut off."""
        return self._replace(spans=tuple((start, min(end, DAY)) for start, end in self.spans))

    def after_midnight(self) -> "_Rule | None":
        """What lies after midnight, as hours of the day it began on; None if the rule has no say.

        A rule without such hours still takes them from the days that it is about.
        """
        late = tuple((0, end - DAY) for _start, end in self.spans if end > DAY)
        is_off = self.modifier == "closed"
        if late or (is_off and not self.spans):
            return self._replace(spans=late)
        if is_off or self.join == ", ":
            return None
        return self._replace(spans=(), modifier="closed", comment="")


def _rules(canonical: str) -> list[_Rule]:
    """The rules of an expression as the library writes it back."""
    rules = []
    for found in _RULE.finditer(canonical):
        spans = []
        for numbers in _SPAN.findall(found["times"] or ""):
            hour, minute, end_hour, end_minute = map(int, numbers)
            start, end = hour * 60 + minute, end_hour * 60 + end_minute
            spans.append((start, end if end > start else end + DAY))
        rules.append(
            _Rule(
                found["join"],
                found["days"].strip(),
                tuple(spans),
                found["is"].strip(),
                found["comment"].strip(),
            )
        )
    return rules


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _dates(days: Iterable[date]) -> str:
    return ",".join(f"{day.year} {_MONTHS[day.month - 1]} {day.day}" for day in sorted(days))


def _with_dates(rule: _Rule, holidays: str) -> list[_Rule]:
    """A rule with the dates of public holidays in the place of PH."""
    if "PH" not in rule.days:
        return [rule]
    others = ",".join(day for day in rule.days.split(",") if day != "PH")
    on_holidays = rule._replace(days=holidays, join=rule.join or "; ")
    if others:
        return [rule._replace(days=others), on_holidays]
    return [rule._replace(days=holidays)]


class Slot(NamedTuple):
    """A stretch of one day.

    Attributes:
        start: minutes from the midnight before.
        end: minutes from the same midnight; more than 1440 if it goes on after the next one.
        code: `o` open, `a` by appointment, `u` unknown, `h` unknown because of a holiday.
        comment: what the grammar says of it in quotes; empty if nothing.
    """

    start: int
    end: int
    code: str
    comment: str = ""


@lru_cache(maxsize=4096)
def _parsed(expression: str, year: int) -> tuple[OpeningHours, OpeningHours | None]:
    """What is read for the days around `year`: their own hours, and those after midnight.

    The library knows no holidays of Québec (its `country="CA"` is open on 24 June), and a rule
    about Saturday would take the end of Friday's night away.
    """
    holidays = _dates(day for each in (year - 1, year, year + 1) for day in public_holidays(each))
    rules = [
        dated
        for rule in _rules(str(OpeningHours(expression)))
        for dated in _with_dates(rule, holidays)
    ]
    late = [rule for rule in map(_Rule.after_midnight, rules) if rule]
    nights = None
    if any(end > DAY for rule in rules for _start, end in rule.spans):
        first, *others = late
        nights = OpeningHours("".join(map(str, [first._replace(join=""), *others])))
    own = OpeningHours("".join(str(rule.on_its_day()) for rule in rules))
    return own, nights


@lru_cache(maxsize=4096)
def _slots(expression: str, first: date, days: int) -> tuple[tuple[Slot, ...], ...]:
    """The slots that begin on each of some days, without exceptions; holidays as the grammar says.

    Args:
        expression: if it is not valid (see `validate_hours`), every day is unknown.
        first: the first day.
        days: how many.
    """
    try:
        validate_hours(expression)
    except ValidationError:
        return ((Slot(0, DAY, UNKNOWN),),) * days
    found: list[list[Slot]] = [[] for _day in range(days)]
    midnight = datetime.combine(first, time())
    own, nights = _parsed(expression, first.year)
    for hours, later in ((own, 0), (nights, DAY)):
        if hours is None:
            continue
        for begin, end, state, comment in hours.intervals(
            midnight, midnight + timedelta(days=days)
        ):
            if state == State.CLOSED:
                continue
            code = OPEN if state == State.OPEN else UNKNOWN
            if _APPOINTMENT_WORDS.search(comment):
                code = APPOINTMENT
            start, stop = _minutes(begin - midnight), _minutes(end - midnight)
            for day in range(start // DAY, -(-stop // DAY)):
                since = max(start - day * DAY, 0) + later
                until = min(stop - day * DAY, DAY) + later
                found[day].append(Slot(since, until, code, comment))
    return tuple(map(tuple, found))


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """What one schedule says.

    Attributes:
        expression: valid hours in the grammar; empty where there is only text, or nothing.
        by_appointment: one must have an appointment to be received in these hours.
        holidays: whether they hold on a public holiday, where the expression has no PH.
    """

    expression: str = ""
    by_appointment: bool = False
    holidays: str = HolidayPolicy.UNKNOWN

    @classmethod
    def of(
        cls,
        hours_status: str,
        opening_hours: str,
        by_appointment: bool | None,
        holiday_policy: str,
    ) -> "Weekly":
        """What the columns of a `Schedule` say."""
        if hours_status == HoursStatus.ALWAYS:
            return cls("24/7", bool(by_appointment), HolidayPolicy.OPEN)
        expression = opening_hours if hours_status == HoursStatus.KNOWN else ""
        return cls(expression, bool(by_appointment), str(holiday_policy))

    @property
    def decides_holidays(self) -> bool:
        """The expression itself says what happens on holidays."""
        bare = _COMMENT.sub("", self.expression)
        return bare.strip() in ("", "24/7") or "PH" in bare

    def slots(self, first: date, days: int) -> Iterable[tuple[Slot, ...]]:
        """The slots of each day, with the policy for holidays."""
        if not self.expression:
            whole = Slot(0, DAY, APPOINTMENT if self.by_appointment else UNKNOWN)
            closed_on_holidays = self.holidays == HolidayPolicy.CLOSED
            for number in range(days):
                off = closed_on_holidays and is_holiday(first + timedelta(days=number))
                yield () if off else (whole,)
            return
        for number, slots in enumerate(_slots(self.expression, first, days)):
            if (
                slots
                and self.holidays != HolidayPolicy.OPEN
                and not self.decides_holidays
                and is_holiday(first + timedelta(days=number))
            ):
                is_closed = self.holidays == HolidayPolicy.CLOSED
                yield () if is_closed else (Slot(0, DAY, HOLIDAY),)
            elif self.by_appointment:
                yield tuple(slot._replace(code=APPOINTMENT) for slot in slots)
            else:
                yield slots


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Days on which it is otherwise.

    Attributes:
        starts_on: first day, of the clock of the place.
        ends_on: last day.
        expression: valid hours of these days; empty if closed.
    """

    starts_on: date
    ends_on: date
    expression: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it is about that day."""
        return self.starts_on <= day <= self.ends_on


def for_a_while(start: datetime, end: datetime) -> Weekly:
    """Hours that are given once, as a stop of a tour.

    Args:
        start: by the clock of the place.
        end: by the same clock, less than 24 hours later.
    """
    spans = f"{start:%H:%M}-{end:%H:%M}"
    return Weekly(f"{_dates([start.date()])} {spans}", holidays=HolidayPolicy.OPEN)


@dataclass(frozen=True, slots=True)
class Hours:
    """All that decides when a service is given at a place; services of equal hours share one.

    Attributes:
        schedules: what is written; empty if nobody wrote anything.
        exceptions: closed days and days of other hours; closed wins where both are said.
        timezone: IANA name of the clock of the place.
    """

    schedules: tuple[Weekly, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()
    timezone: str = TIMEZONE

    @classmethod
    def of(
        cls,
        schedules: Iterable[Weekly],
        exceptions: Iterable[Exceptional],
        timezone: str = TIMEZONE,
    ) -> "Hours":
        """The same hours for the same facts, in whatever order they come."""
        return cls(
            tuple(sorted(schedules, key=astuple)),
            tuple(sorted(exceptions, key=astuple)),
            timezone,
        )

    def days(self, first: date, count: int) -> list["OpeningDay"]:
        """What is said of each of some days, the strongest word first: exceptions, holidays, week.

        Where nothing is written the whole day is unknown.
        """
        weeks = [list(schedule.slots(first, count)) for schedule in self.schedules]
        days = []
        for number in range(count):
            day = first + timedelta(days=number)
            special = [exception for exception in self.exceptions if exception.holds_on(day)]
            if any(not exception.expression for exception in special):
                slots = []
            elif special:
                slots = self._other_slots(special, day)
            elif self.schedules:
                slots = [slot for week in weeks for slot in week[number]]
            else:
                slots = [Slot(0, DAY, UNKNOWN)]
            days.append(OpeningDay(day, _merged(slots), is_holiday(day), bool(special)))
        return days

    def _other_slots(self, special: list[Exceptional], day: date) -> list[Slot]:
        slots = [slot for each in special for slot in _slots(each.expression, day, 1)[0]]
        # Whoever only receives by appointment does so on a special day too.
        if self.schedules and all(schedule.by_appointment for schedule in self.schedules):
            return [slot._replace(code=APPOINTMENT) for slot in slots]
        return slots


class OpeningDay(NamedTuple):
    """One day of a week of hours.

    Attributes:
        day: the date, of the clock of the place.
        slots: when, in order, not overlapping; empty if closed.
        is_holiday: a public holiday of Québec.
        is_exception: the hours of this day are not the usual ones.
    """

    day: date
    slots: list[Slot]
    is_holiday: bool
    is_exception: bool


def _merged(slots: list[Slot]) -> list[Slot]:
    """Slots in order, not overlapping; where they do, the stronger word (see `_STRENGTH`)."""
    if len(slots) < 2:
        return slots
    bounds = sorted({minute for slot in slots for minute in (slot.start, slot.end)})
    merged: list[Slot] = []
    for start, end in pairwise(bounds):
        here = [slot for slot in slots if slot.start <= start and slot.end >= end]
        if not here:
            continue
        best = min(here, key=lambda slot: _STRENGTH.index(slot.code))
        last = merged[-1] if merged else None
        if last and last.end == start and last[2:] == best[2:]:
            merged[-1] = last._replace(end=end)
        else:
            merged.append(best._replace(start=start, end=end))
    return merged


@dataclass(frozen=True, slots=True)
class Opening:
    """What can be said of a moment.

    Attributes:
        state: never `closed` where nobody knows.
        until: when this ends; None if that is not known, or further than the timeline.
        opens_at: when it opens after a moment when it is closed; None if not known.
        by_appointment: with an appointment, now, or from `opens_at` if closed.
        is_holiday: unknown because of a public holiday: call first.
        will_close: `until` is the moment it closes.
    """

    state: OpenState
    until: datetime | None = None
    opens_at: datetime | None = None
    by_appointment: bool = False
    is_holiday: bool = False
    will_close: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The hours of 14 days, minute by minute.

    Attributes:
        t0: the first minute, a midnight of UTC.
        runs: the minute from `t0` at which each stretch begins, and its letter; the first is 0.
        offsets: the minute from `t0`, and the minutes that the clock of the place is ahead of UTC
            from then on; the first is 0.
    """

    t0: datetime
    runs: tuple[tuple[int, str], ...]
    offsets: tuple[tuple[int, int], ...]

    @property
    def clock(self) -> str:
        """The offsets as text: `-300`, or `-240,2160,-300` where the clock changes."""
        (_zero, first), *changes = self.offsets
        return ",".join(map(str, [first, *(number for change in changes for number in change)]))

    @property
    def pattern(self) -> str:
        """The stretches as text: letter and minutes, `c810o480c150`."""
        ends = [start for start, _code in self.runs[1:]] + [HORIZON_DAYS * DAY]
        return "".join(
            f"{code}{end - start}" for (start, code), end in zip(self.runs, ends, strict=True)
        )

    def on_the_wall(self, moment: datetime) -> datetime:
        """What the clock of the place shows at a moment, to the minute."""
        minute = _minutes(moment - self.t0)
        ahead = next(ahead for since, ahead in reversed(self.offsets) if since <= max(minute, 0))
        return self.t0.replace(tzinfo=None) + timedelta(minutes=minute + ahead)

    def at(self, moment: datetime) -> Opening:
        """What can be said of a moment; unknown outside the 14 days."""
        minute = _minutes(moment - self.t0)
        if not 0 <= minute < HORIZON_DAYS * DAY:
            return Opening(OpenState.UNKNOWN)
        number = bisect_right(self.runs, minute, key=lambda run: run[0]) - 1
        code = self.runs[number][1]
        then, until = "", None
        if number + 1 < len(self.runs):
            then = self.runs[number + 1][1]
            until = self.t0 + timedelta(minutes=self.runs[number + 1][0])
        if code == CLOSED:
            return self._closed(moment, then, until)
        if code == APPOINTMENT:
            return Opening(OpenState.BY_APPOINTMENT, until, by_appointment=True)
        if code == OPEN:
            will_close = then == CLOSED
            is_soon = will_close and until is not None and until - moment <= CLOSING_SOON
            state = OpenState.CLOSING_SOON if is_soon else OpenState.OPEN
            return Opening(state, until, will_close=will_close)
        return Opening(OpenState.UNKNOWN, until, is_holiday=code == HOLIDAY)

    def _closed(self, moment: datetime, then: str, until: datetime | None) -> Opening:
        opens_at = until if then in (OPEN, APPOINTMENT) else None
        is_today = opens_at and self.on_the_wall(opens_at).date() == self.on_the_wall(moment).date()
        return Opening(
            OpenState.OPENS_LATER if is_today else OpenState.CLOSED,
            until,
            opens_at,
            by_appointment=then == APPOINTMENT,
        )


def start_of_table(now: datetime) -> datetime:
    """The midnight of UTC before `now`: timelines, and so pages and packs, change once a day."""
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)


@lru_cache(maxsize=64)
def _offsets(timezone: str, t0: datetime) -> tuple[tuple[int, int], ...]:
    """From which minute on the clock is how many minutes ahead of UTC (see `Timeline`)."""
    zone = ZoneInfo(timezone)
    found: list[tuple[int, int]] = []
    # Clocks change on the quarter of an hour, everywhere.
    for minute in range(0, HORIZON_DAYS * DAY, 15):
        there = (t0 + timedelta(minutes=minute)).astimezone(zone)
        ahead = _minutes(there.utcoffset() or timedelta())
        if not found or found[-1][1] != ahead:
            found.append((minute, ahead))
    return tuple(found)


@lru_cache(maxsize=8192)
def timeline(hours: Hours, t0: datetime) -> Timeline:
    """The 14 days of some hours from a midnight of UTC on."""
    offsets = _offsets(hours.timezone, t0)
    # A day before, whose night may reach in; two after, for clocks on either side of UTC.
    first = t0.date() - timedelta(days=2)
    on_the_wall = [
        slot._replace(start=slot.start + since, end=slot.end + since, comment="")
        for number, day in enumerate(hours.days(first, HORIZON_DAYS + 4))
        for since in [(number - 2) * DAY]
        for slot in day.slots
    ]
    ends = [minute for minute, _ahead in offsets[1:]] + [HORIZON_DAYS * DAY]
    slots = [
        Slot(start, end, slot.code)
        for (since, ahead), stop in zip(offsets, ends, strict=True)
        for slot in on_the_wall
        for start in [max(slot.start - ahead, since)]
        for end in [min(slot.end - ahead, stop)]
        if start < end
    ]
    return Timeline(t0, tuple(_runs(slots)), offsets)


def _runs(slots: list[Slot]) -> Iterable[tuple[int, str]]:
    """The letter of every minute of the timeline, each where it begins to hold."""
    changes: dict[int, Counter[str]] = {0: Counter(), HORIZON_DAYS * DAY: Counter()}
    for slot in slots:
        changes.setdefault(slot.start, Counter())[slot.code] += 1
        changes.setdefault(slot.end, Counter())[slot.code] -= 1
    now: Counter[str] = Counter()
    last = ""
    for minute in sorted(changes)[:-1]:
        for code, change in changes[minute].items():
            now[code] += change
        code = next((code for code in _STRENGTH if now[code] > 0), CLOSED)
        if code != last:
            yield minute, code
            last = code


def state(hours: Hours, now: datetime) -> Opening:
    """What can be said of `now`."""
    return timeline(hours, start_of_table(now)).at(now)


def intervals(hours: Hours, now: datetime) -> list[tuple[datetime, datetime, str]]:
    """The 14 days around `now` as stretches in UTC: begin, end, letter."""
    found = timeline(hours, start_of_table(now))
    ends = [start for start, _code in found.runs[1:]] + [HORIZON_DAYS * DAY]
    return [
        (found.t0 + timedelta(minutes=start), found.t0 + timedelta(minutes=end), code)
        for (start, code), end in zip(found.runs, ends, strict=True)
    ]


def table(every: Iterable[Hours], now: datetime) -> tuple[dict[str, Any], list[int | None]]:
    """The 14 days of many services for a phone, each pattern once (ADR 0008).

    Returns:
        The table, ready for JSON, and for each of `every` its number in the patterns, None where
        nothing at all is known.
    """
    t0 = start_of_table(now)
    clocks: dict[str, int] = {}
    patterns: dict[tuple[int, str], int] = {}
    numbers: list[int | None] = []
    for hours in every:
        found = timeline(hours, t0)
        if found.runs == ((0, UNKNOWN),):
            numbers.append(None)
            continue
        clock = clocks.setdefault(found.clock, len(clocks))
        numbers.append(patterns.setdefault((clock, found.pattern), len(patterns)))
    return {
        "t0": int(t0.timestamp()),
        "step": 60,
        "days": HORIZON_DAYS,
        "clocks": list(clocks),
        "patterns": [list(pattern) for pattern in patterns],
    }, numbers
