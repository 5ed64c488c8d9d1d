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
from geo.models import DemandEstimate

# A run that is older is computed again when the site starts.
RECENT_DAYS = 7


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
            "--missing",
            action="store_true",
            help=(
                "only what the site lacks: a run of the last "
                f"{RECENT_DAYS} days, and one of each past day that it compares with "
                f"({', '.join(str(day) for day in runs.MILESTONES)})"
            ),
        )

    def handle(
        self,
        *,
        as_of: date | None,
        label: str,
        unpublished: bool,
        dry_run: bool,
        missing: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        """Compute, print, keep."""
        if missing:
            self._complete(verbosity)
            return
        day = as_of or timezone.localdate()
        if day > timezone.localdate():
            raise CommandError(f"{day} is still to come: nothing is known of it.")
        result = self._computed(day, verbosity)
        if dry_run:
            self.stdout.write("Nothing was kept.")
            return
        self._keep(result, label, is_published=not unpublished)

    def _complete(self, verbosity: int) -> None:
        """The runs that the site lacks, the earliest first."""
        today = timezone.localdate()
        for day, label in runs.MILESTONES.items():
            if runs.latest(day) is None and DemandEstimate.objects.ended_by(day).exists():
                self._keep(self._computed(day, verbosity), label)
        current = runs.latest()
        if current is None or (today - current.as_of).days > RECENT_DAYS:
            self._keep(self._computed(today, verbosity), "")
        else:
            self.stdout.write(f"The run of {current.as_of} is recent enough.")

    def _computed(self, day: date, verbosity: int) -> runs.Result:
        try:
            result = runs.compute(day)
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            # The report is for operators, in English as all commands are.
            with override("en"):
                for basis in CoverageBasis:
                    self.stdout.write(report_of(result, basis))
        return result

    def _keep(self, result: runs.Result, label: str, *, is_published: bool = True) -> None:
        run = runs.store(result, label=label, is_published=is_published)
        self.stdout.write(
            self.style.SUCCESS(
                f"{run.as_of}: run {run.pk} kept, {len(result.cells)} cells "
                f"in {result.seconds:.1f} s."
            )
        )
