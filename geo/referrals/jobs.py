"""What has to be done again and again, and when each was last done.

`manage.py run_jobs` goes through the list. Any number of processes may do so at once: each job is
for one of them at a time, by a lock of the database that ends with the process that holds it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from geo import membership
from geo.models import Feedback, JobRun
from geo.referrals import bulletins, clock, outbox, purging, watching, webhooks

logger = logging.getLogger(__name__)

# A job that failed and does not come at each pass is tried again after this.
RETRY_AFTER = timedelta(minutes=10)

FEEDBACK_DAYS = 90
ATTEMPTS_KEPT = timedelta(days=1)  # wrong passwords: with an address each


def each_pass(_last: datetime, _now: datetime) -> bool:
    """Always."""
    return True


def minutely(last: datetime, now: datetime) -> bool:
    """A minute after the last time."""
    return now - last >= timedelta(minutes=1)


def hourly(last: datetime, now: datetime) -> bool:
    """An hour after the last time."""
    return now - last >= timedelta(hours=1)


def daily(last: datetime, now: datetime) -> bool:
    """Once on each day of Québec, as soon as it begins: days of erasing are promised."""
    return timezone.localdate(last) < timezone.localdate(now)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again.

    Attributes:
        name: what it is called by, in the command and in `JobRun`.
        is_due: whether it has to be done now, given when it last succeeded.
        act: does it; must be idempotent. What it gives back is shown.
    """

    name: str
    is_due: Callable[[datetime, datetime], bool]
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a job went: what it gave back, or the class of its error."""

    name: str
    result: object = None
    error: str = ""


def _forget_feedback() -> int:
    today = timezone.localdate()
    return Feedback.objects.with_old_words(today, FEEDBACK_DAYS).update(comment="")


def _forget_attempts() -> int:
    old = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - ATTEMPTS_KEPT)
    return old.delete()[0]


JOBS = (
    # Pages say by themselves what is overdue: a minute late is soon enough.
    Job("clock", minutely, clock.tick),
    Job("outbox", each_pass, outbox.deliver),
    Job("webhooks", each_pass, webhooks.deliver),
    Job("watches", hourly, watching.check),
    Job("purge", daily, purging.purge),
    Job("unused-accounts", daily, lambda: membership.close_unused(timezone.localdate())),
    Job("old-bulletins", daily, lambda: bulletins.erase_old(timezone.localdate())),
    Job("old-sessions", daily, lambda: call_command("clearsessions")),
    Job("old-attempts", daily, _forget_attempts),
    Job("old-feedback", daily, _forget_feedback),
)


def run_due(jobs: tuple[Job, ...], now: datetime | None = None) -> list[Ran]:
    """Do what has to be done by now; what another process does at the moment is left to it.

    A job that fails keeps none of the others. It is logged once, not at each time.

    Raises:
        OperationalError, InterfaceError: the database does not answer.
    """
    return [ran for job in jobs if (ran := run(job, now))]


def run(job: Job, now: datetime | None = None, *, even_if_done: bool = False) -> Ran | None:
    """Do one job, if it is due or `even_if_done`; None where it is not, or another process does it.

    Raises:
        OperationalError, InterfaceError: the database does not answer.
    """
    now = now or timezone.now()
    with _alone(job.name) as is_alone:
        if not is_alone:
            return None
        kept, _is_new = JobRun.objects.get_or_create(name=job.name)
        if not (even_if_done or _is_due(job, kept, now)):
            return None
        return _run(job, kept, now)


def _is_due(job: Job, kept: JobRun, now: datetime) -> bool:
    if kept.last_success_at and not job.is_due(kept.last_success_at, now):
        return False
    if not kept.last_error or kept.tried_at is None or job.is_due is each_pass:
        return True
    return now - kept.tried_at >= RETRY_AFTER


def _run(job: Job, kept: JobRun, now: datetime) -> Ran:
    before, error = kept.last_error, ""
    result: object = None
    try:
        result = job.act()
        kept.last_success_at = now
    except (OperationalError, InterfaceError):
        raise
    except Exception as failure:
        error = type(failure).__name__[:60]  # its text may quote a row
        if error != before:
            logger.error("The job %s failed: %s", job.name, error)
    kept.tried_at, kept.last_error = now, error
    kept.save(update_fields=["tried_at", "last_success_at", "last_error"])
    return Ran(job.name, result, error)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether no other process does this job; none begins it before the block ends."""
    key = ["repere.jobs", name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", key)
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            # Without a connection there is no lock any more.
            with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", key)
