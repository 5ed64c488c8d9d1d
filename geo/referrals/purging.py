"""What the network forgets, and when. To be run every day; a second run finds nothing to do.

Of referrals, a whole month at once (`geo.referral_states.purge_day`): what is still open is closed,
the figures of the month are made and kept, and the rows are erased with all that hangs on them, in
one transaction. A run that is killed leaves a month as it was, or purged. Two runs at the same time
come one after the other.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from geo.choices import AuditVerb, ReferralOutcome, ReferralStatus
from geo.coverage.disclosure import Unprotected
from geo.errors import DomainError, TransitionNotAllowed
from geo.models import (
    AuditKey,
    Consent,
    Invitation,
    OutboxMail,
    Referral,
    ReferralAudit,
    ReferralStat,
)
from geo.models.referrals import SYSTEM
from geo.referral_states import DRAFT_DAYS, KEPT_DAYS, OPEN, Party, moves_from, purge_day
from geo.referrals import statistics

logger = logging.getLogger(__name__)

# An address is kept a week longer than it is of use, for whoever asks what became of it.
INVITATION_DAYS = 7

# Lines go from the oldest on, whole, and never one out of the middle: the rest is a chain still.
# The last line stays, whatever its age, so that the next one has one before it.
ERASE_OLD_AUDIT = """
    DELETE FROM geo_referralaudit WHERE id < (
        SELECT coalesce(min(id), (SELECT max(id) FROM geo_referralaudit))
        FROM geo_referralaudit WHERE at >= least(now(), %s) - interval '12 months'
    )
"""


class CountedAlready(DomainError):
    """A month has figures and referrals: it was purged, and somebody wrote in it afterwards."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What a run has erased.

    Attributes:
        months: first days of the months of which only figures are left.
        referrals: with their moves, links, mails and calls.
        drafts: that nobody sent within 7 days.
        consents: erased with their last referral or without any; of one that a later referral
            still needs, the organizations and who recorded it.
        audit_lines: older than 12 months.
        keys: of the audit trail; nobody joins the lines of that quarter to a referral any more.
        invitations: that lost their address.
        mails: about anything else, long sent or given up.
        uncounted: months among `months` of which there are no figures either: none could be made
            that tells of nobody, and the promise to erase is the older one.
    """

    months: tuple[date, ...] = ()
    referrals: int = 0
    drafts: int = 0
    consents: int = 0
    audit_lines: int = 0
    keys: int = 0
    invitations: int = 0
    mails: int = 0
    uncounted: tuple[date, ...] = ()


def purge(day: date | None = None) -> Purged:
    """Erase what may not exist any more on a day; today if none is given.

    To be called outside of a transaction: each month is one, and so is each of the rest.

    Raises:
        CountedAlready: as the class says. The months before it are purged.
    """
    day = day or timezone.localdate()
    drafts = _discard_old_drafts(day)
    months: list[date] = []
    uncounted: list[date] = []
    referrals = consents = 0
    for month in months_to_purge(day):
        try:
            erased, unused = _purge_month(month)
        except Unprotected:
            erased, unused = _purge_month(month, is_counted=False)
            uncounted.append(month)
            logger.error("No figures of %s could be protected: it has none.", f"{month:%Y-%m}")
        if erased:
            months.append(month)
        referrals += erased
        consents += unused
    return Purged(
        months=tuple(months),
        referrals=referrals,
        drafts=drafts,
        consents=consents + _erase_consents(day),
        audit_lines=_erase_audit_lines(day),
        keys=_erase_keys(day),
        invitations=_erase_addresses(day),
        mails=_erase_mails(day),
        uncounted=tuple(uncounted),
    )


def months_to_purge(day: date) -> list[date]:
    """The months of which nothing but figures may be left on a day, the earliest first."""
    written = Referral.objects.to_purge(day).order_by().values_list("created_on", flat=True)
    months = {created_on.replace(day=1) for created_on in written.distinct()}
    return sorted(month for month in months if purge_day(month) <= day)


@transaction.atomic
def _purge_month(month: date, *, is_counted: bool = True) -> tuple[int, int]:
    """How many referrals and consents went; (0, 0) where another run was faster."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('geo.referrals.purging'))")
    # Whoever is about to move, link or tell of one of them waits, and then finds it gone.
    rows = statistics.of_month(month)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not locked:
        return 0, 0
    if ReferralStat.objects.filter(month=month).exists():
        raise CountedAlready(f"{month:%Y-%m} was purged before, and has referrals again.")
    for referral in locked:
        if referral.status in OPEN:
            _close(referral)
    if is_counted:
        statistics.keep(month)
    consents = {referral.consent_id for referral in locked if referral.consent_id}
    with _erasing_referrals():
        rows.delete()
    unused = Consent.objects.filter(pk__in=consents, referrals=None)
    erased = unused.count()
    unused.delete()
    ReferralAudit.objects.note(AuditVerb.PURGED)
    return len(locked), erased


