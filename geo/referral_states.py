"""The life of a referral, as plain values: who may move it where, and by when (pure).

Source: DOMAIN §3.2 of the project's design, with the two moves of the clock that keep the promise
that nothing is older than 90 days (docs/adr/0019-referrals-hold-no-person.md).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from geo.choices import ReferralStatus as S
from geo.choices import Urgency


class Party(StrEnum):
    """In what capacity somebody moves a referral."""

    SENDER = "sender"
    RECEIVER = "receiver"
    COORDINATOR = "coordinator"
    WORKER = "worker"
    SYSTEM = "system"


# Nothing leaves these: a second try is a new referral.
TERMINAL = frozenset({S.COMPLETED, S.REFUSED, S.REDIRECTED, S.EXPIRED, S.LAPSED, S.WITHDRAWN})

# A draft is not open: nobody else knows of it, and it is deleted, not withdrawn.
OPEN = frozenset({S.HELD, S.SENT, S.ACKNOWLEDGED, S.ACCEPTED, S.MET})

# The receiver's answer is waited for.
WAITING = frozenset({S.SENT, S.ACKNOWLEDGED})

_WITHDRAWING = frozenset({Party.SENDER, Party.COORDINATOR, Party.WORKER})
_REDIRECTING = frozenset({Party.SENDER, Party.RECEIVER, Party.COORDINATOR})
_RECEIVER = frozenset({Party.RECEIVER})
_COORDINATOR = frozenset({Party.COORDINATOR})
_SYSTEM = frozenset({Party.SYSTEM})

# Who may make of a referral in a state one in another. The database holds the same pairs
# (migration 0010): a test compares the two.
MOVES: Mapping[tuple[str, str], frozenset[Party]] = {
    (S.DRAFT, S.SENT): frozenset({Party.SENDER}),
    # What the sender asked for, and what the rules made of it.
    (S.DRAFT, S.HELD): frozenset({Party.SENDER}),
    (S.SENT, S.HELD): _COORDINATOR,
    (S.HELD, S.SENT): _COORDINATOR,
    (S.HELD, S.WITHDRAWN): _WITHDRAWING | _SYSTEM,
    (S.SENT, S.ACKNOWLEDGED): _RECEIVER,
    (S.SENT, S.ACCEPTED): _RECEIVER,
    (S.SENT, S.REFUSED): _RECEIVER,
    (S.SENT, S.REDIRECTED): _REDIRECTING,
    (S.SENT, S.EXPIRED): _SYSTEM,
    (S.SENT, S.WITHDRAWN): _WITHDRAWING,
    (S.ACKNOWLEDGED, S.ACCEPTED): _RECEIVER,
    (S.ACKNOWLEDGED, S.REFUSED): _RECEIVER,
    (S.ACKNOWLEDGED, S.REDIRECTED): _REDIRECTING,
    (S.ACKNOWLEDGED, S.EXPIRED): _SYSTEM,
    (S.ACKNOWLEDGED, S.WITHDRAWN): _WITHDRAWING,
    (S.ACCEPTED, S.MET): _RECEIVER,
    (S.ACCEPTED, S.COMPLETED): _RECEIVER,
    (S.ACCEPTED, S.LAPSED): _SYSTEM,
    (S.ACCEPTED, S.WITHDRAWN): _WITHDRAWING,
    # By the clock where the consent ends and nobody said how it went.
    (S.MET, S.COMPLETED): _RECEIVER | _SYSTEM,
    (S.MET, S.WITHDRAWN): _WITHDRAWING,
}

# How long the receiver has to answer.
ANSWER_WITHIN: Mapping[str, timedelta] = {
    Urgency.TODAY: timedelta(hours=24),
    Urgency.THIS_WEEK: timedelta(days=5),
    Urgency.THIS_MONTH: timedelta(days=15),
}

# How long the person has to come, once a referral is accepted.
COME_WITHIN = timedelta(days=30)

DRAFT_DAYS = 7
KEPT_DAYS = 90


def moves_from(status: str, party: Party) -> list[S]:
    """What a party may make of a referral in a state, in the order of `ReferralStatus`."""
    return [to for to in S if party in MOVES.get((status, to), ())]


def due(urgency: str, sent_at: datetime) -> datetime:
    """When a referral that was sent at a moment expires without an answer."""
    return sent_at + ANSWER_WITHIN[urgency]


def half_time(sent_at: datetime, due_at: datetime) -> datetime:
    """When the receiver is reminded, once."""
    return sent_at + (due_at - sent_at) / 2


def lapses(answered_at: datetime) -> datetime:
    """When an accepted referral lapses if the person does not come."""
    return answered_at + COME_WITHIN


def purge_day(created_on: date) -> date:
    """The day from which a referral may not exist any more: its whole month goes at once.

    All referrals of a month are counted and erased together, 90 days after the first day of the
    month, so that figures are made once and nobody is older than 90 days. The youngest lives 59
    days, longer than a referral needs from sending to the last day that the person may come.
    """
    return created_on.replace(day=1) + timedelta(days=KEPT_DAYS)
