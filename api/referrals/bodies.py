"""What software sends, and what it is told. Nothing of a person, in either direction."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from api.params import DayField, KnownField, Params, WholeNumberField, read_region
from api.referrals.fields import (
    MOST_ORGANIZATIONS,
    SPOKEN,
    CodeField,
    Sent,
    VersionField,
    YesNoField,
    key_field,
    read_need,
    read_organization,
    read_organizations,
    word_field,
)
from api.v1.views import LinkSerializer
from geo.choices import (
    ActorKind,
    CapacityLevel,
    ConsentMethod,
    Handover,
    ReferralOutcome,
    ReferralStatus,
    RefusalReason,
    Urgency,
)
from geo.models import AdminArea, NeedTerm, Organization, Referral, Service, Webhook
from geo.models.referrals import Actor
from geo.referral_states import KEPT_DAYS

DEFAULT_LIMIT = 50
MAX_LIMIT = 100

# Sending has an address of its own, since a rule may hold a referral; so has redirecting, which
# makes a new one. What the clock does nobody else does.
MOVED_TO = [
    ReferralStatus.ACKNOWLEDGED.value,
    ReferralStatus.ACCEPTED.value,
    ReferralStatus.MET.value,
    ReferralStatus.COMPLETED.value,
    ReferralStatus.REFUSED.value,
    ReferralStatus.WITHDRAWN.value,
]

# Which member goes with which status.
MOVES_WITH = {
    "refusal_reason": ReferralStatus.REFUSED,
    "outcome": ReferralStatus.COMPLETED,
    "code": ReferralStatus.MET,
}


# --- what is asked ---------------------------------------------------------------------------


class SoftwareParams(Params):
    """Parameters of an address for software: its answers are codes, in no language."""

    lang = None  # type: ignore[assignment]


class MomentField(serializers.DateTimeField):
    """A moment, as 2026-11-26T14:00:00Z."""

    default_error_messages = {"invalid": "Expected a moment, as 2026-11-26T14:00:00Z."}

    def to_internal_value(self, value: Any) -> Any:
        """Text to moment."""
        try:
            return super().to_internal_value(value)
        except (OverflowError, ValueError):
            self.fail("invalid")


class ReferralParams(SoftwareParams):
    """What the list of referrals can be asked."""

    direction = KnownField(["sent", "received"], required=False)
    status = KnownField(ReferralStatus.values, required=False)
    need = serializers.CharField(required=False, max_length=60)
    region = serializers.CharField(required=False, max_length=8)
    urgency = KnownField(Urgency.values, required=False)
    since = MomentField(required=False)
    limit = WholeNumberField(1, MAX_LIMIT, required=False, default=DEFAULT_LIMIT)
    after = serializers.CharField(required=False, max_length=60)

    def validate_need(self, code: str) -> NeedTerm:
        """A code of level 1."""
        return read_need(code)

    def validate_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)

    def validate_after(self, text: str) -> tuple[date, UUID]:
        """The place in the list that `next` of an answer named."""
        day, _dot, key = text.partition(".")
        try:
            return DayField().to_internal_value(day), UUID(key)
        except (ValueError, serializers.ValidationError) as error:
            raise serializers.ValidationError(
                "Expected what the link `next` of an answer has."
            ) from error


# --- what is sent ----------------------------------------------------------------------------


class ToSomebody(Sent):
    """To whom a referral goes."""

    to_service = key_field(
        required=False, allow_null=True, help_text="One of that organization's, in the directory."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The service is of the organization."""
        key = attrs.get("to_service")
        if key is None:
            return attrs | {"to_service": None}
        found = (
            Service.objects.public()
            .filter(pk=key, organization=attrs.get("to_organization"))
            .first()
        )
        if found is None:
            raise serializers.ValidationError(
                {"to_service": "Expected a listed service of `to_organization`."}
            )
        return attrs | {"to_service": found}


class NewReferral(ToSomebody):
    """A draft. Its sender is the organization of the key."""

    to_organization = key_field(
        required=False,
        allow_null=True,
        help_text="Null: the coordinator of the region chooses, within the consent.",
    )
    need = serializers.CharField(max_length=60, help_text="A code of level 1: /api/v1/needs/.")
    language_needed = word_field(SPOKEN)
    interpreter_needed = YesNoField(required=False, default=False)
    worker_region = serializers.CharField(max_length=8, help_text="Code of the region, 01 to 17.")
    urgency = word_field(Urgency.choices)
    handover = word_field(Handover.choices, help_text="How they meet.")
    sandbox = YesNoField(required=False, default=False, help_text="An exercise: counts nowhere.")

    def validate_to_organization(self, key: UUID | None) -> Organization | None:
        """One that takes referrals."""
        return read_organization(key) if key else None

    def validate_need(self, code: str) -> NeedTerm:
        """A code of level 1."""
        return read_need(code)

    def validate_worker_region(self, code: str) -> AdminArea:
        """Code to region."""
        return read_region(code)


