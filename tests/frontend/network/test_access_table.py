"""Who gets what: every address of the network × everybody who may ask for it.

The table is compared with the addresses of the site: one that is not in it fails. A stranger gets
404 and never 403 for a row; 403 is for a whole kind of page, and tells nothing of any row.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.referrals import urls as api_urls
from frontend import network_urls
from geo.choices import ReferralStatus, TokenScope
from geo.models import (
    ApiToken,
    Bulletin,
    Coordination,
    Membership,
    Organization,
    OutboxMail,
    Partner,
    PartnerContact,
    Referral,
    ReferralLink,
    SavedSearch,
    User,
    Webhook,
)
from geo.translation import compose
from tests import network
from tests.factories import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

# Of accounts. `far` coordinates another region; `plain` has signed in once where twice is asked.
ACCOUNTS = [
    "anonymous",
    "other",
    "viewer",
    "sender",
    "receiver",
    "coordinator",
    "far",
    "administrator",
    "plain",
]


@dataclass
class World:
    """Two organizations and a referral between them, and everybody around."""

    referral: Referral
    draft: Referral
    third: object
    people: dict[str, User | None]
    rows: dict[str, object]


@pytest.fixture
def world() -> World:
    sender, receiver = network.organization("11"), network.organization("07")
    third, other = network.organization("08"), network.organization("13")
    administrator = UserFactory(is_staff=True, is_superuser=True)
    people = {
        "anonymous": None,
        "other": network.member(other, "admin"),
        "viewer": network.member(receiver, "viewer"),
        "sender": network.member(sender, "admin"),
        "receiver": network.member(receiver, "admin"),
        "coordinator": network.coordinator("11"),
        "far": network.coordinator("02"),
        "administrator": administrator,
        "plain": network.coordinator("11"),
    }
    made = network.referral(sender, receiver, consent=network.consent(receiver, third))
    draft = network.draft(sender, receiver)
    now = timezone.now()
    proposed = network.organization("11", admitted=False)
    bulletin = Bulletin.objects.create(
        organization=sender,
        author=people["sender"],
        text=compose({"fr": "Une nouvelle inventée"}),
        expires_at=now + timedelta(days=5),
    )
    bulletin.regions.set([network.region("11")])
    rows = {
        "mail": OutboxMail.objects.create(
            kind="referral_waits", partner=sender.partner, attempts=3, error="ConnectionRefused"
        ),
        "partner": Partner.objects.get(organization=proposed),
        "sender_partner": sender.partner,
        "bulletin": bulletin,
        "listed": OrganizationFactory(),
        "search": SavedSearch.objects.create(user=people["sender"], region=network.region("11")),
        "contact": PartnerContact.objects.create(organization=sender, phone="+15145550123"),
        "service": network.service_of(sender),
        "organization": sender,
        "webhook": Webhook.objects.create(
            organization=sender, url="https://example.org/hook", salt="salt"
        ),
    }
    return World(made, draft, third, people, rows)


def client_of(who: str, user: User | None) -> Client:
    client = Client()
    if user is None:
        return client
    if who == "plain" or not Coordination.objects.filter(user=user).exists() and not user.is_staff:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    else:
        network.verified_login(client, user)
    return client


NONE = list  # an address without arguments


def shared(world: World) -> list:
    return [world.referral.pk]


def draft(world: World) -> list:
    return [world.draft.pk]


def row(name: str) -> Callable[[World], list]:
    return lambda world: [world.rows[name].pk]


def to_third(world: World) -> dict:
    return {"organization": str(world.third.pk)}


def consented(world: World) -> dict:
    return {
        "method": "oral",
        "language": "es",
        "text_version": 1,
        "organizations": [str(world.referral.to_org_id)],
        "expires_on": str(timezone.localdate() + timedelta(days=30)),
    }


# name of the address, its arguments, what is posted (None: it is read), and what each gets, in the
# order of ACCOUNTS. Pages send who has not signed in to the sign-in, and who has to sign in twice
# to the second step: 302. A POST that works answers 302 or 303.
TABLE: list[tuple[str, Callable, dict | Callable | None, str]] = [
    # One referral, sent from one to the other.
    ("referral", shared, None, "302 404 200 200 200 200 404 403 302"),
    ("referral-move", shared, {"to": "acknowledged"}, "302 404 409 409 302 409 404 403 302"),
    ("referral-move", shared, {"to": "accepted"}, "302 404 409 409 302 409 404 403 302"),
    (
        "referral-move",
        shared,
        {"to": "refused", "reason": "hours"},
        "302 404 409 409 302 409 404 403 302",
    ),
    ("referral-move", shared, {"to": "withdrawn"}, "302 404 409 302 409 302 404 403 302"),
    ("referral-redirect", shared, None, "302 404 403 200 200 403 403 403 302"),
    ("referral-redirect", shared, to_third, "302 404 403 302 302 403 403 403 302"),
    ("referral-paper", shared, None, "302 404 404 200 404 403 403 403 302"),
    ("referral-consent", shared, None, "302 404 403 404 404 403 403 403 302"),
    ("referral-discard", shared, {}, "302 404 403 302 302 403 403 403 302"),
    ("coordination-referral", shared, None, "302 403 403 403 403 200 404 403 302"),
    (
        "coordination-referral",
        shared,
        {"act": "withdraw"},
        "302 403 403 403 403 303 404 403 302",
    ),
    # A draft is its writer's alone.
    ("referral", draft, None, "302 404 404 200 404 404 404 403 302"),
    ("referral-move", draft, {"to": "withdrawn"}, "302 404 404 409 404 404 404 403 302"),
    ("referral-redirect", draft, None, "302 404 403 200 404 403 403 403 302"),
    ("referral-paper", draft, None, "302 404 404 200 404 403 403 403 302"),
    ("referral-consent", draft, None, "302 404 403 200 404 403 403 403 302"),
    ("referral-discard", draft, {}, "302 404 403 302 404 403 403 403 302"),
    ("coordination-referral", draft, None, "302 403 403 403 403 404 404 403 302"),
    # Lists and forms.
    ("network-inbox", NONE, None, "302 200 200 200 200 302 302 403 302"),
    ("network-sent", NONE, None, "302 200 200 200 200 403 403 403 302"),
    ("referral-by-code", NONE, None, "302 200 200 200 200 200 200 403 302"),
    ("referral-write", NONE, None, "302 200 403 200 200 403 403 403 302"),
    ("network-find", NONE, None, "302 200 200 200 200 200 200 403 302"),
    ("network-figures", NONE, None, "302 200 200 200 200 200 200 403 302"),
    ("network-figures-csv", NONE, None, "302 200 200 200 200 200 200 403 302"),
    ("network-reveal", row("organization"), {}, "302 303 303 303 303 303 303 403 302"),
    # Coordination.
    ("network-coordination", NONE, None, "302 403 403 403 403 200 200 403 302"),
    ("coordination-mail", row("mail"), {}, "302 403 403 403 403 303 404 403 302"),
    ("coordination-verify", row("sender_partner"), {}, "302 403 403 403 403 303 404 403 302"),
    # Accounts and organizations.
    ("network-people", NONE, None, "302 200 403 200 200 403 403 403 302"),
    (
        "network-proposal",
        lambda world: [world.rows["listed"].pk],
        None,
        "302 200 200 200 200 200 200 403 302",
    ),
    ("network-admission", NONE, None, "302 200 200 200 200 200 200 200 302"),
    ("network-organization", row("partner"), None, "302 404 404 404 404 200 404 200 302"),
    ("network-coordinators", NONE, None, "302 403 403 403 403 403 403 200 302"),
    ("network-account", NONE, None, "302 200 200 200 200 200 200 200 302"),
    ("network-password", NONE, None, "302 200 200 200 200 200 200 200 302"),
    ("network-logout-everywhere", NONE, {}, "302 302 302 302 302 302 302 302 302"),
    # News, searches, the own listing.
    ("network-bulletins", NONE, None, "302 200 200 200 200 200 200 403 302"),
    ("network-watches", NONE, None, "302 200 200 200 200 200 200 403 302"),
    ("network-bulletin-withdraw", row("bulletin"), {}, "302 404 404 302 404 302 404 403 302"),
    ("network-watch-remove", row("search"), {}, "302 404 404 302 404 404 404 403 302"),
    ("network-listing", NONE, None, "302 200 200 200 200 403 403 403 302"),
    ("network-addresses", NONE, {}, "302 302 403 302 302 403 403 403 302"),
    ("network-role", NONE, {}, "302 400 403 400 400 403 403 403 302"),
    ("network-contact-add", NONE, {}, "302 400 403 400 400 403 403 403 302"),
    ("network-contact", row("contact"), {}, "302 404 403 400 404 403 403 403 302"),
    ("network-contact-remove", row("contact"), {}, "302 404 403 302 404 403 403 403 302"),
    (
        "network-capacity",
        row("service"),
        {"level": "high", "is_accepting": "yes"},
        "302 404 403 302 404 403 403 403 302",
    ),
    ("network-confirm", row("service"), {}, "302 404 403 302 404 403 403 403 302"),
    (
        "network-status",
        row("service"),
        {"status": "active"},
        "302 404 403 302 404 403 403 403 302",
    ),
    # Keys and webhooks of software.
    ("network-keys", NONE, None, "302 200 403 200 200 403 403 403 302"),
]

# Before somebody has signed in, or while: nothing of any row is there.
SIGNING_IN = {
    "network-login",
    "network-logout",
    "network-forgotten",
    "network-forgotten-sent",
    "network-new-password",
    "network-second-step",
    "network-second-step-new",
    "network-backup-codes",
    "network-backup-codes-new",
    "network-second-step-remove",
    "network-invitation",
}

# Asked with a secret and without an account: a table of its own below.
BY_SECRET = {"referral-link"}


def ask(client: Client, address: str, posted: dict | None) -> int:
    answer = client.get(address) if posted is None else client.post(address, posted)
    return answer.status_code


def test_everybody_gets_what_is_theirs(world):
    """Each cell starts from the same rows: what an answer changes is taken back."""
    wrong = []
    clients = {who: client_of(who, user) for who, user in world.people.items()}
    for name, arguments, posted, expected in TABLE:
        address = reverse(name, args=arguments(world) if arguments is not NONE else [])
        data = posted(world) if callable(posted) else posted
        for who, status in zip(ACCOUNTS, map(int, expected.split()), strict=True):
            cookies = clients[who].cookies.copy()
            with transaction.atomic():
                got = ask(clients[who], address, data)
                transaction.set_rollback(True)
            clients[who].cookies = cookies
            if got != status:
                verb = "GET" if posted is None else f"POST {data}"
                wrong.append(f"{verb} {name} of {arguments.__name__} by {who}: {got}, not {status}")
    assert not wrong, "\n".join(wrong)


def test_no_address_of_the_network_is_missing_in_the_table():
    known = {entry[0] for entry in TABLE} | SIGNING_IN | BY_SECRET
    assert {pattern.name for pattern in network_urls.urlpatterns} == known


def test_a_link_opens_its_own_referral_while_it_lives_and_nothing_else(world):
    """Live, expired, tampered, of a referral that was taken back, of a suspended receiver."""
    secret = ReferralLink.issue(world.referral)
    address = reverse("referral-link")
    client = Client()
    assert client.get(address, {"t": secret}).status_code == 200
    assert (
        client.get(address, {"t": secret[:-1] + ("A" if secret[-1] != "A" else "B")}).status_code
        == 404
    )
    assert client.get(address).status_code == 404
    assert client.post(address, {"t": "", "to": "accepted"}).status_code == 404
    # No page of the network opens with it.
    detail = reverse("referral", args=[world.referral.pk])
    assert client.get(detail, {"t": secret}).status_code == 302

    before = Referral.objects.get(pk=world.referral.pk).status
    link = ReferralLink.objects.get()
    ReferralLink.objects.update(
        created_at=link.created_at - timedelta(days=9),
        expires_at=link.expires_at - timedelta(days=9),
    )
    for answer in (
        client.get(address, {"t": secret}),
        client.post(address, {"t": secret, "to": "accepted"}),
    ):
        assert answer.status_code == 410
        _says_nothing_of(world.referral, answer.content.decode())
    assert Referral.objects.get(pk=world.referral.pk).status == before


def test_a_link_to_what_is_held_again_is_gone(world):
    secret = ReferralLink.issue(world.referral)
    coordinator = world.people["coordinator"]
    world.referral.move_to(ReferralStatus.HELD, by=world.referral.actor(coordinator))
    answer = Client().get(reverse("referral-link"), {"t": secret})
    assert answer.status_code == 410
    _says_nothing_of(world.referral, answer.content.decode())


def _says_nothing_of(referral: Referral, page: str) -> None:
    main = page.split("<main", 1)[1]
    for told in (
        referral.public_code,
        str(referral.need),
        str(referral.worker_region),
        str(referral.from_org),
        str(referral.to_org),
        str(referral.pk),
    ):
        assert told not in main


# Of software: no key, a key of another organization, of the sender, of the receiver, one without
# the scope, one that has ended, one of a suspended organization.
SOFTWARE = ["none", "other", "sender", "receiver", "scopeless", "ended", "suspended"]

API_TABLE: list[tuple[str, str, Callable, dict | Callable | None, str]] = [
    ("get", "referral-list", NONE, None, "401 200 200 200 403 401 401"),
    ("post", "referral-list", NONE, {}, "401 400 400 400 403 401 401"),
    ("get", "referral-detail", shared, None, "401 404 200 200 403 401 401"),
    ("get", "referral-events", shared, None, "401 404 200 200 403 401 401"),
    ("get", "referral-detail", draft, None, "401 404 200 404 403 401 401"),
    ("get", "referral-events", draft, None, "401 404 200 404 403 401 401"),
    ("post", "referral-consent", shared, consented, "401 404 409 409 403 401 401"),
    ("post", "referral-consent", draft, consented, "401 404 200 404 403 401 401"),
    ("post", "referral-send", draft, {}, "401 404 200 404 403 401 401"),
    ("post", "referral-moves", shared, {"status": "accepted"}, "401 404 409 200 403 401 401"),
    ("post", "referral-moves", shared, {"status": "withdrawn"}, "401 404 200 409 403 401 401"),
    ("post", "referral-moves", draft, {"status": "withdrawn"}, "401 404 409 404 403 401 401"),
    (
        "post",
        "referral-redirect",
        shared,
        lambda world: {"to_organization": str(world.third.pk)},
        "401 404 201 201 403 401 401",
    ),
    ("delete", "referral-detail", draft, None, "401 404 204 404 403 401 401"),
    ("delete", "referral-detail", shared, None, "401 404 409 409 403 401 401"),
    (
        "put",
        "capacity",
        row("service"),
        {"level": "low", "is_accepting": True},
        "401 404 200 404 403 401 401",
    ),
    ("get", "webhook-list", NONE, None, "401 200 200 200 403 401 401"),
    ("post", "webhook-list", NONE, {}, "401 400 400 400 403 401 401"),
    ("delete", "webhook-detail", row("webhook"), None, "401 404 204 404 403 401 401"),
    ("post", "webhook-test", row("webhook"), {}, "401 404 200 404 403 401 401"),
]


def test_software_gets_what_is_its_organization_s(world):
    keys = _keys(world)
    wrong = []
    for method, name, arguments, sent, expected in API_TABLE:
        address = reverse(f"api:{name}", args=arguments(world) if arguments is not NONE else [])
        data = sent(world) if callable(sent) else sent
        for who, status in zip(SOFTWARE, map(int, expected.split()), strict=True):
            cache.clear()  # nobody is slowed down here for having tried wrong keys
            key = keys["webhooks only" if who == "scopeless" and method == "get" else who]
            if who == "scopeless" and name.startswith("webhook"):
                key = keys["scopeless"]
            with transaction.atomic():
                answer = Client().generic(
                    method.upper(),
                    address,
                    "" if data is None else json.dumps(data),
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {key}"} if key else {},
                )
                transaction.set_rollback(True)
            if answer.status_code != status:
                wrong.append(
                    f"{method} {name} {data} of {arguments.__name__} by {who}: "
                    f"{answer.status_code}, not {status}"
                )
    assert not wrong, "\n".join(wrong)


def _keys(world: World) -> dict[str, str]:
    sender = world.referral.from_org
    other = Membership.objects.get(user=world.people["other"]).organization
    suspended = network.organization(verified_status="suspended")
    keys = {
        "none": "",
        "other": _key(other),
        "sender": _key(sender),
        "receiver": _key(world.referral.to_org),
        "scopeless": _key(sender, [TokenScope.READ]),
        "webhooks only": _key(sender, [TokenScope.WEBHOOKS]),
        "ended": _key(sender),
        "suspended": _key(suspended),
    }
    ended = ApiToken.objects.of_secret(keys["ended"])
    ended.update(expires_at=timezone.now())
    return keys


def _key(organization: Organization, scopes: list[str] = TokenScope.values) -> str:
    return ApiToken.issue(organization, "Essai", scopes, by=None)[1]


def test_no_address_of_software_is_missing_in_the_table():
    known = {entry[1] for entry in API_TABLE}
    assert {pattern.name for pattern in api_urls.urlpatterns} == known
