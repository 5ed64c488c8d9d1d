"""Draw the icons of the installed application from `frontend/static/icon.svg`.

    python frontend/icons/build.py

Older phones install no SVG. The pictures are committed: this runs again only when the icon
changes, with the Chromium that the tests drive.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "static"

# Pixels of a side, and the part of it that the picture fills. Phones cut a maskable icon to any
# shape within its inner 80 %; its ground reaches the edges.
PICTURES = {
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "icon-maskable-512.png": (512, 0.75),
}
GROUND = "#0b5a60"


def main() -> None:
    """Write the three files beside the SVG."""
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (side, part) in PICTURES.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            is_whole = part == 1
            page.set_content(
                f"<style>html {{ background: {'none' if is_whole else GROUND} }}"
                "body { margin: 0; height: 100vh; display: grid; place-items: center }"
                f"svg {{ width: {part:.0%} }}</style>{svg}"
            )
            page.screenshot(path=STATIC / name, omit_background=is_whole)
        browser.close()


if __name__ == "__main__":
    main()
