"""How a page says who can take a person, and what of it may leave the page."""

from datetime import timedelta

from django import template
from django.utils import formats
from django.utils.translation import get_language, gettext_lazy, ngettext, override, pgettext
from django.utils.translation import gettext as _

from frontend.discretion import is_telling
from frontend.templatetags.repere import (
    LANGUAGE_NAMES,
    language_in_sentence,
    language_name,
    partial_date,
)
from frontend.templatetags.sharing import resource_words
from geo import phones
from geo.choices import Urgency
from geo.models import NeedTerm, PartnerContact
from geo.referrals.ranking import (
    Criterion,
    Freshness,
    Opening,
    Reason,
    Room,
    Speech,
    Way,
)
from geo.referrals.receivers import Candidate, Question
from geo.referrals.whereabouts import Direction, Whereabouts
from geo.translation import LANGUAGES
from geo.translation import wording as choose

register = template.Library()

UNKNOWN = "unknown"

_OPENINGS = {
    Opening.OPEN: gettext_lazy("Open now"),
    Opening.LATER_TODAY: gettext_lazy("Comes later today"),
    Opening.CLOSED: gettext_lazy("Closed now"),
}

_WAYS = {
    Way.LOCAL: gettext_lazy("In the region"),
    Way.ITINERANT: gettext_lazy("Comes to the region"),
    Way.NEXT_DOOR: gettext_lazy("Next door: %(detail)s"),
    Way.REMOTE: gettext_lazy("By phone or online"),
}

_SPEECHES = {
    Speech.STAFF: gettext_lazy("%(language)s: spoken by the staff"),
    Speech.LISTED: gettext_lazy("%(language)s: listed, by whom is not known"),
    Speech.INTERPRETER: gettext_lazy("%(language)s: with an interpreter"),
    Speech.WRITTEN: gettext_lazy("%(language)s: in writing only"),
    Speech.ABSENT: gettext_lazy("%(language)s: not among the languages listed"),
}

_ROOMS = {
    Room.HIGH: gettext_lazy("Room: a lot (said on %(detail)s)"),
    Room.MODERATE: gettext_lazy("Room: some (said on %(detail)s)"),
    Room.LOW: gettext_lazy("Room: nearly full (said on %(detail)s)"),
}

_FRESHNESSES = {
    Freshness.FRESH: gettext_lazy("Confirmed on %(detail)s"),
    Freshness.DUE: gettext_lazy("Confirmed on %(detail)s: to be confirmed again"),
    Freshness.STALE: gettext_lazy("Not confirmed since %(detail)s: check first"),
}

_SAYINGS = {
    Criterion.OPENING: _OPENINGS,
    Criterion.WAY: _WAYS,
    Criterion.SPEECH: _SPEECHES,
    Criterion.ROOM: _ROOMS,
    Criterion.FRESHNESS: _FRESHNESSES,
}

_NAMES = {
    Criterion.OPENING: gettext_lazy("hours"),
    Criterion.SPEECH: gettext_lazy("languages"),
    Criterion.ROOM: gettext_lazy("room"),
    Criterion.ANSWER: gettext_lazy("time to answer"),
    Criterion.FRESHNESS: gettext_lazy("when it was confirmed"),
}

# Needs whose own name tells why somebody asks, as they are called in a message.
_NEUTRAL_NEEDS = {
    "droits": gettext_lazy("Legal help"),
    "immigration": gettext_lazy("Papers and procedures"),
}


@register.simple_tag
def rank_reasons(candidate: Candidate, language: str) -> list[str]:
    """What is known of a receiver, in the order in which it decides its place."""
    return [_said(reason, language) for reason in _relevant(candidate) if reason.value != UNKNOWN]


@register.simple_tag
def rank_unknowns(candidate: Candidate) -> str:
    """What nobody knows of it, in one line."""
    names = [_NAMES[reason.criterion] for reason in _relevant(candidate) if reason.value == UNKNOWN]
    return ", ".join(map(str, names))


def _relevant(candidate: Candidate) -> list[Reason]:
    """Who takes no referrals answers none: how fast is no question."""
    return [
        reason
        for reason in candidate.reasons
        if candidate.in_network or reason.criterion != Criterion.ANSWER
    ]


