"""A command that takes a table of facts from an operator: reported first, written whole."""

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.choices import Confidence
from geo.errors import DomainError
from geo.imports.writing import LoadReport, Provenance
from geo.models.provenance import PARTIAL_DATE

SHOWN_ISSUES = 200  # lines; a wrong matrix has a million


def partial_date(text: str) -> str:
    """A year, a month or a day, as the option `--as-of` gives it."""
    if not re.fullmatch(PARTIAL_DATE, text):
        raise argparse.ArgumentTypeError(
            f"“{text}” is no date: write a year, a month or a day (2026, 2026-03, 2026-03-31)."
        )
    return text


def citation(text: str) -> str:
    """What is shown as the source: not empty."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the citation is empty: say where the table is from.")
    return text.strip()


def web_address(text: str) -> str:
    """An address that the page of sources may link to."""
    if not re.match(r"https?://", text):
        raise argparse.ArgumentTypeError(f"“{text}” does not begin with https:// or http://.")
    return text


class TableCommand(BaseCommand):
    """Read a table, say every wrong row, and write all or nothing.

    `load` is that of a reader of `geo.imports`.
    """

    load: Callable[..., LoadReport]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--source", type=citation, required=True, help="the citation to show")
        parser.add_argument(
            "--as-of", type=partial_date, required=True, help="date of the source: 2026-03"
        )
        parser.add_argument("--confidence", choices=Confidence.values, default=Confidence.B)
        parser.add_argument("--licence", default="", help="the licence of the source")
        parser.add_argument("--url", type=web_address, help="where the source can be read")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *, file: Path, source: str, as_of: str, dry_run: bool, **options) -> None:
        """Load, and say what changed."""
        provenance = Provenance(
            source, as_of, options["confidence"], options["licence"], options["url"] or ""
        )
        try:
            report = type(self).load(file, provenance, write=not dry_run)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for issue in report.issues[:SHOWN_ISSUES]:
            self.stdout.write(str(issue))
        if report.issues:
            lines = len({issue.line for issue in report.issues})
            if len(report.issues) > SHOWN_ISSUES:
                self.stdout.write(f"and {len(report.issues) - SHOWN_ISSUES} more.")
            raise CommandError(
                f"Lines with mistakes: {lines}. Nothing was written. Mend them and run again."
            )
        self.stdout.write(
            f"{report.created} created, {report.updated} updated, {report.unchanged} unchanged."
        )
        if dry_run:
            self.stdout.write("Nothing was written. Run again without --dry-run to apply.")
