"""Who comes into the network and who leaves it: organizations, and the people who work there.

Each function is one step: it locks what it decides on, checks, writes, and queues its mail in the
same transaction. What a rule refuses raises a `DomainError` whose message tells what to do.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import devices_for_user

from geo.choices import MailKind, MemberRole, OrganizationKind, ReferralRole, VerifiedStatus
from geo.codes import digest
from geo.errors import (
    AdmissionRefused,
    InvitationEnded,
    InvitationRefused,
    LastAdmin,
    NotEntitled,
)
from geo.models import (
    AdminArea,
    Coordination,
    Endorsement,
    Invitation,
    Membership,
    Organization,
    OutboxMail,
    Partner,
    User,
)
from geo.models.partners import ENDORSEMENTS_NEEDED

INVITATION_LIFE = timedelta(days=7)
# An account that nobody used for so long is closed: who left is not told to us.
UNUSED = timedelta(days=60)
# So long a proposal keeps the address of its first administrator.
PROPOSAL_LIFE = timedelta(days=60)

# What an organization may do once it is admitted (DOMAIN §1.1). Shops and faith groups take no
# part; banks and public bodies receive, and an administrator may let one send too.
TAKES_NO_PART = {OrganizationKind.SHOP, OrganizationKind.FAITH}
ONLY_RECEIVES = {OrganizationKind.FINANCIAL, OrganizationKind.PUBLIC_BODY}


def may_invite(by: User, organization: Organization | None) -> bool:
    """Whether an account may invite people to an organization; None is the coordination."""
    if by.is_superuser:
        return True
    if organization is None:
        return False
    membership = Membership.objects.of(by)
    if membership and membership.may_manage and membership.organization_id == organization.pk:
        return True
    return _coordinates(by, organization)


@transaction.atomic
def invite(
    by: User,
    email: str,
    organization: Organization | None,
    role: str = "",
    regions: Iterable[AdminArea] = (),
) -> Invitation:
    """Ask a person to open an account; the mail with the link is queued.

    Args:
        by: who invites.
        email: the person's work address.
        organization: where the person works, or None for a coordinator.
        role: a `MemberRole` in the organization, else empty.
        regions: what the person coordinates; none for a member.

    Raises:
        NotEntitled: `by` may not invite there, or the organization is not in the network.
        InvitationRefused: the person is in already, or invited already.
    """
    if not may_invite(by, organization):
        raise NotEntitled(_("You may not invite people there."))
    if organization is not None:
        # Two who invite the same person at once meet here.
        Organization.objects.select_for_update().get(pk=organization.pk)
        if not Partner.objects.admitted().filter(organization=organization).exists():
            raise NotEntitled(_("This organization is not in the network, or it is suspended."))
        is_in = Membership.objects.filter(
            user__is_active=True, user__email__iexact=email, organization=organization
        )
        if is_in.exists():
            raise InvitationRefused(_("This person is in your organization already."))
    is_invited = Invitation.objects.live().filter(email__iexact=email, organization=organization)
    if is_invited.exists():
        raise InvitationRefused(
            _("This person is invited already: send the invitation again instead.")
        )
    invitation = _draft(by, email, organization, role)
    invitation.regions.set(regions)
    _send(invitation)
    return invitation


def invitation_secret(invitation: Invitation) -> str:
    """The secret of the link of an invitation.

    It is computed, not kept: the mail and the page that shows the link say the same, a mail that is
    tried again too. Sending the invitation again moves its end, and so makes another secret; who
    reads the database alone can make none.
    """
    ends = invitation.expires_at.isoformat()
    return digest("invitation link", f"{invitation.pk}:{ends}", settings.SECRET_KEY)


def find_invitation(secret: str) -> Invitation | None:
    """The invitation of a link, or None if there is none.

    Raises:
        InvitationEnded: it was used, taken back, or its time is over.
    """
    found = Invitation.objects.select_related("organization").filter(token_digest=_digest(secret))
    invitation = found.first()
    if invitation is None:
        return None
    is_live = Invitation.objects.live().filter(pk=invitation.pk).exists()
    if not is_live or not _is_open(invitation.organization):
        raise InvitationEnded(_("This invitation is over: ask for another one."))
    return invitation


@transaction.atomic
def accept(
    secret: str, *, name: str = "", password: str = "", language: str = "fr", by: User | None = None
) -> User:
    """Come in by an invitation: open an account, or take a role with the one that exists.

    An account that was closed starts anew: whatever it might do before is gone, and so is its
    second factor. An account that is open is never touched by who holds a link: its owner signs in
    first and is `by`.

    Raises:
        InvitationEnded: the invitation is over, or there is none.
        InvitationRefused: the address has an account that cannot come in this way.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .filter(token_digest=_digest(secret))
        .first()
    )
    if invitation is None or find_invitation(secret) is None:
        raise InvitationEnded(_("This invitation is over: ask for another one."))
    account = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if account is None:
        account = _open(invitation.email, name, password, language)
    elif account.is_active:
        if by is None or by.pk != account.pk:
            raise InvitationRefused(
                _("This invitation cannot be accepted here. If you have an account, sign in first.")
            )
    else:
        _reopen(account, name, password, language)
    _give_rights(account, invitation)
    invitation.accepted_at = timezone.now()
    _forget_address(invitation, "accepted_at")
    return account


