"""Who can take a person: a need, a region, a language and an urgency to a ranked list.

A question holds nothing of the person but these four codes, and nothing of it is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.measure import D
from django.db import models
from django.db.models import Aggregate, Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from geo.choices import (
    Announcement,
    AreaEvidence,
    AreaLevel,
    CapacityLevel,
    DeliveryMode,
    LanguageMode,
    Urgency,
)
from geo.coverage.inputs import attested_on
from geo.models import (
    AdminArea,
    Location,
    MobileStop,
    NeedTerm,
    Organization,
    Partner,
    Phone,
    Referral,
    Resource,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceLanguage,
    ServiceNeed,
)
from geo.models.network import ROOM_HOLDS
from geo.querysets.functions import Fold, wording_of
from geo.querysets.hours import hours_written, open_and_unknown
from geo.querysets.resources import ANY_LANGUAGE
from geo.referrals.ranking import (
    Opening,
    Reason,
    Room,
    Speech,
    Standing,
    Way,
    access,
    freshness,
    rank,
    reasons,
)

# A place of another region that is so near the border serves people of this one.
NEXT_DOOR = D(km=60)

# Stops that come too late are no help: how far ahead one is proposed, by urgency. `TODAY` ends
# at midnight.
STOPS_WITHIN = {Urgency.THIS_WEEK: timedelta(days=7), Urgency.THIS_MONTH: timedelta(days=30)}

# The median time to answer: over so long, and of so many answers at least.
ANSWERS_OF = timedelta(days=90)
FEWEST_ANSWERS = 5

# More at once drown a caseworker.
FIRST = 10

# Other regions that are offered where nobody can take a person.
MOST_ELSEWHERE = 5


class Median(Aggregate):
    """The middle of some durations."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()


@dataclass(frozen=True, slots=True)
class Question:
    """What a caseworker asks.

    Attributes:
        need: of level 1, which stands for all its leaves, or a leaf.
        region: where the person is, one of the 17.
        language: code of the language that the person speaks; empty: any.
        urgency: by when.
    """

    need: NeedTerm
    region: AdminArea
    language: str = ""
    urgency: str = Urgency.THIS_WEEK


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that can take the person, with the best of its ways.

    Attributes:
        service: with all that a card shows (see `ServiceQuerySet.with_details`).
        location: the place, of a local one and of one next door, and that of a stop.
        stop: the date of an itinerant one, where one is known.
        standing: what it is ranked by.
        in_network: its organization is a partner that takes referrals.
        resource_id: what the public page of the service is found by.
        is_public: anybody may know of this way; not so a stop that only partners are told of.
    """

    service: Service
    resource_id: UUID
    location: Location | None
    stop: MobileStop | None
    standing: Standing
    in_network: bool
    is_public: bool

    @property
    def organization(self) -> Organization:
        """Whose service it is."""
        return self.service.organization

    @property
    def may_be_referred_to(self) -> bool:
        """A referral to it may be written."""
        return self.in_network and self.standing.takes_referrals

    @property
    def reasons(self) -> list[Reason]:
        """Why it stands where it does."""
        return reasons(self.standing)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who can take a person, each service once, the best first.

    Attributes:
        in_network: the first ones of partners that take referrals.
        to_call: the first ones of others, whom only a call reaches.
        in_network_total, to_call_total: how many there are of each.
        in_person: how many of all are met in person: here, on a tour, or next door.
    """

    in_network: list[Candidate]
    to_call: list[Candidate]
    in_network_total: int
    to_call_total: int
    in_person: int

    @property
    def total(self) -> int:
        """How many services answer, in both lists."""
        return self.in_network_total + self.to_call_total


@dataclass(frozen=True, slots=True)
class _Way:
    """One way by which one service reaches a person; `place` is a key, that of its row."""

    service: UUID
    way: Way
    opening: Opening | None = None
    nearness: float = 0.0
    place: UUID | None = None
    stop: UUID | None = None
    neighbour: str = ""
    languages: tuple[str, ...] = ()
    is_public: bool = True

    @property
    def order(self) -> tuple:
        return (*access(self.way, self.opening), self.nearness, str(self.stop or self.place))


