"""`manage.py print_leaflets`: all the leaflets in a folder, for a printer's shop or a USB key."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontend.printing.contents import leaflet_of
from frontend.printing.leaflet import draw_leaflet
from geo.choices import AreaLevel
from geo.models import AdminArea
from geo.translation import LANGUAGES


class Command(BaseCommand):
    """Write the leaflets of regions."""

    help = "Write the leaflets of the regions, and of their MRC if asked, as PDF files."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--to", type=Path, required=True, help="the folder, made if absent")
        parser.add_argument(
            "--site", required=True, help="address of the site, as https://repere.example"
        )
        parser.add_argument("--language", choices=LANGUAGES, default="fr", help="the first one")
        parser.add_argument("--with", dest="other", choices=LANGUAGES, default="es")
        parser.add_argument("--region", action="append", help="its code, as 11; all if absent")
        parser.add_argument("--mrc", action="store_true", help="those of the MRC as well")

    def handle(self, *, to: Path, site: str, language: str, other: str, **options) -> None:
        """Write, and say how many."""
        if language == other:
            raise CommandError("A leaflet has two different languages.")
        if urlsplit(site).scheme not in {"http", "https"}:
            raise CommandError("--site wants an address, as https://repere.example")
        areas = self._areas(options["region"], options["mrc"])
        to.mkdir(parents=True, exist_ok=True)
        for area in areas:
            leaflet = leaflet_of(area, (language, other), site.rstrip("/"))
            code = area.code if area.level == AreaLevel.REGION else f"mrc-{area.code}"
            (to / f"repere-{code}-{language}-{other}.pdf").write_bytes(draw_leaflet(leaflet))
        self.stdout.write(self.style.SUCCESS(f"{len(areas)} leaflets written."))

    def _areas(self, codes: list[str] | None, with_mrcs: bool) -> list[AdminArea]:
        regions = AdminArea.objects.regions()
        if codes:
            regions = regions.filter(code__in=codes)
            if unknown := set(codes) - {region.code for region in regions}:
                raise CommandError(f"No region has the code {', '.join(sorted(unknown))}.")
        if not with_mrcs:
            return list(regions)
        mrcs = AdminArea.objects.mrcs().filter(parent__in=regions).select_related("parent")
        return [*regions, *mrcs]
