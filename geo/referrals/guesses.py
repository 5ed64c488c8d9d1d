"""How often codes may be guessed. Counted in the audit trail, so that it holds over processes.

Source: REFERRAL_PRIVACY §6 of the project's design. With 300 tries an hour, who guesses finds one
of 1,000 codes under way in 250 years: 30⁸ / 1,000 / 300 / 8,760.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from geo.choices import AuditVerb
from geo.models import Referral, ReferralAudit

HOUR = timedelta(hours=1)

# Beyond so many failures in an hour, whoever made them, codes are taken from nobody for a while.
MOST_IN_AN_HOUR = 300
PAUSE = timedelta(minutes=15)

# So often may the code of one referral be missed by those who have it before them.
MOST_IN_A_MINUTE = 5


def pause_ends(now: datetime | None = None) -> datetime | None:
    """Until when codes are taken from nobody, or None if they are taken.

    The pause counts from the last failure. Where the hour is still full when it ends, one more
    failure begins another.
    """
    now = now or timezone.now()
    latest = list(
        ReferralAudit.objects.filter(verb=AuditVerb.CODE_FAILED, at__gt=now - HOUR - PAUSE)
        .order_by("-at", "-pk")
        .values_list("at", flat=True)[:MOST_IN_AN_HOUR]
    )
    if len(latest) < MOST_IN_AN_HOUR or latest[-1] <= latest[0] - HOUR:
        return None
    ends = latest[0] + PAUSE
    return ends if ends > now else None


def is_missed_too_often(referral: Referral, now: datetime | None = None) -> bool:
    """The code of a referral was missed so often in the last minute that the next try waits."""
    now = now or timezone.now()
    missed = ReferralAudit.objects.filter(
        verb=AuditVerb.CODE_FAILED,
        at__gt=now - timedelta(minutes=1),
        pseudonym=ReferralAudit.objects.pseudonym(referral.pk),
    )
    return missed.count() >= MOST_IN_A_MINUTE