def find(question: Question, *, now: datetime | None = None, first: int | None = FIRST) -> Answer:
    """Who can take a person.

    Services that the public sees, and for the network also the stops of tours that only partners
    are told of. The number of queries does not depend on how many answer.

    Args:
        question: need, region, language, urgency.
        now: the moment of the question.
        first: how many of each list are read in full; None: all.
    """
    now = now or timezone.now()
    ways = _best([*_always_there(question, now), *_on_tour(question, now)])
    answers_in = _median_answers(now)
    ranked: dict[bool, list[tuple[Standing, _Way]]] = {True: [], False: []}
    for row in _facts(question, ways):
        way = ways[row["pk"]]
        standing = _standing(question, way, row, answers_in.get(row["organization"]), now)
        ranked[row["in_network"]].append((standing, way))
    for found in ranked.values():
        found.sort(key=lambda pair: rank(pair[0]))
    shown = _read_in_full({kind: found[:first] for kind, found in ranked.items()})
    return Answer(
        in_network=shown[True],
        to_call=shown[False],
        in_network_total=len(ranked[True]),
        to_call_total=len(ranked[False]),
        in_person=sum(way.way != Way.REMOTE for way in ways.values()),
    )


def _best(ways: Iterable[_Way]) -> dict[UUID, _Way]:
    """The best way of each service."""
    found: dict[UUID, _Way] = {}
    for way in ways:
        other = found.get(way.service)
        if other is None or way.order < other.order:
            found[way.service] = way
    return found


def _always_there(question: Question, now: datetime) -> list[_Way]:
    """Places in the region and next door, and services that cover it without a place."""
    outline = question.region.outline
    assert outline is not None, "a region has an outline"
    serving = AdminArea.objects.serving(question.region).exclude(level=AreaLevel.PROVINCE)
    comes = ServiceArea.objects.filter(
        ~Q(evidence=AreaEvidence.DECLARED),
        service=OuterRef("service_id"),
        area__in=serving,
    )
    # Asked first, as plain keys: the distance to an outline is then measured for these alone.
    answering = ServiceNeed.objects.filter(
        Q(term=question.need) | Q(term__parent=question.need)
    ).values_list("service", flat=True)
    rows = (
        Resource.objects.kept_for(question.region, NEXT_DOOR)
        .filter(stop=None, service__in=list(answering.order_by()))
        .annotate(
            hours=hours_written(now.date()) if question.urgency == Urgency.TODAY else Value(""),
            comes=Case(
                When(
                    Q(
                        Exists(comes),
                        service__delivery_modes__contains=[DeliveryMode.OUTREACH_VISIT],
                    ),
                    then=Value(True),
                ),
                default=Value(False),
            ),
        )
        .values_list(
            "pk", "service_id", "is_remote", "region_id", "region__name", "point", "hours", "comes"
        )
        .order_by()
    )
    found = list(rows)
    opening = _openings({row[6] for row in found}, question, now)
    ways = []
    for key, service, is_remote, region, name, point, hours, comes_there in found:
        if is_remote:
            way = Way.ITINERANT if comes_there else Way.REMOTE
            ways.append(_Way(service, way, opening(hours)))
        elif region == question.region.pk:
            ways.append(_Way(service, Way.LOCAL, opening(hours), place=key))
        elif point is not None:
            # Degrees tell which of two places of a service is the nearer, and no more.
            nearness = outline.distance(point)
            ways.append(
                _Way(service, Way.NEXT_DOOR, opening(hours), nearness, key, neighbour=name or "")
            )
    return ways


def _openings(
    texts: Iterable[str], question: Question, now: datetime
) -> Callable[[str], Opening | None]:
    """What some hours mean now, each kind evaluated once; None where it does not matter."""
    if question.urgency != Urgency.TODAY:
        return lambda text: None
    is_open, is_unknown = map(set, open_and_unknown(texts, now))

    def opening(text: str) -> Opening:
        if text in is_open:
            return Opening.OPEN
        return Opening.UNKNOWN if text in is_unknown else Opening.CLOSED

    return opening


