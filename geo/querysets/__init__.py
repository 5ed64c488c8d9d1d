"""Every question that we ask of the database, by what it is about."""

from geo.querysets.alerts import AlertQuerySet
from geo.querysets.areas import AdminAreaQuerySet, PostalPointQuerySet
from geo.querysets.audit import ReferralAuditQuerySet
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
from geo.querysets.network import BulletinQuerySet, ContactRevealQuerySet
from geo.querysets.partners import InvitationQuerySet, MembershipQuerySet, PartnerQuerySet
from geo.querysets.programs import ProgramQuerySet, ProjectQuerySet
from geo.querysets.referrals import OutboxMailQuerySet, ReferralLinkQuerySet, ReferralQuerySet
from geo.querysets.resources import ResourceQuerySet
from geo.querysets.software import ApiTokenQuerySet, WebhookDeliveryQuerySet
from geo.querysets.tours import MobileStopQuerySet, MobileTourQuerySet

__all__ = [
    "AdminAreaQuerySet",
    "AlertQuerySet",
    "ApiTokenQuerySet",
    "BulletinQuerySet",
    "ContactRevealQuerySet",
    "CoverageCellQuerySet",
    "CoverageRunQuerySet",
    "DemandEstimateQuerySet",
    "FeedbackQuerySet",
    "InvitationQuerySet",
    "MembershipQuerySet",
    "MobileStopQuerySet",
    "MobileTourQuerySet",
    "NeedTermQuerySet",
    "OrganizationQuerySet",
    "OutboxMailQuerySet",
    "PartnerQuerySet",
    "PhoneQuerySet",
    "PostalPointQuerySet",
    "ProgramQuerySet",
    "ProjectQuerySet",
    "ReferralAuditQuerySet",
    "ReferralLinkQuerySet",
    "ReferralQuerySet",
    "ResourceQuerySet",
    "ScheduleExceptionQuerySet",
    "SearchGapQuerySet",
    "ServiceQuerySet",
    "WebhookDeliveryQuerySet",
]