def _said(reason: Reason, language: str) -> str:
    if reason.criterion == Criterion.TAKES_REFERRALS:
        return _("Takes nobody now")
    if reason.criterion == Criterion.ANSWER:
        return _("Answers in %(time)s (median)") % {"time": duration_words(reason.detail)}
    detail = reason.detail
    if reason.criterion in {Criterion.ROOM, Criterion.FRESHNESS}:
        detail = partial_date(detail.isoformat())
    words = str(_SAYINGS[reason.criterion][reason.value])
    return words % {
        # Of a place next door only: one of no region is beyond the border.
        "detail": detail or _("outside Québec"),
        "language": language_name(language) if language else "",
    }


def duration_words(duration: timedelta) -> str:
    """About how long: minutes, hours up to two days, then days."""
    minutes = max(round(duration / timedelta(minutes=1)), 1)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


_DIRECTIONS = {
    Direction.NORTH: gettext_lazy("about %(km)s km north of %(home)s"),
    Direction.NORTH_EAST: gettext_lazy("about %(km)s km north-east of %(home)s"),
    Direction.EAST: gettext_lazy("about %(km)s km east of %(home)s"),
    Direction.SOUTH_EAST: gettext_lazy("about %(km)s km south-east of %(home)s"),
    Direction.SOUTH: gettext_lazy("about %(km)s km south of %(home)s"),
    Direction.SOUTH_WEST: gettext_lazy("about %(km)s km south-west of %(home)s"),
    Direction.WEST: gettext_lazy("about %(km)s km west of %(home)s"),
    Direction.NORTH_WEST: gettext_lazy("about %(km)s km north-west of %(home)s"),
}


@register.filter
def whereabouts_words(where: Whereabouts) -> str:
    """Where a region lies, by its largest town."""
    way = str(_DIRECTIONS[where.direction]) % {
        "km": formats.number_format(where.about_km, use_l10n=True, force_grouping=True),
        "home": where.home_town,
    }
    return _("Its largest town, %(town)s, is %(way)s, as the crow flies.") % {
        "town": where.town,
        "way": way,
    }


@register.simple_tag
def partner_texts(question: Question, tile: NeedTerm) -> list[dict[str, str]]:
    """A message that asks partners who can take a person, in each language of the site.

    It holds the four codes of the question in neutral words, and nothing of the person.
    """
    texts = []
    for code in LANGUAGES:
        with override(code):
            lines = [
                _("Hello. Who can take a person?"),
                _("What for: %(need)s") % {"need": neutral_need(question.need, tile)},
                _("Region: %(region)s") % {"region": question.region.name},
            ]
            if question.language:
                lines.append(
                    _("Language: %(language)s")
                    % {"language": language_in_sentence(question.language)}
                )
            when = str(Urgency(question.urgency).label)
            lines += [
                _("By when: %(when)s") % {"when": when[:1].lower() + when[1:]},
                _("Please answer by yes or no, without any name."),
            ]
        texts.append({"code": code, "name": LANGUAGE_NAMES[code], "text": "\n".join(lines)})
    return texts


def neutral_need(term: NeedTerm, tile: NeedTerm) -> str:
    """A need as it may stand in a message, in the language in use."""
    for each in (term, tile):
        name = choose(each.name, get_language()).text
        if not is_telling(name):
            return name
    return str(_NEUTRAL_NEEDS[tile.code])


@register.simple_tag
def person_text(candidate: Candidate, language: str) -> dict[str, str]:
    """What can be given to the person: who, the number, where and when; in neutral words.

    In the person's language where the site speaks it, else in that of the page. Of a stop that
    only partners are told of, neither the place nor the date: a message is easily shown around.
    """
    code = language if language in LANGUAGES else get_language()
    with override(code):
        if not candidate.is_public:
            text = resource_words(_WithoutPlace(candidate))
        else:
            lines = [resource_words(candidate), candidate.stop.when if candidate.stop else ""]
            text = "\n".join(filter(None, lines))
    label = pgettext("message", "Text for the person")
    return {"code": code, "label": f"{label} ({LANGUAGE_NAMES[code]})", "text": text}


@register.filter
def desk_number(contact: PartnerContact) -> str:
    """The number of a desk as people write it, with its extension."""
    written = phones.spoken(contact.phone)
    if contact.extension:
        return _("%(number)s, extension %(extension)s") % {
            "number": written,
            "extension": contact.extension,
        }
    return written


@register.filter
def dial_desk(contact: PartnerContact) -> str:
    """The address that a tap on the number of a desk opens."""
    return phones.dial_uri(contact.phone, contact.extension)


class _WithoutPlace:
    """A receiver of which a message says only who it is and how to call."""

    location = None

    def __init__(self, candidate: Candidate) -> None:
        self.organization = candidate.organization
        self.service = candidate.service
