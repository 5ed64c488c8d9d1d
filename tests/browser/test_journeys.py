"""From the first page to a telephone number: by keyboard alone, and without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

MOST_TABS = 80


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on an element of the selector; it must be seen there."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            break
    else:
        pytest.fail(f"{selector} is not reached by the keyboard.")
    focused = page.locator(":focus")
    expect(focused).to_be_in_viewport()
    width = focused.evaluate("(element) => parseFloat(getComputedStyle(element).outlineWidth)")
    assert width >= 2


def test_the_whole_journey_is_made_with_the_keyboard(phone: Page):
    phone.goto("/es/")

    tab_to(phone, "[name=q]")
    phone.keyboard.type("me pagan menos")
    tab_to(phone, "[name=place]")
    phone.keyboard.type("Joliette")
    phone.keyboard.press("Enter")
    expect(phone.locator("#count")).to_be_focused()
    expect(phone.locator("#results h2").first).to_contain_text("Salario, horas, descuentos")

    tab_to(phone, ".card h3 a")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/recursos/**")

    tab_to(phone, "a.call[href^='tel:']")
    tab_to(phone, ".star")
    phone.keyboard.press("Space")
    expect(phone.locator(".star").first).to_have_attribute("aria-pressed", "true")
    tab_to(phone, "summary")
    phone.keyboard.press("Enter")
    tab_to(phone, "input, button")


def test_the_whole_journey_is_made_without_scripts(
    browser: Browser, browser_context_args: dict, base_url: str
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/es/")
    page.fill("[name=q]", "no me pagan las horas extra cerca de Joliette")
    page.click("#search [type=submit]")
    expect(page.locator("#results")).to_be_in_viewport()
    expect(page.locator("#results h2").first).to_contain_text("Salario, horas, descuentos")

    page.click("#results nav a >> nth=1")
    page.locator("#languages a[hreflang=fr]").click()
    assert page.url.split("/")[3] == "fr"
    assert "Joliette" in page.input_value("[name=place]")
    assert page.input_value("[name=need]") == "droits"
    page.locator(".card:has(a.call) h3 a").first.click()

    expect(page.locator("a.call[href^='tel:']").first).to_be_visible()
    page.locator("summary", has_text="Avez-vous reçu de l'aide").click()
    page.locator("form button", has_text="Oui").first.click()
    expect(page.locator("h1")).to_contain_text("Merci")
    assert context.cookies() == []
    context.close()
