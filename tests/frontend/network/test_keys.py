"""The page on which an organization keeps the keys and webhooks of its software."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from frontend.key_forms import KeyForm
from frontend.views.network import keys
from geo.choices import ReferralStatus
from geo.models import ApiToken, Webhook
from geo.referrals import webhooks
from tests.network import member, organization, referral

pytestmark = pytest.mark.django_db

URL = "/en/network/software/"
NEW_KEY = {"do": "issue", "label": "Dossiers", "scopes": ["referrals:read"], "days": "90"}


@pytest.fixture
def ours():
    return organization()


@pytest.fixture
def signed_in(client, ours):
    client.force_login(member(ours, "admin"))
    return client


@pytest.fixture(autouse=True)
def nobody_is_called(monkeypatch):
    monkeypatch.setattr(keys, "_tests", keys.Limit(6, 60))
    monkeypatch.setattr(webhooks, "public_address", lambda _host, _port: "93.184.215.14")
    monkeypatch.setattr(webhooks, "call", lambda _call: "204")


def key_of(organization, **columns):
    made, _secret = ApiToken.issue(organization, "Clé", ["referrals:read"], by=None)
    ApiToken.objects.filter(pk=made.pk).update(**columns)
    return made


def hook_of(organization):
    return Webhook.objects.create(organization=organization, url="https://example.org/a", salt="a")


def test_a_key_is_made_and_its_secret_shown_once(signed_in, ours):
    page = signed_in.post(URL, NEW_KEY)

    (secret,) = set(re.findall(r"rep_[\w-]{40,}", page.content.decode()))
    made = ApiToken.objects.opening(secret).get()
    assert (made.organization, made.label, made.scopes) == (ours, "Dossiers", ["referrals:read"])
    assert made.created_by.membership.organization == ours
    assert abs(made.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert "no-store" in page["Cache-Control"]
    assert secret not in signed_in.get(URL).content.decode()
    assert secret not in str(dict(signed_in.session))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": ""}, "id_label"),
        ({"scopes": []}, "id_scopes"),
        ({"scopes": ["referrals:erase"]}, "id_scopes"),
        ({"days": "366"}, "id_days"),
    ],
)
def test_a_key_that_cannot_be_is_not_made_and_the_field_says_why(signed_in, change, field):
    page = signed_in.post(URL, NEW_KEY | change)
    text = page.content.decode()
    assert page.status_code == 400
    assert f'id="{field}_error"' in text
    assert f"{field}_error" in " ".join(re.findall(r'aria-describedby="([^"]*)"', text)).split()
    assert not ApiToken.objects.exists()


def test_keys_are_listed_with_the_day_of_their_last_use_and_those_of_others_are_not(
    signed_in, ours
):
    key_of(ours, label="Used", last_used_on=timezone.localdate().replace(month=2, day=3))
    key_of(ours, label="Idle")
    key_of(ours, label="Old", expires_at=timezone.now())
    key_of(organization("07"), label="Elsewhere")

    text = signed_in.get(URL).content.decode()

    assert re.search(r"Used</h3>.*?Last used on Feb\. 3", text, re.S)
    assert re.search(r"Idle</h3>.*?Never used", text, re.S)
    assert re.search(r"<details>.*Old", text, re.S)
    assert "Elsewhere" not in text


def test_a_key_is_revoked_at_once(signed_in, ours):
    made = key_of(ours)
    assert signed_in.post(URL, {"do": "revoke", "id": made.pk}).status_code == 302
    made.refresh_from_db()
    assert not made.is_live()


@pytest.mark.parametrize("do", ["revoke", "remove", "test"])
def test_what_is_another_organizations_is_not_there(signed_in, do):
    other = organization("07")
    theirs = key_of(other) if do == "revoke" else hook_of(other)
    assert signed_in.post(URL, {"do": do, "id": theirs.pk}).status_code == 404
    theirs.refresh_from_db()
    assert getattr(theirs, "revoked_at", None) is None


@pytest.mark.parametrize("sent", [{}, {"do": "erase"}, {"do": "revoke", "id": "x"}, {"do": "test"}])
def test_what_the_page_does_not_offer_is_refused(signed_in, sent):
    assert signed_in.post(URL, sent).status_code == 400


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_manages_comes_here(client, ours, role, method):
    client.force_login(member(ours, role))
    assert getattr(client, method)(URL, NEW_KEY).status_code == 403
    assert not ApiToken.objects.exists()


def test_a_webhook_is_added_and_its_secret_shown_once(signed_in, ours):
    page = signed_in.post(URL, {"do": "add", "url": "https://example.org/repere"})
    made = Webhook.objects.get(organization=ours)
    assert made.secret in page.content.decode()
    again = signed_in.get(URL).content.decode()
    assert made.secret not in again
    assert "https://example.org/repere" in again


@pytest.mark.parametrize("url", ["", "http://example.org/", "https://a:b@example.org/"])
def test_an_address_that_cannot_be_called_is_not_added_and_the_field_says_why(signed_in, url):
    page = signed_in.post(URL, {"do": "add", "url": url})
    assert page.status_code == 400
    assert 'id="id_url_error"' in page.content.decode()
    assert not Webhook.objects.exists()


def test_a_webhook_is_listed_with_its_last_answer_and_removed(signed_in, ours):
    made = hook_of(ours)
    referral(ours, organization("07"), ReferralStatus.ACKNOWLEDGED)
    webhooks.deliver(make=lambda _call: "503")
    assert "Last answer: 503" in signed_in.get(URL).content.decode()
    signed_in.post(URL, {"do": "remove", "id": made.pk})
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("answer", "told"), [("204", "The test arrived"), ("404", "The test did not arrive")]
)
def test_a_test_says_what_came_back(signed_in, ours, monkeypatch, answer, told):
    monkeypatch.setattr(webhooks, "call", lambda _call: answer)
    page = signed_in.post(URL, {"do": "test", "id": hook_of(ours).pk}, follow=True)
    assert f"{told}: {answer}." in page.content.decode()


def test_tests_are_rare(signed_in, ours):
    made = hook_of(ours)
    for _time in range(6):
        signed_in.post(URL, {"do": "test", "id": made.pk})
    page = signed_in.post(URL, {"do": "test", "id": made.pk}, follow=True)
    assert "Too many tests" in page.content.decode()


def test_how_long_a_key_lives_is_said_in_the_language_of_the_page():
    for language, words in (("es", "180 días"), ("en", "180 days"), ("fr", "180 jours")):
        with override(language):
            assert words in str(KeyForm()["days"])
