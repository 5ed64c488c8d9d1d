"""How much a phone with a poor signal has to fetch; bytes as WhiteNoise packs them."""

from pathlib import Path

import brotli
import leaflet

DIST = Path(__file__).resolve().parent.parent.parent / "frontend" / "dist"
LEAFLET = Path(leaflet.__file__).parent / "static" / "leaflet"

# With the HTML of a list, at most 25 kB, this keeps our promise of 40 kB.
LIST_LIMIT = 13_000
MAP_LIMIT = 120_000


def packed(*files: Path) -> int:
    return sum(len(brotli.compress(file.read_bytes())) for file in files)


def test_the_list_needs_little_beside_its_html():
    assert packed(DIST / "home_page.js", DIST / "app.css") <= LIST_LIMIT


def test_the_first_map_is_no_heavier_than_a_photograph():
    own = packed(DIST / "map.js", DIST / "basemap.topojson")
    library = packed(
        *(LEAFLET / name for name in ["leaflet.js", "leaflet.extras.js", "leaflet.css"])
    )

    assert own + library <= MAP_LIMIT
