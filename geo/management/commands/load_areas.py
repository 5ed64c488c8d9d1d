"""`manage.py load_areas`: official outlines over the generalised ones."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.choices import AreaLevel
from geo.errors import DomainError
from geo.imports.outlines import load_outlines, read_outlines

# Digits of the official codes.
WIDTHS = {AreaLevel.REGION: 2, AreaLevel.MRC: 3, AreaLevel.MUNICIPALITY: 5}


class Command(BaseCommand):
    """Load outlines of areas from a file."""

    help = (
        "Load the outlines of regions, MRC or municipalities from a zipped Shapefile or GeoJSON. "
        "Writes all or nothing, then finds the region of every place again. "
        "docs/data-sources.md tells where the official file is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="a .zip, .shp, .geojson or .json file")
        parser.add_argument("--level", choices=[str(level) for level in WIDTHS], required=True)
        parser.add_argument("--code-field", help="the attribute that holds the official code")
        parser.add_argument(
            "--source", default="", help="the citation to keep; the name of the file if not given"
        )
        parser.add_argument(
            "--merge", action="store_true", help="join the rows that bear the same code"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *, file: Path, level: str, code_field: str | None, **options) -> None:
        """Load, and say what changed."""
        try:
            outlines = read_outlines(
                file, code_field, WIDTHS[AreaLevel(level)], merge=options["merge"]
            )
            report = load_outlines(
                outlines,
                AreaLevel(level),
                source=options["source"] or file.name,
                write=not options["dry_run"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(report.replaced)} outlines replaced: {', '.join(report.replaced)}")
        if report.unused:
            self.stdout.write(f"Not in the directory, passed over: {', '.join(report.unused)}")
        self.stdout.write(f"{report.moved} places lie in another region than before.")
        if options["dry_run"]:
            self.stdout.write("Nothing was written. Run again without --dry-run to apply.")
