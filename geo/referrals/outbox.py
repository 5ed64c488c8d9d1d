"""Sends the e-mails that wait. Rows of the outbox are written by `geo.notifications`.

No mail is sent in a request: a mail server that hangs must not keep a caseworker waiting
(docs/adr/0020). A row is claimed for a while, committed, sent, then marked. Two processes never
send one twice; one that is killed between the answer of the mail server and the mark leaves a row
that is sent again when the claim ends: a reader may get that mail twice, never not at all.
"""

import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from smtplib import SMTPRecipientsRefused
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.utils import timezone

from geo.models import OutboxMail
from geo.referrals import mails

logger = logging.getLogger(__name__)

# Of a pass: so that other jobs have their turn.
LIMIT = 200

# Longer than sending one mail can take: a dozen steps of `EMAIL_TIMEOUT` at the most.
CLAIM = timedelta(minutes=5)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
TRIED_FOR = timedelta(days=5)

# The daily mail, by the clock of Québec.
DIGEST_AT = time(7)


class Result(StrEnum):
    """What became of the rows of one mail."""

    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many rows of the outbox were sent, will be tried again, or will not."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


class _NotSent(Exception):
    """The server did not take a mail; the cause is what it answered."""


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries that failed: twice as long each time, to 6 hours."""
    doublings = min(attempts - 1, 10)  # 2¹⁰ minutes are more than the longest pause
    return min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)


def is_hopeless(attempts: int) -> bool:
    """Whether so many tries took 5 days. Time in which nobody tried does not count."""
    tried = sum((pause(number) for number in range(1, attempts + 1)), timedelta())
    return tried >= TRIED_FOR


def last_digest(now: datetime) -> datetime:
    """The last moment at or before `now` at which daily mails are made."""
    local = timezone.localtime(now)
    today = local.replace(hour=DIGEST_AT.hour, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def deliver(now: datetime | None = None, limit: int = LIMIT) -> Delivered:
    """Send what is due, oldest first, and the daily mails when their time has come.

    A server that does not answer ends the pass: the others wait for the next one, and lose no try.

    Args:
        now: the moment; the present one if not given.
        limit: mails at the most.
    """
    now = now or timezone.now()
    counts: Counter[Result] = Counter()
    connection = get_connection()
    try:
        for key in chain(_singles(now, limit), _digests(now, limit)):
            if not _deliver(key, connection, now, counts):
                break
    finally:
        with suppress(Exception):  # it is closed, or will be by the other side
            connection.close()
    return Delivered(**{str(result): count for result, count in counts.items()})


def _singles(now: datetime, limit: int) -> list[UUID]:
    waiting = OutboxMail.objects.to_deliver(now).filter(in_digest=False)
    return list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def _digests(now: datetime, limit: int) -> list[UUID]:
    """The first row of each account with a daily mail to come: it stands for all of them."""
    waiting = OutboxMail.objects.to_deliver(now).filter(
        in_digest=True, created_at__lt=last_digest(now)
    )
    firsts = waiting.order_by("user_id", "created_at", "pk").distinct("user_id")
    return list(firsts.values_list("pk", flat=True)[:limit])


def _deliver(
    key: UUID, connection: BaseEmailBackend, now: datetime, counts: "Counter[Result]"
) -> bool:
    """Send one mail; False where the server seems to be down."""
    claimed = _claim(key, now)
    told = [mail for mail in claimed if mails.still_holds(mail, now)]
    _drop([mail for mail in claimed if mail not in told], now, counts)
    if not told:
        return True
    try:
        with transaction.atomic():
            message = mails.compose(told)
        _send(message, connection)
    except _NotSent as error:
        _put_off(told, error.__cause__ or error, now, counts)
        return isinstance(error.__cause__, SMTPRecipientsRefused)
    except DatabaseError:
        raise
    except Exception as error:
        # A mail that cannot be made must not keep the others.
        _put_off(told, error, now, counts)
        return True
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in told]).update(sent_at=now, error="")
    counts[Result.SENT] += len(told)
    return True


@transaction.atomic
def _claim(key: UUID, now: datetime) -> list[OutboxMail]:
    """Take a mail, or all of the day for one account, so that no other process does.

    Returns:
        Its rows, or none where another process was faster.
    """
    waiting = OutboxMail.objects.to_deliver(now)
    locked = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=key)
    first = locked.first()
    if first is None:
        return []
    rows = OutboxMail.objects.filter(pk=key)
    if first.in_digest:
        # Nobody takes one of them without the first.
        rows = waiting.for_digest_of(first.user, last_digest(now))
    claimed = list(
        rows.select_related(
            "user", "partner__organization", "invitation__invited_by", "referral"
        ).order_by("created_at", "pk")
    )
    for mail in claimed:
        mail.attempts += 1
        mail.due_at = now + CLAIM
    OutboxMail.objects.bulk_update(claimed, ["attempts", "due_at"])
    return claimed


def _send(message: EmailMessage, connection: BaseEmailBackend) -> None:
    message.connection = connection
    try:
        connection.open()  # kept open for the next
        message.send()
    except Exception as error:
        with suppress(Exception):
            connection.close()
        raise _NotSent from error


def _put_off(
    told: list[OutboxMail], error: BaseException, now: datetime, counts: "Counter[Result]"
) -> None:
    for mail in told:
        mail.error = type(error).__name__[:60]
        mail.due_at = now + pause(mail.attempts)
        result = Result.FAILED
        if is_hopeless(mail.attempts):
            mail.given_up_at = now
            result = Result.GIVEN_UP
            logger.error("Mail %s is given up: %s", mail.pk, mail.error)
        counts[result] += 1
    OutboxMail.objects.bulk_update(told, ["error", "due_at", "given_up_at"])


def _drop(dropped: list[OutboxMail], now: datetime, counts: "Counter[Result]") -> None:
    """Not sent, and not by a fault: without an error, coordinators need not look at it."""
    keys = [mail.pk for mail in dropped]
    OutboxMail.objects.filter(pk__in=keys).update(given_up_at=now, error="")
    counts[Result.GIVEN_UP] += len(keys)