@transaction.atomic
def revoke(by: User, invitation: Invitation) -> None:
    """Take an invitation back; its address is erased.

    Raises:
        NotEntitled: `by` may not invite there.
        InvitationEnded: it was used or taken back before.
    """
    current = _locked(by, invitation)
    current.revoked_at = timezone.now()
    _forget_address(current, "revoked_at")


@transaction.atomic
def send_again(by: User, invitation: Invitation) -> Invitation:
    """Send an invitation once more, for another week; the link of before is dead.

    Raises:
        NotEntitled: `by` may not invite there.
        InvitationEnded: it was used or taken back.
    """
    current = _locked(by, invitation)
    _send(current)
    return current


@transaction.atomic
def change_role(by: User, membership: Membership, role: str) -> None:
    """Give a member another role.

    Raises:
        NotEntitled: `by` may not keep the people of that organization.
        LastAdmin: nobody would be left who may.
    """
    current = _locked_member(by, membership)
    if role != MemberRole.ADMIN:
        _check_others_manage(current)
    current.role = MemberRole(role)
    current.save(update_fields=["role"])


@transaction.atomic
def remove(by: User, membership: Membership) -> None:
    """Take a person out of an organization; the account is closed unless it serves elsewhere.

    Raises:
        NotEntitled: `by` may not keep the people of that organization.
        LastAdmin: nobody would be left who may.
    """
    current = _locked_member(by, membership)
    _check_others_manage(current)
    person = current.user
    current.delete()
    _close_without_place(person)


@transaction.atomic
def end_coordination(by: User, person: User) -> None:
    """A person coordinates no region any more; the account is closed unless it serves elsewhere.

    Raises:
        NotEntitled: `by` is no administrator.
    """
    if not by.is_superuser:
        raise NotEntitled(_("Only an administrator may do this."))
    person.coordinations.all().delete()
    _close_without_place(person)


@transaction.atomic
def propose(
    by: User,
    organization: Organization,
    region: AdminArea,
    *,
    mailbox: str,
    first_admin: str,
    language: str = "fr",
) -> Partner:
    """Propose a public organization of the directory for the network.

    The invitation of its first administrator is written down and waits: it is sent, and its link
    begins to work, when the organization is admitted.

    Raises:
        NotEntitled: `by` is in no organization of the network and coordinates nothing.
        AdmissionRefused: the organization is proposed or admitted already, or cannot take part.
    """
    if not (Membership.objects.of(by) or by.coordinations.exists()):
        raise NotEntitled(_("Only people of the network may propose an organization."))
    if organization.kind in TAKES_NO_PART:
        raise AdmissionRefused(_("Shops and faith groups take no part in referrals."))
    if not organization.is_public or organization.verified_status == VerifiedStatus.SUSPENDED:
        raise AdmissionRefused(_("This organization is not in the public directory."))
    partner, is_new = Partner.objects.get_or_create(
        organization=organization,
        defaults={"region": region, "mailbox": mailbox, "language": language},
    )
    if not is_new:
        raise AdmissionRefused(_("This organization is proposed or admitted already."))
    invitation = _draft(by, first_admin, organization, MemberRole.ADMIN)
    # Its link opens nothing until then, and it ends a week after; until then the address is kept.
    _end_at(invitation, invitation.created_at + PROPOSAL_LIFE)
    return partner