def _on_tour(question: Question, now: datetime) -> list[_Way]:
    """Stops in the region that come in time, also those that only partners are told of."""
    rows = (
        MobileStop.objects.known_to_partners()
        .in_region(question.region)
        .upcoming(now)
        .filter(starts_at__lt=_stops_until(question.urgency, now))
        .answering(question.need.code)
        .values_list("pk", "tour__service", "starts_at", "languages", "announce_to")
    )
    is_today = question.urgency == Urgency.TODAY
    return [
        _Way(
            service,
            Way.ITINERANT,
            (Opening.OPEN if starts_at <= now else Opening.LATER_TODAY) if is_today else None,
            # A date comes before a promise to come without one.
            nearness=starts_at.timestamp() - _FAR_FUTURE,
            stop=key,
            languages=tuple(languages),
            is_public=announce_to == Announcement.PUBLIC,
        )
        for key, service, starts_at, languages, announce_to in rows
    ]


# Seconds; later than every date, so that what comes on a date counts as nearer than what has none.
_FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def _stops_until(urgency: str, now: datetime) -> datetime:
    if urgency == Urgency.TODAY:
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        return timezone.make_aware(datetime.combine(tomorrow, time()))
    return now + STOPS_WITHIN[Urgency(urgency)]


def _facts(question: Question, services: Iterable[UUID]) -> Iterable[Mapping[str, Any]]:
    """What services are ranked by, a row for each."""
    partners = Partner.objects.receiving().filter(organization=OuterRef("organization_id"))
    return (
        Service.objects.filter(pk__in=list(services))
        .annotate(
            folded_name=Fold(wording_of("name")),
            speech=_speech(question.language),
            in_network=Exists(partners),
        )
        .values(
            "pk",
            "organization",
            "folded_name",
            "speech",
            "in_network",
            "assured_date",
            "as_of",
            "update_frequency",
            "capacity__level",
            "capacity__is_accepting",
            "capacity__said_at",
        )
        .order_by()
    )


def _speech(language: str) -> Case | Value:
    """How a language is spoken, the best that is known; empty where none was asked for."""
    if not language:
        return Value("")
    spoken = ServiceLanguage.objects.filter(service=OuterRef("pk"))
    exactly = spoken.filter(code=language)
    interpreted = spoken.filter(
        Q(
            code=language,
            mode__in=[LanguageMode.INTERPRETER_ON_SITE, LanguageMode.PHONE_INTERPRETER],
        )
        | (Q(code=ANY_LANGUAGE) & ~Q(mode=LanguageMode.WRITTEN_ONLY))
    )
    lines = Phone.objects.trusted().filter(service=OuterRef("pk"))
    return Case(
        When(Exists(exactly.filter(mode=LanguageMode.STAFF)), then=Value(Speech.STAFF)),
        When(
            Exists(exactly.filter(mode="")) | Exists(lines.filter(languages__contains=[language])),
            then=Value(Speech.LISTED),
        ),
        When(
            Exists(interpreted) | Exists(lines.filter(languages__contains=[ANY_LANGUAGE])),
            then=Value(Speech.INTERPRETER),
        ),
        When(Exists(spoken.filter(code__in=[language, ANY_LANGUAGE])), then=Value(Speech.WRITTEN)),
        When(Exists(spoken), then=Value(Speech.ABSENT)),
        default=Value(Speech.UNKNOWN),
        output_field=models.CharField(),
    )


def _median_answers(now: datetime) -> dict[UUID, timedelta]:
    """How long organizations took to answer the referrals that they received lately, the median.

    Those of the sandbox are left out, and organizations with few answers.
    """
    answered = (
        Referral.objects.real()
        .filter(sent_at__gte=now - ANSWERS_OF, answered_at__isnull=False)
        .order_by()
        .values("to_org")
        .annotate(answers=Count("pk"), median=Median(F("answered_at") - F("sent_at")))
        .filter(answers__gte=FEWEST_ANSWERS)
    )
    return dict(answered.values_list("to_org", "median"))


