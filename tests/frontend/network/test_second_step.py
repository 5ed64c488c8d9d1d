"""The second step: set up, asked at each sign-in, and what is closed without it."""

import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from frontend import network_urls
from geo import models
from tests.factories import UserFactory
from tests.network import coordinator, member, organization, verified_login

pytestmark = pytest.mark.django_db


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06}"


def wrong_code_of(device: TOTPDevice) -> str:
    """A code of yesterday that is none of today's."""
    now = {code_of(device, steps) for steps in range(-3, 4)}
    return next(code for n in range(10) if (code := f"{n:06}") not in now)


def set_up(client) -> tuple[TOTPDevice, list[str]]:
    """Enrol as a person does; the device, and the backup codes that the page shows."""
    page = client.get(reverse("network-second-step-new"))
    assert page.status_code == 200
    device = TOTPDevice.objects.get(confirmed=False)
    answer = client.post(reverse("network-second-step-new"), {"token": code_of(device)})
    assert answer["Location"] == reverse("network-backup-codes")
    shown = client.get(answer["Location"]).content.decode()
    return TOTPDevice.objects.get(confirmed=True), re.findall(r"<code>(\w+)</code>", shown)


def sign_in_again(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def give(client, token, **more):
    return client.post(reverse("network-second-step"), {"token": token} | more)


def test_a_coordinator_with_a_password_only_sets_up_and_then_comes_in(client):
    person = coordinator()
    client.force_login(person)
    wanted = reverse("network-account")

    first = client.get(wanted)["Location"]
    assert urlsplit(first).path == reverse("network-second-step")
    assert parse_qs(urlsplit(first).query) == {"next": [wanted]}
    second = client.get(first)["Location"]
    assert urlsplit(second).path == reverse("network-second-step-new")
    assert parse_qs(urlsplit(second).query) == {"next": [wanted]}
    device, codes = set_up(client)

    assert client.get(wanted).status_code == 200
    assert device.user == person
    assert len(codes) == len(set(codes)) == 8


def test_the_picture_holds_no_style_and_the_key_stands_beside_it(client):
    client.force_login(coordinator())

    page = client.get(reverse("network-second-step-new")).content.decode()

    picture = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert "style" not in picture
    assert 'style="' not in page
    assert re.search(r'<code class="key">([A-Z2-7]{4} ?){8}</code>', page)


def test_each_page_shows_another_key(client):
    client.force_login(coordinator())

    keys = set()
    for _time in range(2):
        client.get(reverse("network-second-step-new"))
        keys.add(TOTPDevice.objects.get().key)

    assert len(keys) == 2


def test_a_wrong_code_sets_nothing_up(client):
    client.force_login(coordinator())
    client.get(reverse("network-second-step-new"))
    device = TOTPDevice.objects.get()

    answer = client.post(reverse("network-second-step-new"), {"token": wrong_code_of(device)})

    assert answer.status_code == 200
    assert not TOTPDevice.objects.get().confirmed
    assert client.get(reverse("network-account")).status_code == 302


def test_a_code_is_asked_at_each_sign_in_and_changes_the_session(client):
    person = coordinator()
    client.force_login(person)
    device, _codes = set_up(client)
    # The code of this half minute is used up.
    TOTPDevice.objects.update(last_t=-1)
    again = sign_in_again(person)
    before = again.session.session_key
    assert again.get(reverse("network-account")).status_code == 302

    answer = give(again, f"{code_of(device)[:3]} {code_of(device)[3:]}", next="/fr/a-propos/")

    assert answer["Location"] == "/fr/a-propos/"
    assert again.session.session_key != before
    assert again.get(reverse("network-account")).status_code == 200


def test_a_code_works_once(client):
    person = coordinator()
    client.force_login(person)
    device, _codes = set_up(client)

    assert give(sign_in_again(person), code_of(device)).status_code == 200


def test_the_second_step_leads_to_no_other_site(client):
    person = UserFactory(is_staff=True)
    client.force_login(person)
    device, _codes = set_up(client)
    TOTPDevice.objects.update(last_t=-1)

    answer = give(sign_in_again(person), code_of(device), next="https://evil.example/")

    assert answer["Location"] == reverse("admin:index")


def test_a_backup_code_opens_once(client):
    person = coordinator()
    client.force_login(person)
    _device, codes = set_up(client)

    first, second = sign_in_again(person), sign_in_again(person)

    assert give(first, codes[0].upper()).status_code == 302
    assert first.get(reverse("network-account")).status_code == 200
    assert give(second, codes[0]).status_code == 200
    assert second.get(reverse("network-account")).status_code == 302


def test_backup_codes_are_shown_once_and_made_anew(client):
    client.force_login(coordinator())
    _device, codes = set_up(client)

    assert codes[0] not in client.get(reverse("network-backup-codes")).content.decode()
    client.post(reverse("network-backup-codes-new"))

    shown = client.get(reverse("network-backup-codes")).content.decode()
    new = set(StaticToken.objects.values_list("token", flat=True))
    assert len(new) == 8
    assert not new & set(codes)
    assert all(code in shown for code in new)


def test_who_guesses_codes_waits_longer_each_time(client):
    person = coordinator()
    client.force_login(person)
    device, _codes = set_up(client)
    guesser = sign_in_again(person)

    give(guesser, wrong_code_of(device))
    TOTPDevice.objects.update(throttling_failure_count=8)
    answer = give(guesser, wrong_code_of(device))

    assert answer.status_code == 429
    assert 100 < int(answer["Retry-After"]) <= 128
    # The right code waits as well, and after the wait it opens.
    TOTPDevice.objects.update(last_t=-1)
    assert give(guesser, code_of(device)).status_code == 429
    past = timezone.now() - timedelta(seconds=200)
    TOTPDevice.objects.update(throttling_failure_timestamp=past)
    assert give(guesser, code_of(device)).status_code == 302


def test_members_may_have_it_and_then_must_give_it(client):
    person = member(organization())
    client.force_login(person)
    assert client.get(reverse("network-account")).status_code == 200

    set_up(client)

    assert sign_in_again(person).get(reverse("network-account")).status_code == 302


def test_a_member_takes_it_away_and_a_coordinator_does_not(client):
    one, other = member(organization()), coordinator()
    for person, status in [(one, 302), (other, 403)]:
        browser = Client()
        verified_login(browser, person)
        assert browser.post(reverse("network-second-step-remove")).status_code == status

    assert not TOTPDevice.objects.filter(user=one).exists()
    assert TOTPDevice.objects.filter(user=other).exists()


@pytest.mark.parametrize(
    "name", ["network-second-step-remove", "network-backup-codes-new", "network-second-step-new"]
)
def test_a_password_alone_changes_nothing_of_the_second_step(client, name):
    person = member(organization())
    client.force_login(person)
    device, codes = set_up(client)
    browser = sign_in_again(person)

    answer = browser.post(reverse(name), {"token": "123456"})

    assert urlsplit(answer["Location"]).path == reverse("network-second-step")
    assert TOTPDevice.objects.get(user=person) == device
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(codes)


def test_another_phone_takes_the_place_of_the_old_one_when_it_has_given_a_code(client):
    person = coordinator()
    client.force_login(person)
    old, _codes = set_up(client)

    client.get(reverse("network-second-step-new"))
    assert TOTPDevice.objects.filter(pk=old.pk, confirmed=True).exists()
    new, _codes = set_up(client)

    assert list(TOTPDevice.objects.filter(user=person)) == [new]
    assert StaticDevice.objects.filter(user=person).count() == 1
    assert client.get(reverse("network-account")).status_code == 200


PAGES = [
    pattern.name
    for pattern in network_urls.urlpatterns
    if not re.search(r"[<(]", str(pattern.pattern))
]
# What is open before the second step: the door, the step itself, and links with a secret.
BEFORE = {
    "network-login",
    "network-logout",
    "network-forgotten",
    "network-forgotten-sent",
    "network-new-password",
    "network-invitation",
    "network-second-step",
    "network-second-step-new",
    "referral-link",
}


@pytest.mark.parametrize("name", [name for name in PAGES if name not in BEFORE])
def test_every_page_of_the_network_wants_the_second_step_of_a_coordinator(client, name):
    person = coordinator()
    TOTPDevice.objects.create(user=person, name="phone", confirmed=True)
    client.force_login(person)

    for answer in (client.get(reverse(name)), client.post(reverse(name))):
        if answer.status_code != 405:
            assert answer.status_code == 302
            assert urlsplit(answer["Location"]).path == reverse("network-second-step")


@pytest.mark.parametrize("path", ["/admin/", "/admin/geo/service/", "/admin/geo/user/"])
def test_the_admin_wants_both_steps(client, path):
    person = UserFactory(is_staff=True, is_superuser=True)

    def door(browser):
        answer = browser.get(path, follow=True)
        return urlsplit(answer.redirect_chain[-1][0]).path, answer.status_code

    assert door(client) == (reverse("network-login"), 200)
    client.force_login(person)
    assert door(client) == (reverse("network-second-step-new"), 200)
    TOTPDevice.objects.filter(user=person).delete()
    verified_login(client, person)
    assert client.get(path).status_code == 200
    assert door(sign_in_again(person)) == (reverse("network-second-step"), 200)


def test_the_admin_takes_no_password_of_its_own_and_refuses_members(client):
    person = UserFactory(is_staff=True, password=make_password("an invented password"))
    sent = {"username": person.email, "password": "an invented password"}

    assert client.post("/admin/login/", sent).status_code == 302
    assert "_auth_user_id" not in client.session
    verified_login(client, member(organization()))
    assert client.get("/admin/login/").status_code == 403


def test_the_admin_shows_nothing_of_referrals_and_no_key(client):
    shown = {model for model in admin.site._registry if model._meta.app_label == "geo"}
    hidden = {
        models.ApiToken,
        models.AuditKey,
        models.Consent,
        models.Invitation,
        models.OutboxMail,
        models.Referral,
        models.ReferralAudit,
        models.ReferralEvent,
        models.ReferralLink,
        models.ReferralStat,
        models.Webhook,
        models.WebhookDelivery,
    }
    assert models.User in shown
    assert not shown & hidden
    person = UserFactory(is_staff=True, is_superuser=True)
    verified_login(client, person)
    device = TOTPDevice.objects.get(user=person)

    page = client.get(reverse("admin:otp_totp_totpdevice_change", args=[device.pk]))

    assert device.key not in page.content.decode()
