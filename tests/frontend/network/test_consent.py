"""The text that is read aloud, and the yes without which nothing leaves."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import Consent, Referral
from geo.referrals import consent
from geo.referrals.sending import latest_end
from geo.translation import LANGUAGES
from tests.factories import ServiceFactory
from tests.frontend.network.signing_in import visit
from tests.network import draft, member, organization, referral

pytestmark = pytest.mark.django_db

BLANKS = {"organizations", "need", "spoken", "region", "until"}


@pytest.mark.parametrize("version", consent.TEXTS)
def test_each_version_of_the_text_exists_in_all_three_languages_with_the_same_blanks(version):
    assert set(consent.languages(version)) == set(LANGUAGES)
    lengths = {len(consent.TEXTS[version][language]) for language in LANGUAGES}
    assert len(lengths) == 1
    for language in LANGUAGES:
        found = re.findall(r"%\((\w+)\)s", " ".join(consent.TEXTS[version][language]))
        assert set(found) == BLANKS


def test_the_text_names_the_organizations_as_each_language_joins_them():
    blanks = {"need": "x", "spoken": "x", "region": "x", "until": "x"}

    def first(language, *names):
        return consent.text(language, organizations=names, **blanks)[0]

    assert "à Un, Deux et Trois qu’" in first("fr", "Un", "Deux", "Trois")
    assert "tell One and Two that" in first("en", "One", "Two")
    assert "a Uno e Isla que" in first("es", "Uno", "Isla")
    assert "a Uno que" in first("es", "Uno")


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def address(made: Referral, **query) -> str:
    url = reverse("referral-consent", args=[made.pk])
    return f"{url}?{urlencode(query, doseq=True)}" if query else url


def yes(made: Referral, **other) -> dict:
    said = {"method": "oral", "language": "es", "agreed": "on"}
    return said | {"until": latest_end(made).isoformat()} | other


def test_the_text_is_shown_first_in_the_language_that_the_person_needs(sender, receiver):
    made = draft(sender, receiver, agreed=False, language_needed="es")

    page = unescape(visit(member(sender)).get(address(made)).content.decode())

    assert page.index("Su nombre no se escribe") < page.index("Votre nom n’est écrit nulle part")
    assert receiver.name["fr"]["text"] in page[page.index("Vamos a decirle") :][:200]


def test_a_language_without_a_text_is_read_by_an_interpreter(sender, receiver):
    made = draft(sender, receiver, agreed=False, language_needed="mam")

    page = visit(member(sender)).get(address(made))

    assert '<option value="mam" selected>' in page.content.decode()
    assert page.context["is_interpreted"]
    assert [language for language, _text in page.context["texts"]] == ["fr", "en", "es"]


def test_a_yes_is_recorded_and_the_referral_is_sent(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    other = organization("08")

    response = visit(member(sender)).post(address(made), yes(made, organizations=[other.pk]))

    assert response.status_code == 302
    assert response.url == reverse("referral", args=[made.pk])
    made.refresh_from_db()
    assert made.status == "sent"
    assert (made.consent.method, made.consent.language) == ("oral", "es")
    assert made.consent.text_version == consent.CURRENT
    assert made.consent.expires_on == latest_end(made)
    assert set(made.consent.organizations.all()) == {receiver, other}


@pytest.mark.parametrize("lacks", ["agreed", "method", "until"])
def test_without_a_whole_answer_nothing_is_recorded_nor_sent(sender, receiver, lacks):
    made = draft(sender, receiver, agreed=False)
    said = yes(made)
    del said[lacks]

    response = visit(member(sender)).post(address(made), said)

    assert response.status_code == 400
    made.refresh_from_db()
    assert made.status == "draft"
    assert not Consent.objects.exists()


def test_a_consent_does_not_outlive_the_referral(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    too_late = latest_end(made) + timedelta(days=1)

    response = visit(member(sender)).post(address(made), yes(made, until=too_late.isoformat()))

    assert response.status_code == 400
    assert latest_end(made) <= made.purge_on
    assert latest_end(made) <= timezone.localdate() + timedelta(days=90)


def test_a_referral_to_nobody_names_at_least_one_organization_and_is_held(sender, receiver):
    made = draft(sender, None, agreed=False)
    client = visit(member(sender))

    assert client.post(address(made), yes(made)).status_code == 400
    client.post(address(made), yes(made, organizations=[receiver.pk]))

    made.refresh_from_db()
    assert made.status == "held"
    page = client.get(reverse("referral", args=[made.pk])).content.decode()
    assert "state-held" in page


def test_an_organization_that_takes_no_referrals_cannot_be_named(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    outsider = organization("08", referral_role="none")

    response = visit(member(sender)).post(address(made), yes(made, organizations=[outsider.pk]))

    assert response.status_code == 400
    made.refresh_from_db()
    assert made.status == "draft"


def test_where_sending_is_refused_the_yes_is_not_kept_either(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    user = member(sender)
    sender.referral_role = "receive"
    sender.save()

    response = visit(user).post(address(made), yes(made))

    assert response.status_code == 409
    assert not Consent.objects.exists()
    made.refresh_from_db()
    assert made.consent is None


def test_only_those_who_may_refer_for_the_sender_ask(sender, receiver):
    made = draft(sender, receiver, agreed=False)

    assert visit(member(organization())).get(address(made)).status_code == 404
    assert visit(member(receiver)).post(address(made), yes(made)).status_code == 404
    assert visit(member(sender, "viewer")).get(address(made)).status_code == 403


def test_a_sent_referral_has_no_consent_to_ask_for(sender, receiver):
    made = referral(sender, receiver)
    assert visit(member(sender)).post(address(made), yes(made)).status_code == 404


def test_a_redirected_draft_gets_a_consent_of_its_own(sender, receiver):
    parent = referral(sender, receiver, "refused")
    third = organization("08")
    user = member(sender)
    client = visit(user)
    passed = client.post(reverse("referral-redirect", args=[parent.pk]), {"organization": third.pk})
    child = Referral.objects.get(redirect_of=parent)

    assert passed.url == reverse("referral-consent", args=[child.pk])
    client.post(address(child), yes(child))

    child.refresh_from_db()
    parent.refresh_from_db()
    assert (child.status, parent.status) == ("sent", "refused")
    assert child.consent != parent.consent


def test_others_that_answer_the_need_are_offered_or_those_of_a_region(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    answering, elsewhere = organization("08"), organization("09")
    ServiceFactory(organization=answering, needs=["droits"])
    client = visit(member(sender))

    by_need = client.get(address(made)).context["offer"].partners
    by_region = client.get(address(made, near="09")).context["offer"].partners

    assert [row.organization for row in by_need] == [answering]
    assert [row.organization for row in by_region] == [elsewhere]
    ticked = client.get(address(made, near="09", organizations=[answering.pk])).context
    assert [row.organization for row in ticked["offer"].partners] == [answering, elsewhere]
    assert ticked["named"] == [receiver, answering]


def test_a_longer_list_than_people_read_is_cut(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    for _number in range(31):
        organization("09")
    offered = visit(member(sender)).get(address(made, near="09")).context["offer"]
    assert len(offered.partners) == 30
