"""What an organization of the network says of itself.

What it changes has the organization as its source, and the day as its date; the history of the
directory keeps what stood there before.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.choices import (
    CapacityLevel,
    Confidence,
    OrganizationKind,
    ReferralRole,
    ReviewStatus,
    ServiceStatus,
)
from geo.errors import TransitionNotAllowed
from geo.models import (
    Organization,
    Partner,
    PartnerContact,
    Service,
    ServiceCapacity,
    Source,
    User,
)
from geo.models.network import ROOM_HOLDS
from geo.translation import compose, wording

# What an organization may say of the state of one of its services.
SAYABLE = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED, ServiceStatus.DEFUNCT)

# They help people and take no referrals; the database refuses it too.
NEVER_REFERRED_TO = (OrganizationKind.SHOP, OrganizationKind.FAITH)


def own_source(organization: Organization) -> Source:
    """The organization itself as a source, one for each; made when it is first needed."""
    name = str(wording(organization.name, "fr"))
    source, _is_new = Source.objects.get_or_create(
        key=f"owner-{organization.pk}",
        defaults={"citation": f"Déclaration de l’organisme : {name}", "publisher": name[:255]},
    )
    return source


def _service(organization: Organization, key: UUID) -> Service:
    """A service of an organization, held until the transaction ends.

    Raises:
        Service.DoesNotExist: it is not one of the organization.
    """
    return Service.objects.select_for_update(of=("self",)).get(pk=key, organization=organization)


@transaction.atomic
def say_capacity(
    organization: Organization,
    service: UUID,
    *,
    level: CapacityLevel,
    is_accepting: bool,
    by: User | None,
    now: datetime | None = None,
) -> ServiceCapacity:
    """Say how much room a service has, and whether it takes referrals.

    Raises:
        Service.DoesNotExist: it is not one of the organization.
    """
    row, _is_new = ServiceCapacity.objects.update_or_create(
        service=_service(organization, service),
        defaults={
            "level": level,
            "is_accepting": is_accepting,
            "said_at": now or timezone.now(),
            "said_by": by,
        },
    )
    return row


def has_lapsed(capacity: ServiceCapacity, now: datetime) -> bool:
    """So long ago that nobody knows any more."""
    return now - capacity.said_at > ROOM_HOLDS


@transaction.atomic
def confirm(organization: Organization, service: UUID, today: date) -> None:
    """Say that all that is written of a service is still true today. Its sources stay.

    Raises:
        Service.DoesNotExist: it is not one of the organization.
    """
    row = _service(organization, service)
    row.assured_date = today
    row.save(update_fields=["assured_date"])


@transaction.atomic
def say_status(
    organization: Organization, service: UUID, status: ServiceStatus, *, note: str, language: str
) -> None:
    """Say that a service is given, closed for a while, or has ended.

    Args:
        organization: whose service it is.
        service: its key.
        status: one of `SAYABLE`.
        note: why, or until when; may be empty.
        language: that of the note.

    Raises:
        Service.DoesNotExist: it is not one of the organization.
        TransitionNotAllowed: the status is not one that an organization may give.
    """
    if status not in SAYABLE:
        raise TransitionNotAllowed(_("This cannot be said here. Write to the team."))
    row = _service(organization, service)
    today = timezone.localdate()
    row.status = status
    row.status_note = compose({language: note}) if note else {}
    row.assured_date = today
    row.source = own_source(organization)
    row.as_of = today.isoformat()
    # What editors have not accepted stays as doubtful as it was.
    if row.review_status == ReviewStatus.ACCEPTED:
        row.confidence = Confidence.A
    row.save(
        update_fields=[
            "status",
            "status_note",
            "assured_date",
            "source",
            "as_of",
            "confidence",
        ]
    )


@transaction.atomic
def say_addresses(organization: Organization, *, website: str, email: str) -> None:
    """Write the public addresses of an organization."""
    row = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if (row.website, row.email) == (website, email):
        return
    row.website, row.email = website, email
    row.source = own_source(row)
    row.as_of = timezone.localdate().isoformat()
    row.confidence = Confidence.A
    row.save(update_fields=["website", "email", "source", "as_of", "confidence"])


@transaction.atomic
def say_role(
    organization: Organization, role: ReferralRole, *, mailbox: str, language: str
) -> None:
    """Say whether an organization takes part in referrals, and where its mails go.

    What it was sent already stays in its inbox.

    Raises:
        TransitionNotAllowed: it is a shop or a church, which take no referrals.
    """
    row = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if role != ReferralRole.NONE and row.kind in NEVER_REFERRED_TO:
        raise TransitionNotAllowed(_("Shops and faith groups take no referrals."))
    Organization.objects.filter(pk=row.pk).update(referral_role=role)
    Partner.objects.filter(organization=row).update(mailbox=mailbox, language=language)


@transaction.atomic
def say_contact(
    organization: Organization,
    key: UUID | None,
    *,
    phone: str,
    extension: str,
    email: str,
    by: User | None,
) -> PartnerContact:
    """Write a way for the network to reach an organization; a new one where `key` is None.

    Raises:
        PartnerContact.DoesNotExist: it is not one of the organization.
    """
    row = PartnerContact(organization=organization)
    if key is not None:
        row = PartnerContact.objects.select_for_update(of=("self",)).get(
            pk=key, organization=organization
        )
    row.phone, row.extension, row.email = phone, extension, email
    row.updated_at, row.updated_by = timezone.now(), by
    row.save()
    return row