def _standing(
    question: Question,
    way: _Way,
    row: Mapping[str, Any],
    answers_in: timedelta | None,
    now: datetime,
) -> Standing:
    today = timezone.localdate(now)
    said_at = row["capacity__said_at"]
    has_room = said_at is not None and now - said_at <= ROOM_HOLDS
    attested = attested_on(row["as_of"], row["assured_date"], today)
    return Standing(
        way=way.way,
        name=row["folded_name"],
        key=str(row["pk"]),
        # What the rules of sending refuse, however long ago it was said.
        takes_referrals=row["capacity__is_accepting"] is not False,
        opening=way.opening,
        speech=_speech_at(way, row, question.language),
        room=_ROOMS[row["capacity__level"]] if has_room else Room.UNKNOWN,
        room_said_on=timezone.localdate(said_at) if has_room else None,
        answers_in=answers_in,
        freshness=freshness(attested, row["update_frequency"], today),
        attested_on=attested,
        neighbour=way.neighbour,
    )


_ROOMS = {
    CapacityLevel.HIGH: Room.HIGH,
    CapacityLevel.MODERATE: Room.MODERATE,
    CapacityLevel.LOW: Room.LOW,
}


def _speech_at(way: _Way, row: Mapping[str, Any], language: str) -> Speech | None:
    """How the language is spoken; a stop that names its languages is given in these."""
    if not language:
        return None
    if not way.languages:
        return Speech(row["speech"])
    if language in way.languages:
        return Speech.STAFF if row["speech"] == Speech.STAFF else Speech.LISTED
    return Speech.INTERPRETER if ANY_LANGUAGE in way.languages else Speech.ABSENT


def _read_in_full(
    chosen: dict[bool, list[tuple[Standing, _Way]]],
) -> dict[bool, list[Candidate]]:
    """The chosen ones with all that a card shows."""
    ways = [way for found in chosen.values() for _, way in found]
    services = Service.objects.with_details().in_bulk([way.service for way in ways])
    places = {
        place.pk: place.location
        for place in ServiceAtLocation.objects.filter(
            pk__in=[way.place for way in ways if way.place]
        ).select_related("location__municipality", "location__region")
    }
    stops = {
        stop.pk: stop
        for stop in MobileStop.objects.filter(
            pk__in=[way.stop for way in ways if way.stop]
        ).select_related("location__municipality", "location__region")
    }

    def candidate(standing: Standing, way: _Way, in_network: bool) -> Candidate:
        stop = stops[way.stop] if way.stop else None
        return Candidate(
            service=services[way.service],
            resource_id=way.place or way.service,
            location=stop.location if stop else places[way.place] if way.place else None,
            stop=stop,
            standing=standing,
            in_network=in_network,
            is_public=way.is_public,
        )

    return {
        in_network: [candidate(standing, way, in_network) for standing, way in found]
        for in_network, found in chosen.items()
    }


def elsewhere(question: Question) -> list[tuple[AdminArea, int]]:
    """Other regions with a place or a stop where the need is answered, the nearest first.

    Returns:
        Regions with the number of their services, at most `MOST_ELSEWHERE`. Near is from outline
        to outline.
    """
    counted = (
        Resource.objects.filter(region__isnull=False)
        .exclude(region=question.region)
        .answering(question.need.code)
        .order_by()
        .values("region")
        .annotate(services=Count("service", distinct=True))
    )
    counts = dict(counted.values_list("region", "services"))
    nearest = (
        AdminArea.objects.regions()
        .filter(pk__in=list(counts))
        .annotate(away=Distance("outline", question.region.outline))
        .defer("outline")
        .order_by("away", "code")
    )
    return [(region, counts[region.pk]) for region in nearest[:MOST_ELSEWHERE]]
