"""Closed vocabularies, in the terms of HSDS where HSDS has them (DOMAIN)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AreaLevel(models.TextChoices):
    """Levels of administrative areas, from the largest."""

    PROVINCE = "province", _("Province")
    REGION = "region", _("Administrative region")
    MRC = "mrc", _("Regional county municipality (MRC)")
    MUNICIPALITY = "municipality", _("Municipality")


class OutlineKind(models.TextChoices):
    """Where the outline of an area comes from."""

    GENERALISED = "generalised", _("Generalised outline drawn by Repère")
    OFFICIAL = "official", _("Official outline")


class Confidence(models.TextChoices):
    """How far a fact can be trusted, from what it was read in."""

    A = "A", _("A – read at a first-hand or recent source")
    B = "B", _("B – read at a second-hand or older source")
    C = "C", _("C – doubtful: verify before showing")


class OrganizationKind(models.TextChoices):
    """What an organization is. There is no kind for employers, on purpose."""

    OBNL = "obnl", _("Community organization")
    CONSULATE = "consulate", _("Consulate or embassy")
    FINANCIAL = "financial_institution", _("Bank or credit union")
    HEALTH_NETWORK = "health_network", _("Hospital, CLSC or health line")
    CLINIC = "clinic", _("Clinic")
    PUBLIC_BODY = "public_body", _("Government service")
    MUNICIPALITY_MRC = "municipality_mrc", _("Municipality or MRC")
    UNION = "union", _("Union")
    FAITH = "faith", _("Church or faith group")
    SPORT_CULTURE = "sport_culture", _("Sport or culture")
    EDUCATION = "education", _("School or training centre")
    SHOP = "shop", _("Shop")
    NETWORK = "network", _("Network or coordination")


class ReferralRole(models.TextChoices):
    """Whether an organization takes part in referrals between organizations."""

    NONE = "none", _("Takes no part")
    RECEIVE = "receive", _("Receives")
    SEND_RECEIVE = "send_receive", _("Sends and receives")


class VerifiedStatus(models.TextChoices):
    """What the team knows of the organization itself."""

    UNVERIFIED = "unverified", _("Not verified yet")
    VERIFIED = "verified", _("Verified")
    SUSPENDED = "suspended", _("Suspended: everything it offers is hidden")


class ServiceStatus(models.TextChoices):
    """HSDS `service.status`."""

    ACTIVE = "active", pgettext_lazy("service", "Active")
    INACTIVE = "inactive", pgettext_lazy("service", "Inactive")
    DEFUNCT = "defunct", pgettext_lazy("service", "Ended")
    TEMPORARILY_CLOSED = "temporarily closed", pgettext_lazy("service", "Temporarily closed")


class ReviewStatus(models.TextChoices):
    """Whether an editor stands behind a service."""

    ACCEPTED = "accepted", _("Accepted")
    TO_VERIFY = "to_verify", _("To verify: hidden from the public")


class ReviewReason(models.TextChoices):
    """Why a service waits in the queue of things to verify."""

    CONFIDENCE_C = "confidence_c", _("Doubtful or old source")
    NOT_FOR_TET = "not_for_tet", _("Not open to temporary foreign workers, as far as known")
    OTHER = "other", _("Other")


class DeliveryMode(models.TextChoices):
    """How the help reaches the person."""

    ON_SITE = "on_site", _("On site")
    ITINERANT = "itinerant", _("Mobile, in different places")
    OUTREACH_VISIT = "outreach_visit", _("Comes to you")
    PHONE = "phone", _("By phone")
    VIDEO_WEB = "video_web", _("Online")
    MESSAGING = "messaging", _("By message")


class AccessMode(models.TextChoices):
    """How a person gets in touch."""

    WALK_IN = "walk_in", _("Just go there")
    CALL = "call", _("Call")
    MESSAGE = "message", _("Write a message")
    WEB_FORM = "web_form", _("Fill in a form online")
    APPOINTMENT = "appointment", _("Make an appointment")
    REFERRAL_REQUIRED = "referral_required", _("Another organization must send you")


class FeeKind(models.TextChoices):
    """What it costs."""

    FREE = "free", _("Free")
    PAID = "paid", _("There is a fee")
    MIXED = "mixed", _("Partly free")
    UNKNOWN = "unknown", _("Cost not known: ask")


class LocationType(models.TextChoices):
    """HSDS `location.location_type`."""

    PHYSICAL = "physical", _("A place")
    POSTAL = "postal", _("A postal address")
    VIRTUAL = "virtual", _("Online or by phone")


class Precision(models.TextChoices):
    """What a position stands for, from the finest."""

    ENTRANCE = "entrance", _("Position of the entrance")
    ADDRESS = "address", _("Position of the address")
    POSTAL_CODE = "postal_code", _("Approximate position: the postal code")
    MUNICIPALITY = "municipality", _("Approximate position: the municipality")


class AddressVisibility(models.TextChoices):
    """How much of an address may be known."""

    FULL = "full", _("Everything")
    PARTIAL = "partial", _("The municipality only")
    HIDDEN = "hidden", _("Nothing: the service is found by its area")


class AreaEvidence(models.TextChoices):
    """Why we say that a service covers an area."""

    DECLARED = "declared", _("The organization says so")
    FUNDED = "funded", _("A funded project says so")
    OBSERVED = "observed", _("Seen in practice")


class PhoneType(models.TextChoices):
    """HSDS `phone.type`, with WhatsApp."""

    VOICE = "voice", _("Phone")
    CELL = "cell", _("Mobile phone")
    SMS = "sms", _("Text messages")
    FAX = "fax", _("Fax")
    TTY = "tty", _("Text telephone")
    WHATSAPP = "whatsapp", _("WhatsApp")


class PhoneTrust(models.TextChoices):
    """Whether a number may be shown. A wrong number is worse than none."""

    TRUSTED = "trusted", _("Read at a source that can be trusted")
    TO_VERIFY = "to_verify", _("To verify: never shown")


class LanguageMode(models.TextChoices):
    """How a language is spoken."""

    STAFF = "staff", _("By the staff")
    INTERPRETER_ON_SITE = "interpreter_on_site", _("With an interpreter on site")
    PHONE_INTERPRETER = "phone_interpreter", _("With an interpreter by phone")
    WRITTEN_ONLY = "written_only", _("In writing only")


class HoursStatus(models.TextChoices):
    """What is known of the hours."""

    KNOWN = "known", _("Known")
    ALWAYS = "always", _("Day and night, every day")
    UNKNOWN = "unknown", _("Not known")


class HolidayPolicy(models.TextChoices):
    """Whether the weekly hours hold on a public holiday of Québec."""

    CLOSED = "closed", _("Closed")
    OPEN = "open", _("As on other days")
    UNKNOWN = "unknown", _("Not known: call first")


class ExceptionKind(models.TextChoices):
    """What differs on given days."""

    CLOSED = "closed", _("Closed")
    HOURS = "hours", _("Other hours")
    MESSAGE = "message", _("Usual hours, with something to know")


class ExceptionReason(models.TextChoices):
    """Why it differs."""

    HOLIDAY = "holiday", _("Public holiday")
    VACATION = "vacation", _("Vacation")
    STAFF = "staff", _("Lack of staff")
    EVENT = "event", _("Event")
    OTHER = "other", _("Other")


class OpenState(models.TextChoices):
    """What can be said of a service now. Unknown is never closed."""

    OPEN = "open", _("Open now")
    CLOSING_SOON = "closing_soon", _("Closes soon")
    BY_APPOINTMENT = "by_appointment", _("By appointment")
    OPENS_LATER = "opens_later", _("Opens later today")
    CLOSED = "closed", _("Closed now")
    UNKNOWN = "unknown", _("Hours not known: call first")


class StopStatus(models.TextChoices):
    """Where a stop of a tour stands."""

    PLANNED = "planned", pgettext_lazy("stop", "Planned")
    CONFIRMED = "confirmed", pgettext_lazy("stop", "Confirmed")
    MOVED = "moved", pgettext_lazy("stop", "Moved: another stop takes its place")
    CANCELLED = "cancelled", pgettext_lazy("stop", "Cancelled")
    DONE = "done", pgettext_lazy("stop", "Done")


class Announcement(models.TextChoices):
    """Who may know that a stop takes place: a public date may tip off an employer."""

    PUBLIC = "public", _("Everybody")
    PARTNERS = "partners", _("Partner organizations only")
    ON_REQUEST = "on_request", _("Those who ask")


class StopPrecision(models.TextChoices):
    """How exactly the public may know the place of a stop."""

    FULL = "full", _("The address")
    LOCALITY = "locality", _("The municipality only")


class Severity(models.TextChoices):
    """How much an alert matters."""

    INFO = "info", _("Information")
    WARN = "warn", _("Warning")
    CRITICAL = "critical", _("Danger")


class Targeting(models.TextChoices):
    """Whether a service is for some people more than for others."""

    OPEN_TO_ALL = "open_to_all", _("Open to everyone")
    PRIORITY = "priority", _("First for")
    EXCLUSIVE = "exclusive", _("Only for")
    EXCLUDED = "excluded", _("Not for")


class EligibilityDimension(models.TextChoices):
    """By what a service tells people apart."""

    NATIONALITY = "nationality", _("nationality")
    PERMIT = "permit", _("kind of permit")
    STREAM = "stream", _("programme of work")
    SECTOR = "sector", _("sector of work")
    GENDER = "gender", _("gender")
    AGE = "age", _("age")
    REGION_OF_WORK = "region_of_work", _("region of work")


# What the rules on who is served are written with, and how a page says it. A code that is not here,
# such as an age (16-35), is shown as it is.
ELIGIBILITY_CODES = {
    EligibilityDimension.NATIONALITY: {
        "CO": _("Colombian nationality"),
        "GT": _("Guatemalan nationality"),
        "HN": _("Honduran nationality"),
        "HT": _("Haitian nationality"),
        "IN": _("Indian nationality"),
        "JM": _("Jamaican nationality"),
        "MX": _("Mexican nationality"),
        "PH": _("Philippine nationality"),
        "SV": _("Salvadoran nationality"),
    },
    EligibilityDimension.PERMIT: {
        "closed": _("closed work permit"),
        "open": _("open work permit"),
        "vulnerable_open": _("open work permit for vulnerable workers"),
        "maintained": _("maintained status, while a new permit is awaited"),
        "none_or_expired": _("no permit, or an expired one"),
        "any": _("any permit"),
    },
    EligibilityDimension.STREAM: {
        "SAWP/PTAS": _("seasonal agricultural workers program"),
        "agricultural": _("agricultural stream"),
        "low_wage": _("low-wage stream"),
        "high_wage": _("high-wage stream"),
        "IMP": _("international mobility program"),
        "caregiver": _("caregivers"),
    },
    EligibilityDimension.SECTOR: {
        "agriculture": _("farm work"),
        "food_processing": _("food processing"),
        "fishing": _("fishing"),
        "forestry": _("forestry"),
        "hospitality": _("hotels and restaurants"),
        "manufacturing": _("factories"),
        "health": _("health care"),
        "construction": _("construction"),
    },
    EligibilityDimension.GENDER: {"women": _("women"), "men": _("men")},
}


class FeedbackKind(models.TextChoices):
    """What a visitor talks about."""

    WRONG = "wrong", _("Something is wrong")
    HELPED = "helped", _("Whether they got help")


class FeedbackReason(models.TextChoices):
    """What is wrong."""

    PHONE = "phone", _("The phone number does not work")
    HOURS = "hours", _("The hours are wrong")
    ADDRESS = "address", _("The address or the place on the map is wrong")
    CLOSED = "closed", _("It does not exist any more")
    LANGUAGE = "language", _("They do not speak the language that is written")
    NOT_FOR_ME = "not_for_me", _("They do not help people with my permit")
    FEE = "fee", _("It costs money, or more than is written")
    OTHER = "other", _("Something else")


class FeedbackOutcome(models.TextChoices):
    """How it went."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("In part")
    NO = "no", _("No")
    NO_ANSWER = "no_answer", _("Nobody answered")


