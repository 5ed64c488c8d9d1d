"""The own listing: what an organization sees and says of itself, and of nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import HistoryRow, PartnerContact, Resource, ServiceCapacity
from geo.referrals import listing
from tests.factories import ServiceFactory
from tests.network import member, organization

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+14185550177", "guichet-invente@example.org"


@pytest.fixture
def url():
    return reverse("network-listing")


@pytest.fixture
def own():
    return organization("11")


@pytest.fixture
def service(own):
    return ServiceFactory(organization=own, needs=["droits"], covering=["11"], phone="+15145550123")


def signed_in(client, own, role="admin"):
    user = member(own, role)
    client.force_login(user)
    return user


def desk(own, **columns) -> PartnerContact:
    return PartnerContact.objects.create(
        organization=own, **{"phone": PHONE, "email": EMAIL} | columns
    )


def test_a_member_sees_the_own_services_with_source_and_date(client, url, own, service):
    ServiceFactory(organization=organization(), name={"fr": {"text": "Autre", "state": "original"}})
    signed_in(client, own, "viewer")
    page = client.get(url).content.decode()
    assert str(service) in page
    assert "514 555-0123" in page
    assert "Invented for tests, 2026" in page
    assert "novembre 2026" in page
    assert reverse("feedback", args=[service.pk]) in page
    assert ">Autre<" not in page


def test_a_viewer_is_offered_nothing_to_change(client, url, own, service):
    desk(own)
    signed_in(client, own, "viewer")
    assert 'method="post" action="/fr' not in client.get(url).content.decode()


# What each role may do: the name of the address, what it is of, and what is sent.
POSTS = {
    "network-capacity": ("service", {"level": "low", "is_accepting": "no"}),
    "network-confirm": ("service", {}),
    "network-status": ("service", {"status": "temporarily closed"}),
    "network-addresses": (None, {"website": "https://example.org/"}),
    "network-role": (None, {"role": "receive", "language": "fr"}),
    "network-contact-add": (None, {"phone": "418 555-0177"}),
    "network-contact": ("desk", {"email": EMAIL}),
    "network-contact-remove": ("desk", {}),
}
EDITORS = {"network-capacity", "network-confirm"}


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
@pytest.mark.parametrize("name", POSTS)
def test_each_role_may_what_it_may(client, own, service, name, role):
    of, sent = POSTS[name]
    args = {"service": [service.pk], "desk": [desk(own).pk], None: []}[of]
    signed_in(client, own, role)
    may = role == "admin" or (role == "editor" and name in EDITORS)
    assert client.post(reverse(name, args=args), sent).status_code == (302 if may else 403)
    assert client.get(reverse(name, args=args)).status_code in ({405} if may else {403, 405})


@pytest.mark.parametrize("name", [name for name, (of, _sent) in POSTS.items() if of])
@pytest.mark.parametrize("exists", [True, False])
def test_what_is_of_another_organization_does_not_exist(client, own, service, name, exists):
    other = organization("11")
    of, sent = POSTS[name]
    row = service if of == "service" else desk(own)
    signed_in(client, other)
    key = row.pk if exists else uuid4()
    assert client.post(reverse(name, args=[key]), sent).status_code == 404
    before = type(row).objects.filter(pk=row.pk).values().get()
    assert before["id"] == row.pk
    assert not ServiceCapacity.objects.exists()
    service.refresh_from_db()
    assert (service.status, service.assured_date) == ("active", None)


@pytest.mark.parametrize("name", ["network-listing", *POSTS])
def test_an_anonymous_visitor_is_sent_to_the_door(client, own, service, settings, name):
    settings.LOGIN_URL = "/door/"
    of, sent = POSTS.get(name, (None, {}))
    args = [] if of is None else [uuid4()]
    response = client.post(reverse(name, args=args), sent)
    assert response["Location"].startswith("/door/?next=")


def test_one_tap_says_the_room_and_another_one_changes_it(client, url, own, service):
    user = signed_in(client, own, "editor")
    tap = reverse("network-capacity", args=[service.pk])
    assert client.post(tap, {"level": "low", "is_accepting": "yes"})["Location"] == (
        f"{url}#service-{service.pk}"
    )
    client.post(tap, {"level": "high", "is_accepting": "no"})
    said = ServiceCapacity.objects.get()
    assert (said.level, said.is_accepting, said.said_by) == ("high", False, user)
    page = client.get(url).content.decode()
    assert page.count('aria-pressed="true"') == 1
    assert client.post(tap, {"level": "full", "is_accepting": "no"}).status_code == 400


def test_what_was_said_of_the_room_is_unknown_after_thirty_days(client, url, own, service):
    said = ServiceCapacity.objects.create(
        service=service, level="high", said_at=timezone.now() - timedelta(days=31)
    )
    signed_in(client, own, "editor")
    page = client.get(url)
    assert page.context["services"][0]["room"]["holds"] is False
    assert 'aria-pressed="true"' not in page.content.decode()
    ServiceCapacity.objects.update(said_at=timezone.now() - timedelta(days=3))
    page = client.get(url)
    assert page.context["services"][0]["room"]["holds"] is True
    assert 'aria-pressed="true"' in page.content.decode()
    assert not listing.has_lapsed(said, said.said_at + timedelta(days=30))


def test_a_service_is_confirmed_and_keeps_its_source(client, own, service):
    signed_in(client, own, "editor")
    client.post(reverse("network-confirm", args=[service.pk]))
    source = service.source
    service.refresh_from_db()
    assert service.assured_date == timezone.localdate()
    assert (service.source, service.as_of) == (source, "2026-11")


def test_a_service_that_is_closed_is_hidden_at_once_and_its_past_is_kept(client, own, service):
    signed_in(client, own)
    told = {"status": "temporarily closed", "note": "Jusqu’en janvier"}
    client.post(reverse("network-status", args=[service.pk]), told)
    service.refresh_from_db()
    assert service.status == "temporarily closed"
    assert service.status_note["fr"]["text"] == "Jusqu’en janvier"
    assert service.source == listing.own_source(own)
    assert service.as_of == timezone.localdate().isoformat()
    assert not Resource.objects.filter(service=service).exists()
    assert HistoryRow.objects.filter(table_name="geo_service", row_id=str(service.pk)).exists()
    client.post(reverse("network-status", args=[service.pk]), {"status": "active"})
    assert Resource.objects.filter(service=service).exists()


def test_a_service_that_waits_for_an_editor_is_not_published_by_its_organization(client, own):
    hidden = ServiceFactory(organization=own, hidden=True, covering=["11"], confidence="C")
    signed_in(client, own)
    client.post(reverse("network-confirm", args=[hidden.pk]))
    client.post(reverse("network-status", args=[hidden.pk]), {"status": "active"})
    hidden.refresh_from_db()
    assert (hidden.review_status, hidden.confidence) == ("to_verify", "C")
    assert not Resource.objects.filter(service=hidden).exists()


@pytest.mark.parametrize(
    "sent", [{"status": "inactive"}, {}, {"status": "active", "note": "Appelez 514 555-0123"}]
)
def test_a_status_that_may_not_be_said_is_refused_on_the_page(client, own, service, sent):
    signed_in(client, own)
    response = client.post(reverse("network-status", args=[service.pk]), sent)
    assert response.status_code == 400
    assert "_error" in response.content.decode()
    service.refresh_from_db()
    assert service.status == "active"


def test_public_addresses_have_the_organization_as_source(client, own):
    signed_in(client, own)
    sent = {"website": "example.org", "email": "info@example.org"}
    client.post(reverse("network-addresses"), sent)
    own.refresh_from_db()
    assert (own.website, own.email) == ("https://example.org", "info@example.org")
    assert own.source.key == f"owner-{own.pk}"
    assert own.as_of == timezone.localdate().isoformat()
    assert client.post(reverse("network-addresses"), {"email": "x"}).status_code == 400


def test_an_address_that_does_not_change_keeps_its_source(client, own):
    source = own.source
    signed_in(client, own)
    client.post(reverse("network-addresses"), {"website": "", "email": ""})
    own.refresh_from_db()
    assert own.source == source


def test_an_administrator_switches_receiving_off(client, own):
    signed_in(client, own)
    sent = {"role": "none", "mailbox": "boite@example.org", "language": "es"}
    client.post(reverse("network-role"), sent)
    own.refresh_from_db()
    own.partner.refresh_from_db()
    assert own.referral_role == "none"
    assert (own.partner.mailbox, own.partner.language) == ("boite@example.org", "es")


@pytest.mark.parametrize("kind", ["shop", "faith"])
def test_a_shop_or_a_church_never_receives(client, kind):
    own = organization("11", kind=kind, referral_role="none")
    signed_in(client, own)
    response = client.post(reverse("network-role"), {"role": "receive", "language": "fr"})
    assert response.status_code == 400
    own.refresh_from_db()
    assert own.referral_role == "none"


def test_a_desk_is_written_as_people_write_numbers_and_kept_as_they_are_dialled(client, url, own):
    user = signed_in(client, own)
    sent = {"phone": "(418) 555-0177", "extension": "12", "email": ""}
    client.post(reverse("network-contact-add"), sent)
    row = PartnerContact.objects.get()
    assert (row.phone, row.extension, row.organization, row.updated_by) == (PHONE, "12", own, user)
    assert "418 555-0177" in client.get(url).content.decode()
    client.post(reverse("network-contact", args=[row.pk]), {"email": EMAIL})
    row.refresh_from_db()
    assert (row.phone, row.extension, row.email) == ("", "", EMAIL)
    client.post(reverse("network-contact-remove", args=[row.pk]))
    assert not PartnerContact.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"phone": "12345"},
        {"phone": "418 555-0177 poste 3"},
        {"email": "guichet"},
        {"email": EMAIL, "extension": "12"},
        {"phone": "418 555-0177", "extension": "a"},
    ],
)
def test_a_desk_that_nobody_can_reach_is_refused(client, own, sent):
    signed_in(client, own)
    response = client.post(reverse("network-contact-add"), sent)
    assert response.status_code == 400
    assert "errorlist" in response.content.decode()
    assert not PartnerContact.objects.exists()


@pytest.mark.parametrize(
    "public",
    ["/fr/?region=11", "/api/v1/resources?region=11", "/fr/packs/11.json", "/fr/ressources/{}/"],
)
def test_the_public_sees_neither_the_room_nor_the_desks(client, own, service, public):
    desk(own)
    ServiceCapacity.objects.create(service=service, level="low")
    address = public.format(service.pk)
    if "ressources" in public:
        address = reverse("resource", args=[service.pk])
    response = client.get(address, follow=True)
    assert response.status_code == 200
    body = b"".join(response.streaming_content) if response.streaming else response.content
    body = body.decode()
    assert str(service) in body
    for secret in (
        PHONE,
        "555-0177",
        EMAIL,
        own.partner.mailbox,
        '"capacity"',
        "presque plein",
        "nearly full",
    ):
        assert secret not in body


def test_the_number_of_queries_does_not_grow_with_the_services(
    client, url, own, django_assert_max_num_queries
):
    for _number in range(8):
        ServiceFactory(organization=own, needs=["droits"], covering=["11"], speaks=["es", "fr"])
        desk(own)
    signed_in(client, own)
    with django_assert_max_num_queries(32):
        client.get(url)
