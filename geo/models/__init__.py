"""The entities of the domain, in HSDS terms where HSDS has them."""

from geo.models.accounts import User
from geo.models.alerts import Alert
from geo.models.areas import AdminArea, PostalPoint
from geo.models.audit import AuditKey, ReferralAudit
from geo.models.consents import Consent
from geo.models.coverage import (
    CoverageArea,
    CoverageCell,
    CoverageRun,
    CoverageService,
    DemandEstimate,
    HistoryRow,
    SearchGap,
    TravelCost,
)
from geo.models.directory import (
    Location,
    Organization,
    Phone,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceLanguage,
    ServiceNeed,
)
from geo.models.eligibility import EligibilityRule
from geo.models.feedback import Feedback
from geo.models.hours import Schedule, ScheduleException
from geo.models.needs import NeedTerm
from geo.models.network import (
    Bulletin,
    ContactReveal,
    PartnerContact,
    SavedSearch,
    ServiceCapacity,
    WatchedService,
)
from geo.models.outbox import OutboxMail
from geo.models.partners import Coordination, Endorsement, Invitation, Membership, Partner
from geo.models.programs import (
    FundingAward,
    Program,
    Project,
    ProjectIndicator,
    ProjectPartner,
)
from geo.models.provenance import Source
from geo.models.referral_records import ReferralEvent, ReferralLink, ReferralStat
from geo.models.referrals import Referral
from geo.models.resources import Resource
from geo.models.runs import FixtureLoad, JobRun
from geo.models.software import ApiToken, Webhook, WebhookDelivery
from geo.models.texts import ServiceText
from geo.models.tours import MobileStop, MobileTour

__all__ = [
    "AdminArea",
    "Alert",
    "ApiToken",
    "AuditKey",
    "Bulletin",
    "Consent",
    "ContactReveal",
    "Coordination",
    "CoverageArea",
    "CoverageCell",
    "CoverageRun",
    "CoverageService",
    "DemandEstimate",
    "EligibilityRule",
    "Endorsement",
    "Feedback",
    "FixtureLoad",
    "FundingAward",
    "HistoryRow",
    "Invitation",
    "JobRun",
    "Location",
    "Membership",
    "MobileStop",
    "MobileTour",
    "NeedTerm",
    "Organization",
    "OutboxMail",
    "Partner",
    "PartnerContact",
    "Phone",
    "PostalPoint",
    "Program",
    "Project",
    "ProjectIndicator",
    "ProjectPartner",
    "Referral",
    "ReferralAudit",
    "ReferralEvent",
    "ReferralLink",
    "ReferralStat",
    "Resource",
    "SavedSearch",
    "Schedule",
    "ScheduleException",
    "SearchGap",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceLanguage",
    "ServiceNeed",
    "ServiceText",
    "Source",
    "TravelCost",
    "User",
    "WatchedService",
    "Webhook",
    "WebhookDelivery",
]
