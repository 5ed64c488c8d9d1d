"""Recording that a person agreed, by the software of an organization."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from geo.choices import ReferralStatus
from geo.errors import TransitionNotAllowed
from geo.models import Consent, Organization, Referral
from geo.models.referrals import Actor
from geo.referral_states import Party


@transaction.atomic
def agree(
    referral: Referral,
    by: Actor,
    *,
    method: str,
    language: str,
    text_version: int,
    organizations: Iterable[Organization],
    expires_on: date,
) -> Consent:
    """Record the consent of a draft, in the place of the one before.

    Args:
        referral: the draft.
        by: who asked the person: the sender.
        method: a `ConsentMethod`.
        language: that it was asked in.
        text_version: of the text that was read.
        organizations: those that may hear of it.
        expires_on: its last day.

    Raises:
        TransitionNotAllowed: it is not a draft of the actor.
    """
    # The lock keeps a sending out that would leave with the consent before.
    current = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if current.status != ReferralStatus.DRAFT or Party.SENDER not in by.parties:
        raise TransitionNotAllowed(_("A consent is recorded for a draft, by its sender."))
    before = current.consent
    made = Consent.objects.create(
        method=method,
        language=language,
        text_version=text_version,
        expires_on=expires_on,
        recorded_by=by.user,
    )
    made.organizations.set(organizations)
    Referral.objects.filter(pk=current.pk).update(consent=made)
    if before and not before.referrals.exists():
        before.delete()
    return made
