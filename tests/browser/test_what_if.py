"""Help that is tried with a pin on the map, by finger and by keyboard."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Visit

PAGE = "/en/coverage/what-if/?region=11&need=sante&language=es&basis=listed"


@pytest.fixture(scope="module")
def _measured(base_url: str, database_url: str) -> None:
    """A run of coverage from the real fixtures, in the server's database."""
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BROWSER_TEST_STATIC": "",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": "only for the browser's tests",
    }
    command = [sys.executable, "manage.py", "compute_coverage"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.usefixtures("_measured")
def test_a_pin_that_is_dropped_answers_in_the_page(visit: Visit):
    page = visit.page
    page.goto(PAGE)
    expect(page.locator("#answer")).to_contain_text("Nothing is tried yet")
    assert visit.asked("leaflet") == []
    page.click("#open-map")
    drop = page.locator("#drop-pin")
    expect(drop).to_be_visible()
    page.wait_for_load_state("networkidle")

    drop.focus()
    page.keyboard.press("Enter")

    pin = page.locator(".proposed")
    expect(pin).to_be_visible()
    expect(page.locator("#answer")).to_contain_text("The new place is")
    first = page.input_value("#lon"), page.input_value("#lat")
    assert all(first)
    assert page.url.endswith(PAGE)

    box = page.locator("#map-box .leaflet-container").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 3)

    expect(page.locator("#lon")).not_to_have_value(first[0])
    expect(page.locator(".map-note")).to_contain_text("The class")
    expect(page.locator("#answer[aria-busy]")).to_have_count(0)
