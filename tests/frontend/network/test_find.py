"""The page where a caseworker asks who can take someone."""

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from frontend.discretion import is_telling
from frontend.templatetags.receivers import neutral_need, partner_texts, person_text
from geo.choices import Urgency
from geo.models import ContactReveal, NeedTerm, PartnerContact, ServiceCapacity
from geo.packs import pack_of, read_directory
from geo.referrals.receivers import Question, find
from geo.translation import LANGUAGES, compose
from tests import network
from tests.factories import (
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    OrganizationFactory,
    ServiceFactory,
)
from tests.places import GASPE

pytestmark = pytest.mark.django_db

DESK = "+15145550177"
DESK_MAIL = "bureau-invente@example.org"


@pytest.fixture
def asker(client, empty_directory):
    """A member of an organization of Montréal, signed in; `client` is its browser."""
    user = network.member(network.organization())
    client.force_login(user)
    return user


def address(name="network-find", language="fr", args=()):
    with translation.override(language):
        return reverse(name, args=args)


def ask(client, page_in="fr", **asked):
    asked = {"need": "droits", "region": "11"} | asked
    return client.get(address(language=page_in), asked)


def text(response) -> str:
    return unescape(response.content.decode())


def partner_with_desk(**columns):
    made = ServiceFactory(
        organization=network.organization(), needs=["droits"], at=GASPE, **columns
    )
    PartnerContact.objects.create(organization=made.organization, phone=DESK, email=DESK_MAIL)
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_empty_and_with_an_answer_in_each_language(client, asker, language):
    service = partner_with_desk()

    empty, answered = client.get(address(language=language)), ask(client, language)

    assert empty.status_code == answered.status_code == 200
    assert f'id="s-{service.pk}"' not in text(empty)
    assert f'id="s-{service.pk}"' in text(answered)


def test_nothing_of_a_question_stays_in_a_cache(client, asker):
    assert "no-store" in ask(client)["Cache-Control"]


def test_a_question_without_a_need_is_refused_beside_its_field(client, asker):
    response = client.get(address(), {"region": "11"})

    assert response.status_code == 200
    assert 'aria-describedby="need-error"' in text(response)
    assert 'id="need-error"' in text(response)


def test_help_is_wanted_this_week_unless_it_is_said_otherwise(client, asker):
    html = text(ask(client))

    assert '<option value="this_week" selected>' in html


def test_an_urgency_that_nobody_knows_is_refused(client, asker):
    assert 'id="urgency-error"' in text(ask(client, urgency="yesterday"))


def test_the_question_goes_along_to_another_language(client, asker):
    html = text(ask(client, page_in="fr", urgency="today"))

    link = re.search(r'<a href="([^"]+)" lang="es"', html)[1]
    assert parse_qs(urlsplit(link).query) == {
        "need": ["droits"],
        "region": ["11"],
        "urgency": ["today"],
    }


def test_a_viewer_and_a_coordinator_may_ask_and_a_stranger_may_not(client, empty_directory):
    for user, status in [
        (network.member(network.organization(), role="viewer"), 200),
        (network.UserFactory(), 403),
    ]:
        client.force_login(user)
        assert ask(client).status_code == status


@pytest.fixture
def write_url():
    try:
        return address("referral-write")
    except NoReverseMatch:
        pytest.skip("SKIPPED ALOUD: referrals cannot be written here yet")


def test_a_partner_can_be_referred_to_with_the_question_filled_in(client, asker, write_url):
    leaf = NeedTerm.objects.filter(parent__code="droits").first()
    service = ServiceFactory(organization=network.organization(), needs=[leaf.code], at=GASPE)

    html = text(ask(client, need=leaf.code))

    link = re.search(rf'href="({re.escape(write_url)}\?[^"]+)"', html)[1]
    assert parse_qs(urlsplit(link).query) == {
        "need": ["droits"],
        "region": ["11"],
        "urgency": ["this_week"],
        "organization": [str(service.organization.pk)],
        "service": [str(service.pk)],
    }


def test_nobody_refers_to_themselves_nor_to_who_takes_nobody_nor_outside_the_network(
    client, asker, write_url
):
    ServiceFactory(organization=asker.membership.organization, needs=["droits"], at=GASPE)
    closed = ServiceFactory(organization=network.organization(), needs=["droits"], at=GASPE)
    ServiceCapacity.objects.create(service=closed, level="low", is_accepting=False)
    ServiceFactory(needs=["droits"], at=GASPE)

    assert f"{write_url}?" not in text(ask(client))


def test_a_viewer_is_offered_no_referral(client, empty_directory, write_url):
    ServiceFactory(organization=network.organization(), needs=["droits"], at=GASPE)
    client.force_login(network.member(network.organization(), role="viewer"))

    assert f"{write_url}?" not in text(ask(client))


