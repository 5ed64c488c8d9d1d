"""A yes is written down and the draft leaves, in one transaction: neither without the other."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.choices import ReferralStatus
from geo.errors import NoConsent, TransitionNotAllowed
from geo.models import Consent, Organization, Referral
from geo.models.referrals import Actor
from geo.referral_states import KEPT_DAYS, Party
from geo.referrals.consent import CURRENT


def latest_end(referral: Referral, today: date | None = None) -> date:
    """The last day that a consent for a referral may hold: 90 days, and not beyond its erasure."""
    return min((today or timezone.localdate()) + timedelta(days=KEPT_DAYS), referral.purge_on)


@transaction.atomic
def agree(  # noqa: PLR0913 - what a consent says
    referral: Referral,
    by: Actor,
    *,
    method: str,
    language: str,
    organizations: Collection[Organization],
    expires_on: date,
    text_version: int = CURRENT,
) -> None:
    """Write down that the person said yes, in the place of an earlier yes.

    Args:
        referral: a draft of the actor's organization.
        by: who asked the person.
        method: a `ConsentMethod`.
        language: in which the text was read.
        organizations: those that the person agreed to.
        expires_on: the last day, at most `latest_end(referral)`.
        text_version: which text was read.

    Raises:
        NoConsent: it names nobody, or lasts too long.
        TransitionNotAllowed: it is no draft of the actor.
    """
    # The lock keeps a sending out that would leave with the consent before.
    current = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if current.status != ReferralStatus.DRAFT or Party.SENDER not in by.parties:
        raise TransitionNotAllowed(_("This is not a draft any more."))
    if not organizations:
        raise NoConsent(_("Choose at least one organization that may hear of it."))
    if expires_on > latest_end(current):
        raise NoConsent(_("A consent ends before the referral is erased: choose an earlier day."))
    earlier = current.consent
    current.consent = Consent.objects.create(
        method=method,
        language=language,
        text_version=text_version,
        expires_on=expires_on,
        recorded_by=by.user,
    )
    current.consent.organizations.set(organizations)
    current.save(update_fields=["consent"])
    if earlier and not earlier.referrals.exists():
        earlier.delete()


@transaction.atomic
def record_and_send(referral: Referral, by: Actor, **said: Any) -> ReferralStatus:
    """Write down that the person said yes, as `agree` does, and send the draft.

    Returns:
        `sent`, or `held` where a rule says that the coordinator looks at it first.

    Raises:
        NoConsent: as `agree`, or the receiver is not among those that the person agreed to.
        TransitionNotAllowed: it is no draft of the actor.
        NotAdmitted: the organization may not send.
    """
    agree(referral, by, **said)
    status = referral.send(by)
    referral.refresh_from_db()
    return status
