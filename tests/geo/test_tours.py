"""Tours and stops: what is offered, how a stop lives, and what editors are told."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.measure import D
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from geo.choices import StopStatus
from geo.errors import TransitionNotAllowed
from geo.models import AdminArea, MobileStop, MobileTour, Resource
from geo.moments import at_wall_clock, when_words
from tests.factories import (
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    ServiceFactory,
    UserFactory,
    in_days,
)
from tests.geo.test_admin import values_of
from tests.network import verified_login
from tests.places import GASPE, ILES_DE_LA_MADELEINE, MONTREAL, PERCE, RIMOUSKI

TORONTO = ZoneInfo("America/Toronto")
HALIFAX = ZoneInfo("America/Halifax")
HOUR = timedelta(hours=1)


def resource_ids():
    return set(Resource.objects.values_list("pk", flat=True))


def region(code):
    return AdminArea.objects.regions().get(code=code)


@pytest.fixture
def nothing(empty_directory):
    """A directory that each test fills by itself."""


@pytest.fixture
def editor(client, nothing):
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    return client


# What is offered


@pytest.mark.parametrize("status", ["cancelled", "done"])
def test_a_stop_that_is_cancelled_or_done_is_never_offered(nothing, status):
    stop = MobileStopFactory(status=status, starts_at=timezone.now() - HOUR)

    assert stop not in MobileStop.objects.public().upcoming(timezone.now())
    assert resource_ids() == set()


def test_a_stop_that_is_over_is_not_offered_even_if_nobody_settled_it(nothing):
    stop = MobileStopFactory(past=True)

    assert not MobileStop.objects.public().upcoming(timezone.now()).exists()
    assert list(MobileStop.objects.to_settle(timezone.now())) == [stop]
    assert resource_ids() == set()


def test_a_stop_is_offered_until_its_last_minute(nothing):
    stop = MobileStopFactory(starts_at=timezone.now() - HOUR, ends_at=timezone.now() + HOUR / 60)

    assert list(MobileStop.objects.public().upcoming(timezone.now())) == [stop]
    assert not MobileStop.objects.upcoming(stop.ends_at).exists()
    assert resource_ids() == {stop.pk}


@pytest.mark.parametrize("announce_to", ["partners", "on_request"])
def test_a_stop_for_partners_or_on_request_is_not_public(nothing, announce_to):
    MobileStopFactory(announce_to=announce_to)

    assert not MobileStop.objects.public().exists()
    assert resource_ids() == set()


@pytest.mark.parametrize(
    "service",
    [
        {"hidden": True},
        {"ended": True},
        {"organization__is_public": False},
        {"organization__verified_status": "suspended"},
    ],
)
def test_a_stop_of_a_service_that_is_not_public_is_not_public(nothing, service):
    stop = MobileStopFactory(tour__service=ServiceFactory(delivery_modes=["itinerant"], **service))

    assert not MobileStop.objects.public().exists()
    assert not MobileTour.objects.public().exists()
    assert stop.pk not in resource_ids()


def test_a_service_on_tour_only_has_no_pin_without_a_stop_to_come(nothing):
    tour = MobileTourFactory(service__at=GASPE)
    MobileStopFactory(tour=tour, past=True)

    assert resource_ids() == set()
    assert list(MobileTour.objects.public()) == [tour]


def test_a_service_on_tour_only_that_covers_an_area_stays_a_line(nothing):
    tour = MobileTourFactory(service__covering=["11"])

    assert [row.is_remote for row in Resource.objects.all()] == [True]
    assert Resource.objects.get().pk == tour.service_id


def test_a_service_that_is_also_given_on_site_keeps_its_place(nothing):
    service = ServiceFactory(delivery_modes=["on_site", "itinerant"], at=GASPE)
    stop = MobileStopFactory(tour__service=service, location__point=PERCE)

    assert resource_ids() == {service.service_at_locations.get().pk, stop.pk}


def test_a_stop_does_not_hide_the_line_of_its_service(nothing):
    tour = MobileTourFactory(service__covering=["11"])
    stop = MobileStopFactory(tour=tour, location__point=GASPE)

    found = Resource.objects.reached(near=(GASPE, D(km=50)))

    assert {row.pk for row in found} == {stop.pk, tour.service_id}


def test_the_next_stop_of_a_tour_at_a_place_is_its_pin(nothing):
    later = MobileStopFactory(starts_at=in_days(9))
    sooner = MobileStopFactory(tour=later.tour, location=later.location, starts_at=in_days(2))
    elsewhere = MobileStopFactory(tour=later.tour, starts_at=in_days(5))

    assert resource_ids() == {sooner.pk, elsewhere.pk}


def test_near_gives_the_soonest_first_with_a_geodesic_distance(nothing):
    far_off = MobileStopFactory(location__point=PERCE, starts_at=in_days(1))  # 39.3 km from Gaspé
    here = MobileStopFactory(location__point=GASPE, starts_at=in_days(2))
    MobileStopFactory(location__point=RIMOUSKI, starts_at=in_days(1))

    found = list(MobileStop.objects.near(GASPE, D(km=50)))

    assert found == [far_off, here]
    assert found[0].distance.km == pytest.approx(39.3, abs=0.5)
    assert found[1].distance.m == 0


def test_between_and_region_narrow_the_dates(nothing):
    now = timezone.now()
    this_week = MobileStopFactory(location__point=GASPE, starts_at=in_days(2))
    MobileStopFactory(location__point=GASPE, starts_at=in_days(9))
    MobileStopFactory(location__point=MONTREAL, starts_at=in_days(2))

    found = MobileStop.objects.upcoming(now).between(now, now + timedelta(days=7))

    assert list(found.in_region(region("11"))) == [this_week]


def test_a_stop_answers_its_own_topics_before_the_needs_of_its_service(nothing):
    tour = MobileTourFactory(service__needs=["droits-salaire"])
    stop = MobileStopFactory(tour=tour, topics=["sante-clinique"])
    plain = MobileStopFactory(tour=tour, starts_at=in_days(8), location__point=GASPE)

    for code, answer in [("sante", stop), ("sante-clinique", stop), ("droits", plain)]:
        assert list(MobileStop.objects.answering(code)) == [answer]
        assert [row.stop for row in Resource.objects.answering(code)] == [answer]


def test_a_stop_is_given_in_its_own_languages(nothing):
    tour = MobileTourFactory(service__speaks=["fr"])
    stop = MobileStopFactory(tour=tour, languages=["es"])

    assert [row.stop for row in Resource.objects.speaking("es")] == [stop]
    assert not Resource.objects.speaking("fr").exists()


def test_a_date_far_ahead_does_not_stand_before_a_place_as_near(nothing):
    far_ahead = MobileStopFactory(location__point=GASPE, starts_at=in_days(20))
    soon = MobileStopFactory(location__point=GASPE, starts_at=in_days(3))
    office = ServiceFactory(at=GASPE)

    found = Resource.objects.reached(near=(GASPE, D(km=50))).in_order(GASPE)

    assert [row.service for row in found][-1] == far_ahead.tour.service
    assert {row.service for row in found[:2]} == {soon.tour.service, office}
    assert found[2].distance.m == 0


# How a stop lives


def test_a_stop_lasts_at_most_16_hours(nothing):
    with pytest.raises(IntegrityError, match="mobilestop_lasts_at_most_16_hours"):
        MobileStopFactory(starts_at=in_days(1), ends_at=in_days(1) + timedelta(hours=17))


def test_one_tour_cannot_be_in_two_places(nothing):
    stop = MobileStopFactory()

    with pytest.raises(IntegrityError, match="mobilestop_one_place_at_a_time"):
        MobileStopFactory(tour=stop.tour, starts_at=stop.starts_at + HOUR)


def test_one_stop_may_begin_when_the_other_ends_and_a_cancelled_one_is_no_obstacle(nothing):
    stop = MobileStopFactory()
    MobileStopFactory(tour=stop.tour, starts_at=stop.ends_at)
    stop.turn("cancelled")

    assert MobileStopFactory(tour=stop.tour, starts_at=stop.starts_at).pk


def test_a_doubtful_stop_cannot_be_announced_to_everybody(nothing):
    with pytest.raises(IntegrityError, match="mobilestop_doubtful_is_not_public"):
        MobileStopFactory(confidence="C")


def test_the_exact_place_of_a_vague_stop_cannot_be_stored(nothing):
    MobileStopFactory(public_precision="locality")

    with pytest.raises(IntegrityError, match="municipality of this stop"):
        connection.check_constraints()


def test_a_stop_of_a_shelter_is_never_exact(nothing):
    MobileStopFactory(tour__service__is_shelter=True)

    with pytest.raises(IntegrityError, match="A shelter is never shown"):
        connection.check_constraints()


def test_a_stop_cannot_be_called_moved_without_a_successor(nothing):
    MobileStopFactory(status="moved")

    with pytest.raises(IntegrityError, match="A stop is moved when"):
        connection.check_constraints()


@pytest.mark.parametrize(
    ("before", "after"),
    [("planned", "confirmed"), ("confirmed", "cancelled"), ("cancelled", "planned")],
)
def test_a_stop_goes_from_state_to_state_and_counts_it(nothing, before, after):
    stop = MobileStopFactory(status=before)

    stop.turn(after)

    stored = MobileStop.objects.get()
    assert (stored.status, stored.sequence) == (after, 1)
    assert stored.changed_at > stored.starts_at - timedelta(days=4)


@pytest.mark.parametrize(("before", "after"), [("cancelled", "done"), ("planned", "moved")])
def test_a_stop_refuses_a_state_that_cannot_follow(nothing, before, after):
    stop = MobileStopFactory(status=before)

    with pytest.raises(TransitionNotAllowed, match="cannot become|ne peut|no puede"):
        stop.turn(after)


def test_a_stop_to_come_cannot_be_done(nothing):
    with pytest.raises(ValidationError):
        MobileStopFactory().turn("done")


def test_a_cancelled_stop_is_not_planned_again_where_the_tour_is_elsewhere(nothing):
    stop = MobileStopFactory(status="cancelled")
    MobileStopFactory(tour=stop.tour, starts_at=stop.starts_at)

    with pytest.raises(ValidationError):
        stop.turn("planned")

    stop.refresh_from_db()
    assert stop.status == "cancelled"


def test_what_a_calendar_does_not_show_is_not_counted(nothing):
    stop = MobileStopFactory()
    stop.partner_note = "derrière l’aréna"
    stop.capacity = 12
    stop.save()

    stop.refresh_from_db()
    assert stop.sequence == 0


def test_a_stop_that_is_moved_keeps_its_calendar_entry(nothing):
    stop = MobileStopFactory(status="confirmed", topics=["sante-clinique"])
    place = LocationFactory(point=PERCE)

    successor = stop.move(starts_at=in_days(5), ends_at=in_days(5) + HOUR, location=place)

    stop.refresh_from_db()
    assert (stop.status, successor.status) == ("moved", "confirmed")
    assert successor.replaces == stop
    assert successor.calendar_uid == stop.calendar_uid
    assert successor.sequence > 0
    assert [term.code for term in successor.topics.all()] == ["sante-clinique"]
    assert resource_ids() == {successor.pk}


def test_a_move_onto_another_stop_changes_nothing(nothing):
    stop = MobileStopFactory()
    other = MobileStopFactory(tour=stop.tour, starts_at=in_days(5))

    with pytest.raises(ValidationError):
        stop.move(starts_at=other.starts_at, ends_at=other.ends_at)

    stop.refresh_from_db()
    assert stop.status == "planned"
    assert MobileStop.objects.count() == 2


def test_what_is_cancelled_cannot_be_moved(nothing):
    with pytest.raises(TransitionNotAllowed):
        MobileStopFactory(status="cancelled").move(starts_at=in_days(5))


def test_a_tour_is_deleted_with_its_moved_stops(nothing):
    stop = MobileStopFactory()
    stop.move(starts_at=in_days(5), ends_at=in_days(5) + HOUR)

    stop.tour.delete()

    assert not MobileStop.objects.exists()


def test_repeated_stops_keep_the_time_of_the_clock_across_daylight_saving(nothing):
    stop = MobileStopFactory(
        starts_at=datetime(2027, 3, 4, 13, tzinfo=TORONTO),
        ends_at=datetime(2027, 3, 4, 17, tzinfo=TORONTO),
        topics=["sante-clinique"],
    )

    repeated = stop.repeat(weeks=1, times=2)

    assert [each.local_start.isoformat() for each in repeated] == [
        "2027-03-11T13:00:00-05:00",
        "2027-03-18T13:00:00-04:00",
    ]
    assert len({each.calendar_uid for each in [stop, *repeated]}) == 3
    assert {each.status for each in repeated} == {"planned"}
    assert all(each.topics.get().code == "sante-clinique" for each in repeated)


def test_stops_are_repeated_all_or_none_and_each_clash_is_named(nothing):
    stop = MobileStopFactory()
    taken = MobileStopFactory(tour=stop.tour, starts_at=stop.starts_at + timedelta(weeks=2))

    with pytest.raises(ValidationError) as refused:
        stop.repeat(weeks=1, times=3)

    assert taken.day.isoformat() in str(refused.value)
    assert MobileStop.objects.count() == 2


# Words and clocks


@pytest.mark.parametrize("night", [datetime(2026, 11, 1, 1, 30), datetime(2027, 3, 14, 2, 30)])
def test_an_hour_that_clocks_skip_or_repeat_is_refused(night):
    with pytest.raises(ValidationError):
        at_wall_clock(night, TORONTO)

    assert at_wall_clock(night, ZoneInfo("America/Blanc-Sablon")).utcoffset() == -4 * HOUR


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Jeudi 26 novembre, 13\xa0h à 17\xa0h\xa030"),
        ("en", "Thursday, November 26, 1 p.m. to 5:30 p.m."),
        ("es", "Jueves 26 de noviembre, de 13:00 a 17:30"),
    ],
)
def test_a_date_reads_as_people_say_it(language, words):
    starts, ends = datetime(2026, 11, 26, 13), datetime(2026, 11, 26, 17, 30)

    with override(language):
        assert when_words(starts, ends, date(2026, 11, 22)) == words


def test_a_date_of_another_year_says_so_and_french_has_its_first():
    starts = datetime(2027, 1, 1, 13)

    with override("fr"):
        words = when_words(starts, starts + HOUR, date(2026, 12, 30))

    assert words == "Vendredi 1er janvier 2027, 13\xa0h à 14\xa0h"


def test_a_stop_past_midnight_names_both_days():
    starts = datetime(2026, 11, 26, 20)

    with override("en"):
        words = when_words(starts, starts + 6 * HOUR, date(2026, 11, 22))

    assert words == "Thursday, November 26, 8 p.m. to 2 a.m. on Friday, November 27"


# Editors


def stop_values(stop, **changed):
    """What an editor would send for a new stop of the same tour."""
    return {
        "tour": stop.tour_id,
        "location": stop.location_id,
        "starts_at_0": "2027-06-10",
        "starts_at_1": "13:00",
        "ends_at_0": "2027-06-10",
        "ends_at_1": "17:00",
        "status": "planned",
        "announce_to": "public",
        "public_precision": "full",
        "source": stop.source_id,
        "confidence": "A",
        "as_of": "2026-11",
    } | changed


def test_times_are_those_of_the_clock_of_the_place(editor):
    islands = LocationFactory(point=ILES_DE_LA_MADELEINE, timezone="America/Halifax")
    stop = MobileStopFactory(location=islands)

    saved = editor.post(reverse("admin:geo_mobilestop_add"), stop_values(stop))

    assert saved.status_code == 302, saved.context["errors"]
    made = MobileStop.objects.exclude(pk=stop.pk).get()
    assert made.starts_at == datetime(2027, 6, 10, 16, tzinfo=UTC)
    page = editor.get(reverse("admin:geo_mobilestop_change", args=[made.pk]))
    assert "America/Halifax" in page.content.decode()
    assert values_of(page)["starts_at_1"].hour == 13


def test_saving_a_stop_unchanged_changes_nothing(editor):
    stop = MobileStopFactory()
    url = reverse("admin:geo_mobilestop_change", args=[stop.pk])

    saved = editor.post(url, values_of(editor.get(url)))

    assert saved.status_code == 302, saved.context["errors"]
    again = MobileStop.objects.get()
    assert (again.starts_at, again.sequence) == (stop.starts_at, 0)


def test_a_clash_is_told_in_words(editor):
    stop = MobileStopFactory(starts_at=datetime(2027, 6, 10, 15, tzinfo=TORONTO))

    with override("en"):
        refused = editor.post(
            reverse("admin:geo_mobilestop_add"),
            stop_values(stop),
            headers={"accept-language": "en"},
        )

    assert "already somewhere else at that time" in str(refused.context["errors"])
    assert MobileStop.objects.count() == 1


def test_two_new_stops_that_clash_with_each_other_are_told_so(editor):
    tour = MobileTourFactory()
    place = LocationFactory()
    url = reverse("admin:geo_mobiletour_change", args=[tour.pk])
    values = values_of(editor.get(url)) | {"stops-TOTAL_FORMS": "2"}
    plain = stop_values(MobileStopFactory.build(tour=tour, location=place, source=tour.source))
    for number, hour in enumerate(["13:00", "16:00"]):
        hours = {"starts_at_1": hour, "ends_at_1": "18:00"}
        values |= {f"stops-{number}-{name}": value for name, value in (plain | hours).items()}

    refused = editor.post(url, values)

    assert refused.status_code == 200
    assert not MobileStop.objects.exists()
    errors = refused.context["inline_admin_formsets"][0].formset.errors
    assert [list(each) for each in errors] == [[], ["starts_at"]]


def test_stops_are_added_with_their_tour(editor):
    tour = MobileTourFactory()
    url = reverse("admin:geo_mobiletour_change", args=[tour.pk])
    plain = stop_values(
        MobileStopFactory.build(tour=tour, location=LocationFactory(), source=tour.source)
    )
    values = values_of(editor.get(url)) | {"stops-TOTAL_FORMS": "1"}
    values |= {f"stops-0-{name}": value for name, value in plain.items()}

    saved = editor.post(url, values)

    assert saved.status_code == 302, saved.context["errors"]
    assert tour.stops.get().starts_at == datetime(2027, 6, 10, 17, tzinfo=UTC)


def test_the_islands_are_on_atlantic_time(editor):
    islands = AdminArea.objects.municipalities().get(code="01023")
    place = LocationFactory(point=ILES_DE_LA_MADELEINE, municipality=islands)

    with pytest.raises(ValidationError, match="America/Halifax"):
        place.full_clean()


def test_a_place_has_a_time_zone_that_exists(editor):
    with pytest.raises(ValidationError, match="America/Toronto"):
        LocationFactory(timezone="America/Nulle-Part").full_clean()


def run_action(editor, action, *stops):
    return editor.post(
        reverse("admin:geo_mobilestop_changelist"),
        {"action": action, "_selected_action": [str(stop.pk) for stop in stops]},
        follow=True,
    )


@pytest.mark.parametrize(("action", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
def test_editors_confirm_and_cancel_several_stops_at_once(editor, action, status):
    stops = [MobileStopFactory(), MobileStopFactory()]

    run_action(editor, action, *stops)

    assert {stop.status for stop in MobileStop.objects.all()} == {status}
    history = editor.get(reverse("admin:geo_mobilestop_history", args=[stops[0].pk]))
    assert str(StopStatus(status).label) in history.content.decode()


def test_an_action_changes_all_the_stops_or_none(editor):
    past, to_come = MobileStopFactory(past=True), MobileStopFactory()

    answer = run_action(editor, "finish", past, to_come)

    assert {stop.status for stop in MobileStop.objects.all()} == {"planned"}
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_what_is_past_and_still_planned_waits_in_a_list(editor):
    past = MobileStopFactory(past=True)
    MobileStopFactory()

    page = editor.get(reverse("admin:geo_mobilestop_changelist"), {"dates": "to_settle"})

    assert list(page.context["cl"].queryset) == [past]


def test_an_editor_moves_a_stop(editor):
    stop = MobileStopFactory()
    url = run_action(editor, "move_one", stop).redirect_chain[-1][0]
    place = LocationFactory(point=ILES_DE_LA_MADELEINE, timezone="America/Halifax")

    moved = editor.post(
        url,
        {
            "location": place.pk,
            "starts_at_0": "2027-06-10",
            "starts_at_1": "13:00",
            "ends_at_0": "2027-06-10",
            "ends_at_1": "17:00",
        },
    )

    assert moved.status_code == 302, moved.context["form"].errors
    stop.refresh_from_db()
    assert stop.replaced_by.starts_at == datetime(2027, 6, 10, 16, tzinfo=UTC)
    assert stop.status == "moved"
    assert editor.get(moved["Location"]).status_code == 200
    assert editor.get(reverse("admin:geo_mobilestop_change", args=[stop.pk])).status_code == 200


def test_a_move_that_changes_nothing_is_refused(editor):
    stop = MobileStopFactory()
    url = reverse("admin:geo_mobilestop_move", args=[stop.pk])
    form = editor.get(url).context["form"]
    starts, ends = form["starts_at"].value(), form["ends_at"].value()

    refused = editor.post(
        url,
        {
            "location": stop.location_id,
            "starts_at_0": starts.date(),
            "starts_at_1": starts.time(),
            "ends_at_0": ends.date(),
            "ends_at_1": ends.time(),
        },
    )

    assert refused.context["form"].non_field_errors()


def test_an_editor_repeats_a_stop(editor):
    stop = MobileStopFactory()
    url = reverse("admin:geo_mobilestop_repeat", args=[stop.pk])

    assert editor.get(url).status_code == 200
    assert editor.post(url, {"weeks": 2, "times": 3}).status_code == 302
    assert MobileStop.objects.count() == 4
    assert editor.post(url, {"weeks": 2, "times": 1}).context["form"].non_field_errors()
    assert editor.post(url, {"weeks": 0, "times": 1}).context["form"].errors["weeks"]


def test_the_stops_of_a_tour_are_seen_on_a_map(editor):
    stop = MobileStopFactory(location__point=PERCE, announce_to="partners")
    MobileStopFactory(tour=stop.tour, past=True)

    page = editor.get(reverse("admin:geo_mobiletour_map", args=[stop.tour_id])).content.decode()

    assert page.count("data-point=") == 1
    assert 'data-point="-64.217200,48.523100"' in page
    assert reverse("admin:geo_mobilestop_change", args=[stop.pk]) in page
    assert "openstreetmap" not in page
    assert reverse("admin:geo_mobiletour_map", args=[stop.tour_id]) in (
        editor.get(reverse("admin:geo_mobiletour_changelist")).content.decode()
    )


def test_a_place_clicked_on_the_map_is_already_in_the_form_of_a_new_place(editor):
    tour = MobileTourFactory()

    page = editor.get(
        reverse("admin:geo_location_add"),
        {
            "organization": tour.service.organization_id,
            "precision": "address",
            "point": "SRID=4326;POINT (-64.2172 48.5231)",
        },
    )

    assert "-64.2172" in page.content.decode()


def test_the_map_is_for_editors_only(client, nothing):
    tour = MobileTourFactory()

    answer = client.get(reverse("admin:geo_mobiletour_map", args=[tour.pk]))

    assert answer.status_code == 302


# Two at once: rows that other connections see, so they are really committed, and taken away.


@pytest.fixture
def committed_stop(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        stop = MobileStopFactory()
        user = UserFactory(is_staff=True, is_superuser=True)
        place_owner, service_owner = stop.location.organization, stop.tour.service.organization
        yield stop, user
        stop.tour.delete()
        place_owner.delete()
        service_owner.delete()
        user.delete()
        connection.close()


def both(book):
    """What `book` returns in two threads that begin together."""
    start, outcomes = threading.Barrier(2), []

    def run():
        try:
            start.wait(timeout=20)
            outcomes.append(book())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


def test_of_two_editors_who_book_the_same_tour_at_once_exactly_one_wins(committed_stop):
    stop, user = committed_stop
    url, values = reverse("admin:geo_mobilestop_add"), stop_values(stop)

    def book():
        editor = Client()
        verified_login(editor, user)
        answer = editor.post(url, values)
        return answer.status_code, str(answer.context["errors"]) if answer.context else ""

    (refused, words), (won, _nothing) = both(book)

    assert (won, refused) == (302, 200)
    assert words
    assert stop.tour.stops.count() == 2


def test_the_database_itself_lets_one_of_two_bookings_through(committed_stop):
    stop, _user = committed_stop
    starts = in_days(7)

    def book():
        try:
            MobileStopFactory(tour=stop.tour, location=stop.location, starts_at=starts)
        except (IntegrityError, OperationalError) as error:
            return str(error)
        return ""

    booked, refused = both(book)

    assert booked == ""
    # Each may wait for the other to be checked against: then PostgreSQL ends one of them.
    assert "mobilestop_one_place_at_a_time" in refused or "deadlock" in refused
    assert stop.tour.stops.filter(starts_at=starts).count() == 1


def test_of_two_repetitions_at_once_one_is_told_what_clashes(committed_stop):
    stop, _user = committed_stop

    def book():
        try:
            return "", len(MobileStop.objects.get(pk=stop.pk).repeat(weeks=1, times=3))
        except ValidationError as error:
            return " ".join(error.messages), 0

    (_nothing, made), (words, _none) = both(book)

    assert made == 3
    assert words.count(":") >= 3
    assert stop.tour.stops.count() == 4