class FeedbackStatus(models.TextChoices):
    """What editors did with it."""

    NEW = "new", _("New")
    DONE = "done", _("Dealt with")


class LifeStatus(models.TextChoices):
    """Where a programme or a project stands."""

    PLANNED = "planned", pgettext_lazy("project", "Planned")
    ACTIVE = "active", pgettext_lazy("project", "Active")
    ENDED = "ended", pgettext_lazy("project", "Ended")
    NOT_RENEWED = "not_renewed", pgettext_lazy("project", "Not renewed")
    UNKNOWN = "unknown", pgettext_lazy("project", "Not known")


class PartnerRole(models.TextChoices):
    """What an organization does in a project."""

    LEAD = "lead", _("Lead")
    PARTNER = "partner", _("Partner")
    CONSULATE = "consulate", _("Consulate")
    BANK = "bank", _("Bank")
    MUNICIPALITY = "municipality", _("Municipality")


class Disclosure(models.TextChoices):
    """What an amount of money means."""

    AMOUNT = "amount", _("The amount of this project")
    CEILING = "ceiling", _("The most a project could get")
    AGGREGATE = "aggregate", _("The total of a programme")
    UNDISCLOSED = "undisclosed", _("Not disclosed")


class Qualifier(models.TextChoices):
    """How exact a figure is."""

    EXACT = "exact", _("exactly")
    AT_LEAST = "at_least", _("at least")
    ABOUT = "about", _("about")
    MORE_THAN = "more_than", _("more than")
    AT_MOST = "at_most", _("at most")


