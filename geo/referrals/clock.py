"""What becomes of a referral because time goes by, and nobody did anything."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from geo import notifications
from geo.choices import MailKind, ReferralOutcome, ReferralStatus
from geo.models import Referral
from geo.models.referrals import SYSTEM
from geo.querysets import ReferralQuerySet

logger = logging.getLogger(__name__)

# How an open referral ends when it may not go on: its time, its consent or its 90 days are over.
END_OF = {
    ReferralStatus.HELD: ReferralStatus.WITHDRAWN,
    ReferralStatus.SENT: ReferralStatus.EXPIRED,
    ReferralStatus.ACKNOWLEDGED: ReferralStatus.EXPIRED,
    ReferralStatus.ACCEPTED: ReferralStatus.LAPSED,
    ReferralStatus.MET: ReferralStatus.COMPLETED,
}


@dataclass(frozen=True, slots=True)
class Ticked:
    """How many referrals the clock touched, by what it did."""

    reminded: int = 0
    expired: int = 0
    lapsed: int = 0
    withdrawn: int = 0
    completed: int = 0
    drafts_deleted: int = 0


def tick(now: datetime | None = None) -> Ticked:
    """Do whatever time asks for. Idempotent; two processes may do it at once.

    Each referral is a transaction of its own: one that fails is logged by its key, and waits for
    the next time without keeping the others.

    Args:
        now: the moment; the present one if not given.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    referrals = Referral.objects.all()
    done: Counter[str] = Counter()
    done += _each(referrals.overdue(now), lambda one: _end(one, now))
    done += _each(referrals.without_consent(today), lambda one: _end(one, now))
    done += close_for_purge(today, now)
    done += _each(referrals.to_remind(now), _remind)
    return Ticked(**done)


def close_for_purge(day: date, now: datetime) -> "Counter[str]":
    """End whatever has to be erased by a day: afterwards it is over, or deleted as a draft.

    A referral that was held for long, and was then sent, may still wait for its answer on the day
    it is erased: that day ends it.

    Returns:
        How many, by the columns of `Ticked`.
    """
    referrals = Referral.objects.all()
    ended = _each(referrals.to_purge(day).filter(status__in=END_OF), lambda one: _end(one, now))
    return ended + _each(referrals.old_drafts(day), _discard)


def _each(referrals: ReferralQuerySet, act: Callable[[Referral], str]) -> "Counter[str]":
    """Act on each of some referrals, locked and looked at again: somebody may have been faster.

    Returns:
        How many were touched, by what `act` says that it did; what it says nothing of is left out.
    """
    done: Counter[str] = Counter()
    for key in list(referrals.order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                list(Referral.objects.select_for_update().filter(pk=key).values_list("pk"))
                found = referrals.filter(pk=key).first()
                did = act(found) if found else ""
        except OperationalError:
            raise  # the database is away, or two waited for one another: the next time will do
        except Exception as error:
            # One that cannot be touched must not keep the others; its text may quote a row.
            logger.error("The clock could not move referral %s: %s", key, type(error).__name__)
            continue
        if did:
            done[did] += 1
    return done


def _end(referral: Referral, now: datetime) -> str:
    status = END_OF[ReferralStatus(referral.status)]
    outcome = ReferralOutcome.UNKNOWN if status == ReferralStatus.COMPLETED else ""
    referral.move_to(status, by=SYSTEM, outcome=outcome, now=now)
    return str(status)


def _remind(referral: Referral) -> str:
    reminders = referral.mails.filter(kind=MailKind.REMINDER)
    before = reminders.count()
    notifications.receiver_reminded(referral)
    # Where nobody wants mails, nobody was reminded.
    return "reminded" if reminders.count() > before else ""


def _discard(referral: Referral) -> str:
    referral.discard(SYSTEM)
    return "drafts_deleted"