class Redirection(ToSomebody):
    """To whom a referral is passed on."""

    to_organization = key_field()

    def validate_to_organization(self, key: UUID) -> Organization:
        """One that takes referrals."""
        return read_organization(key)


class NewConsent(Sent):
    """That the person agreed. The text was read in `language`."""

    method = word_field(ConsentMethod.choices)
    language = word_field(SPOKEN)
    text_version = VersionField(help_text="Of the text that was read to the person.")
    organizations = serializers.ListField(
        child=key_field(),
        min_length=1,
        max_length=MOST_ORGANIZATIONS,
        help_text="Those that may hear of it.",
    )
    expires_on = serializers.DateField(
        help_text=f"Its last day: today or later, {KEPT_DAYS} days from now at the most."
    )

    def validate_organizations(self, keys: list[UUID]) -> list[Organization]:
        """Those of the network."""
        return read_organizations(keys)

    def validate_expires_on(self, day: date) -> date:
        """In time."""
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=KEPT_DAYS):
            raise serializers.ValidationError(
                f"Expected a day from today on, within {KEPT_DAYS} days."
            )
        return day


class Move(Sent):
    """Where a referral goes: `refused` with a reason, `completed` with an outcome, `met` with the
    code that the person shows.
    """  # noqa: D205 (the schema shows all of it)

    status = word_field(MOVED_TO)
    refusal_reason = word_field(RefusalReason.choices, required=False)
    outcome = word_field(ReferralOutcome.choices, required=False)
    code = CodeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each status has what it wants, and nothing else."""
        wrong = {}
        for name, status in MOVES_WITH.items():
            if attrs["status"] == status and not attrs.get(name):
                wrong[name] = f"Goes with the status {status.value}: give it."
            elif attrs["status"] != status and name in attrs:
                wrong[name] = f"Goes with the status {status.value} only."
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class NewCapacity(Sent):
    """How much room a service has."""

    level = word_field(CapacityLevel.choices)
    is_accepting = YesNoField(help_text="It takes referrals.")


class NewWebhook(Sent):
    """Where to call."""

    url = serializers.CharField(
        max_length=500, help_text="https:// only, of the public Internet, without a password."
    )


# --- what is told ----------------------------------------------------------------------------


class ReferralSerializer(serializers.Serializer):
    """A referral. It holds no name, no way to call and no text of anybody."""

    id = serializers.UUIDField()
    direction = serializers.ChoiceField(["sent", "received"])
    code = serializers.CharField(
        allow_null=True,
        help_text="What the person carries. Told to the sender only, while it is under way.",
    )
    status = serializers.ChoiceField(
        ReferralStatus.choices, help_text="By the clock: what is overdue is over."
    )
    may_become = serializers.ListField(
        child=serializers.ChoiceField(ReferralStatus.choices),
        help_text="Where your organization may move it now.",
    )
    from_organization = serializers.UUIDField()
    to_organization = serializers.UUIDField(allow_null=True)
    to_service = serializers.UUIDField(allow_null=True)
    need = serializers.CharField()
    language_needed = serializers.ChoiceField(SPOKEN)
    interpreter_needed = serializers.BooleanField()
    worker_region = serializers.CharField()
    urgency = serializers.ChoiceField(Urgency.choices)
    handover = serializers.ChoiceField(Handover.choices)
    consent_until = serializers.DateField(allow_null=True, help_text="Null: there is none.")
    refusal_reason = serializers.ChoiceField(RefusalReason.choices, allow_null=True)
    outcome = serializers.ChoiceField(ReferralOutcome.choices, allow_null=True)
    redirect_of = serializers.UUIDField(allow_null=True, help_text="Told to the sender only.")
    created_on = serializers.DateField()
    sent_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="To be answered by.")
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    erased_on = serializers.DateField(help_text="Nothing is left of it from this day on.")
    sandbox = serializers.BooleanField()


class ReferralListSerializer(serializers.Serializer):
    """A page of referrals, the latest first."""

    referrals = ReferralSerializer(many=True)
    links = LinkSerializer(many=True)


class RedirectedSerializer(serializers.Serializer):
    """What became of a referral that was passed on."""

    referral = ReferralSerializer()
    redirected_to = serializers.UUIDField(
        allow_null=True, help_text="The new referral. Told to the sender only."
    )


class ReferralEventSerializer(serializers.Serializer):
    """A move: by what, and never by whom."""

    from_status = serializers.ChoiceField(ReferralStatus.choices, allow_null=True)
    to_status = serializers.ChoiceField(ReferralStatus.choices)
    through = serializers.ChoiceField(ActorKind.choices)
    at = serializers.DateTimeField()


class ReferralTraceSerializer(serializers.Serializer):
    """The moves of a referral, the first one first."""

    events = ReferralEventSerializer(many=True)


class CapacitySerializer(serializers.Serializer):
    """How much room a service has, as its organization last said."""

    service = serializers.UUIDField()
    level = serializers.ChoiceField(CapacityLevel.choices)
    is_accepting = serializers.BooleanField()
    said_at = serializers.DateTimeField()


class WebhookSerializer(serializers.Serializer):
    """An address that is called when a referral moves."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    is_active = serializers.BooleanField(help_text="False once it has answered 410.")
    created_at = serializers.DateTimeField()


