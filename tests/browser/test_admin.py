"""The admin, as an editor meets it."""

import os
import subprocess
import sys
import time
from base64 import b32decode

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Visit

EDITOR = "editor@example.org"
PASSWORD = "an invented password for tests"


@pytest.fixture(scope="session")
def account(base_url, database_url):
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    command = ["createsuperuser", "--noinput", "--email", EDITOR]
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)


@pytest.fixture(scope="session")
def signed_in(browser, base_url, account):
    """The cookies of an editor who signed in and set up the second step with a phone's app."""
    context = browser.new_context(base_url=base_url)
    visit = Visit(context.new_page(), base_url)
    page = visit.page
    page.goto("/admin/")
    page.fill("#id_username", EDITOR)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    app = TOTP(b32decode(page.locator(".key").inner_text().replace(" ", "")))
    app.time = time.time()
    page.fill("#id_token", f"{app.token():06}")
    page.press("#id_token", "Enter")
    expect(page.locator(".codes li")).to_have_count(8)
    page.locator("main a.button").click()
    expect(page.locator("#user-tools")).to_be_visible()
    assert visit.faults == []
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def desk(browser, base_url, signed_in):
    """An editor's page, signed in; cookies are allowed here, faults are not."""
    context = browser.new_context(
        base_url=base_url, viewport={"width": 1280, "height": 900}, storage_state=signed_in
    )
    visit = Visit(context.new_page(), base_url)
    yield visit
    assert visit.faults == []
    context.close()


def test_an_editor_moves_a_place_on_our_own_map(desk):
    page = desk.page
    page.goto("/admin/geo/location/?q=Chibougamau")
    page.locator("#result_list tbody th a").first.click()

    expect(page.locator(".leaflet-container")).to_be_visible()
    expect(page.locator(".leaflet-container canvas").first).to_be_attached()
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    assert desk.asked("basemap.topojson")

    page.fill("#id_name", "Entrée inventée")
    page.locator("input[name=_save]").first.click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto("/admin/geo/location/?q=Entr%C3%A9e+invent%C3%A9e")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".object-tools a.historylink").click()
    expect(page.locator("#change-history")).to_contain_text(EDITOR)


@pytest.mark.parametrize("model", ["service", "organization", "phone", "adminarea", "needterm"])
def test_lists_and_forms_break_no_rule_of_the_browser(desk, model):
    desk.page.goto(f"/admin/geo/{model}/")
    desk.page.locator("#result_list tbody th a").first.click()

    expect(desk.page.locator("#content form").first).to_be_visible()
