"""Invented months of referrals: as plain values, and as rows that lie in the past."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from geo.choices import ReferralStatus as S
from geo.models import Consent, Organization, Referral
from geo.referral_states import purge_day
from geo.referrals.figures import Sent
from tests.network import referral

REGIONS = [f"{number:02}" for number in range(1, 18)]
OUTCOMES = [S.ACCEPTED, S.REFUSED, S.REDIRECTED, S.EXPIRED, S.WITHDRAWN]
REASONS = ["no_capacity", "no_language", "hours", "wrong_need"]
QUEBEC = ZoneInfo("America/Toronto")

MONTH = date(2026, 3, 1)
PURGED_ON = purge_day(MONTH)


def a_month(
    number: int, seed: int, *, regions: int = 17, needs: int = 12, reasons: int = 4
) -> list[Sent]:
    """So many referrals by chance; a few regions and needs have most of them, as in life."""
    chance = random.Random(seed)
    sent = []
    for _number in range(number):
        outcome = chance.choices(OUTCOMES, [60, 15, 8, 10, 7])[0]
        sent.append(
            Sent(
                need=f"need-{_skewed(chance, needs)}",
                from_region=REGIONS[_skewed(chance, regions)],
                to_region=REGIONS[_skewed(chance, regions)],
                outcome=outcome,
                reason=chance.choice(REASONS[:reasons]) if outcome == S.REFUSED else "",
                hours=chance.random() * 100 if outcome in {S.ACCEPTED, S.REFUSED} else None,
            )
        )
    return sent


def _skewed(chance: random.Random, number: int) -> int:
    return chance.choices(range(number), [1 / (place + 1) for place in range(number)])[0]


def in_the_past(
    sender: Organization,
    receiver: Organization,
    status: S = S.COMPLETED,
    *,
    day: date = MONTH,
    hours: int = 10,
    **columns,
) -> Referral:
    """A referral that was written, sent and answered on a day, by the moves that lead there."""
    made = referral(sender, receiver, status, **columns)
    sent_at = datetime(day.year, day.month, day.day, 9, tzinfo=QUEBEC)
    moments = {
        "sent_at": sent_at if made.sent_at else None,
        "due_at": sent_at + timedelta(days=5) if made.due_at else None,
        "answered_at": sent_at + timedelta(hours=hours) if made.answered_at else None,
        "closed_at": sent_at + timedelta(days=2) if made.closed_at else None,
    }
    Referral.objects.filter(pk=made.pk).update(created_on=day, purge_on=purge_day(day), **moments)
    Consent.objects.filter(pk=made.consent_id).update(
        given_on=day, expires_on=day + timedelta(days=59), recorded_by=made.from_user
    )
    made.refresh_from_db()
    return made
