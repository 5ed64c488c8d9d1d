"""Questions about needs, organizations, services and phones."""

from typing import Self

from django.db import models
from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Value,
)

from geo.choices import PhoneTrust
from geo.querysets.functions import (
    Fold,
    Texts,
    objects,
    wording_of,
)


class NeedTermQuerySet(models.QuerySet):
    """Questions about needs."""

    def tiles(self) -> Self:
        """The needs of level 1, in their order, with their leaves."""
        return (
            self.filter(parent=None)
            .order_by("order", "code")
            .prefetch_related(
                Prefetch("children", queryset=objects("NeedTerm").order_by("order", "code"))
            )
        )


class OrganizationQuerySet(models.QuerySet):
    """Questions about organizations."""

    def offering(self) -> Self:
        """Organizations of which the public sees at least one service."""
        resources = objects("Resource")
        return self.filter(Exists(resources.filter(organization=OuterRef("pk")))).order_by(
            Fold(wording_of("name")), "pk"
        )

    def named(self, text: str) -> Self:
        """Organizations whose name, in any language, or other name has a text in it, by name."""
        part = Fold(Value(text))
        return (
            self.alias(part=part, named=Fold(Texts("name")), other=Fold("alternate_name"))
            .filter(Q(named__contains=F("part")) | Q(other__contains=F("part")))
            .order_by(Fold(wording_of("name")), "pk")
        )


class ServiceQuerySet(models.QuerySet):
    """Questions about services."""

    def public(self) -> Self:
        """Services that the public may see: active, accepted, of a public organization.

        The view `geo_resource` holds the rule; a service without a place and without an area has
        no way to be reached and is not public.
        """
        resources = objects("Resource")
        return self.filter(Exists(resources.filter(service=OuterRef("pk"))))

    def to_verify(self) -> Self:
        """The queue of what editors have to check, oldest source first."""
        return self.filter(review_status="to_verify").order_by("as_of", "pk")

    def with_details(self) -> Self:
        """With all that a card of the network shows, in a fixed number of queries."""
        return self.select_related("organization", "source").prefetch_related(
            Prefetch(
                "phones",
                queryset=objects("Phone").trusted().order_by("rank", "pk"),
                to_attr="trusted_phones",
            ),
            Prefetch(
                "service_areas",
                queryset=objects("ServiceArea")
                .select_related("area")
                .defer("area__outline")
                .order_by("area__level", "area__code"),
            ),
            "eligibility_rules",
            "organization__partner_contacts",
        )


class PhoneQuerySet(models.QuerySet):
    """Questions about phone numbers."""

    def trusted(self) -> Self:
        """Numbers that may be shown. Anything public asks this and nothing else."""
        return self.filter(trust=PhoneTrust.TRUSTED)

    def public(self) -> Self:
        """Numbers that may be shown, of services that the public may see."""
        resources = objects("Resource").filter(service=OuterRef("service_id"))
        return self.trusted().filter(Exists(resources))
