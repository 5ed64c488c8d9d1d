"""What is said when something happens: one function an event.

Called inside the transaction of the event. What is to be sent is written there, as rows of the
outbox, so that it cannot be lost, nor said of something that did not happen; a row tells to whom
and about what. It is sent after the commit, by `geo.referrals.outbox`, as often as it takes.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from geo.choices import MailFrequency, MailKind, MemberRole, ReferralStatus, ServiceStatus


def referral_moved(referral: Any, previous: str) -> None:
    """A referral went from `previous` to its status: tell those whom it concerns.

    The receiver hears that one waits, and that one that it knew of was withdrawn; coordinators,
    that one is held; the sender, whatever the receiver or the clock did. The people of an
    organization are told alike.
    """
    status = referral.status
    if status == ReferralStatus.HELD:
        _mail_coordinators(referral)
    elif status == ReferralStatus.SENT:
        mail_organization(MailKind.REFERRAL_WAITS, referral.to_org_id, referral)
    elif status == ReferralStatus.WITHDRAWN:
        if referral.sent_at is not None:
            mail_organization(MailKind.REFERRAL_MOVED, referral.to_org_id, referral)
        else:
            mail_organization(MailKind.REFERRAL_MOVED, referral.from_org_id, referral)
    elif status != ReferralStatus.DRAFT:
        mail_organization(MailKind.REFERRAL_MOVED, referral.from_org_id, referral)
    _call_webhooks(referral, previous)


def receiver_reminded(referral: Any) -> None:
    """Half of the time to answer is over: the receiver is told once, the sender never."""
    mail_organization(MailKind.REMINDER, referral.to_org_id, referral)


def link_renewed(referral: Any, partner: Any, once_in: timedelta) -> bool:
    """A new link goes to the mailbox of the receiver; False if one went there within `once_in`."""
    kind = MailKind.LINK_RENEWED
    earlier = _outbox().filter(kind=kind, referral=referral, partner=partner)
    if earlier.filter(created_at__gt=timezone.now() - once_in).exists():
        return False
    _outbox().create(kind=kind, partner=partner, referral=referral)
    return True


def bulletin_published(bulletin: Any) -> None:
    """There is news: the other people of the organizations that it concerns are told.

    These are organizations of its regions, of which an active service answers one of its needs;
    without regions or needs, all are.
    """
    members = apps.get_model("geo", "Membership").objects.active().select_related("user")
    if regions := list(bulletin.regions.all()):
        members = members.filter(organization__partner__region__in=regions)
    if needs := list(bulletin.needs.all()):
        answering = apps.get_model("geo", "ServiceNeed").objects.filter(
            Q(term__in=needs) | Q(term__parent__in=needs),
            service__organization=OuterRef("organization"),
            service__status=ServiceStatus.ACTIVE,
        )
        members = members.filter(Exists(answering))
    people = [member.user for member in members.exclude(user=bulletin.author_id)]
    mail_people(MailKind.BULLETIN, people, bulletin=bulletin)


def mail_organization(kind: MailKind, organization: Any, referral: Any) -> None:
    """A mail to each member who refers, or to the mailbox of an organization without any."""
    members = (
        apps.get_model("geo", "Membership")
        .objects.active()
        .filter(organization=organization, role__in=[MemberRole.EDITOR, MemberRole.ADMIN])
        .select_related("user")
    )
    people = [membership.user for membership in members]
    if people:
        mail_people(kind, people, referral=referral)
        return
    partner = (
        apps.get_model("geo", "Partner")
        .objects.admitted()
        .filter(organization=organization)
        .exclude(mailbox="")
        .first()
    )
    if partner:
        _outbox().create(kind=kind, partner=partner, referral=referral)


def mail_people(kind: MailKind, people: Iterable[Any], **about: Any) -> None:
    """A mail to each account that wants any; `about` is what it tells of, by column."""
    now = timezone.now()
    _outbox().bulk_create(
        [
            _outbox().model(
                kind=kind,
                user=person,
                in_digest=person.mail_frequency == MailFrequency.DAILY,
                created_at=now,
                due_at=now,
                **about,
            )
            for person in people
            if person.mail_frequency != MailFrequency.NEVER
        ]
    )


def _outbox() -> Any:
    return apps.get_model("geo", "OutboxMail").objects


def _mail_coordinators(referral: Any) -> None:
    regions = [referral.worker_region_id]
    partner = getattr(referral.from_org, "partner", None)
    if partner:
        regions.append(partner.region_id)
    people = (
        apps.get_model("geo", "User")
        .objects.filter(is_active=True, coordinations__region__in=regions)
        .distinct()
    )
    mail_people(MailKind.REFERRAL_HELD, people, referral=referral)


def _call_webhooks(referral: Any, previous: str) -> None:
    """A row for each webhook of either side; the receiver hears only of what reached it."""
    organizations = [referral.from_org_id]
    if referral.sent_at is not None and referral.status != ReferralStatus.HELD:
        organizations.append(referral.to_org_id)
    hooks = apps.get_model("geo", "Webhook").objects.filter(
        is_active=True, organization__in=organizations
    )
    deliveries = apps.get_model("geo", "WebhookDelivery").objects
    deliveries.bulk_create(
        [
            deliveries.model(webhook=hook, referral=referral, status=referral.status)
            for hook in hooks
        ]
    )