class IndicatorKind(models.TextChoices):
    """What was counted."""

    PROJECTS_FUNDED = "projects_funded", _("Projects funded")
    ORGANIZATIONS_SUPPORTED = "organizations_supported", _("Organizations supported")
    TET_REACHED = "tet_reached", _("Workers reached by information")
    TET_SUPPORTED = "tet_supported", _("Workers supported")
    CONSULTATIONS = "consultations", _("Consultations")
    INFO_SESSIONS = "info_sessions", _("Information sessions")
    FARM_VISITS = "farm_visits", _("Visits of farms")
    ACTIVITIES = "activities", _("Activities")


# Languages that a service may be given in: BCP 47 code to name. `mul` is ISO 639's code for many
# languages: an interpreter line whose list is too long to be kept true.
SERVICE_LANGUAGES = {
    "fr": _("French"),
    "en": _("English"),
    "es": _("Spanish"),
    "ar": _("Arabic"),
    "fa": _("Persian"),
    "fil": _("Tagalog"),
    "hi": _("Hindi"),
    "ht": _("Haitian Creole"),
    "cak": _("Kaqchikel"),
    "kek": _("Q’eqchi’"),
    "mam": _("Mam"),
    "pa": _("Punjabi"),
    "prs": _("Dari"),
    "pt": _("Portuguese"),
    "quc": _("K’iche’"),
    "ro": _("Romanian"),
    "uk": _("Ukrainian"),
    "ur": _("Urdu"),
    "vi": _("Vietnamese"),
    "zh": _("Mandarin"),
    "mul": _("Many languages, with an interpreter"),
}