@transaction.atomic
def endorse(by: User, partner: Partner) -> Partner:
    """Say, for one's organization or as coordinator, that a proposed organization is a true one.

    A coordinator of its region admits it alone; else the last of `ENDORSEMENTS_NEEDED`
    organizations does.

    Raises:
        NotEntitled: `by` neither coordinates the region nor refers for an admitted organization.
        AdmissionRefused: it is admitted already, endorsed by this organization already, or itself.
    """
    current = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    if current.admitted_at is not None:
        raise AdmissionRefused(_("This organization is admitted already."))
    if current.organization.verified_status == VerifiedStatus.SUSPENDED:
        raise AdmissionRefused(_("This organization is suspended."))
    if by.coordinations.filter(region=current.region_id).exists():
        Endorsement.objects.create(partner=current, user=by)
        _admit(current)
        return current
    membership = Membership.objects.of(by)
    if membership is None or not membership.may_refer:
        raise NotEntitled(_("Only people who refer for their organization may endorse another."))
    if membership.organization_id == current.organization_id:
        raise AdmissionRefused(_("An organization cannot endorse itself."))
    _endorsement, is_new = Endorsement.objects.get_or_create(
        partner=current, organization=membership.organization, defaults={"user": by}
    )
    if not is_new:
        raise AdmissionRefused(_("Your organization has endorsed this one already."))
    if current.endorsements.exclude(organization=None).count() >= ENDORSEMENTS_NEEDED:
        _admit(current)
    return current


@transaction.atomic
def set_verified_status(by: User, organization: Organization, status: str) -> None:
    """Verify an organization, suspend it, or lift its suspension.

    Raises:
        NotEntitled: `by` is neither administrator nor coordinator of its region.
    """
    if not (by.is_superuser or _coordinates(by, organization)):
        raise NotEntitled(_("Only the coordinator of the region may do this."))
    current = Organization.objects.select_for_update().get(pk=organization.pk)
    current.verified_status = VerifiedStatus(status)
    current.save(update_fields=["verified_status"])


def close_unused(day: date) -> int:
    """Close the accounts that nobody signed in to for `UNUSED` before a day; how many.

    Administrators stay: nobody could let them in again.
    """
    unused = User.objects.alias(used_at=Coalesce("last_login", "date_joined")).filter(
        is_active=True, is_superuser=False, used_at__date__lte=day - UNUSED
    )
    return unused.update(is_active=False)


def _coordinates(by: User, organization: Organization) -> bool:
    return by.coordinations.filter(region__partners__organization=organization).exists()


def _is_open(organization: Organization | None) -> bool:
    """Coordination always is; an organization while it is admitted and not suspended."""
    return (
        organization is None
        or Partner.objects.admitted().filter(organization=organization).exists()
    )


def _digest(secret: str) -> str:
    return digest("invitation", secret, settings.SECRET_KEY)


