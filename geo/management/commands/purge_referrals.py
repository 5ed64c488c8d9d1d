"""`manage.py purge_referrals`: forget referrals, and keep what may be counted of them."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from geo.errors import DomainError
from geo.referrals import purging


class Command(BaseCommand):
    """Erase what may not exist any more; what is not possible is said, and ends with an error."""

    help = (
        "Erase the referrals of each month that is 90 days old, once their figures are kept; "
        "drafts after 7 days, lines of the audit trail after 12 months, addresses of invitations "
        "that are over. Run it every day (docs/operations.md). With --dry-run everything is done "
        "and taken back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="Report, and erase nothing.")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            default=None,
            metavar="DAY",
            help="As on a day, as 2026-11-24; one to come only with --dry-run. Today if not given.",
        )

    def handle(self, *, dry_run: bool, as_of: date | None, **options) -> None:
        """Purge, and say what went."""
        day = as_of or timezone.localdate()
        if day > timezone.localdate() and not dry_run:
            raise CommandError("That day is still to come: only --dry-run can look ahead.")
        try:
            purged = _rehearsed(day) if dry_run else purging.purge(day)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_report(purged))
        if dry_run:
            self.stdout.write("Nothing was erased.")
        if purged.uncounted:
            raise CommandError(
                f"There are no figures of {_named(purged.uncounted)}: none could be made that tell "
                "of nobody. All else was done. Look at geo.coverage.disclosure before long."
            )


def _rehearsed(day: date) -> purging.Purged:
    with transaction.atomic():
        purged = purging.purge(day)
        transaction.set_rollback(True)
    return purged


def _report(purged: purging.Purged) -> str:
    return "\n".join(
        [
            f"Months of which only figures are left: {_named(purged.months) or 'none'}",
            f"Referrals erased: {purged.referrals}",
            f"Drafts deleted: {purged.drafts}",
            f"Consents erased: {purged.consents}",
            f"Lines of the audit trail erased: {purged.audit_lines}",
            f"Keys of the audit trail destroyed: {purged.keys}",
            f"Invitations that lost their address: {purged.invitations}",
            f"Old mails erased: {purged.mails}",
        ]
    )


def _named(months: tuple[date, ...]) -> str:
    return ", ".join(f"{month:%Y-%m}" for month in months)
