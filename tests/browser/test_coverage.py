"""The pages for planners, in a browser: what axe finds, the map, and the keyboard."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT
from tests.browser.test_accessibility import (
    LANGUAGES,
    is_wider_than_the_screen,
    violations_by_day_and_by_night,
)

# What follows the address of the overview, in any language.
PAGES = {
    "overview": "",
    "measure": "?need=droits&measure=median_km&basis=listed",
    "mrc": "?level=mrc&measure=status",
    "wrong": "?need=xx&as_of=1999-01-01",
    "region": "11-gaspesie-iles-de-la-madeleine/",
    "cell": "11-gaspesie-iles-de-la-madeleine/sante/",
    "quiet cell": "10-nord-du-quebec/argent/",
}


@pytest.fixture(scope="module", autouse=True)
def run(base_url: str, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A run of coverage on the site that the browser visits."""
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BROWSER_TEST_STATIC": str(tmp_path_factory.mktemp("nothing")),
        "SECRET_KEY": "only for the browser's tests",
    }
    subprocess.run(
        [sys.executable, "manage.py", "compute_coverage"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def go(page: Page, name: str, language: str = "fr") -> None:
    """Visit a page for planners, by the link at the foot of every page."""
    page.goto(f"/{language}/")
    path = page.locator(".foot li:last-child a").get_attribute("href")
    page.goto(f"{path}{PAGES[name]}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_the_pages_for_planners(phone: Page, name: str, language: str):
    go(phone, name, language)

    assert violations_by_day_and_by_night(phone) == []


def test_axe_finds_nothing_in_the_method(phone: Page):
    go(phone, "overview")
    phone.locator(".sections li:last-child a").click()
    expect(phone.locator(".formula").first).to_be_visible()

    assert violations_by_day_and_by_night(phone) == []


@pytest.mark.parametrize("name", ["overview", "mrc"])
def test_axe_finds_nothing_with_the_painted_map_open(phone: Page, name: str):
    go(phone, name)
    phone.click("#open-map")
    expect(phone.locator(".area").first).to_be_attached()
    phone.wait_for_load_state("networkidle")

    assert violations_by_day_and_by_night(phone) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_for_planners_scrolls_sideways(phone: Page, name: str):
    phone.set_viewport_size({"width": 320, "height": 640})
    go(phone, name, "es")
    assert not is_wider_than_the_screen(phone)

    phone.set_viewport_size({"width": 360, "height": 640})
    phone.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert not is_wider_than_the_screen(phone)


def test_the_map_paints_the_17_regions_in_the_colours_of_the_table(phone: Page):
    go(phone, "measure")
    phone.click("#open-map")
    expect(phone.locator(".area")).to_have_count(17)

    drawn = phone.eval_on_selector_all(
        ".area", "areas => areas.map((area) => /k-([\\w-]+)/.exec(area.getAttribute('class'))[1])"
    )
    told = phone.eval_on_selector_all(
        "#results [data-key]", "rows => rows.map((row) => row.dataset.key)"
    )
    assert sorted(drawn) == sorted(told)
    assert len(set(told)) > 1


def test_keys_go_through_the_map_open_the_reasons_and_come_back(phone: Page):
    go(phone, "overview")
    phone.click("#open-map")
    # The finger that opened the map would hover over an area.
    phone.mouse.move(0, 0)
    first = phone.locator(".area[tabindex='0']")
    expect(first).to_have_count(1)
    first.focus()
    name = first.get_attribute("aria-label")

    phone.keyboard.press("ArrowRight")
    focused = phone.locator(".area:focus")
    expect(focused).not_to_have_attribute("aria-label", name or "")
    expect(phone.locator("#results tr.is-marked")).to_have_count(1)
    chosen = focused.get_attribute("aria-label") or ""

    phone.keyboard.press("Enter")
    link = phone.locator(".leaflet-popup a:focus")
    expect(link).to_have_attribute("href", re.compile(r"/\d\d-[\w-]+/any/"))
    expect(phone.locator(".popup-name")).to_have_text(re.compile("^" + re.escape(chosen[:8])))

    phone.keyboard.press("Escape")
    expect(phone.locator(".leaflet-popup")).to_have_count(0)
    expect(phone.locator(".area:focus")).to_have_attribute("aria-label", chosen)


def test_another_question_is_answered_in_place_and_the_focus_stays(phone: Page):
    go(phone, "overview")
    phone.click("#open-map")
    expect(phone.locator(".area")).to_have_count(17)
    phone.evaluate("() => { window.isSamePage = true; }")

    need = phone.locator("#id_need")
    need.focus()
    need.select_option("sante")
    expect(phone).to_have_url(re.compile(r"\?need=sante$"))
    expect(phone.locator("#results tbody a").first).to_have_attribute(
        "href", re.compile("/sante/$")
    )
    expect(need).to_be_focused()

    phone.locator("#id_level").select_option("mrc")
    expect(phone.locator("#results tbody tr")).not_to_have_count(17)
    expect(phone.locator(".area")).not_to_have_count(17)

    phone.go_back()
    expect(phone.locator("#id_level")).to_have_value("region")
    expect(phone.locator("#results tbody tr")).to_have_count(17)
    assert phone.evaluate("() => window.isSamePage") is True


def test_the_table_of_answers_scrolls_by_keys_under_the_names_of_the_regions(phone: Page):
    go(phone, "overview")
    table = phone.locator("#matrix .scroller")
    table.focus()
    before = phone.locator(".matrix tbody th").first.bounding_box()

    for _press in range(30):
        phone.keyboard.press("ArrowRight")
    # Pressed keys scroll step by step.
    expect(phone.locator(".matrix thead th").last).to_be_in_viewport()

    after = phone.locator(".matrix tbody th").first.bounding_box()
    assert before
    assert after
    assert after["x"] == pytest.approx(before["x"], abs=1)


def test_the_map_opens_by_itself_where_there_is_room(
    browser: Browser, browser_context_args: dict, base_url: str
):
    wide = browser_context_args | {"viewport": {"width": 1280, "height": 900}, "has_touch": False}
    context = browser.new_context(**wide)
    page = context.new_page()
    go(page, "measure", "en")
    expect(page.locator(".area")).to_have_count(17)
    page.wait_for_load_state("networkidle")

    assert violations_by_day_and_by_night(page) == []
    assert not is_wider_than_the_screen(page)
    context.close()


def test_without_scripts_the_form_asks_the_server(
    browser: Browser, browser_context_args: dict, base_url: str
):
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()
    go(page, "overview")
    page.select_option("#id_need", "sante")
    page.select_option("#id_language", "es")
    page.locator("#search button").click()

    expect(page).to_have_url(re.compile(r"language=es.*need=sante|need=sante.*language=es"))
    expect(page.locator("#id_language")).to_have_value("es")
    expect(page.locator("#results tbody tr")).to_have_count(17)
    context.close()