def _draft(by: User, email: str, organization: Organization | None, role: str) -> Invitation:
    now = timezone.now()
    invitation = Invitation(
        email=email,
        organization=organization,
        role=role,
        invited_by=by,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    invitation.token_digest = _digest(invitation_secret(invitation))
    invitation.save()
    return invitation


def _send(invitation: Invitation) -> None:
    """Let the link live for a week from now, and queue the mail, in place of one that waits."""
    _end_at(invitation, timezone.now() + INVITATION_LIFE)
    _waiting_mails(invitation).delete()
    OutboxMail.objects.create(kind=MailKind.INVITATION, invitation=invitation)


def _end_at(invitation: Invitation, moment: datetime) -> None:
    """Move the end, and with it the secret."""
    invitation.expires_at = moment
    invitation.token_digest = _digest(invitation_secret(invitation))
    invitation.save(update_fields=["expires_at", "token_digest"])


def _waiting_mails(invitation: Invitation) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(invitation=invitation, sent_at=None)


def _forget_address(invitation: Invitation, column: str) -> None:
    invitation.email = ""
    invitation.save(update_fields=["email", column])
    _waiting_mails(invitation).delete()


def _locked(by: User, invitation: Invitation) -> Invitation:
    current = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=invitation.pk)
    )
    if not may_invite(by, current.organization):
        raise NotEntitled(_("You may not invite people there."))
    if current.accepted_at or current.revoked_at or not current.email:
        raise InvitationEnded(_("This invitation is over: invite the person again."))
    if not _is_open(current.organization):
        raise NotEntitled(_("This organization is not in the network, or it is suspended."))
    return current


def _open(email: str, name: str, password: str, language: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, language=language)
    except IntegrityError as error:
        # Another invitation of the same person was accepted in this instant.
        raise InvitationRefused(
            _("This invitation cannot be accepted here. If you have an account, sign in first.")
        ) from error


def _reopen(account: User, name: str, password: str, language: str) -> None:
    if account.is_superuser:
        raise InvitationRefused(_("Only another administrator can open this account again."))
    for device in devices_for_user(account, confirmed=None):
        device.delete()
    Membership.objects.filter(user=account).delete()
    account.coordinations.all().delete()
    account.groups.clear()
    account.user_permissions.clear()
    account.is_staff = False
    account.is_active = True
    account.name = name
    account.language = language
    account.set_password(password)
    account.save()


def _give_rights(account: User, invitation: Invitation) -> None:
    if invitation.organization is None:
        for region in invitation.regions.all():
            Coordination.objects.get_or_create(user=account, region=region)
        return
    _membership, is_new = Membership.objects.get_or_create(
        user=account,
        defaults={"organization": invitation.organization, "role": invitation.role},
    )
    if not is_new:
        raise InvitationRefused(
            _("An account belongs to one organization: come in with another address.")
        )


def _locked_member(by: User, membership: Membership) -> Membership:
    """The member as it is now, with the organization locked: its admins are counted by one only."""
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    current = Membership.objects.select_related("user", "organization").get(pk=membership.pk)
    mine = Membership.objects.of(by)
    manages = mine and mine.may_manage and mine.organization_id == current.organization_id
    if not manages:
        raise NotEntitled(_("You may not keep the people of this organization."))
    return current


def _close_without_place(person: User) -> None:
    serves = (
        person.is_staff
        or person.is_superuser
        or person.coordinations.exists()
        or Membership.objects.filter(user=person).exists()
    )
    if not serves:
        person.is_active = False
        person.save(update_fields=["is_active"])


def _check_others_manage(member: Membership) -> None:
    others = Membership.objects.filter(
        organization=member.organization, role=MemberRole.ADMIN, user__is_active=True
    ).exclude(pk=member.pk)
    if member.role == MemberRole.ADMIN and not others.exists():
        raise LastAdmin(
            _("This is the only person who keeps the people: give somebody else the role first.")
        )


def _admit(partner: Partner) -> None:
    partner.admitted_at = timezone.now()
    partner.save(update_fields=["admitted_at"])
    organization = Organization.objects.select_for_update().get(pk=partner.organization_id)
    if organization.kind not in TAKES_NO_PART:
        receives = organization.kind in ONLY_RECEIVES
        organization.referral_role = ReferralRole.RECEIVE if receives else ReferralRole.SEND_RECEIVE
        organization.save(update_fields=["referral_role"])
    waiting = Invitation.objects.filter(
        organization=organization, accepted_at=None, revoked_at=None
    ).exclude(email="")
    for invitation in waiting:
        _send(invitation)
