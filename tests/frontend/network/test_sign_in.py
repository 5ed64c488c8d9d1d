"""Signing in and out, the lock, and when a session ends."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from config.sessions import BEGAN, SEEN
from frontend.views.network import sign_in
from geo.models import User
from tests.factories import UserFactory
from tests.network import member, organization, verified_login

pytestmark = pytest.mark.django_db

PASSWORD = "an invented password"


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def account(**columns) -> User:
    return UserFactory(password=make_password(PASSWORD), **columns)


def try_in(client, email, password=PASSWORD, **more):
    sent = {"username": email, "password": password} | more
    return client.post(reverse("network-login"), sent)


def is_signed_in(client) -> bool:
    return client.get(reverse("network-account")).status_code == 200


def test_a_person_signs_in_whatever_the_case_of_the_address_and_gets_another_session(client):
    person = account(email="Person@example.org")
    client.get(reverse("network-login"))
    session = client.session
    session["mark"] = 1
    session.save()
    before = session.session_key

    answer = try_in(client, "person@EXAMPLE.org")

    assert answer.status_code == 302
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(person.pk)
    old = Client()
    old.cookies["sessionid"] = before
    assert not is_signed_in(old)


def test_the_team_begins_in_the_admin_and_others_with_their_account(client):
    account(email="alone@example.org")
    account(email="team@example.org", is_staff=True)

    assert try_in(client, "alone@example.org")["Location"] == reverse("network-account")
    client.logout()
    assert try_in(client, "team@example.org")["Location"] == reverse("admin:index")


def test_pages_send_to_the_door_and_the_door_back(client):
    account(email="person@example.org")
    wanted = reverse("network-account")

    door = client.get(wanted)["Location"]

    assert urlsplit(door).path == reverse("network-login")
    assert parse_qs(urlsplit(door).query) == {"next": [wanted]}
    assert try_in(client, "person@example.org", next=wanted)["Location"] == wanted


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_door_leads_to_no_other_site(client, elsewhere):
    account(email="person@example.org")

    answer = try_in(client, "person@example.org", next=elsewhere)

    assert answer["Location"] == reverse("network-account")


def test_wrong_unknown_and_closed_are_said_alike(client):
    account(email="known@example.org")
    account(email="closed@example.org", is_active=False)

    answers = [
        try_in(client, "known@example.org", "a wrong password"),
        try_in(client, "unknown@example.org", "a wrong password"),
        try_in(client, "closed@example.org"),
    ]

    def without_what_was_typed(answer):
        text = answer.content.decode()
        return re.sub(r'(value="[^"]*"|\w+@example\.org)', "", text)

    assert len({without_what_was_typed(answer) for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_an_unknown_account_takes_as_long_as_a_wrong_password(client, monkeypatch):
    account(email="known@example.org")
    hashed = []
    real = User.set_password
    monkeypatch.setattr(User, "set_password", lambda *of: hashed.append(real(*of)))

    try_in(client, "unknown@example.org")

    # The costly step is done for nobody, as Django does it.
    assert len(hashed) == 1


def test_five_wrong_passwords_lock_whoever_it_is_and_the_right_one_waits_too(client):
    account(email="known@example.org")

    for email in ("known@example.org", "unknown@example.org"):
        answers = [try_in(client, email, f"wrong {n}") for n in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429]
        assert answers[-1]["Retry-After"] == str(30 * 60)
        assert "<h1>" in answers[-1].content.decode()

    assert try_in(client, "KNOWN@example.org ").status_code == 429
    assert not is_signed_in(client)


def test_the_lock_is_of_one_account_and_of_one_address(client):
    account(email="known@example.org")
    account(email="other@example.org")
    for n in range(5):
        try_in(client, "known@example.org", f"wrong {n}")

    assert try_in(client, "other@example.org").status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert try_in(elsewhere, "known@example.org").status_code == 302


def test_signing_out_takes_a_press_and_kills_the_session(client):
    client.force_login(account())
    key = client.cookies["sessionid"].value

    assert client.get(reverse("network-logout")).status_code == 405
    answer = client.post(reverse("network-logout"))

    assert answer["Location"] == reverse("network-login")
    old = Client()
    old.cookies["sessionid"] = key
    assert not is_signed_in(old)


@pytest.mark.parametrize(
    ("mark", "ago", "lives"),
    [
        (SEEN, 3590, True),
        (SEEN, 3610, False),
        (BEGAN, 8 * 3600 - 10, True),
        (BEGAN, 8 * 3600, False),
    ],
)
def test_a_session_ends_after_an_hour_of_idleness_and_after_eight_hours(client, mark, ago, lives):
    client.force_login(account())
    assert is_signed_in(client)
    session = client.session
    session[mark] = int(time.time()) - ago
    session.save()

    assert is_signed_in(client) is lives


def test_use_keeps_a_session_alive(client):
    client.force_login(account())
    is_signed_in(client)
    session = client.session
    session[SEEN] = int(time.time()) - 3000
    session.save()

    is_signed_in(client)

    assert client.session[SEEN] > time.time() - 60


def test_a_session_ends_with_the_browser(client):
    account(email="person@example.org")

    cookie = try_in(client, "person@example.org").cookies["sessionid"]

    assert cookie["max-age"] == ""
    assert cookie["httponly"]


def test_visitors_get_no_cookie_and_pages_of_the_network_are_kept_by_nobody(client):
    assert not client.get("/fr/").cookies
    client.force_login(account())

    page = client.get(reverse("network-account"))

    assert {"no-store", "private"} <= {part.strip() for part in page["Cache-Control"].split(",")}


def test_signing_out_everywhere_ends_every_session_of_the_account_only(client):
    person, other = account(), account()
    phone, stranger = Client(), Client()
    for browser, who in [(client, person), (phone, person), (stranger, other)]:
        browser.force_login(who)

    client.post(reverse("network-logout-everywhere"))

    assert [is_signed_in(browser) for browser in (client, phone, stranger)] == [False, False, True]


def test_another_password_ends_the_other_sessions(client):
    person = account()
    phone = Client()
    client.force_login(person)
    phone.force_login(person)
    changed = {
        "old_password": PASSWORD,
        "new_password1": "another invented one",
        "new_password2": "another invented one",
    }

    assert (
        client.post(reverse("network-password"), changed | {"old_password": "x"}).status_code == 200
    )
    assert client.post(reverse("network-password"), changed).status_code == 302

    assert is_signed_in(client)
    assert not is_signed_in(phone)


def test_a_forgotten_password_is_made_anew_by_a_link_that_works_once(client):
    person = account(email="person@example.org")

    client.post(reverse("network-forgotten"), {"email": "person@example.org"})
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]
    secret = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    page = client.get(link)
    new = {"new_password1": "another invented one", "new_password2": "another invented one"}
    answer = client.post(reverse("network-new-password"), secret | new)

    assert page.status_code == 200
    # Secrets are not in the path, which is logged.
    assert urlsplit(link).path == reverse("network-new-password")
    assert answer["Location"] == reverse("network-login")
    person.refresh_from_db()
    assert person.check_password("another invented one")
    assert client.get(link).status_code == 410
    assert client.post(reverse("network-new-password"), secret | new).status_code == 410


@pytest.mark.parametrize("question", [{}, {"u": "x", "t": "y"}, {"u": "MQ", "t": ""}, {"u": "é"}])
def test_a_link_for_a_password_that_nobody_made_opens_nothing(client, question):
    assert client.get(reverse("network-new-password"), question).status_code == 410


def test_asking_for_a_password_tells_nothing_and_fails_for_nobody(client, settings):
    account(email="known@example.org")
    account(email="closed@example.org", is_active=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    answers = [
        client.post(reverse("network-forgotten"), {"email": email})
        for email in ("known@example.org", "unknown@example.org", "closed@example.org")
    ]

    assert {answer["Location"] for answer in answers} == {reverse("network-forgotten-sent")}


def test_nobody_is_flooded_with_mails(client, monkeypatch):
    monkeypatch.setattr(sign_in, "_limit", sign_in.HourlyLimit(2))
    account(email="known@example.org")

    statuses = [
        client.post(reverse("network-forgotten"), {"email": "known@example.org"}).status_code
        for _time in range(3)
    ]

    assert statuses == [302, 302, 429]
    assert len(mail.outbox) == 2


def test_a_person_sets_name_language_and_mails_and_nothing_else(client):
    person = account()
    client.force_login(person)
    sent = {"name": "Nom inventé", "language": "es", "mail_frequency": "daily"}

    client.post(reverse("network-account"), sent | {"is_staff": "on", "email": "x@example.org"})

    changed = User.objects.get(pk=person.pk)
    assert (changed.name, changed.language, changed.mail_frequency) == (
        "Nom inventé",
        "es",
        "daily",
    )
    assert (changed.is_staff, changed.email) == (False, person.email)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_door_speaks_three_languages(client, language):
    with override(language):
        path = reverse("network-login")

    page = client.get(path).content.decode()

    assert f'<html lang="{language}">' in page
    assert page.count("<h1>") == 1


def test_a_closed_account_is_out_at_once(client):
    person = member(organization())
    verified_login(client, person)
    assert is_signed_in(client)

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_signed_in(client)
