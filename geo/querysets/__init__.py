"""Every question that we ask of the database, by what it is about."""

from geo.querysets.areas import AdminAreaQuerySet, PostalPointQuerySet
from geo.querysets.directory import (
    NeedTermQuerySet,
    OrganizationQuerySet,
    PhoneQuerySet,
    ServiceQuerySet,
)
from geo.querysets.resources import ResourceQuerySet

__all__ = [
    "AdminAreaQuerySet",
    "NeedTermQuerySet",
    "OrganizationQuerySet",
    "PhoneQuerySet",
    "PostalPointQuerySet",
    "ResourceQuerySet",
    "ServiceQuerySet",
]
