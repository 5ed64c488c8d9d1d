"""Every page by axe, on a narrow screen, and with large text."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

LANGUAGES = ["fr", "en", "es"]

# Addresses, or the selector of a link on the home page that leads there.
PAGES = {
    "home": "/{language}/",
    "results": "/{language}/?need=sante&place=Gasp%C3%A9&radius_km=100",
    "nothing": "/{language}/?need=sante&q=zzzzz",
    "unknown place": "/{language}/?place=zzzzz",
    "regions": "/{language}/regions/",
    "region": "/{language}/regions/11-gaspesie-iles-de-la-madeleine/",
    "resource": ".card h3 a",
    "dates": ".foot li:nth-child(1) a",
    "privacy": ".foot li:nth-child(2) a",
    "sources": ".foot li:nth-child(3) a",
    "about": ".foot li:nth-child(4) a",
    "kept": ".pages li:nth-child(3) a",
    "offline": "#keep p a",
    "open now": "/{language}/?place=Gasp%C3%A9&open_now=true",
    "words": "/{language}/?q=no+me+pagan&words=true",
    "wrong": "/{language}/regions/11-gaspesie-iles-de-la-madeleine/leaflet.pdf?with=xx",
    "not found": "/{language}/nowhere/",
    "api": "/api/docs/",
}


def go(page: Page, name: str, language: str) -> None:
    """Visit one of PAGES."""
    target = PAGES[name]
    if target.startswith("/"):
        page.goto(target.format(language=language))
        return
    page.goto(f"/{language}/")
    link = page.locator(target).first.get_attribute("href")
    assert link
    page.goto(urlsplit(link).path)


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, and the first elements that break it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    broken = page.evaluate(
        "async (tags) => (await axe.run(document, {runOnly: tags})).violations.map((rule) => "
        "[rule.id, ...rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))])",
        TAGS,
    )
    return ["\n  ".join(lines) for lines in broken]


def is_wider_than_the_screen(page: Page) -> bool:
    return page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


def violations_by_day_and_by_night(page: Page) -> list[str]:
    """What axe finds in the light colours, then in the dark ones."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {violation}" for violation in violations(page)]
    return found


@pytest.mark.parametrize(
    ("name", "language"),
    # The documentation of the API has one address.
    [(name, language) for name in PAGES for language in LANGUAGES if name != "api"]
    + [("api", "fr")],
)
def test_axe_finds_nothing(phone: Page, name: str, language: str):
    go(phone, name, language)

    assert violations_by_day_and_by_night(phone) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["home", "results", "region"])
def test_axe_finds_nothing_with_the_map_open(phone: Page, name: str, language: str):
    go(phone, name, language)
    phone.click("#open-map")
    expect(phone.locator(".pin").first).to_be_visible()
    phone.wait_for_load_state("networkidle")
    assert violations_by_day_and_by_night(phone) == []
    if name != "results":
        # So much ground at once shows clusters only, and those have no popup.
        return

    phone.locator(".pin:not(.pin-cluster)").first.focus()
    phone.keyboard.press("Enter")
    # The popup fades in, and axe measures its contrast.
    expect(phone.locator(".leaflet-popup")).to_have_css("opacity", "1")
    assert violations_by_day_and_by_night(phone) == []


def test_axe_finds_nothing_on_a_wide_screen(
    browser: Browser, browser_context_args: dict, base_url: str
):
    wide = browser_context_args | {"viewport": {"width": 1280, "height": 900}, "has_touch": False}
    context = browser.new_context(**wide)
    page = context.new_page()
    go(page, "results", "fr")
    expect(page.locator(".pin").first).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_at_320_pixels_nor_with_text_twice_as_large(
    phone: Page, name: str
):
    phone.set_viewport_size({"width": 320, "height": 640})
    go(phone, name, "es")
    assert not is_wider_than_the_screen(phone)

    phone.set_viewport_size({"width": 360, "height": 640})
    phone.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert not is_wider_than_the_screen(phone)


def test_the_open_map_fits_320_pixels(phone: Page):
    phone.set_viewport_size({"width": 320, "height": 640})
    go(phone, "results", "es")
    phone.click("#open-map")
    expect(phone.locator(".pin").first).to_be_visible()

    assert not is_wider_than_the_screen(phone)
