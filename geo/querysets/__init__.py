"""Every question that we ask of the database, by what it is about."""

from geo.querysets.alerts import AlertQuerySet
from geo.querysets.areas import AdminAreaQuerySet, PostalPointQuerySet
from geo.querysets.coverage import (
    CoverageCellQuerySet,
    CoverageRunQuerySet,
    DemandEstimateQuerySet,
)
from geo.querysets.directory import (
    NeedTermQuerySet,
    OrganizationQuerySet,
    PhoneQuerySet,
    ServiceQuerySet,
)
from geo.querysets.feedback import FeedbackQuerySet
from geo.querysets.gaps import SearchGapQuerySet
from geo.querysets.hours import ScheduleExceptionQuerySet
from geo.querysets.programs import ProgramQuerySet, ProjectQuerySet
from geo.querysets.resources import ResourceQuerySet
from geo.querysets.tours import MobileStopQuerySet, MobileTourQuerySet

__all__ = [
    "AdminAreaQuerySet",
    "AlertQuerySet",
    "CoverageCellQuerySet",
    "CoverageRunQuerySet",
    "DemandEstimateQuerySet",
    "FeedbackQuerySet",
    "MobileStopQuerySet",
    "MobileTourQuerySet",
    "NeedTermQuerySet",
    "OrganizationQuerySet",
    "PhoneQuerySet",
    "PostalPointQuerySet",
    "ProgramQuerySet",
    "ProjectQuerySet",
    "ResourceQuerySet",
    "ScheduleExceptionQuerySet",
    "SearchGapQuerySet",
    "ServiceQuerySet",
]
