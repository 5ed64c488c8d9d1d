"""Sharing a page, and putting it on paper, as a phone does it."""

from io import BytesIO

from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

REGION = "/fr/regions/11-gaspesie-iles-de-la-madeleine/"


def words_on_paper(page: Page, paper: str) -> str:
    reader = PdfReader(BytesIO(page.pdf(format=paper)))
    return " ".join(" ".join(part.extract_text() for part in reader.pages).split())


def test_a_page_is_copied_and_the_person_is_told(page: Page, context: BrowserContext, base_url):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(REGION)

    page.locator("[data-share-copy]").click()

    said = page.locator("[data-share-said]")
    expect(said).to_have_text(page.locator("[data-share-copy]").get_attribute("data-copied"))
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.endswith(f"\n{base_url}{REGION}")
    assert "Gaspésie–Îles-de-la-Madeleine" in copied


def test_the_list_of_apps_of_the_phone_gets_the_words_and_the_address(page: Page, base_url):
    page.add_init_script(
        "window.given = []; navigator.share = async (what) => { window.given.push(what); };"
    )
    page.goto(REGION)

    page.locator("[data-share-open]").click()

    (given,) = page.evaluate("() => window.given")
    assert given["url"] == f"{base_url}{REGION}"
    assert "Gaspésie" in given["text"]


def test_the_code_is_seen_when_it_is_asked_for(page: Page):
    page.goto(REGION)
    expect(page.locator("svg.qr")).to_be_hidden()

    page.locator(".share summary").click()

    expect(page.locator("svg.qr")).to_be_visible()


def test_a_region_on_paper_has_its_services_and_no_buttons(page: Page):
    page.goto(REGION)

    for paper in ("A4", "A6"):
        words = words_on_paper(page, paper)
        assert "911" in words
        assert "Santé" in words
        assert "CLSC" in words
        assert "WhatsApp" not in words
        assert "PDF" not in words
