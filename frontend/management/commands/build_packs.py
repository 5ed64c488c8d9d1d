"""Build what phones keep, so that nobody waits for it."""

from django.core.management.base import BaseCommand

from frontend import packs
from geo.translation import LANGUAGES


class Command(BaseCommand):
    """After a new version of the site, or a load of the directory: some 10 s a language."""

    help = "Build the packs of all regions, and print what each weighs."

    def add_arguments(self, parser) -> None:
        """One language, or several; all of them if none is given."""
        parser.add_argument("--language", action="append", choices=LANGUAGES)

    def handle(self, *, language: list[str] | None, **options) -> None:
        """Build those that are absent or old."""
        for code in language or LANGUAGES:
            packs.build_all(code)
            for row in packs.sizes(code)["packs"]:
                self.stdout.write(f"{code} {row['code']:3} {row['bytes']:8}")
