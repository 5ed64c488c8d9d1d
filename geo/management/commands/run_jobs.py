"""`manage.py run_jobs`: the clock of referrals, the mails that wait, what has to be forgotten."""

import logging
import signal
from threading import Event

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from geo.models import JobRun
from geo.referrals import jobs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Do what is due, once or every few seconds."""

    help = (
        "Do the jobs that are due: the clock of referrals, mails, forgetting. Once, with a table; "
        "or with --every until the process is stopped, saying nothing while all goes well."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with this pause")
        parser.add_argument("--only", metavar="NAME", help="this job alone, even if not due")

    def handle(self, *, every: int | None, only: str | None, **options) -> None:
        """Do them."""
        names = {job.name: job for job in jobs.JOBS}
        if only and only not in names:
            raise CommandError(f"No job is called {only}. There are: {', '.join(names)}.")
        if every is not None and (every < 1 or only):
            raise CommandError("--every wants seconds, 1 or more, and goes without --only.")
        if every:
            self._go_on(every)
            return
        ran = [jobs.run(names[only], even_if_done=True)] if only else jobs.run_due(jobs.JOBS)
        done = {one.name: one for one in ran if one}
        for name in [only] if only else names:
            self.stdout.write(self._line(name, done.get(name)))
        if any(one.error for one in done.values()):
            raise CommandError("A job failed.")

    def _line(self, name: str, ran: jobs.Ran | None) -> str:
        if ran:
            return f"{name}: {ran.error or ('done' if ran.result is None else ran.result)}"
        kept = JobRun.objects.filter(pk=name).first()
        last = "never"
        if kept and kept.last_success_at:
            last = f"{timezone.localtime(kept.last_success_at):%Y-%m-%d %H:%M}"
        return f"{name}: not due, or at work elsewhere; last success {last}"

    def _go_on(self, pause: int) -> None:
        asked_to_stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_arguments: asked_to_stop.set())
        answers = True
        while not asked_to_stop.is_set():
            try:
                close_old_connections()
                for job in jobs.JOBS:
                    if not asked_to_stop.is_set():
                        jobs.run(job)
                answers = True
            except (OperationalError, InterfaceError):
                if answers:
                    logger.error("The database does not answer; jobs wait for it.")
                answers = False
            asked_to_stop.wait(pause)