def _close(referral: Referral) -> None:
    """By the clock, as it would have ended if the clock had been asked in time."""
    end = moves_from(referral.status, Party.SYSTEM)[0]
    outcome = ReferralOutcome.UNKNOWN if end == ReferralStatus.COMPLETED else ""
    referral.move_to(end, by=SYSTEM, outcome=outcome)


@contextmanager
def _erasing_referrals() -> Iterator[None]:
    """Tell the database that this is the purge; for this transaction, and no longer than here."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL repere.purging = 'on'")
        yield
        cursor.execute("SET LOCAL repere.purging = 'off'")


def _discard_old_drafts(day: date) -> int:
    discarded = 0
    for draft in Referral.objects.old_drafts(day).order_by("pk"):
        try:
            draft.discard(SYSTEM)
        except (Referral.DoesNotExist, TransitionNotAllowed):
            # Somebody was faster, and deleted it or sent it.
            continue
        discarded += 1
    return discarded


@transaction.atomic
def _erase_consents(day: date) -> int:
    """Those that no referral uses, and what an old one says of anybody."""
    unused = Consent.objects.filter(referrals=None, given_on__lt=day - timedelta(days=DRAFT_DAYS))
    erased = unused.count()
    unused.delete()
    # A referral that was passed on late may need its consent for longer than 90 days.
    old = Consent.objects.filter(given_on__lt=day - timedelta(days=KEPT_DAYS))
    telling = list(
        old.filter(Q(recorded_by__isnull=False) | Q(organizations__isnull=False)).distinct()
    )
    for consent in telling:
        consent.organizations.clear()
        consent.recorded_by = None
        consent.save(update_fields=["recorded_by"])
    return erased + len(telling)


def _erase_audit_lines(day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ERASE_OLD_AUDIT, [_midnight(day)])
        return cursor.rowcount


def _erase_keys(day: date) -> int:
    """The keys of the quarters of which no referral is left."""
    erased = 0
    for key in AuditKey.objects.all():
        last_month = key.quarter.replace(month=key.quarter.month + 2)
        is_left = Referral.objects.filter(created_on__lt=statistics.after(last_month)).exists()
        if purge_day(last_month) <= day and not is_left:
            key.delete()
            erased += 1
    return erased


def _erase_addresses(day: date) -> int:
    """Of invitations that were accepted, taken back, or not answered."""
    limit = _midnight(day) - timedelta(days=INVITATION_DAYS)
    is_over = Q(accepted_at__lt=limit) | Q(revoked_at__lt=limit) | Q(expires_at__lt=limit)
    return Invitation.objects.filter(is_over).exclude(email="").update(email="")


def _erase_mails(day: date) -> int:
    """Those about referrals go with them; the others 90 days after they were done with."""
    limit = _midnight(day) - timedelta(days=KEPT_DAYS)
    is_done = Q(sent_at__lt=limit) | Q(given_up_at__lt=limit)
    erased, _by_model = OutboxMail.objects.filter(is_done, referral=None).delete()
    return erased


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
