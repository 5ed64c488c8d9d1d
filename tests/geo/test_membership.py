"""Who comes into the network, and who leaves it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from geo import membership
from geo.choices import MemberRole, ReferralRole, VerifiedStatus
from geo.errors import (
    AdmissionRefused,
    InvitationEnded,
    InvitationRefused,
    LastAdmin,
    NotEntitled,
)
from geo.models import (
    Coordination,
    Endorsement,
    Invitation,
    Membership,
    Organization,
    OutboxMail,
    Partner,
    User,
)
from geo.referrals import purging
from tests.factories import OrganizationFactory, UserFactory
from tests.network import GASPESIE, MONTREAL, coordinator, member, organization, region

pytestmark = pytest.mark.django_db

PASSWORD = "a long invented password"
NEWCOMER = "newcomer@example.org"


def administrator() -> User:
    return UserFactory(is_staff=True, is_superuser=True)


def invited(to, role="editor", email=NEWCOMER, **whose) -> Invitation:
    return membership.invite(whose.get("by") or member(to, "admin"), email, to, role)


def come_in(invitation: Invitation, **how) -> User:
    how = {"name": "Personne inventée", "password": PASSWORD} | how
    return membership.accept(membership.invitation_secret(invitation), **how)


def proposed(code=MONTREAL, by=None, **columns) -> Partner:
    asked = OrganizationFactory(**columns)
    return membership.propose(
        by or member(organization(code)),
        asked,
        region(code),
        mailbox="boite@example.org",
        first_admin="first@example.org",
    )


def test_an_admin_invites_to_the_own_organization_and_to_no_other():
    ours, theirs = organization(), organization()
    admin = member(ours, "admin")

    invitation = membership.invite(admin, NEWCOMER, ours, "editor")

    assert invitation.expires_at - invitation.created_at == pytest.approx(
        timedelta(days=7), abs=timedelta(minutes=1)
    )
    assert OutboxMail.objects.get(invitation=invitation).kind == "invitation"
    with pytest.raises(NotEntitled):
        membership.invite(admin, NEWCOMER, theirs, "editor")
    with pytest.raises(NotEntitled):
        membership.invite(admin, NEWCOMER, None, regions=[region(MONTREAL)])


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_other_members_invite_nobody(role):
    ours = organization()

    with pytest.raises(NotEntitled):
        membership.invite(member(ours, role), NEWCOMER, ours, "viewer")


def test_a_coordinator_invites_to_organizations_of_the_own_regions():
    here, there = organization(GASPESIE), organization(MONTREAL)
    by = coordinator(GASPESIE)

    assert membership.invite(by, NEWCOMER, here, "admin").organization == here
    with pytest.raises(NotEntitled):
        membership.invite(by, NEWCOMER, there, "admin")
    with pytest.raises(NotEntitled):
        membership.invite(by, NEWCOMER, None, regions=[region(GASPESIE)])


def test_nobody_is_invited_to_an_organization_that_is_not_in():
    waiting = organization(admitted=False)
    suspended = organization(verified_status="suspended")

    for outside in (waiting, suspended):
        with pytest.raises(NotEntitled):
            membership.invite(administrator(), NEWCOMER, outside, "admin")


def test_nobody_is_invited_twice_nor_as_a_member_again():
    ours = organization()
    admin = member(ours, "admin")
    member(ours, email="here@example.org")
    membership.invite(admin, NEWCOMER, ours, "editor")

    with pytest.raises(InvitationRefused):
        membership.invite(admin, NEWCOMER.upper(), ours, "viewer")
    with pytest.raises(InvitationRefused):
        membership.invite(admin, "Here@example.org", ours, "viewer")


def test_inviting_says_nothing_of_accounts_elsewhere():
    member(organization(), email="elsewhere@example.org")
    ours = organization()

    known = invited(ours, email="elsewhere@example.org")
    unknown = invited(ours, email="nobody@example.org")

    assert OutboxMail.objects.filter(invitation__in=[known, unknown]).count() == 2


def test_the_secret_is_kept_nowhere_and_is_the_same_each_time():
    invitation = invited(organization())
    secret = membership.invitation_secret(invitation)

    again = membership.invitation_secret(Invitation.objects.get(pk=invitation.pk))

    assert again == secret
    assert membership.find_invitation(secret) == invitation
    assert secret not in {str(value) for value in Invitation.objects.values().get().values()}
    assert membership.find_invitation(secret[:-1]) is None


def test_who_accepts_gets_an_account_with_the_role_and_the_address_is_erased():
    ours = organization()
    invitation = invited(ours, "editor")

    account = come_in(invitation, language="es")

    assert account.email == NEWCOMER
    assert account.check_password(PASSWORD)
    assert account.language == "es"
    assert (account.membership.organization, account.membership.role) == (ours, "editor")
    invitation.refresh_from_db()
    assert invitation.email == ""
    assert invitation.accepted_at
    assert not OutboxMail.objects.filter(invitation=invitation, sent_at=None).exists()
    with pytest.raises(InvitationEnded):
        come_in(invitation)


def test_a_coordinator_gets_the_regions_of_the_invitation():
    invitation = membership.invite(
        administrator(), NEWCOMER, None, regions=[region(GASPESIE), region(MONTREAL)]
    )

    account = come_in(invitation)

    assert set(account.coordinations.values_list("region__code", flat=True)) == {
        GASPESIE,
        MONTREAL,
    }


@pytest.mark.parametrize("end", ["expire", "revoke", "suspend"])
def test_an_invitation_that_is_over_opens_nothing(end):
    ours = organization()
    admin = member(ours, "admin")
    invitation = membership.invite(admin, NEWCOMER, ours, "editor")
    secret = membership.invitation_secret(invitation)
    if end == "expire":
        # The end is part of the secret: time goes by, the row stays.
        earlier = timezone.now() - timedelta(minutes=1)
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=earlier)
    elif end == "revoke":
        membership.revoke(admin, invitation)
        assert Invitation.objects.get(pk=invitation.pk).email == ""
        assert not OutboxMail.objects.filter(invitation=invitation).exists()
    else:
        membership.set_verified_status(administrator(), ours, VerifiedStatus.SUSPENDED)

    with pytest.raises(InvitationEnded):
        membership.find_invitation(secret)
    with pytest.raises(InvitationEnded):
        membership.accept(secret, name="Personne inventée", password=PASSWORD)
    assert not User.objects.filter(email=NEWCOMER).exists()


def test_an_invitation_sent_again_lives_anew_and_its_old_link_is_dead():
    ours = organization()
    admin = member(ours, "admin")
    invitation = membership.invite(admin, NEWCOMER, ours, "editor")
    old = membership.invitation_secret(invitation)

    again = membership.send_again(admin, invitation)

    assert membership.find_invitation(old) is None
    assert membership.find_invitation(membership.invitation_secret(again)) == invitation
    # One mail waits, not two.
    assert OutboxMail.objects.filter(invitation=invitation).count() == 1


def test_only_who_may_invite_takes_back_or_sends_again():
    invitation = invited(organization())
    stranger = member(organization(), "admin")

    with pytest.raises(NotEntitled):
        membership.revoke(stranger, invitation)
    with pytest.raises(NotEntitled):
        membership.send_again(stranger, invitation)


def test_an_open_account_is_not_touched_by_who_holds_a_link():
    account = coordinator(email=NEWCOMER)
    password = account.password
    invitation = invited(organization())

    with pytest.raises(InvitationRefused):
        come_in(invitation)
    with pytest.raises(InvitationRefused):
        come_in(invitation, by=UserFactory())

    account.refresh_from_db()
    assert account.password == password
    assert not Membership.objects.filter(user=account).exists()


def test_the_owner_of_an_account_takes_the_role_with_it():
    account = coordinator(email=NEWCOMER)
    ours = organization()

    come_in(invited(ours), by=account)

    assert Membership.objects.of(account).organization == ours
    assert account.coordinations.exists()


def test_an_account_belongs_to_one_organization():
    first, second = organization(), organization()
    account = member(first, email=NEWCOMER)

    with pytest.raises(InvitationRefused):
        come_in(invited(second), by=account)

    assert Membership.objects.get(user=account).organization == first


def test_a_closed_account_starts_anew_without_what_it_might_do_before():
    account = coordinator(email=NEWCOMER, is_active=False, is_staff=True)
    Membership.objects.create(user=account, organization=organization(), role="admin")
    TOTPDevice.objects.create(user=account, name="phone")
    ours = organization()

    come_in(invited(ours, "viewer"))

    account.refresh_from_db()
    assert account.is_active
    assert not account.is_staff
    assert account.check_password(PASSWORD)
    assert (account.membership.organization, account.membership.role) == (ours, "viewer")
    assert not account.coordinations.exists()
    assert not TOTPDevice.objects.filter(user=account).exists()


def test_no_invitation_opens_the_account_of_an_administrator():
    closed = UserFactory(email=NEWCOMER, is_active=False, is_staff=True, is_superuser=True)

    with pytest.raises(InvitationRefused):
        come_in(invited(organization()))

    closed.refresh_from_db()
    assert not closed.is_active


def test_the_last_admin_is_neither_demoted_nor_removed():
    ours = organization()
    admin = member(ours, "admin")

    with pytest.raises(LastAdmin):
        membership.change_role(admin, admin.membership, "editor")
    with pytest.raises(LastAdmin):
        membership.remove(admin, admin.membership)

    other = member(ours, "admin")
    membership.change_role(admin, admin.membership, "editor")
    with pytest.raises(LastAdmin):
        membership.remove(other, other.membership)


def test_a_closed_admin_does_not_count():
    ours = organization()
    admin = member(ours, "admin")
    member(ours, "admin", is_active=False)

    with pytest.raises(LastAdmin):
        membership.remove(admin, admin.membership)


def test_who_is_removed_is_out_at_once_unless_they_serve_elsewhere():
    ours = organization()
    admin, colleague, both = member(ours, "admin"), member(ours), member(ours)
    Coordination.objects.create(user=both, region=region(GASPESIE))

    membership.remove(admin, colleague.membership)
    membership.remove(admin, both.membership)

    for person in (colleague, both):
        person.refresh_from_db()
        assert not Membership.objects.filter(user=person).exists()
    assert not colleague.is_active
    assert both.is_active


def test_people_of_others_are_kept_by_others():
    theirs = member(organization())
    stranger = member(organization(), "admin")

    for act in (membership.remove, lambda by, of: membership.change_role(by, of, "admin")):
        with pytest.raises(NotEntitled):
            act(stranger, theirs.membership)


def test_a_coordinator_who_ends_is_out_unless_they_serve_elsewhere():
    ends, stays = coordinator(), coordinator()
    Membership.objects.create(user=stays, organization=organization())

    for person in (ends, stays):
        membership.end_coordination(administrator(), person)

    assert not User.objects.get(pk=ends.pk).is_active
    assert User.objects.get(pk=stays.pk).is_active
    with pytest.raises(NotEntitled):
        membership.end_coordination(coordinator(), stays)


def test_a_proposal_waits_and_so_does_the_invitation_of_its_first_admin():
    partner = proposed()
    invitation = Invitation.objects.get(organization=partner.organization)

    assert partner.admitted_at is None
    assert not OutboxMail.objects.filter(invitation=invitation).exists()
    with pytest.raises(InvitationEnded):
        membership.find_invitation(membership.invitation_secret(invitation))


@pytest.mark.parametrize(
    "columns",
    [{"kind": "shop"}, {"kind": "faith"}, {"is_public": False}, {"verified_status": "suspended"}],
)
def test_what_cannot_take_part_is_not_proposed(columns):
    with pytest.raises(AdmissionRefused):
        proposed(**columns)


def test_an_organization_is_proposed_once_and_by_people_of_the_network():
    asked = proposed().organization
    again = {"mailbox": "autre@example.org", "first_admin": "other@example.org"}

    with pytest.raises(AdmissionRefused):
        membership.propose(coordinator(), asked, region(MONTREAL), **again)
    with pytest.raises(NotEntitled):
        membership.propose(UserFactory(), OrganizationFactory(), region(MONTREAL), **again)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("obnl", ReferralRole.SEND_RECEIVE),
        ("consulate", ReferralRole.SEND_RECEIVE),
        ("financial_institution", ReferralRole.RECEIVE),
        ("public_body", ReferralRole.RECEIVE),
    ],
)
def test_a_coordinator_of_the_region_admits_alone(kind, role):
    partner = proposed(GASPESIE, kind=kind)

    admitted = membership.endorse(coordinator(GASPESIE), partner)

    assert admitted.admitted_at
    partner.organization.refresh_from_db()
    assert partner.organization.referral_role == role
    assert partner.organization.verified_status == VerifiedStatus.UNVERIFIED
    # Its first administrator hears of it now, and comes in.
    invitation = Invitation.objects.get(organization=partner.organization)
    assert OutboxMail.objects.filter(invitation=invitation).count() == 1
    assert come_in(invitation).membership.role == MemberRole.ADMIN


def test_a_coordinator_of_another_region_admits_nothing():
    partner = proposed(GASPESIE)

    with pytest.raises(NotEntitled):
        membership.endorse(coordinator(MONTREAL), partner)


def test_two_organizations_admit_and_one_twice_does_not():
    partner = proposed()
    first = organization()

    membership.endorse(member(first), partner)
    with pytest.raises(AdmissionRefused):
        membership.endorse(member(first, "admin"), partner)
    assert Partner.objects.get(pk=partner.pk).admitted_at is None

    assert membership.endorse(member(organization()), partner).admitted_at
    with pytest.raises(AdmissionRefused):
        membership.endorse(member(organization()), partner)


def test_viewers_and_people_of_outsiders_endorse_nothing():
    partner = proposed()

    for nobody in (
        member(organization(), "viewer"),
        member(organization(admitted=False)),
        member(organization(verified_status="suspended")),
        member(partner.organization, "admin"),
        UserFactory(),
        administrator(),
    ):
        with pytest.raises(NotEntitled):
            membership.endorse(nobody, partner)
    assert not Endorsement.objects.exists()


def test_who_keeps_a_region_verifies_suspends_and_lifts():
    ours = organization(GASPESIE, verified_status="unverified")
    by = coordinator(GASPESIE)

    for status in ("verified", "suspended", "unverified"):
        membership.set_verified_status(by, ours, status)
        assert Organization.objects.get(pk=ours.pk).verified_status == status
    for stranger in (coordinator(MONTREAL), member(ours, "admin")):
        with pytest.raises(NotEntitled):
            membership.set_verified_status(stranger, ours, "verified")


def test_accounts_that_nobody_uses_are_closed_but_those_of_administrators():
    today = timezone.localdate()
    now = timezone.now()
    ours = organization()
    used = member(ours, last_login=now - timedelta(days=59))
    unused = member(ours, last_login=now - timedelta(days=61))
    never = member(ours, date_joined=now - timedelta(days=61))
    new = member(ours, date_joined=now - timedelta(days=3))
    team = UserFactory(is_superuser=True, is_staff=True, last_login=now - timedelta(days=400))

    assert membership.close_unused(today) == 2
    assert membership.close_unused(today) == 0

    open_ones = set(User.objects.filter(is_active=True))
    assert {used, new, team} <= open_ones
    assert not {unused, never} & open_ones


def test_a_proposal_keeps_the_address_of_its_first_admin_while_it_may_be_admitted():
    partner = proposed()
    today = timezone.localdate()

    purging.purge(today + timedelta(days=59))
    assert Invitation.objects.get(organization=partner.organization).email
    purging.purge(today + timedelta(days=75))
    assert not Invitation.objects.get(organization=partner.organization).email
