"""Who can take a person: one list, in an order that each criterion alone decides."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geo.choices import Urgency
from geo.models import NeedTerm, Referral, Resource, ServiceArea, ServiceCapacity, ServiceLanguage
from geo.referrals.ranking import (
    Criterion,
    Freshness,
    Opening,
    Room,
    Speech,
    Standing,
    Way,
    freshness,
    rank,
    reasons,
)
from geo.referrals.receivers import Question, elsewhere, find
from geo.referrals.whereabouts import Direction, direction, distance_km, whereabouts
from tests import network
from tests.factories import (
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    ScheduleFactory,
    ServiceFactory,
    in_days,
)
from tests.places import BAIE_COMEAU, GASPE, MATANE, MONTREAL, PERCE, RIMOUSKI

PLAIN = Standing(
    way=Way.LOCAL,
    name="b",
    key="1",
    opening=Opening.OPEN,
    speech=Speech.STAFF,
    room=Room.HIGH,
    answers_in=timedelta(hours=2),
    freshness=Freshness.FRESH,
)


@pytest.fixture
def gaspesie(empty_directory):
    return network.region(network.GASPESIE)


def question(need="droits", region=network.GASPESIE, language="", urgency=Urgency.THIS_WEEK):
    return Question(NeedTerm.objects.get(code=need), network.region(region), language, str(urgency))


def found(asked, **options):
    """Services of both lists, in order."""
    answer = find(asked, **options)
    return [candidate.service for candidate in [*answer.in_network, *answer.to_call]]


def service(**columns):
    return ServiceFactory(**{"needs": ["droits"]} | columns)


def partner_service(**columns):
    return service(organization=network.organization(), **columns)


@pytest.mark.parametrize(
    ("field", "in_order"),
    [
        ("takes_referrals", [True, False]),
        ("opening", [Opening.OPEN, Opening.LATER_TODAY, Opening.UNKNOWN, Opening.CLOSED]),
        ("way", [Way.LOCAL, Way.ITINERANT, Way.NEXT_DOOR, Way.REMOTE]),
        (
            "speech",
            [
                Speech.STAFF,
                Speech.LISTED,
                Speech.INTERPRETER,
                Speech.WRITTEN,
                Speech.UNKNOWN,
                Speech.ABSENT,
            ],
        ),
        ("room", [Room.HIGH, Room.MODERATE, Room.UNKNOWN, Room.LOW]),
        ("answers_in", [timedelta(hours=1), timedelta(days=9), None]),
        ("freshness", [Freshness.FRESH, Freshness.DUE, Freshness.UNKNOWN, Freshness.STALE]),
        ("name", ["a", "b"]),
        ("key", ["1", "2"]),
    ],
)
def test_each_criterion_alone_decides_the_order(field, in_order):
    standings = [replace(PLAIN, **{field: value}) for value in in_order]

    assert sorted([*standings[1:], standings[0]], key=rank) == standings


@pytest.mark.parametrize(
    ("before", "worse"),
    [
        ({"takes_referrals": False}, {"opening": Opening.CLOSED}),
        ({"opening": Opening.CLOSED}, {"way": Way.REMOTE}),
        ({"way": Way.ITINERANT}, {"speech": Speech.ABSENT}),
        ({"speech": Speech.LISTED}, {"room": Room.LOW}),
        ({"room": Room.MODERATE}, {"answers_in": None}),
        ({"answers_in": timedelta(hours=3)}, {"freshness": Freshness.STALE}),
        ({"freshness": Freshness.DUE}, {"name": "z"}),
    ],
)
def test_an_earlier_criterion_outweighs_the_worst_of_the_next_one(before, worse):
    assert rank(replace(PLAIN, **worse)) < rank(replace(PLAIN, **before))


def test_what_nobody_knows_is_a_reason_too():
    unknown = Standing(way=Way.REMOTE, name="a", key="1", speech=Speech.UNKNOWN)

    said = {reason.criterion: reason.value for reason in reasons(unknown)}

    assert said == {
        Criterion.WAY: "remote",
        Criterion.SPEECH: "unknown",
        Criterion.ROOM: "unknown",
        Criterion.ANSWER: "unknown",
        Criterion.FRESHNESS: "unknown",
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "fresh"), (182, "fresh"), (183, "due"), (365, "due"), (366, "stale")],
)
def test_a_service_is_fresh_until_it_is_to_be_checked_again_and_stale_after_twice(days, expected):
    today = date(2026, 11, 24)

    assert freshness(today - timedelta(days=days), 6, today) == expected
    assert freshness(None, 6, today) == "unknown"


@pytest.mark.django_db
def test_local_comes_before_itinerant_next_door_and_remote(gaspesie):
    remote = partner_service(covering=["24"])
    next_door = partner_service(at=MATANE)
    tour = MobileTourFactory(service=partner_service())
    MobileStopFactory(tour=tour, location=LocationFactory(point=PERCE))
    local = partner_service(at=GASPE)

    answer = find(question())

    assert [candidate.service for candidate in answer.in_network] == [
        local,
        tour.service,
        next_door,
        remote,
    ]
    assert [candidate.standing.way for candidate in answer.in_network] == [
        Way.LOCAL,
        Way.ITINERANT,
        Way.NEXT_DOOR,
        Way.REMOTE,
    ]
    assert answer.in_network[2].standing.neighbour == "Bas-Saint-Laurent"
    assert answer.in_person == 3


@pytest.mark.django_db
def test_a_place_far_in_another_region_is_not_next_door(gaspesie):
    service(at=MONTREAL)

    assert found(question()) == []


@pytest.mark.django_db
def test_a_service_appears_once_by_the_best_of_its_ways(gaspesie):
    both = service(at=GASPE, covering=["24"])

    answer = find(question())

    assert [candidate.service for candidate in answer.to_call] == [both]
    assert answer.to_call[0].standing.way == Way.LOCAL
    assert answer.to_call[0].location.point.x == pytest.approx(GASPE.x)


@pytest.mark.django_db
def test_who_goes_to_people_as_practice_shows_counts_as_itinerant(gaspesie):
    visiting = service(covering=["11"], delivery_modes=["outreach_visit"])
    ServiceArea.objects.filter(service=visiting).update(evidence="observed")
    declared = service(covering=["11"], delivery_modes=["outreach_visit"])

    ways = {c.service: c.standing.way for c in find(question()).to_call}

    assert ways == {visiting: Way.ITINERANT, declared: Way.REMOTE}


@pytest.mark.django_db
def test_languages_rank_from_the_staff_down_to_known_not_to_have_it(gaspesie):
    def speaking(*spoken):
        made = service(at=GASPE)
        for code, mode in spoken:
            ServiceLanguage.objects.create(
                service=made, code=code, mode=mode, source=made.source, as_of="2026-11"
            )
        return made

    absent = speaking(("fr", "staff"))
    unknown = speaking()
    written = speaking(("es", "written_only"))
    many = speaking(("mul", ""))
    listed = speaking(("es", ""))
    staff = speaking(("es", "staff"))

    answer = find(question(language="es"))

    assert [candidate.service for candidate in answer.to_call] == [
        staff,
        listed,
        many,
        written,
        unknown,
        absent,
    ]
    assert [candidate.standing.speech for candidate in answer.to_call] == list(Speech)


@pytest.mark.django_db
def test_room_said_more_than_30_days_ago_is_not_known_any_more(gaspesie):
    now = timezone.now()
    old, low, high = (partner_service(at=GASPE) for _ in range(3))
    for each, level, days in [(old, "high", 31), (low, "low", 1), (high, "high", 29)]:
        ServiceCapacity.objects.create(
            service=each, level=level, said_at=now - timedelta(days=days)
        )

    answer = find(question())

    assert [candidate.service for candidate in answer.in_network] == [high, old, low]
    assert answer.in_network[1].standing.room == Room.UNKNOWN


@pytest.mark.django_db
def test_who_takes_nobody_is_shown_last_and_not_offered(gaspesie):
    closed = partner_service(at=GASPE)
    ServiceCapacity.objects.create(service=closed, level="high", is_accepting=False)
    remote = partner_service(covering=["24"])

    answer = find(question())

    assert [candidate.service for candidate in answer.in_network] == [remote, closed]
    assert [candidate.may_be_referred_to for candidate in answer.in_network] == [True, False]
    assert answer.in_network[1].reasons[0].criterion == Criterion.TAKES_REFERRALS


@pytest.mark.django_db
def test_who_answers_fast_comes_first_once_five_answers_are_known(gaspesie):
    slow, fast, few = (partner_service(at=GASPE) for _ in range(3))
    sender = network.organization()
    for each, hours, answers in [(slow, 30, 5), (fast, 2, 5), (few, 1, 4)]:
        for _ in range(answers):
            made = network.referral(sender, each.organization, "accepted")
            Referral.objects.filter(pk=made.pk).update(
                answered_at=made.sent_at + timedelta(hours=hours)
            )

    answer = find(question())

    assert [candidate.service for candidate in answer.in_network] == [fast, slow, few]
    assert [candidate.standing.answers_in for candidate in answer.in_network] == [
        timedelta(hours=2),
        timedelta(hours=30),
        None,
    ]


@pytest.mark.django_db
def test_what_was_confirmed_lately_comes_before_what_was_not(gaspesie):
    today = timezone.localdate()
    stale, due, fresh = (
        service(at=GASPE, as_of="", assured_date=today - timedelta(days=days))
        for days in (500, 250, 5)
    )
    undated = service(at=GASPE, as_of="")

    assert found(question()) == [fresh, due, undated, stale]


@pytest.mark.django_db
def test_today_who_is_open_now_comes_before_who_is_closed_wherever_they_are(gaspesie):
    now = timezone.localtime().replace(hour=3, minute=0)
    closed = service(at=GASPE)
    ScheduleFactory(service=closed, opening_hours="Mo-Su 10:00-11:00")
    unknown = service(at=PERCE)
    always = service(covering=["24"])
    ScheduleFactory(service=always, opening_hours="24/7")

    assert found(question(urgency=Urgency.TODAY), now=now) == [always, unknown, closed]
    assert found(question(urgency=Urgency.THIS_WEEK), now=now) == [closed, unknown, always]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "urgencies"),
    [
        (0, ["today", "this_week", "this_month"]),
        (3, ["this_week", "this_month"]),
        (12, ["this_month"]),
        (45, []),
    ],
)
def test_a_stop_is_offered_only_if_it_comes_in_time(gaspesie, days, urgencies):
    now = in_days(0) - timedelta(hours=2)
    tour = MobileTourFactory(service=service())
    MobileStopFactory(tour=tour, location=LocationFactory(point=GASPE), starts_at=in_days(days))

    offered = [urgency for urgency in Urgency if found(question(urgency=urgency), now=now)]

    assert offered == urgencies


@pytest.mark.django_db
def test_a_stop_for_partners_is_offered_here_and_never_to_the_public(gaspesie):
    tour = MobileTourFactory(service=service())
    stop = MobileStopFactory(
        tour=tour, location=LocationFactory(point=GASPE), announce_to="partners"
    )
    on_request = MobileTourFactory(service=service())
    MobileStopFactory(
        tour=on_request, location=LocationFactory(point=GASPE), announce_to="on_request"
    )

    answer = find(question())

    assert [candidate.stop for candidate in answer.to_call] == [stop]
    assert not answer.to_call[0].is_public
    assert not Resource.objects.filter(service=tour.service).exists()


@pytest.mark.django_db
def test_a_stop_is_given_in_the_languages_that_it_names(gaspesie):
    tour = MobileTourFactory(service=service(speaks=["fr"]))
    MobileStopFactory(tour=tour, location=LocationFactory(point=GASPE), languages=["es"])

    spanish, creole = (find(question(language=code)).to_call[0] for code in ("es", "ht"))

    assert spanish.standing.speech == Speech.LISTED
    assert creole.standing.speech == Speech.ABSENT


@pytest.mark.django_db
def test_only_partners_that_take_referrals_are_in_the_network(gaspesie):
    partner = partner_service(at=GASPE)
    proposed = service(organization=network.organization(admitted=False), at=GASPE)
    only_sends = service(organization=network.organization(referral_role="none"), at=GASPE)
    stranger = service(at=GASPE)
    suspended = service(organization=network.organization(verified_status="suspended"), at=GASPE)

    answer = find(question())

    assert [candidate.service for candidate in answer.in_network] == [partner]
    assert {candidate.service for candidate in answer.to_call} == {proposed, only_sends, stranger}
    assert suspended not in {candidate.service for candidate in answer.to_call}


@pytest.mark.django_db
def test_hidden_and_ended_services_are_in_no_list(gaspesie):
    service(at=GASPE, hidden=True)
    service(at=GASPE, ended=True)
    tour = MobileTourFactory(service=service(hidden=True))
    MobileStopFactory(tour=tour, location=LocationFactory(point=GASPE), announce_to="partners")

    assert found(question()) == []


@pytest.mark.django_db
def test_a_leaf_is_narrower_than_its_need(gaspesie):
    leaf = NeedTerm.objects.filter(parent__code="droits").order_by("code").first()
    broad = service(at=GASPE)
    narrow = service(at=GASPE, needs=[leaf.code])

    assert found(question()) == [broad, narrow]
    assert found(question(need=leaf.code)) == [narrow]


@pytest.mark.django_db
def test_only_the_first_are_read_and_all_are_counted(gaspesie):
    made = [service(at=GASPE) for _ in range(12)]

    few, every = find(question()), find(question(), first=None)

    assert [candidate.service for candidate in few.to_call] == made[:10]
    assert few.to_call_total == few.total == 12
    assert [candidate.service for candidate in every.to_call] == made


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(gaspesie):
    def count():
        with CaptureQueriesContext(connection) as queries:
            find(question(language="es", urgency=Urgency.TODAY), first=None)
        return len(queries)

    def make():
        partner_service(at=GASPE, speaks=["es"], phone="+15145550123")
        tour = MobileTourFactory(service=partner_service())
        MobileStopFactory(tour=tour, location=LocationFactory(point=GASPE), starts_at=in_days(0))
        service(covering=["24"])

    make()
    with_few = count()
    for _ in range(6):
        make()

    assert count() == with_few
    assert with_few <= 20


@pytest.mark.django_db
@pytest.mark.parametrize("code", [f"{number:02}" for number in range(1, 18)])
def test_every_need_in_every_region_has_an_answer_or_regions_that_have_one(code):
    """With the real directory; a line for the whole province is in every answer."""
    for need in NeedTerm.objects.tiles():
        asked = question(need=need.code, region=code)
        answer = find(asked, first=None)
        lines = Resource.objects.answering(need.code).filter(
            is_remote=True, service__service_areas__area__level="province"
        )

        assert answer.total or elsewhere(asked)
        everyone = {c.service.pk for c in [*answer.in_network, *answer.to_call]}
        assert set(lines.values_list("service", flat=True)) <= everyone


@pytest.mark.django_db
def test_regions_that_have_somebody_come_the_nearest_first_with_how_many(gaspesie):
    service(at=MONTREAL)
    service(at=BAIE_COMEAU)
    service(at=RIMOUSKI)
    service(at=RIMOUSKI)
    service(covering=["05"])

    regions = [(region.code, count) for region, count in elsewhere(question())]

    assert set(regions) == {("01", 2), ("09", 1), ("06", 1)}
    assert regions[-1] == ("06", 1)


@pytest.mark.django_db
def test_a_region_is_placed_by_its_largest_town():
    where = whereabouts(network.region("11"), network.region("06"))

    assert (where.town, where.home_town) == ("Gaspé", "Montréal")
    assert where.about_km in {700, 750, 800}
    assert where.direction in {Direction.NORTH_EAST, Direction.EAST}


def test_distances_and_directions_are_those_of_the_globe():
    assert distance_km(MONTREAL, GASPE) == pytest.approx(781.3, rel=0.005)
    assert direction(GASPE, MONTREAL) == Direction.SOUTH_WEST
    assert direction(RIMOUSKI, BAIE_COMEAU) == Direction.NORTH
