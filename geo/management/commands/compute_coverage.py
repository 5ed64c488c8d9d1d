"""`manage.py compute_coverage`: measure where help is missing, and keep the answer."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from geo.choices import CoverageBasis
from geo.coverage import runs
from geo.coverage.report import report_of
from geo.errors import DomainError


class Command(BaseCommand):
    """Compute a run, print its table, keep it."""

    help = (
        "Measure coverage of every region and MRC for every need, print the table of classes and "
        "keep the run. A run is never changed: the same day computed again is another run. "
        "Any past day can be computed (--as-of)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DAY", help="2023-05-31; today if left out"
        )
        parser.add_argument("--label", default="", help="what the run is for, shown beside its day")
        parser.add_argument(
            "--unpublished", action="store_true", help="keep it, and do not show it on the site"
        )
        parser.add_argument("--dry-run", action="store_true", help="print only, keep nothing")
        parser.add_argument(
            "--once",
            action="store_true",
            help="do nothing if a published run of that day is there already",
        )

    def handle(
        self,
        *,
        as_of: date | None,
        label: str,
        unpublished: bool,
        dry_run: bool,
        once: bool,
        **options: Any,
    ) -> None:
        """Compute, print, keep."""
        day = as_of or timezone.localdate()
        if day > timezone.localdate():
            raise CommandError(f"{day} is still to come: nothing is known of it.")
        if once and runs.latest(day) is not None:
            self.stdout.write(f"A run of {day} is there already: nothing to do.")
            return
        try:
            result = runs.compute(day)
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        with override("fr"):
            for basis in CoverageBasis:
                self.stdout.write(report_of(result, basis))
        if dry_run:
            self.stdout.write("Nothing was kept.")
            return
        run = runs.store(result, label=label, is_published=not unpublished)
        self.stdout.write(
            self.style.SUCCESS(
                f"Run {run.pk} kept: {len(result.cells)} cells in {result.seconds:.1f} s."
            )
        )
