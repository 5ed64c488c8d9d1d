"""An invented network: organizations that refer, their people, and referrals in every state."""

from datetime import timedelta

from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from geo.choices import ReferralStatus
from geo.models import (
    AdminArea,
    Consent,
    Coordination,
    Membership,
    NeedTerm,
    Organization,
    Partner,
    Referral,
    Service,
    User,
)
from geo.models.referrals import SYSTEM
from geo.referral_states import COME_WITHIN
from tests.factories import OrganizationFactory, ServiceFactory, UserFactory

GASPESIE = "11"
MONTREAL = "06"

# How a referral comes to each state: what happens to it after it was sent.
PATHS = {
    ReferralStatus.SENT: [],
    ReferralStatus.ACKNOWLEDGED: [ReferralStatus.ACKNOWLEDGED],
    ReferralStatus.ACCEPTED: [ReferralStatus.ACCEPTED],
    ReferralStatus.MET: [ReferralStatus.ACCEPTED, ReferralStatus.MET],
    ReferralStatus.COMPLETED: [ReferralStatus.ACCEPTED, ReferralStatus.COMPLETED],
    ReferralStatus.REFUSED: [ReferralStatus.REFUSED],
    ReferralStatus.WITHDRAWN: [ReferralStatus.WITHDRAWN],
    ReferralStatus.EXPIRED: [ReferralStatus.EXPIRED],
    ReferralStatus.LAPSED: [ReferralStatus.ACCEPTED, ReferralStatus.LAPSED],
}
BY_THE_CLOCK = {ReferralStatus.EXPIRED, ReferralStatus.LAPSED}


def region(code: str) -> AdminArea:
    return AdminArea.objects.regions().get(code=code)


def organization(code: str = MONTREAL, *, admitted: bool = True, **columns) -> Organization:
    """A verified organization of a region that sends and receives."""
    columns = {"verified_status": "verified", "referral_role": "send_receive"} | columns
    made = OrganizationFactory(**columns)
    Partner.objects.create(
        organization=made,
        region=region(code),
        mailbox=f"boite-{made.pk.hex[:8]}@example.org",
        admitted_at=timezone.now() if admitted else None,
    )
    return made


def member(of: Organization, role: str = "editor", **columns) -> User:
    user = UserFactory(**columns)
    Membership.objects.create(user=user, organization=of, role=role)
    return user


def coordinator(*codes: str, **columns) -> User:
    user = UserFactory(**columns)
    for code in codes or (MONTREAL,):
        Coordination.objects.create(user=user, region=region(code))
    return user


def verified_login(client, user: User) -> None:
    """Sign in with both steps."""
    device, _is_new = TOTPDevice.objects.get_or_create(user=user, name="phone", confirmed=True)
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()


def consent(*organizations: Organization, **columns) -> Consent:
    columns = {"method": "oral", "language": "es", "text_version": 1} | columns
    given = columns.setdefault("given_on", timezone.localdate())
    columns.setdefault("expires_on", given + timedelta(days=59))
    made = Consent.objects.create(**columns)
    made.organizations.set(organizations)
    return made


def service_of(organization: Organization, **columns) -> Service:
    return ServiceFactory(organization=organization, **columns)


def draft(
    sender: Organization,
    receiver: Organization | None,
    *,
    by: User | None = None,
    agreed: bool = True,
    **columns,
) -> Referral:
    """A draft, with a consent for its receiver."""
    columns = {
        "need": NeedTerm.objects.get(code="droits"),
        "language_needed": "es",
        "worker_region": region(GASPESIE),
        "urgency": "this_week",
        "handover": "worker_calls",
    } | columns
    if agreed and "consent" not in columns:
        columns["consent"] = consent(*filter(None, [receiver]))
    made = Referral(from_org=sender, to_org=receiver, **columns)
    user = by or _somebody(sender)
    made.write(made.actor(user))
    return made


def referral(
    sender: Organization,
    receiver: Organization,
    status: ReferralStatus = ReferralStatus.SENT,
    **columns,
) -> Referral:
    """A referral that came to `status` by the moves that lead there."""
    made = draft(sender, receiver, **columns)
    if status == ReferralStatus.DRAFT:
        return made
    made.send(made.actor(_somebody(sender)))
    made.refresh_from_db()
    for step in PATHS[status]:
        move(made, step)
    return made


def move(made: Referral, status: ReferralStatus) -> None:
    """Move by whoever may, as it would happen."""
    if status in BY_THE_CLOCK:
        due = made.due_at if status == ReferralStatus.EXPIRED else made.answered_at + COME_WITHIN
        made.move_to(status, by=SYSTEM, now=due)
        return
    mover = made.from_org if status == ReferralStatus.WITHDRAWN else made.to_org
    made.move_to(
        status,
        by=made.actor(_somebody(mover)),
        reason="no_capacity" if status == ReferralStatus.REFUSED else "",
        outcome="resolved" if status == ReferralStatus.COMPLETED else "",
        code=made.code or "",
    )


def _somebody(of: Organization) -> User:
    found = Membership.objects.filter(organization=of).exclude(role="viewer").first()
    return found.user if found else member(of)
