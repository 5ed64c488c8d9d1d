"""`manage.py load_fixtures`: what a new database starts with."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.errors import DomainError
from geo.imports import fixtures


class Command(BaseCommand):
    """Load areas, needs, programmes and the starter directory."""

    help = (
        "Load the files of fixtures/: areas, needs, programmes, the starter directory. Writes all "
        "or nothing. Rows that are there already stay as they are, unless --update is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--update",
            action="store_true",
            help="also bring existing rows in line with the files (changes of editors are lost)",
        )
        parser.add_argument(
            "--folder", type=Path, default=settings.BASE_DIR / "fixtures", help="another folder"
        )

    def handle(self, *, update: bool, folder: Path, **options) -> None:
        """Load, and say what was written."""
        try:
            report = fixtures.load(folder, update=update)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for line in report.lines():
            self.stdout.write(line)
