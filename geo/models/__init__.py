"""The entities of the domain, in HSDS terms where HSDS has them."""

from geo.models.accounts import User
from geo.models.alerts import Alert
from geo.models.areas import AdminArea, PostalPoint
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
from geo.models.programs import (
    FundingAward,
    Program,
    Project,
    ProjectIndicator,
    ProjectPartner,
)
from geo.models.provenance import Source
from geo.models.resources import Resource
from geo.models.runs import FixtureLoad
from geo.models.texts import ServiceText
from geo.models.tours import MobileStop, MobileTour

__all__ = [
    "Alert",
    "EligibilityRule",
    "Feedback",
    "MobileStop",
    "MobileTour",
    "ScheduleException",
    "ServiceText",
    "AdminArea",
    "CoverageArea",
    "CoverageCell",
    "CoverageRun",
    "CoverageService",
    "DemandEstimate",
    "HistoryRow",
    "SearchGap",
    "TravelCost",
    "FixtureLoad",
    "FundingAward",
    "Location",
    "NeedTerm",
    "Organization",
    "Phone",
    "PostalPoint",
    "Program",
    "Project",
    "ProjectIndicator",
    "ProjectPartner",
    "Resource",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceLanguage",
    "ServiceNeed",
    "Source",
    "User",
]