def test_why_a_service_stands_where_it_does_is_said_with_what_nobody_knows(client, asker):
    service = partner_with_desk(speaks=["fr"])
    ServiceCapacity.objects.create(service=service, level="moderate")

    html = text(ask(client, page_in="en", language="fr"))

    assert "In the region" in html
    assert "Room: some (said on" in html
    assert "Not known: time to answer." in html


def test_whom_a_service_leaves_out_is_said(client, asker):
    service = partner_with_desk()
    service.eligibility_rules.create(
        targeting="excluded", dimension="permit", values=["closed"], source=service.source
    )

    assert "Not for: closed work permit" in text(ask(client, page_in="en"))


def test_ten_of_each_are_shown_first_and_then_all(client, asker):
    for _ in range(11):
        ServiceFactory(needs=["droits"], at=GASPE)

    first, every = text(ask(client)), text(ask(client, all="1"))

    assert first.count('<li class="card"') == 10
    assert "all=1" in first
    assert every.count('<li class="card"') == 11


def test_where_nobody_is_the_nearest_regions_that_have_somebody_are_links(client, asker):
    ServiceFactory(needs=["droits"], at=GASPE)

    html = text(ask(client, region="06"))

    assert re.search(r'href="\?need=droits&region=11#answer"', html)


def test_the_contact_of_a_desk_is_shown_when_it_is_asked_for_and_the_look_is_counted(client, asker):
    service = partner_with_desk()
    contact = address("network-reveal", args=[service.organization.pk])
    assert DESK_MAIL not in text(ask(client))

    for _ in range(2):
        answer = client.post(f"{contact}?need=droits&region=11")
        assert answer.status_code == 303

    assert DESK_MAIL in text(client.get(answer["Location"]))
    counted = ContactReveal.objects.get()
    assert (counted.organization, counted.month, counted.count) == (
        service.organization,
        timezone.localdate().replace(day=1),
        2,
    )
    columns = {field.name for field in ContactReveal._meta.get_fields()}
    assert columns == {"id", "month", "organization", "count"}


def test_a_contact_is_not_shown_by_an_address_that_was_made_up_or_is_old(client, asker):
    service = partner_with_desk()
    contact = address("network-reveal", args=[service.organization.pk])
    shown = client.post(f"{contact}?need=droits&region=11")["Location"]

    assert DESK_MAIL not in text(ask(client, desk=str(service.organization.pk)))
    with time_machine.travel(timezone.now() + timedelta(seconds=601)):
        assert DESK_MAIL not in text(client.get(shown))


def test_only_the_network_may_look_at_a_contact_and_only_by_a_press(client, empty_directory):
    service = partner_with_desk()
    contact = address("network-reveal", args=[service.organization.pk])

    client.force_login(network.UserFactory())
    assert client.post(contact).status_code == 403
    client.force_login(network.member(network.organization()))
    assert client.get(contact).status_code == 405
    assert client.post(address("network-reveal", args=[service.pk])).status_code == 404
    assert not ContactReveal.objects.exists()


def test_the_public_never_meets_a_contact_of_the_network(client, empty_directory):
    service = partner_with_desk()
    with translation.override("fr"):
        pages = [
            reverse("resource", args=[service.pk]),
            f"{reverse('handout')}?ids={service.pk}",
            f"{reverse('home')}?need=droits&region=11",
        ]
    pages += [
        f"/api/v1/resources/{service.service_at_locations.get().pk}/",
        "/api/v1/resources/?region=11",
        "/api/v1/organizations/",
    ]

    bodies = [client.get(page).content.decode() for page in pages]

    assert str(service.pk) in bodies[0]
    for body in bodies:
        assert DESK_MAIL not in body
        assert DESK[2:] not in re.sub(r"\D", "", body)


def test_packs_and_leaflets_hold_no_contact_of_the_network(client, empty_directory):
    partner_with_desk()
    region = network.region("11")

    pack = json.dumps(pack_of(read_directory(["11"]), "11", "fr"))
    with translation.override("fr"):
        leaflet = client.get(reverse("region-leaflet", args=[region.code, region.slug]))
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(leaflet.content)).pages)

    assert DESK not in pack
    assert DESK_MAIL not in pack + words
    assert DESK[2:] not in re.sub(r"\D", "", words)


