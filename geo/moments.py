"""Dates and times as the clock on the wall shows them, and in words. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def validate_timezone(name: str) -> None:
    """Refuse what is not the name of a time zone of the IANA database.

    Raises:
        ValidationError: there is no such time zone.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is no time zone. Write it as America/Toronto or America/Halifax."),
            params={"name": name},
        ) from error


def at_wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a clock on the wall shows `moment`, a date and a time without a zone.

    Raises:
        ValidationError: clocks never show it (they are put forward over it in March), or show it
            twice (they are put back over it in November).
    """
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValidationError(
            _("Clocks change in the night of %(day)s: this hour is skipped or comes twice."),
            params={"day": moment.date().isoformat()},
        )
    return first


def day_words(day: date, today: date) -> str:
    """A day in words, as `jeudi 26 novembre`; with its year where that is not the present one."""
    if day.year == today.year:
        pattern = pgettext("a day, in the letters of Django's date filter", "l, F j")
    else:
        pattern = pgettext("a day, in the letters of Django's date filter", "l, F j, Y")
    words = formats.date_format(day, pattern)
    # French says the first of a month, and the other days by their number.
    return words.replace(" 1 ", " 1er ") if get_language() == "fr" else words


def time_words(moment: datetime) -> str:
    """A time of the day in words, as `13 h 30` or `1:30 p.m.`."""
    if moment.minute:
        pattern = pgettext("a time, in the letters of Django's date filter", "P")
    else:
        pattern = pgettext("a whole hour, in the letters of Django's date filter", "P")
    return formats.date_format(moment, pattern, use_l10n=False)


def span_words(starts: datetime, ends: datetime, today: date) -> str:
    """From when to when, as `13 h à 17 h`; with the day of the end if it is another.

    Both are in the zone of the place.
    """
    times = {"from": time_words(starts), "to": time_words(ends)}
    if starts.date() == ends.date():
        return _("%(from)s to %(to)s") % times
    return _("%(from)s to %(to)s on %(day)s") % (times | {"day": day_words(ends.date(), today)})


def when_words(starts: datetime, ends: datetime, today: date) -> str:
    """A day and its times, as `Jeudi 26 novembre, 13 h à 17 h`."""
    day = day_words(starts.date(), today)
    words = _("%(day)s, %(times)s") % {"day": day, "times": span_words(starts, ends, today)}
    return words[:1].upper() + words[1:]