class CoverageClass(models.TextChoices):
    """What an area has for a need: the first that holds. A phone line alone is never green."""

    LOCAL = "local", pgettext_lazy("coverage", "In the area")
    ITINERANT = "itinerant", pgettext_lazy("coverage", "Comes to the area")
    WITHIN_REACH = "within_reach", pgettext_lazy("coverage", "Within reach, next door")
    REMOTE_ONLY = "remote_only", pgettext_lazy("coverage", "By phone or online only")
    STALE = "stale", pgettext_lazy("coverage", "Listed, not verified in time")
    NONE = "none", pgettext_lazy("coverage", "Nothing known")


class CoverageStatus(models.TextChoices):
    """How well the workers of an area are served, by the rule of `docs/coverage-method.md`."""

    INSUFFICIENT = "insufficient", pgettext_lazy("coverage", "Not enough data")
    UNSERVED = "unserved", pgettext_lazy("coverage", "Not served")
    POOR = "poor", pgettext_lazy("coverage", "Poorly served")
    FRAGILE = "fragile", pgettext_lazy("coverage", "Fragile")
    SERVED = "served", pgettext_lazy("coverage", "Served")


class CoverageBasis(models.TextChoices):
    """Which services count."""

    VERIFIED = "verified", pgettext_lazy("coverage", "Verified in time")
    LISTED = "listed", pgettext_lazy("coverage", "Everything listed, as if confirmed")