class WebhookListSerializer(serializers.Serializer):
    """Those of your organization."""

    webhooks = WebhookSerializer(many=True)


class CreatedWebhookSerializer(WebhookSerializer):
    """A new webhook, with the key of its signatures: it is told this once."""

    secret = serializers.CharField()


class WebhookTestSerializer(serializers.Serializer):
    """What a call about nothing came to."""

    answer = serializers.CharField(help_text="The HTTP status, or the class of the error.")
    arrived = serializers.BooleanField(help_text="It was answered with 2xx.")


def referral_of(referral: Referral, organization: Organization) -> dict[str, Any]:
    """A referral as `ReferralSerializer` describes it to one of its sides."""
    is_sender = referral.from_org_id == organization.pk
    return {
        "id": referral.pk,
        "direction": "sent" if is_sender else "received",
        "code": referral.code if is_sender else None,
        "status": referral.shown_status().value,
        "may_become": _moves(referral, referral.actor_of_software(organization)),
        "from_organization": referral.from_org_id,
        "to_organization": referral.to_org_id,
        "to_service": referral.to_service_id,
        "need": referral.need.code,
        "language_needed": referral.language_needed,
        "interpreter_needed": referral.interpreter_needed,
        "worker_region": referral.worker_region.code,
        "urgency": referral.urgency,
        "handover": referral.handover,
        "consent_until": referral.consent.expires_on if referral.consent else None,
        "refusal_reason": referral.refusal_reason or None,
        "outcome": referral.outcome or None,
        "redirect_of": referral.redirect_of_id if is_sender else None,
        "created_on": referral.created_on,
        "sent_at": referral.sent_at,
        "due_at": referral.due_at,
        "answered_at": referral.answered_at,
        "closed_at": referral.closed_at,
        "erased_on": referral.purge_on,
        "sandbox": referral.sandbox,
    }


def webhook_of(webhook: Webhook) -> dict[str, Any]:
    """A webhook as `WebhookSerializer` describes it."""
    return {
        "id": webhook.pk,
        "url": webhook.url,
        "is_active": webhook.is_active,
        "created_at": webhook.created_at,
    }


def events_of(events: list[Any], *, since_sent: bool) -> list[dict[str, Any]]:
    """A trace as `ReferralTraceSerializer` describes it.

    Args:
        events: all of a referral, in their order.
        since_sent: without what came before it was last sent: that is the sender's business.
    """
    sent = [place for place, event in enumerate(events) if event.to_status == ReferralStatus.SENT]
    shown = events[sent[-1] :] if since_sent and sent else events
    return [
        {
            "from_status": event.from_status or None,
            "to_status": event.to_status,
            "through": event.actor_kind,
            "at": event.at,
        }
        for event in shown
    ]


def _moves(referral: Referral, by: Actor) -> list[str]:
    return [status.value for status in referral.moves(by) if status.value in MOVED_TO]


def where_after(referral: Mapping[str, Any]) -> str:
    """The place in the list after a referral, as `ReferralParams` reads it."""
    return f"{referral['created_on'].isoformat()}.{referral['id']}"
