"""Which organization of the network a referral may go to: what a list offers, by region."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import get_language

from geo.choices import Handover, OrganizationKind
from geo.models import Organization, Partner, Referral
from geo.querysets import PartnerQuerySet
from geo.translation import wording


def others(referral: Referral) -> PartnerQuerySet:
    """Organizations that take referrals, without the two that have to do with this one."""
    involved = [referral.from_org_id, referral.to_org_id]
    return Partner.objects.receiving().exclude(organization__in=involved)


def agreed(referral: Referral) -> PartnerQuerySet:
    """Organizations that take referrals, and that the person agreed to."""
    if referral.consent is None:
        return Partner.objects.none()
    scope = referral.consent.organizations.exclude(pk=referral.from_org_id)
    return Partner.objects.receiving().filter(organization__in=scope)


def chosen(partners: PartnerQuerySet, key: str) -> Organization | None:
    """The organization that was chosen, or None where the list does not hold it."""
    try:
        partner = partners.select_related("organization").filter(organization=UUID(key)).first()
    except ValueError:
        return None
    return partner.organization if partner else None


def by_region(partners: PartnerQuerySet, referral: Referral) -> list[tuple[str, list[Partner]]]:
    """What a list offers: regions in their order, the person's own first, each with its partners.

    Where the two meet by the channel of the consulate, consulates come first of all, under an
    empty name.
    """
    rows = sorted(partners.select_related("organization", "region"), key=_name)
    first: list[Partner] = []
    if referral.handover == Handover.CONSULATE_CHANNEL:
        first = [row for row in rows if row.organization.kind == OrganizationKind.CONSULATE]
    rest = [row for row in rows if row not in first]
    groups = [("", first)] if first else []
    own = [row for row in rest if row.region_id == referral.worker_region_id]
    elsewhere = [row for row in rest if row.region_id != referral.worker_region_id]
    return groups + _groups(own) + _groups(elsewhere)


def _groups(partners: Iterable[Partner]) -> list[tuple[str, list[Partner]]]:
    groups: dict[tuple[str, str], list[Partner]] = {}
    for partner in partners:
        groups.setdefault((partner.region.code, partner.region.name), []).append(partner)
    return [(name, groups[code, name]) for code, name in sorted(groups)]


def _name(partner: Partner) -> str:
    return str(wording(partner.organization.name, get_language()) or "").casefold()
