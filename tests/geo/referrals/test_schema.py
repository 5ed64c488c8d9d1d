"""No column, no JSON, no log and no mail outside of staff accounts may hold a person's data."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.gis.db import models

from geo.models import (
    Consent,
    Referral,
    ReferralAudit,
    ReferralEvent,
    ReferralLink,
    ReferralStat,
    WebhookDelivery,
)

# DOMAIN §3.1, with the fewer facts of REFERRAL_PRIVACY §1: `created_on` and `purge_on` are days,
# and the need is one. `redirects`, `events` and the like are other tables.
COLUMNS = {
    Referral: {
        "id",
        "public_code",
        "from_org",
        "from_user",
        "to_org",
        "to_service",
        "need",
        "language_needed",
        "interpreter_needed",
        "worker_region",
        "urgency",
        "handover",
        "consent",
        "status",
        "refusal_reason",
        "outcome",
        "redirect_of",
        "created_on",
        "sent_at",
        "due_at",
        "answered_at",
        "closed_at",
        "purge_on",
        "sandbox",
    },
    Consent: {
        "id",
        "method",
        "language",
        "text_version",
        "organizations",
        "given_on",
        "expires_on",
        "recorded_by",
        "withdrawn_on",
    },
    ReferralEvent: {
        "id",
        "referral",
        "from_status",
        "to_status",
        "actor_user",
        "actor_kind",
        "at",
    },
    ReferralLink: {"id", "referral", "secret_digest", "created_at", "expires_at"},
    ReferralAudit: {
        "id",
        "at",
        "actor",
        "organization",
        "verb",
        "pseudonym",
        "ok",
        "digest",
    },
    ReferralStat: {
        "id",
        "month",
        "from_region",
        "to_region",
        "need",
        "outcome",
        "refusal_reason",
        "count",
        "median_hours",
    },
    WebhookDelivery: {
        "id",
        "webhook",
        "referral",
        "status",
        "created_at",
        "due_at",
        "attempts",
        "answer",
        "delivered_at",
        "given_up_at",
    },
}

# Words of columns that would hold a person, in the three languages, as whole words of a name.
PERSON = re.compile(
    r"(?:^|_)("
    r"forename|surname|lastname|firstname|nickname|prenom|nom|nombre|apellido|name|alias|"
    r"phone|tel|telephone|mobile|cell|whatsapp|sms|telegram|email|mail|courriel|correo|"
    r"birth|born|dob|age|sex|gender|nationality|country|citizenship|"
    r"passport|permit|visa|uci|nas|sin|ramq|curp|dpi|file|dossier|"
    r"employer|employeur|empleador|farm|ferme|company|job|salary|"
    r"address|street|city|municipality|postal|lat|lon|latitude|longitude|point|position|geom|"
    r"note|notes|comment|comments|message|text|body|free|detail|details|remark|description|"
    r"ip|agent|device|photo|picture|attachment|upload|health|diagnosis|worker"
    r")(?:$|_)"
)

# Tables of accounts: people of organizations, who sign in with a work address.
STAFF_TABLES = {"geo.User", "geo.Invitation"}
STAFF_APPS = {"axes", "otp_totp", "otp_static", "sessions", "admin", "auth", "contenttypes"}

# Facts of the public directory, and what visitors and organizations write about it. None of them
# is about a worker; what may be written freely there is checked (`geo.personal`).
DIRECTORY = {
    "Alert",
    "AdminArea",
    "EligibilityRule",
    "Feedback",
    "FundingAward",
    "FixtureLoad",
    "HistoryRow",
    "Location",
    "MobileStop",
    "MobileTour",
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
    "ScheduleException",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceLanguage",
    "ServiceNeed",
    "ServiceText",
    "Source",
    "CoverageArea",
    "CoverageCell",
    "CoverageRun",
    "CoverageService",
    "DemandEstimate",
    "TravelCost",
    "SearchGap",
}

# Columns of the network whose name has such a word, and why they hold nobody.
EXPLAINED = {
    "Referral.worker_region": "one of 17 regions",
    "Consent.text_version": "a number",
    "Partner.mailbox": "the shared address of an organization",
    "PartnerContact.phone": "of a desk of an organization, checked by the database",
    "PartnerContact.email": "the shared address of a desk",
    "Bulletin.text": "of an organization to organizations, without numbers and addresses",
    "WatchedService.name": "of a public service",
    "JobRun.name": "of a job of the site",
}

NETWORK = [
    model
    for model in apps.get_app_config("geo").get_models()
    if model.__name__ not in DIRECTORY and model._meta.label not in STAFF_TABLES
]

# What can hold words that somebody writes: everything else is a code, a number, a date or a key.
FREE = (models.TextField, models.JSONField, models.FileField, models.PointField)
LONGEST_CODE = 64


def names(model) -> set[str]:
    return {field.name for field in model._meta.get_fields() if not field.auto_created} | {
        model._meta.pk.name
    }


@pytest.mark.parametrize("model", COLUMNS, ids=lambda model: model.__name__)
def test_the_tables_of_referrals_have_the_columns_of_the_design_and_no_other(model):
    assert names(model) == COLUMNS[model]


@pytest.mark.parametrize("model", NETWORK, ids=lambda model: model.__name__)
def test_no_column_of_the_network_is_named_like_a_fact_of_a_person(model):
    found = {f"{model.__name__}.{name}" for name in names(model) if PERSON.search(name)}
    assert found <= EXPLAINED.keys()


@pytest.mark.parametrize(
    "model",
    [Referral, Consent, ReferralEvent, ReferralLink, ReferralAudit, ReferralStat, WebhookDelivery],
    ids=lambda model: model.__name__,
)
def test_nothing_can_be_written_freely_about_a_referral(model):
    """Each column is a key, a number, a date, a yes or no, one of a list, or a digest."""
    for field in model._meta.fields:
        assert not isinstance(field, FREE), field
        if isinstance(field, models.CharField) and not field.choices:
            assert field.max_length <= LONGEST_CODE, field
            assert field.name in {
                "public_code",
                "secret_digest",
                "from_status",
                "need",
                "outcome",
                "answer",
            }, field


def test_every_table_is_looked_at():
    """A new table is one of the network, of the directory, or of accounts: somebody decides."""
    known = {model.__name__ for model in NETWORK} | DIRECTORY | {"User", "Invitation"}
    assert {model.__name__ for model in apps.get_app_config("geo").get_models()} == known
    others = {
        model._meta.app_label for model in apps.get_models() if model._meta.app_label != "geo"
    }
    assert others - STAFF_APPS == {"gis"} & others


def test_no_role_of_the_site_opens_referrals_in_the_admin():
    registered = {model._meta.model_name for model in admin.site._registry}
    assert not {name for name in registered if "referral" in name or "consent" in name}
    assert not registered & {"outboxmail", "webhookdelivery", "auditkey", "savedsearch"}
