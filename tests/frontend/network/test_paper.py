"""The card that the person takes along: nothing on it tells why."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils.translation import override

from frontend.discretion import is_telling
from frontend.printing.qr import QUIET, code_of
from geo.codes import spaced
from geo.models import AdminArea
from geo.translation import compose, wording
from tests.factories import PhoneFactory, ServiceAreaFactory, ServiceFactory
from tests.frontend.network.signing_in import visit
from tests.network import draft, member, organization, referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07", name=compose({"fr": "Maison inventée"}))


def paper(made) -> str:
    return reverse("referral-paper", args=[made.pk])


def service_with_a_number(of, **columns):
    service = ServiceFactory(organization=of)
    ServiceAreaFactory(service=service, area=AdminArea.objects.get(level="province"))
    PhoneFactory(service=service, number="+14185550177", **columns)
    return service


def card_of(page) -> str:
    text = unescape(page.content.decode())
    return " ".join(re.findall(r'<section class="ticket".*?</section>', text, re.DOTALL))


def test_the_card_shows_the_code_the_place_and_the_number(sender, receiver):
    made = referral(sender, receiver, to_service=service_with_a_number(receiver))
    card = card_of(visit(member(sender)).get(paper(made)))
    assert spaced(made.code) in card
    assert "Maison inventée" in card
    assert "418 555-0177" in card


def test_the_card_says_nothing_of_the_need_nor_of_its_sender(sender, receiver):
    for language in ("fr", "en", "es", "mam"):
        made = referral(sender, receiver, language_needed=language)
        card = card_of(visit(member(sender)).get(paper(made)))
        words = re.sub(r"<[^>]+>", " ", card)
        assert not is_telling(words)
        for code in ("fr", "en", "es"):
            assert str(wording(made.need.name, code)).lower() not in words.lower()
        assert sender.name["fr"]["text"] not in words
        assert made.worker_region.name not in words
        assert "Repère" not in words


def test_a_telling_name_stays_off_the_card(sender):
    telling = organization("07", name=compose({"fr": "Aide aux travailleurs migrants inventée"}))
    made = referral(sender, telling)
    assert "migrants" not in visit(member(sender)).get(paper(made)).content.decode()


def test_the_card_speaks_the_language_of_the_person_else_french_and_spanish(sender, receiver):
    client = visit(member(sender))
    spanish = referral(sender, receiver, language_needed="es")
    mam = referral(sender, receiver, language_needed="mam")
    assert [card.language for card in client.get(paper(spanish)).context["cards"]] == ["es"]
    assert [card.language for card in client.get(paper(mam)).context["cards"]] == ["fr", "es"]


def test_a_number_that_may_be_wrong_is_not_printed(sender, receiver):
    doubtful = service_with_a_number(receiver, trust="to_verify")
    made = referral(sender, receiver, to_service=doubtful)
    assert "555-0177" not in visit(member(sender)).get(paper(made)).content.decode()


def test_the_square_holds_the_bare_code(sender, receiver):
    made = referral(sender, receiver)
    page = visit(member(sender)).get(paper(made))
    bare = code_of(made.code).svg_inline(
        border=QUIET, omitsize=True, light="#fff", svgclass="qr", lineclass=None
    )
    assert bare in page.content.decode()
    assert "style=" not in page.context["qr"]
    assert "http" not in page.context["qr"].replace("http://www.w3.org/2000/svg", "")


def test_the_message_is_there_in_three_languages_and_neutral(sender, receiver):
    made = referral(sender, receiver, to_service=service_with_a_number(receiver))
    messages = dict(visit(member(sender)).get(paper(made)).context["messages_to_copy"])
    assert list(messages) == ["fr", "en", "es"]
    for message in messages.values():
        assert spaced(made.code) in message
        assert "418 555-0177" in message
        assert not is_telling(message)
    assert len(set(messages.values())) == 3


def test_only_the_sender_has_the_card_and_only_while_it_is_of_use(sender, receiver):
    made = referral(sender, receiver)
    ours = visit(member(sender))
    assert visit(member(receiver)).get(paper(made)).status_code == 404
    assert visit(member(organization("08"))).get(paper(made)).status_code == 404
    assert ours.get(paper(draft(sender, receiver))).status_code == 200
    for status in ("refused", "completed", "withdrawn", "lapsed"):
        assert ours.get(paper(referral(sender, receiver, status))).status_code == 404


def test_the_words_of_the_page_are_those_of_the_reader(sender, receiver):
    made = referral(sender, receiver)
    with override("en"):
        address = paper(made)
    assert '<html lang="en">' in visit(member(sender)).get(address).content.decode()