class DemandMeasure(models.TextChoices):
    """What a figure of demand counts."""

    LMIA_POSITIONS = "lmia_positions", _("Positions on positive labour market assessments")
    PERMITS = "permits", _("Work permits")
    PARTNER_ESTIMATE = "partner_estimate", _("Estimate of a partner")


class DemandSector(models.TextChoices):
    """In which work."""

    AGRICULTURAL = "agricultural", pgettext_lazy("demand", "Farm work")
    OTHER = "other", pgettext_lazy("demand", "Other work")
    ALL = "all", pgettext_lazy("demand", "All work")


class GapKind(models.TextChoices):
    """How help was missing."""

    NO_RESULT = "no_result", pgettext_lazy("gap", "A search without any answer")
    NO_PLACE = "no_place", pgettext_lazy("gap", "A search with lines to call and no place")
    REFUSED = "refused", pgettext_lazy("gap", "A referral that was refused")


class MemberRole(models.TextChoices):
    """What a member of an organization may do there; each may all that the one before may."""

    VIEWER = "viewer", pgettext_lazy("member", "Reads")
    EDITOR = "editor", pgettext_lazy("member", "Refers and answers")
    ADMIN = "admin", pgettext_lazy("member", "Also keeps the people and the listing")


class MailFrequency(models.TextChoices):
    """How often a member wants to hear by e-mail."""

    EACH = "each", _("Each time")
    DAILY = "daily", _("Once a day, all together")
    NEVER = "never", _("Never: I look at the list")


class CapacityLevel(models.TextChoices):
    """How much room a service has for new people."""

    HIGH = "high", pgettext_lazy("capacity", "High: takes new people")
    MODERATE = "moderate", pgettext_lazy("capacity", "Moderate: takes a few")
    LOW = "low", pgettext_lazy("capacity", "Low: nearly full")


class Urgency(models.TextChoices):
    """By when a person needs help."""

    TODAY = "today", pgettext_lazy("urgency", "Today")
    THIS_WEEK = "this_week", pgettext_lazy("urgency", "This week")
    THIS_MONTH = "this_month", pgettext_lazy("urgency", "This month")


class Handover(models.TextChoices):
    """How the person and the receiving organization meet. Who it is, is said and never typed."""

    WORKER_CALLS = "worker_calls", _("The person calls")
    WORKER_SHOWS_CODE = "worker_shows_code", _("The person comes and shows the code")
    ORGS_CALL_EACH_OTHER = (
        "orgs_call_each_other",
        _("The two organizations call each other, and say the name by voice only"),
    )
    CONSULATE_CHANNEL = "consulate_channel", _("By the channel of the consulate")


class ReferralStatus(models.TextChoices):
    """Where a referral stands. The moves between them are in `geo.referral_states`."""

    DRAFT = "draft", pgettext_lazy("referral", "Draft")
    HELD = "held", pgettext_lazy("referral", "Held for the coordinator")
    SENT = "sent", pgettext_lazy("referral", "Sent")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("referral", "Seen")
    ACCEPTED = "accepted", pgettext_lazy("referral", "Accepted")
    MET = "met", pgettext_lazy("referral", "The person came")
    COMPLETED = "completed", pgettext_lazy("referral", "Completed")
    REFUSED = "refused", pgettext_lazy("referral", "Refused")
    REDIRECTED = "redirected", pgettext_lazy("referral", "Redirected")
    EXPIRED = "expired", pgettext_lazy("referral", "Expired: nobody answered")
    LAPSED = "lapsed", pgettext_lazy("referral", "Lapsed: the person did not come")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral", "Withdrawn")


