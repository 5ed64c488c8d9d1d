"""Whom a page offers as a receiver: a short list, and another region where it is not enough."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from geo.models import AdminArea, NeedTerm, Organization, Partner

# A longer list is not read; another region gives another one.
MOST = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """What a page offers.

    Attributes:
        partners: at most `MOST`, and those that were chosen already, by name.
        region: whose organizations they are, or None where they answer the need.
        regions: those that can be asked for.
    """

    partners: list[Partner]
    region: AdminArea | None
    regions: Sequence[AdminArea]


def regions() -> list[AdminArea]:
    """The regions, without their outlines."""
    return list(AdminArea.objects.regions().defer("outline"))


def offer(
    query: QueryDict,
    sender: Organization,
    need: NeedTerm | None,
    *,
    among: Sequence[AdminArea],
    chosen: Collection[UUID] = (),
    without: Collection[UUID] = (),
) -> Offer:
    """Organizations that answer a need; those of the region `near`, where the page asks for it.

    Args:
        query: the address of the page.
        sender: the organization that asks; it is never offered.
        need: of level 1, or None while nobody knows.
        among: all regions.
        chosen: organizations that are in the list in any case.
        without: others that are not.
    """
    region = next((area for area in among if area.code == query.get("near")), None)
    everybody = Partner.objects.receiving().exclude(organization__in=[sender.pk, *without])
    if region:
        narrowed = everybody.in_region(region)
    elif need:
        narrowed = everybody.answering(need)
    else:
        narrowed = everybody.in_region(sender.partner.region_id)
    first = list(everybody.filter(organization__in=chosen).by_name()) if chosen else []
    others = narrowed.exclude(organization__in=chosen).by_name()[:MOST]
    return Offer([*first, *others], region, among)