def test_a_stop_for_partners_is_shown_to_members_and_kept_out_of_all_that_leaves(client, asker):
    tour = MobileTourFactory(
        service=ServiceFactory(needs=["droits"], phone="+15145550123"),
    )
    stop = MobileStopFactory(
        tour=tour,
        location=LocationFactory(point=GASPE, address="1, rue Inventée"),
        announce_to="partners",
        partner_note="Derrière le hangar inventé",
    )

    html = text(ask(client))
    candidate = find(Question(NeedTerm.objects.get(code="droits"), network.region("11")))
    given = person_text(candidate.to_call[0], "fr")["text"]
    client.logout()
    with translation.override("fr"):
        public = [
            client.get(f"{reverse('handout')}?ids={tour.service.pk}"),
            client.get(reverse("resource", args=[tour.service.pk])),
            client.get(reverse("resource", args=[stop.pk])),
        ]

    assert "Derrière le hangar inventé" in html
    assert f'value="{tour.service.pk}"' not in html
    assert "rue Inventée" not in given
    assert "514 555-0123" in given
    assert [page.status_code for page in public] == [404, 404, 404]


def test_what_is_copied_tells_nothing_in_any_language():
    region = network.region("11")
    for tile in NeedTerm.objects.tiles():
        for term in [tile, *tile.children.all()]:
            for urgency in Urgency:
                asked = Question(term, region, "es", urgency)
                for message in partner_texts(asked, tile):
                    assert not is_telling(message["text"]), message["text"]


def test_a_message_to_partners_holds_the_question_and_nothing_else():
    tile = NeedTerm.objects.get(code="sante")
    asked = Question(tile, network.region("11"), "es", Urgency.TODAY)

    english = {message["code"]: message["text"] for message in partner_texts(asked, tile)}["en"]

    assert english.splitlines() == [
        "Hello. Who can take a person?",
        "What for: Health",
        "Region: Gaspésie–Îles-de-la-Madeleine",
        "Language: Spanish",
        "By when: today",
        "Please answer by yes or no, without any name.",
    ]


def test_a_need_that_tells_gets_a_neutral_word():
    tile = NeedTerm.objects.get(code="droits")

    with translation.override("en"):
        assert neutral_need(tile, tile) == "Legal help"


def test_the_text_for_the_person_is_neutral_and_in_their_language(empty_directory):
    ServiceFactory(
        organization=OrganizationFactory(name=compose({"fr": "Centre des travailleurs (CTI)"})),
        needs=["droits"],
        at=GASPE,
        phone="+15145550123",
    )
    candidate = find(Question(NeedTerm.objects.get(code="droits"), network.region("11")))

    given = person_text(candidate.to_call[0], "es")

    assert given["code"] == "es"
    assert "CTI" in given["text"]
    assert "514 555-0123" in given["text"]
    assert not is_telling(given["text"])


def test_texts_can_be_copied_without_a_script(client, asker):
    partner_with_desk()

    html = text(ask(client))

    assert html.count("<textarea readonly") >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_chosen_services_make_a_page_that_anybody_reads(client, empty_directory, language):
    first, second = (ServiceFactory(needs=["droits"], at=GASPE) for _ in range(2))
    hidden = ServiceFactory(needs=["droits"], at=GASPE, hidden=True)
    place = second.service_at_locations.get()
    ids = [place.pk, hidden.pk, first.pk]

    html = text(client.get(address("handout", language), {"ids": ids}))

    assert html.index(str(place.pk)) < html.index(str(first.name["fr"]["text"]))
    assert html.count('<li class="card"') == 2
    assert str(hidden.name["fr"]["text"]) not in html
    assert 'name="robots" content="noindex"' in html


@pytest.mark.parametrize("query", ["", "?ids=nonsense", f"?ids={'0' * 32}"])
def test_a_list_of_nothing_does_not_exist(client, empty_directory, query):
    assert client.get(f"{address('handout')}{query}").status_code == 404


def test_the_title_of_the_list_and_the_message_that_sends_it_are_neutral(client, empty_directory):
    service = ServiceFactory(needs=["droits"], at=GASPE)

    html = text(client.get(address("handout"), {"ids": [service.pk]}))

    title = re.search(r"<title>(.*?)</title>", html)[1]
    message = parse_qs(urlsplit(re.search(r'href="(https://wa\.me/[^"]+)"', html)[1]).query)
    assert not is_telling(title)
    assert message["text"] == [f"http://testserver{address('handout')}?ids={service.pk}"]


def test_the_number_of_queries_of_the_page_does_not_grow(client, asker):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert ask(client, language="es", all="1").status_code == 200
        return len(queries)

    partner_with_desk()
    ServiceFactory(needs=["droits"], at=GASPE, phone="+15145550123")
    count()  # the first visit writes into the session when it was
    with_few = count()
    for _ in range(6):
        partner_with_desk()
        ServiceFactory(needs=["droits"], at=GASPE, phone="+15145550123")

    assert count() == with_few
