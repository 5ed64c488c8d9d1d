"""The phone says of any moment what the server says: `hours.js`, run by node, and `geo.opening`."""

import json
import random
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from frontend.templatetags.hours import hours_words, opening_words
from geo.opening import HORIZON_DAYS, Exceptional, Hours, Weekly, start_of_table, table, timeline

ROOT = Path(__file__).resolve().parent.parent.parent

CLOCKS = ["America/Toronto", "America/Halifax", "America/Blanc-Sablon"]
EXPRESSIONS = [
    "24/7",
    "Mo-Fr 08:30-16:30",
    "Mo-Fr 08:30-12:00,13:00-16:30; PH off",
    "Fr,Sa 22:00-02:00; Su 10:00-12:00",
    "Su 01:00-02:30",
    "Sa 23:30-01:30; Mo 00:00-00:45",
    'Mo 09:00-12:00 "sur rendez-vous"; Tu-Su 00:00-12:00',
    'Mo-Fr 08:00-08:25,23:10-24:00; Sa unknown "call"',
    "Mo-Su 07:03-19:57",
    "2026 Dec 1 10:00-12:00",
    "off",
]

# Weeks in which clocks change or holidays fall, and a plain one.
WEEKS = [
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 10, 26, tzinfo=UTC),
    datetime(2026, 6, 20, tzinfo=UTC),
    datetime(2026, 12, 21, tzinfo=UTC),
    datetime(2026, 11, 19, tzinfo=UTC),
]
MOMENTS = 60  # of each week


def every_hours(begin):
    """All kinds of hours, with and without exceptions in the second week after `begin`."""
    day = begin.date() + timedelta(days=2)
    closed = Exceptional(day, day + timedelta(days=1))
    other = Exceptional(day + timedelta(days=3), day + timedelta(days=3), "20:00-02:00")
    for clock in CLOCKS:
        yield Hours.of([], [closed], clock)
        yield Hours.of([Weekly(by_appointment=True)], [], clock)
        for expression in EXPRESSIONS:
            for holidays in ("closed", "unknown"):
                yield Hours.of([Weekly(expression, False, holidays)], [], clock)
            yield Hours.of([Weekly(expression, True)], [closed, other], clock)
            yield Hours.of([Weekly(expression), Weekly("We 09:00-18:00", True)], [other], clock)


def moments(begin, dice):
    """Moments at random, and those just before, at and after the hours when clocks change."""
    for _number in range(MOMENTS):
        yield begin + timedelta(seconds=dice.randrange(HORIZON_DAYS * 86_400))
    for day in (date(2026, 3, 8), date(2026, 11, 1)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for quarter in range(12, 36):
            yield midnight + timedelta(minutes=15 * quarter)


def ask_the_phone(question):
    answer = subprocess.run(
        ["node", ROOT / "tests" / "js" / "read_hours.mjs"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def seconds(moment):
    return None if moment is None else int(moment.timestamp())


@pytest.mark.parametrize("begin", WEEKS, ids=lambda begin: str(begin.date()))
def test_the_phone_and_the_server_say_the_same_of_thousands_of_moments(begin):
    dice = random.Random(2026)
    t0 = start_of_table(begin)
    every = list(every_hours(begin))
    found, numbers = table(every, begin)
    asked = [
        (hours, number, moment)
        for hours, number in zip(every, numbers, strict=True)
        if number is not None
        for moment in moments(begin, dice)
        if timedelta() <= moment - t0 < timedelta(days=HORIZON_DAYS)
    ]
    assert len(asked) > 8_000

    languages = ("fr", "en", "es")
    words = {}
    for language in languages:
        with override(language):
            words[language] = {name: str(text) for name, text in hours_words().items()}
    answers = ask_the_phone(
        {
            "table": found,
            "asked": [(number, seconds(moment)) for _hours, number, moment in asked],
            "words": words,
        }
    )

    wrong = []
    for (hours, _number, moment), (opening, _said) in zip(asked, answers, strict=True):
        line = timeline(hours, t0)
        here = line.at(moment)
        expected = {
            "state": here.state.value,
            "until": seconds(here.until),
            "opensAt": seconds(here.opens_at),
            "byAppointment": here.by_appointment,
            "isHoliday": here.is_holiday,
            "willClose": here.will_close,
            "isStale": False,
        }
        if opening != expected:
            wrong.append((hours, moment, opening, expected))
    assert not wrong[:3]

    for language in languages:
        with override(language):
            for (hours, _number, moment), (_opening, said) in zip(asked, answers, strict=True):
                line = timeline(hours, t0)
                can_call = seconds(moment) % 2 == 0
                expected = opening_words(line.at(moment), line, moment, can_call=can_call)
                if tuple(said[language]) != expected:
                    wrong.append((language, hours, moment, said[language], expected))
    assert not wrong[:3]


def test_after_the_14_days_and_before_them_the_phone_says_that_it_has_to_be_checked():
    begin = WEEKS[-1]
    found, _numbers = table([Hours.of([Weekly("24/7")], [])], begin)
    with override("en"):
        words = {"en": {name: str(text) for name, text in hours_words().items()}}
    end = found["t0"] + HORIZON_DAYS * 86_400
    asked = [(0, end - 2), (0, end), (0, found["t0"] - 2), (None, end - 2)]

    answers = ask_the_phone({"table": found, "asked": asked, "words": words})

    assert [opening["state"] for opening, _said in answers] == ["open"] + ["unknown"] * 3
    assert [said["en"][0] for _opening, said in answers] == [
        "Open",
        "Hours to be checked: call first",
        "Hours to be checked: call first",
        "Hours not known: call first",
    ]