class RefusalReason(models.TextChoices):
    """Why a referral was refused. Counted for planners."""

    NO_CAPACITY = "no_capacity", pgettext_lazy("refusal", "No room now")
    OUT_OF_AREA = "out_of_area", pgettext_lazy("refusal", "Outside of our area")
    NOT_ELIGIBLE = "not_eligible", pgettext_lazy("refusal", "The person is not eligible")
    WRONG_NEED = "wrong_need", pgettext_lazy("refusal", "We do not answer this need")
    NO_LANGUAGE = "no_language", pgettext_lazy("refusal", "Nobody speaks the language")
    SERVICE_ENDED = "service_ended", pgettext_lazy("refusal", "The service has ended")
    HOURS = "hours", pgettext_lazy("refusal", "Not at the hours that are needed")
    UNREACHABLE = "unreachable", pgettext_lazy("refusal", "The person cannot be reached")
    ALREADY_SERVED = "already_served", pgettext_lazy("refusal", "The person is helped already")
    OTHER_CODED = "other_coded", pgettext_lazy("refusal", "Another reason")


class ReferralOutcome(models.TextChoices):
    """How an accepted referral ended."""

    RESOLVED = "resolved", pgettext_lazy("outcome", "Solved")
    PARTLY = "partly", pgettext_lazy("outcome", "Solved in part")
    NOT_RESOLVED = "not_resolved", pgettext_lazy("outcome", "Not solved")
    WORKER_LEFT = "worker_left", pgettext_lazy("outcome", "The person left")
    UNKNOWN = "unknown", pgettext_lazy("outcome", "Not known")


class ConsentMethod(models.TextChoices):
    """How a person said yes."""

    ORAL = "oral", pgettext_lazy("consent", "Out loud, after the text was read")
    WRITTEN = "written", pgettext_lazy("consent", "In writing; the paper stays with you")


class ActorKind(models.TextChoices):
    """Through what a referral was moved."""

    USER = "user", _("An account")
    LINK = "link", _("A signed link")
    TOKEN = "token", _("The software of an organization")
    CODE = "code", _("The person with the code")
    SYSTEM = "system", _("The clock")


class AuditVerb(models.TextChoices):
    """What was done with referrals, for the audit trail: never what they hold."""

    CREATED = "created", pgettext_lazy("audit", "created")
    DELETED = "deleted", pgettext_lazy("audit", "deleted a draft")
    LISTED = "listed", pgettext_lazy("audit", "listed")
    SEEN = "seen", pgettext_lazy("audit", "seen")
    CODE_FAILED = "code_failed", pgettext_lazy("audit", "gave a code that is not known")
    MOVED = "moved", pgettext_lazy("audit", "moved")
    LINK_ISSUED = "link_issued", pgettext_lazy("audit", "issued a link")
    PURGED = "purged", pgettext_lazy("audit", "purged")


class MailKind(models.TextChoices):
    """What an e-mail is about."""

    INVITATION = "invitation", pgettext_lazy("mail", "Invitation")
    REFERRAL_WAITS = "referral_waits", pgettext_lazy("mail", "A referral waits")
    REMINDER = "reminder", pgettext_lazy("mail", "Reminder")
    REFERRAL_MOVED = "referral_moved", pgettext_lazy("mail", "A referral has moved")
    REFERRAL_HELD = "referral_held", pgettext_lazy("mail", "A referral is held")
    LINK_RENEWED = "link_renewed", pgettext_lazy("mail", "A new link")
    BULLETIN = "bulletin", pgettext_lazy("mail", "Bulletin")
    WATCH = "watch", pgettext_lazy("mail", "A saved search")


class WatchedChange(models.TextChoices):
    """What happened to a service that a saved search finds."""

    APPEARED = "appeared", pgettext_lazy("watch", "New")
    CHANGED = "changed", pgettext_lazy("watch", "Changed")
    CLOSED = "closed", pgettext_lazy("watch", "Gone")


class TokenScope(models.TextChoices):
    """What the software of an organization may do."""

    READ = "referrals:read", _("Read its referrals")
    WRITE = "referrals:write", _("Send referrals and answer them")
    CAPACITY = "capacity:write", _("Say how much room its services have")
    WEBHOOKS = "webhooks:write", _("Ask to be called when a referral moves")
