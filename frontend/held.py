"""What is held of a referral, for the person who carries its code."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from geo.choices import AuditVerb, ReferralStatus
from geo.models import Organization, Referral, ReferralAudit
from geo.translation import wording

# What came to pass, in words for the person. Only states of what is not over: the rest is not
# shown to anybody with a code.
WORDS = {
    ReferralStatus.DRAFT: pgettext_lazy("code", "Written."),
    ReferralStatus.HELD: pgettext_lazy("code", "A coordinator of the network looks at it first."),
    ReferralStatus.SENT: pgettext_lazy("code", "Sent to the organization."),
    ReferralStatus.ACKNOWLEDGED: pgettext_lazy("code", "The organization has read it."),
    ReferralStatus.ACCEPTED: pgettext_lazy("code", "The organization says yes: it expects you."),
    ReferralStatus.MET: pgettext_lazy("code", "The organization says that you have met."),
}

_BY_SENDER = _("The organization that wrote it")
_BY_RECEIVER = _("The organization that receives it")
_BY_COORDINATOR = _("The coordination of the network")


def named(organization: Organization | None) -> str | None:
    """The name of an organization in the language of the page."""
    return str(wording(organization.name, get_language()) or "") if organization else None


def history(referral: Referral) -> list[tuple[date, str]]:
    """What came to pass, day by day, the first thing first."""
    events = referral.events.order_by("pk").values_list("at", "to_status")
    return [
        (timezone.localdate(at), str(WORDS[ReferralStatus(status)]))
        for at, status in events
        if status in WORDS
    ]


def opened_by(referral: Referral) -> list[tuple[date, str]]:
    """Who opened it, in general, and since which day; no person of them is named.

    The trail knows referrals by a pseudonym of the quarter: what lies before the quarter of today
    is asked for under the earlier one.
    """
    days = {referral.created_on, timezone.localdate()}
    pseudonyms = {ReferralAudit.objects.pseudonym(referral.pk, day) for day in days}
    lines = (
        ReferralAudit.objects.filter(verb=AuditVerb.SEEN, pseudonym__in=pseudonyms)
        .order_by()
        .values_list("organization", "actor")
        .annotate(first=Min("at"))
    )
    return _earliest(
        (timezone.localdate(first), str(party))
        for organization, actor, first in lines
        if (party := _party(referral, organization, actor))
    )


def _party(referral: Referral, organization: UUID | None, actor: UUID | None):
    if organization == referral.from_org_id:
        return _BY_SENDER
    if organization is not None and organization == referral.to_org_id:
        return _BY_RECEIVER
    # Without an account and an organization it is the person with the code.
    return _BY_COORDINATOR if actor else None


def _earliest(openings: Iterable[tuple[date, str]]) -> list[tuple[date, str]]:
    earliest: dict[str, date] = {}
    for day, party in sorted(openings):
        earliest.setdefault(party, day)
    return [(day, party) for party, day in earliest.items()]


def document(referral: Referral) -> dict:
    """All that is held, as JSON: codes of our lists with their words, days as `YYYY-MM-DD`."""
    return {
        "need": {
            "code": referral.need.code,
            "name": str(wording(referral.need.name, get_language()) or ""),
        },
        "language": _coded(referral, "language_needed"),
        "interpreter": referral.interpreter_needed,
        "region": {"code": referral.worker_region.code, "name": referral.worker_region.name},
        "urgency": _coded(referral, "urgency"),
        "meeting": _coded(referral, "handover"),
        "from": named(referral.from_org),
        "to": named(referral.to_org),
        "service": named(referral.to_service),
        "status": {
            "code": referral.status,
            "name": str(WORDS[ReferralStatus(referral.status)]),
        },
        "exercise": referral.sandbox,
        "written_on": referral.created_on.isoformat(),
        "answer_due_at": referral.due_at.isoformat() if referral.due_at else None,
        "history": _dated(history(referral)),
        "opened_by": _dated(opened_by(referral)),
        "consent": _consent(referral),
        "kept_until": referral.purge_on.isoformat(),
    }


def _coded(referral: Referral, column: str) -> dict:
    words = getattr(referral, f"get_{column}_display")()
    return {"code": getattr(referral, column), "name": str(words)}


def _dated(rows: Iterable[tuple[date, str]]) -> list[dict]:
    return [{"day": day.isoformat(), "what": words} for day, words in rows]


def _consent(referral: Referral) -> dict | None:
    consent = referral.consent
    if consent is None:
        return None
    return {
        "method": str(consent.get_method_display()),
        "language": consent.language,
        "text_version": consent.text_version,
        "given_on": consent.given_on.isoformat(),
        "expires_on": consent.expires_on.isoformat(),
        "organizations": [named(each) for each in consent.organizations.order_by("pk")],
    }
