"""Which organizations come into the network, by whose word."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from geo import membership
from geo.models import Invitation, Organization, Partner, User
from geo.translation import compose
from tests.factories import OrganizationFactory, UserFactory
from tests.network import (
    GASPESIE,
    MONTREAL,
    coordinator,
    member,
    organization,
    region,
    verified_login,
)

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    verified_login(client, user)
    return client


def administrator() -> User:
    return UserFactory(is_staff=True, is_superuser=True)


def press(client, name, do, *args, **values):
    return client.post(reverse(name, args=args), {"do": do} | values)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def outsider():
    return OrganizationFactory(name=compose({"fr": "Maison inventée de l’Érable"}))


@pytest.fixture
def partner(outsider):
    return membership.propose(
        member(organization()),
        outsider,
        region(GASPESIE),
        mailbox="boite@example.org",
        first_admin="first@example.org",
    )


def proposal(**values):
    return {
        "region": region(GASPESIE).pk,
        "mailbox": "boite@example.org",
        "language": "fr",
        "first_admin": "first@example.org",
    } | values


def test_a_member_finds_an_organization_without_its_accents_and_proposes_it(outsider):
    client = signed_in(member(organization(), "viewer"))
    hidden = OrganizationFactory(name=compose({"fr": "Érable caché"}), is_public=False)

    found = text(client.get(reverse("network-admission"), {"q": "l'erable"}))
    answer = press(client, "network-proposal", "propose", outsider.pk, **proposal())

    assert reverse("network-proposal", args=[outsider.pk]) in found
    assert str(hidden.pk) not in found
    assert answer["Location"] == reverse("network-admission")
    made = Partner.objects.get(organization=outsider)
    assert (made.region.code, made.mailbox, made.admitted_at) == (
        GASPESIE,
        "boite@example.org",
        None,
    )
    assert "Maison inventée" in text(client.get(reverse("network-admission")))


def test_what_lacks_in_a_proposal_is_said_with_its_field(outsider):
    client = signed_in(member(organization()))

    answer = press(client, "network-proposal", "propose", outsider.pk, **proposal(mailbox="x"))

    assert answer.status_code == 400
    assert 'id="id_mailbox_error"' in text(answer)
    assert not Partner.objects.filter(organization=outsider).exists()


def test_one_that_is_proposed_already_is_refused_in_words(partner):
    client = signed_in(member(organization()))

    answer = press(client, "network-proposal", "propose", partner.organization_id, **proposal())

    assert answer.status_code == 409
    assert 'role="alert"' in text(answer)


def test_a_hidden_organization_is_not_there():
    client = signed_in(member(organization()))
    hidden = OrganizationFactory(is_public=False)

    assert client.get(reverse("network-proposal", args=[hidden.pk])).status_code == 404


def test_two_members_of_two_organizations_admit(partner):
    for number in (1, 2):
        client = signed_in(member(organization()))
        press(client, "network-admission", "endorse", partner=partner.pk)
        partner.refresh_from_db()
        assert bool(partner.admitted_at) is (number == 2)

    partner.organization.refresh_from_db()
    assert partner.organization.referral_role == "send_receive"


def test_who_endorsed_has_no_button_any_more(partner):
    client = signed_in(member(organization()))
    assert 'value="endorse"' in text(client.get(reverse("network-admission")))

    press(client, "network-admission", "endorse", partner=partner.pk)

    assert 'value="endorse"' not in text(client.get(reverse("network-admission")))
    again = press(client, "network-admission", "endorse", partner=partner.pk)
    assert again.status_code == 409


def test_a_viewer_has_no_button_and_no_say(partner):
    client = signed_in(member(organization(), "viewer"))

    assert 'value="endorse"' not in text(client.get(reverse("network-admission")))
    answer = press(client, "network-admission", "endorse", partner=partner.pk)
    assert answer.status_code == 409
    assert Partner.objects.get(pk=partner.pk).admitted_at is None


def test_a_coordinator_admits_and_the_first_admin_is_invited(partner):
    client = signed_in(coordinator(GASPESIE))

    press(client, "network-admission", "endorse", partner=partner.pk)

    partner.refresh_from_db()
    invitation = Invitation.objects.get(organization=partner.organization)
    assert partner.admitted_at
    secret = membership.invitation_secret(invitation)
    assert Client().get(reverse("network-invitation"), {"t": secret}).status_code == 200


def test_the_link_of_a_proposal_is_over_before_it_is_admitted(partner):
    secret = membership.invitation_secret(Invitation.objects.get())

    assert Client().get(reverse("network-invitation"), {"t": secret}).status_code == 410


def test_a_coordinator_keeps_the_organizations_of_the_own_regions_only():
    here, there = organization(GASPESIE), organization(MONTREAL)
    client = signed_in(coordinator(GASPESIE))

    listed = text(client.get(reverse("network-admission")))

    assert reverse("network-organization", args=[here.partner.pk]) in listed
    assert reverse("network-organization", args=[there.partner.pk]) not in listed
    for do in ("verify", "suspend", "invite"):
        answer = press(client, "network-organization", do, there.partner.pk)
        assert answer.status_code == 404


def test_members_keep_no_organization_here():
    ours = organization()
    client = signed_in(member(ours, "admin"))

    assert client.get(reverse("network-organization", args=[ours.partner.pk])).status_code == 404


@pytest.mark.parametrize("keeper", ["coordinator", "administrator"])
def test_who_keeps_it_verifies_suspends_and_lifts(keeper):
    ours = organization(GASPESIE, verified_status="unverified")
    client = signed_in(coordinator(GASPESIE) if keeper == "coordinator" else administrator())

    seen = []
    for do in ("verify", "suspend", "lift"):
        press(client, "network-organization", do, ours.partner.pk)
        seen.append(Organization.objects.get(pk=ours.pk).verified_status)

    assert seen == ["verified", "suspended", "unverified"]


def test_a_coordinator_invites_an_admin_and_hands_the_link_over():
    ours = organization(GASPESIE)
    client = signed_in(coordinator(GASPESIE))

    answer = press(
        client,
        "network-organization",
        "invite",
        ours.partner.pk,
        email="first@example.org",
        role="admin",
    )
    page = text(client.get(answer["Location"]))

    link = re.search(r'value="(http[^"]+)"', page)[1]
    assert Client().get(link).status_code == 200


def test_an_administrator_appoints_a_coordinator_and_ends_it():
    client = signed_in(administrator())
    regions = [region(GASPESIE).pk, region(MONTREAL).pk]

    press(client, "network-coordinators", "invite", email="new@example.org", regions=regions)
    secret = membership.invitation_secret(Invitation.objects.get())
    person = membership.accept(secret, name="Personne inventée", password="an invented one")
    assert person.coordinations.count() == 2
    press(client, "network-coordinators", "remove", person=person.pk)

    assert not person.coordinations.exists()
    assert not User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("who", [coordinator, lambda: member(organization(), "admin")])
def test_nobody_else_appoints(who):
    client = signed_in(who())

    answer = press(client, "network-coordinators", "invite", email="new@example.org")

    assert answer.status_code == 403
    assert not Invitation.objects.exists()


def test_a_coordinator_without_a_region_is_none(client):
    client = signed_in(administrator())

    answer = press(client, "network-coordinators", "invite", email="new@example.org")

    assert answer.status_code == 400
    assert 'id="id_regions_error"' in text(answer)


def test_an_account_without_a_place_in_the_network_sees_none_of_it():
    client = signed_in(UserFactory(is_staff=True))

    assert client.get(reverse("network-admission")).status_code == 403


def test_the_page_asks_the_database_as_often_for_many_as_for_few(django_assert_max_num_queries):
    by = member(organization())
    client = signed_in(by)

    def count() -> int:
        with django_assert_max_num_queries(60) as asked:
            client.get(reverse("network-admission"))
        return len(asked)

    def propose(number):
        for _each in range(number):
            membership.propose(
                by,
                OrganizationFactory(),
                region(MONTREAL),
                mailbox="boite@example.org",
                first_admin="first@example.org",
            )

    propose(1)
    client.get(reverse("network-admission"))
    few = count()
    propose(5)

    assert count() == few
