"""Pages and calendars of services that move: dates that are true, and nothing that is secret."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from geo.models import AdminArea, MobileStop
from geo.translation import compose
from tests.factories import (
    AlertFactory,
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    PhoneFactory,
    ServiceFactory,
    in_days,
)
from tests.places import GASPE, ILES_DE_LA_MADELEINE, MONTREAL, PERCE

pytestmark = pytest.mark.usefixtures("empty_directory")

SECRET = "note secrète inventée"


def page(client, name, *args, language="en", **question):
    with override(language):
        return client.get(reverse(name, args=args), question)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def events(response):
    return vobject.readOne(response.content.decode()).contents.get("vevent", [])


def region_page(client, code="11"):
    area = AdminArea.objects.regions().get(code=code)
    return page(client, "region", area.code, area.slug)


# Pages


def test_dates_are_listed_day_by_day_the_soonest_first(client):
    later = MobileStopFactory(location__point=GASPE, starts_at=in_days(12))
    soon = MobileStopFactory(location__point=PERCE, starts_at=in_days(2), status="confirmed")

    answer = page(client, "tour-list")

    words = text(answer)
    assert words.index("In the next 7 days") < words.index("Confirmed") < words.index("Later")
    content = answer.content.decode()
    assert content.index(f'id="d-{soon.pk}"') < content.index(f'id="d-{later.pk}"')
    assert "Planned: call before you go" in words
    assert "No date is known" not in words


@pytest.mark.parametrize(
    ("language", "path"),
    [("fr", "/fr/tournees/"), ("en", "/en/tours/"), ("es", "/es/giras/")],
)
def test_the_address_is_in_the_language_of_the_page(client, language, path):
    stop = MobileStopFactory()
    with override(language):
        assert reverse("tour-list") == path
        assert reverse("tour", args=[stop.tour_id]) == f"{path}{stop.tour_id}/"

    for link in re.findall(r'hreflang="(\w\w)" href="([^"]+)"', client.get(path).content.decode()):
        assert client.get(link[1].removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize(
    "kind",
    [
        {"past": True},
        {"announce_to": "partners"},
        {"announce_to": "on_request"},
        {"tour__service__hidden": True},
    ],
)
def test_what_is_past_or_not_public_is_on_no_page_and_in_no_calendar(client, kind):
    stop = MobileStopFactory(location__point=GASPE, partner_note=SECRET, **kind)

    for answer in [page(client, "tour-list"), region_page(client), page(client, "home")]:
        assert str(stop.pk) not in answer.content.decode()
    assert page(client, "stop-calendar", stop.pk).status_code == (404)
    assert events(page(client, "region-calendar", "11")) == []


def test_a_partner_note_is_on_no_page_in_no_answer_and_in_no_calendar(client):
    stop = MobileStopFactory(location__point=GASPE, partner_note=SECRET, vague=False)
    vague = MobileStopFactory(vague=True, partner_note=SECRET, starts_at=in_days(5))
    pages = [
        page(client, "tour-list"),
        page(client, "tour", stop.tour_id),
        page(client, "tour", vague.tour_id),
        page(client, "resource", stop.pk),
        page(client, "resource", vague.pk),
        page(client, "home", region="11"),
        region_page(client),
        page(client, "region-calendar", "11"),
        page(client, "tour-calendar", stop.tour_id),
        page(client, "stop-calendar", stop.pk),
        page(client, "stop-calendar", vague.pk),
    ]

    for answer in pages:
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()


def test_a_date_says_what_it_is_for_and_in_which_languages(client):
    MobileStopFactory(
        tour__service__needs=["droits-salaire"], topics=["sante-clinique"], languages=["es", "mam"]
    )

    words = text(page(client, "tour-list"))

    assert "Spanish, Mam" in words
    assert "Pay, hours" not in words


def test_a_cancelled_date_is_said_and_not_offered(client):
    stop = MobileStopFactory(location__point=GASPE, status="cancelled")

    for answer in [page(client, "tour-list"), page(client, "tour", stop.tour_id)]:
        content = answer.content.decode()
        assert f'id="d-{stop.pk}"' in content
        assert "Cancelled" in text(answer)
        assert "No date is known" in text(answer)
        assert reverse("stop-calendar", args=[stop.pk]).partition("calendars")[2] not in content
    assert str(stop.pk) not in region_page(client).content.decode()


def test_without_a_date_the_page_says_so_and_names_whom_to_ask(client):
    service = ServiceFactory(delivery_modes=["itinerant"], covering=["11"], phone="+14185550123")
    ServiceFactory(delivery_modes=["phone"], covering=["11"])

    answer = page(client, "tour-list")

    assert "No date is known today." in text(answer)
    content = answer.content.decode()
    assert [str(service.pk)] == re.findall(r'data-id="([^"]+)"', content)
    assert "tel:+14185550123" in content


def test_a_tour_without_a_date_says_so_and_how_to_reach_its_organization(client):
    tour = MobileTourFactory(service__phone="+14185550123")

    answer = page(client, "tour", tour.pk)

    assert "No date is known today." in text(answer)
    assert "tel:+14185550123" in answer.content.decode()


def test_a_region_narrows_the_dates_and_offers_its_calendar(client):
    here = MobileStopFactory(location__point=GASPE)
    there = MobileStopFactory(location__point=MONTREAL)

    content = page(client, "tour-list", region="11").content.decode()

    assert f'id="d-{here.pk}"' in content
    assert f'id="d-{there.pk}"' not in content
    assert "webcal://testserver/en/calendars/regions/11.ics" in content


def test_around_a_place_the_near_dates_come_first_with_their_distance(client):
    far = MobileStopFactory(location__point=MONTREAL, starts_at=in_days(1))
    near = MobileStopFactory(location__point=PERCE, starts_at=in_days(5))

    answer = page(client, "tour-list", place="Gaspé")

    content = answer.content.decode()
    assert content.index(f'id="d-{near.pk}"') < content.index(f'id="d-{far.pk}"')
    assert "More than 100 km away" in text(answer)
    assert re.search(r"\b\d\d km", text(answer))


def test_times_are_those_of_the_place(client):
    islands = LocationFactory(point=ILES_DE_LA_MADELEINE, timezone="America/Halifax")
    starts = in_days(3).replace(hour=13, tzinfo=ZoneInfo("America/Halifax"))
    MobileStopFactory(location=islands, starts_at=starts)

    assert "1 p.m. to 5 p.m." in text(page(client, "tour-list"))


def test_a_card_says_the_date_before_the_address(client):
    stop = MobileStopFactory(location__point=GASPE, topics=["sante-clinique"])

    content = page(client, "home", place="Gaspé").content.decode()

    card = content[content.index(f'id="r-{stop.pk}"') :]
    assert card.index('data-part="stop"') < card.index('data-part="distance"')
    assert stop_words(stop) in text_of(card)
    assert "Not known: hours" not in text_of(card)


def stop_words(stop):
    with override("en"):
        return stop.when


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_sheet_of_a_service_gives_its_dates(client):
    stop = MobileStopFactory()
    other = MobileStopFactory(tour=stop.tour, starts_at=in_days(9))
    MobileStopFactory(tour=stop.tour, starts_at=in_days(5), announce_to="partners")

    content = page(client, "resource", stop.pk).content.decode()

    assert re.findall(r'id="d-([^"]+)"', content) == [str(stop.pk), str(other.pk)]


def test_the_address_of_a_date_that_is_over_leads_to_its_tour(client):
    past = MobileStopFactory(past=True)
    secret = MobileStopFactory(past=True, announce_to="partners")

    answer = page(client, "resource", past.pk)

    assert answer.status_code == 302
    assert answer["Location"] == f"/en/tours/{past.tour_id}/"
    assert page(client, "resource", secret.pk).status_code == 404


def test_the_page_of_a_region_gives_the_dates_of_two_weeks(client):
    soon = MobileStopFactory(location__point=GASPE, starts_at=in_days(3))
    late = MobileStopFactory(location__point=GASPE, starts_at=in_days(20))

    content = region_page(client).content.decode()

    assert "Dates in the region" in content
    assert f'id="d-{soon.pk}"' in content
    assert f'id="d-{late.pk}"' not in content


def test_dates_are_in_the_navigation_only_where_there_is_a_tour(client):
    link = re.compile(r'<nav class="pages".*?/en/tours/.*?</nav>', re.DOTALL)
    without = page(client, "about").content.decode()

    MobileTourFactory()

    assert not link.search(without)
    assert link.search(page(client, "about").content.decode())
    assert "/en/tours/" in without


def test_the_number_of_queries_does_not_grow_with_the_dates(client, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(60) as queries:
            page(client, "tour-list")
        return len(queries)

    MobileStopFactory(starts_at=in_days(1))
    few = count()
    for number in range(5):
        MobileStopFactory(starts_at=in_days(number + 2))
    assert count() == few


# Calendars


@pytest.mark.parametrize("name", ["region-calendar", "tour-calendar", "stop-calendar"])
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_a_calendar_can_be_followed_in_each_language(client, name, language):
    stop = MobileStopFactory(location__point=GASPE, status="confirmed")
    PhoneFactory(service=stop.tour.service, number="+14185550123")
    keys = {"region-calendar": "11", "tour-calendar": stop.tour_id, "stop-calendar": stop.pk}

    answer = page(client, name, keys[name], language=language)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer)
    assert event.uid.value == str(stop.calendar_uid)
    assert event.status.value == "CONFIRMED"
    assert event.dtstart.value == stop.starts_at
    assert event.geo.value == "48.83;-64.48"
    assert "418" in event.description.value
    assert f"/{language}/" in event.url.value


def test_what_others_may_read_over_a_shoulder_is_neutral(client):
    stop = MobileStopFactory(
        tour__service__organization__name=compose({"fr": "Aide inventée aux travailleurs"})
    )

    (event,) = events(page(client, "stop-calendar", stop.pk, language="fr"))

    assert event.summary.value == stop.tour.name["fr"]["text"]
    assert "travailleurs" not in event.summary.value
    assert "Aide inventée aux travailleurs" in event.description.value


def test_the_place_of_a_vague_stop_is_its_town(client):
    stop = MobileStopFactory(vague=True, partner_note=SECRET)

    (event,) = events(page(client, "stop-calendar", stop.pk))

    assert event.location.value == "Montréal"
    assert not hasattr(event, "geo")
    assert "Call to know the exact place." in event.description.value


def test_a_change_keeps_the_entry_and_raises_its_number(client):
    stop = MobileStopFactory(status="confirmed")
    (before,) = events(page(client, "tour-calendar", stop.tour_id))

    moved = stop.move(starts_at=in_days(6), ends_at=in_days(6) + timedelta(hours=2))

    (after,) = events(page(client, "tour-calendar", stop.tour_id))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value == moved.starts_at
    for key in (stop.pk, moved.pk):
        (entry,) = events(page(client, "stop-calendar", key))
        assert entry.dtstart.value == moved.starts_at


def test_a_cancelled_date_stays_in_the_calendar_as_cancelled(client):
    stop = MobileStopFactory()
    (before,) = events(page(client, "tour-calendar", stop.tour_id))

    stop.turn("cancelled")

    for answer in [
        page(client, "tour-calendar", stop.tour_id),
        page(client, "stop-calendar", stop.pk),
    ]:
        (after,) = events(answer)
        assert after.status.value == "CANCELLED"
        assert int(after.sequence.value) > int(before.sequence.value)


def test_a_stop_moved_out_of_sight_is_cancelled_and_does_not_tell_where_it_went(client):
    stop = MobileStopFactory(location__point=GASPE)
    moved = stop.move(location=LocationFactory(point=PERCE, address="9, rue Secrète inventée"))
    moved.announce_to = "partners"
    moved.save()

    answer = page(client, "tour-calendar", stop.tour_id)

    (event,) = events(answer)
    assert event.status.value == "CANCELLED"
    assert "Secrète" not in answer.content.decode()
    assert page(client, "stop-calendar", moved.pk).status_code == 404


def test_of_two_moves_the_calendar_holds_one_entry(client):
    stop = MobileStopFactory()
    second = stop.move(starts_at=in_days(6), ends_at=in_days(6) + timedelta(hours=2))
    third = second.move(starts_at=in_days(7), ends_at=in_days(7) + timedelta(hours=2))

    (event,) = events(page(client, "tour-calendar", stop.tour_id))

    assert event.dtstart.value == third.starts_at
    third.announce_to = "on_request"
    third.save()
    (event,) = events(page(client, "tour-calendar", stop.tour_id))
    assert event.status.value == "CANCELLED"
    assert event.dtstart.value == second.starts_at


def test_what_took_place_stays_for_30_days_and_what_nobody_settled_does_not(client):
    tour = MobileTourFactory()
    done = MobileStopFactory(tour=tour, starts_at=in_days(-10), status="done")
    MobileStopFactory(tour=tour, starts_at=in_days(-35), status="done")
    MobileStopFactory(tour=tour, starts_at=in_days(-5), status="planned")

    (event,) = events(page(client, "tour-calendar", tour.pk))

    assert event.uid.value == str(done.calendar_uid)


def test_a_calendar_is_asked_for_again_and_sent_only_if_it_changed(client):
    stop = MobileStopFactory()
    with override("en"):
        url = reverse("tour-calendar", args=[stop.tour_id])
    first = client.get(url)

    assert "no-cache" in first["Cache-Control"]
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    since = client.get(url, headers={"if-modified-since": first["Last-Modified"]})
    assert since.status_code == 304
    stop.turn("confirmed")
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("name", ["tour", "tour-calendar"])
def test_a_tour_of_a_hidden_service_does_not_exist(client, name):
    tour = MobileTourFactory(service__hidden=True)

    assert page(client, name, tour.pk).status_code == 404


def test_there_is_no_calendar_of_an_unknown_region(client):
    assert client.get("/en/calendars/regions/99.ics").status_code == 404


# Alerts


def test_alerts_are_on_the_first_page_and_on_those_of_their_region(client):
    AlertFactory(text=compose({"fr": "Avis partout"}))
    AlertFactory(text=compose({"fr": "Avis en Gaspésie"}), regions=["11"], severity="critical")

    start, gaspe, montreal, region = (
        page(client, "home"),
        page(client, "home", place="Gaspé"),
        page(client, "home", region="06"),
        region_page(client),
    )

    for answer in (start, gaspe, montreal, region):
        assert "Avis partout" in answer.content.decode()
    assert "Avis en Gaspésie" in gaspe.content.decode()
    assert "Avis en Gaspésie" in region.content.decode()
    assert "Avis en Gaspésie" not in start.content.decode() + montreal.content.decode()


def test_only_danger_interrupts_a_screen_reader(client):
    AlertFactory(severity="info")
    AlertFactory(severity="warn")
    before = page(client, "home").content.decode()
    AlertFactory(severity="critical")

    assert 'role="alert"' not in before
    assert page(client, "home").content.decode().count('role="alert"') == 1
    for word in ("Danger", "Warning", "Information"):
        assert word in text(page(client, "home"))


def test_an_alert_about_a_need_is_for_those_who_ask_for_it(client):
    AlertFactory(text=compose({"fr": "Avis de santé"}), needs=["sante"])

    assert "Avis de santé" in page(client, "home", need="sante").content.decode()
    assert "Avis de santé" not in page(client, "home", need="droits").content.decode()


def test_an_alert_that_has_expired_is_nowhere(client):
    AlertFactory(text=compose({"fr": "Avis passé"}), starts_at=in_days(-20))

    assert "Avis passé" not in page(client, "home").content.decode()


def test_pages_are_about_what_the_database_offers(client):
    """The rule of the view and that of the stops are one rule."""
    for kind in [{}, {"status": "cancelled"}, {"past": True}, {"announce_to": "partners"}]:
        MobileStopFactory(**kind)
    from geo.models import Resource

    offered = set(MobileStop.objects.public().upcoming(timezone.now()))

    assert {row.stop for row in Resource.objects.exclude(stop=None)} == offered
