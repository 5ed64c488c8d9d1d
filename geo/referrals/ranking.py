"""Who is proposed first to a caseworker, and why: one order, said in codes (pure).

What nobody knows is a value of its own in each criterion: it is shown as unknown, comes after what
is known to be good and before what is known to be bad.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

DAYS_OF_A_MONTH = 365.25 / 12


class Criterion(StrEnum):
    """What receivers are compared by, in the order in which it decides."""

    TAKES_REFERRALS = "takes_referrals"
    OPENING = "opening"
    WAY = "way"
    SPEECH = "speech"
    ROOM = "room"
    ANSWER = "answer"
    FRESHNESS = "freshness"


class Way(StrEnum):
    """How the help comes to a person in a region, the best first."""

    LOCAL = "local"
    ITINERANT = "itinerant"
    NEXT_DOOR = "next_door"
    REMOTE = "remote"


class Opening(StrEnum):
    """Whether somebody can be met or called now, the best first."""

    OPEN = "open"
    LATER_TODAY = "later_today"
    UNKNOWN = "unknown"
    CLOSED = "closed"


class Speech(StrEnum):
    """How a language is spoken, the best first."""

    STAFF = "staff"
    # The language is listed, and nobody said who speaks it.
    LISTED = "listed"
    INTERPRETER = "interpreter"
    WRITTEN = "written"
    UNKNOWN = "unknown"
    # Other languages are listed, and this one is not.
    ABSENT = "absent"


class Room(StrEnum):
    """How much room there is for new people, the best first."""

    HIGH = "high"
    MODERATE = "moderate"
    UNKNOWN = "unknown"
    LOW = "low"


class Freshness(StrEnum):
    """How long ago somebody attested the service, the best first."""

    FRESH = "fresh"
    DUE = "due"
    UNKNOWN = "unknown"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact that places a receiver where it stands.

    Attributes:
        criterion: what is compared.
        value: a code of the criterion: a `Way`, a `Speech` and so on; of ANSWER, `known` or
            `unknown`; of TAKES_REFERRALS, `no`.
        detail: the fact itself where a code is not enough: a `timedelta` of ANSWER, the day of
            FRESHNESS or of ROOM, the name of the other region of NEXT_DOOR.
    """

    criterion: Criterion
    value: str
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a receiver for a question.

    Attributes:
        takes_referrals: the service has not said that it takes nobody now.
        opening: None where it does not matter when it is open.
        speech: None where no language was asked for.
        room_said_on: the day on which the room was said; None where it was not, or too long ago.
        answers_in: median time of its organization to answer a referral; None if not known.
        attested_on: the last day for which somebody attests the service.
        name: to sort by, folded.
        key: the last word, so that an order is always the same.
    """

    way: Way
    name: str
    key: str
    takes_referrals: bool = True
    opening: Opening | None = None
    speech: Speech | None = None
    room: Room = Room.UNKNOWN
    room_said_on: date | None = None
    answers_in: timedelta | None = None
    freshness: Freshness = Freshness.UNKNOWN
    attested_on: date | None = None
    neighbour: str = ""


def _places(values: Iterable[StrEnum]) -> Mapping[StrEnum, int]:
    return {value: place for place, value in enumerate(values)}


_OPENING, _WAY, _SPEECH, _ROOM, _FRESHNESS = (
    _places(criterion) for criterion in (Opening, Way, Speech, Room, Freshness)
)


def rank(standing: Standing) -> tuple:
    """A key to sort by, the best first.

    Who takes nobody comes last. Where help is wanted today, who can be reached now comes before
    all else; then way, language, room, time to answer, freshness, name.
    """
    return (
        not standing.takes_referrals,
        *access(standing.way, standing.opening),
        _SPEECH[standing.speech] if standing.speech else 0,
        _ROOM[standing.room],
        standing.answers_in or timedelta.max,
        _FRESHNESS[standing.freshness],
        standing.name,
        standing.key,
    )


def access(way: Way, opening: Opening | None) -> tuple[int, int]:
    """How well a person gets there; also tells which of its ways a service is proposed by."""
    return (_OPENING[opening] if opening else 0, _WAY[way])


def reasons(standing: Standing) -> list[Reason]:
    """The facts behind the rank, in the order in which they decide."""
    answers = standing.answers_in
    said = [
        None if standing.takes_referrals else Reason(Criterion.TAKES_REFERRALS, "no"),
        Reason(Criterion.OPENING, standing.opening) if standing.opening else None,
        Reason(Criterion.WAY, standing.way, standing.neighbour),
        Reason(Criterion.SPEECH, standing.speech) if standing.speech else None,
        Reason(Criterion.ROOM, standing.room, standing.room_said_on),
        Reason(Criterion.ANSWER, "unknown" if answers is None else "known", answers),
        Reason(Criterion.FRESHNESS, standing.freshness, standing.attested_on),
    ]
    return [reason for reason in said if reason]


def freshness(attested_on: date | None, months: int, today: date) -> Freshness:
    """How a service stands to the date by which it is to be checked again.

    Args:
        attested_on: the last day for which a source or a person attests it.
        months: how often it is to be checked. Fresh up to once that, due up to twice.
        today: the day of the question.
    """
    if attested_on is None:
        return Freshness.UNKNOWN
    age = (today - attested_on).days / (months * DAYS_OF_A_MONTH)
    if age <= 1:
        return Freshness.FRESH
    return Freshness.DUE if age <= 2 else Freshness.STALE
