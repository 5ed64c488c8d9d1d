"""Leaving in a hurry, keeping, telling: what a person in danger counts on."""

import json
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.browser.conftest import Visit
from tests.browser.test_accessibility import is_wider_than_the_screen, violations

NEUTRAL = re.compile(r"^http://localhost:\d+/robots\.txt$")

KEPT = """async () => [
    localStorage.length, sessionStorage.length, (await caches.keys()).length,
    (await indexedDB.databases()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""


# The address that messages are sent to, in three languages.
TELLING = re.compile(r"/(avis|feedback|opinion)/$")


def is_told(answer: Response) -> bool:
    """The answer to a message."""
    return answer.request.method == "POST" and bool(TELLING.search(answer.url))


def is_blank(page: Page) -> bool:
    return page.evaluate("() => !document.body || document.body.innerText.trim() === ''")


def favourites(page: Page) -> list[dict]:
    return json.loads(page.evaluate("() => localStorage.getItem('repere-favourites') ?? '[]'"))


def sheet(page: Page, language: str = "fr") -> None:
    page.goto(f"/{language}/?need=sante")
    page.goto(page.locator(".card h3 a").first.get_attribute("href"))


# Leaving


def fill_the_phone(page: Page) -> None:
    """Something of every kind that a site can keep."""
    page.evaluate(
        """async () => {
            localStorage.setItem("a", "1");
            sessionStorage.setItem("b", "2");
            await (await caches.open("c")).put("/c", new Response("c"));
            await new Promise((done) => { indexedDB.open("d").onsuccess = done; });
        }"""
    )
    assert min(page.evaluate(KEPT)[:4]) >= 1


def test_leaving_goes_to_a_neutral_page_and_back_does_not_return(page: Page):
    page.goto("/fr/")
    page.goto("/fr/?need=droits-abus")
    fill_the_phone(page)

    page.click("#leave")
    page.wait_for_url(NEUTRAL)

    assert page.evaluate("() => document.referrer") == ""
    page.go_back()
    assert "droits-abus" not in page.url
    assert page.evaluate(KEPT)[:2] == [0, 0]
    assert "c" not in page.evaluate("() => caches.keys()")
    assert page.evaluate("async () => (await indexedDB.databases()).map(({name}) => name)") == []


def test_three_times_shift_leaves_and_says_how_many_are_left(page: Page):
    page.goto("/en/")
    counter = page.locator(".presses")

    page.keyboard.press("Shift")
    expect(counter).to_have_text(page.get_attribute("#leave", "data-left-2"))
    expect(counter).to_have_attribute("role", "status")
    page.keyboard.press("Shift")
    expect(counter).to_have_text(page.get_attribute("#leave", "data-left-1"))
    page.keyboard.press("Shift")

    page.wait_for_url(NEUTRAL)


def test_shift_pressed_slowly_or_for_capitals_does_not_leave(page: Page):
    page.clock.install()
    page.goto("/en/")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.clock.run_for(5_100)
    expect(page.locator(".presses")).to_have_text(page.get_attribute("#leave", "data-over"))
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("a")
    expect(page.locator(".presses")).to_have_text("")

    page.focus("[name=place]")
    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")
    for _ in range(3):
        page.keyboard.press("Escape")

    assert page.url.endswith("/en/")
    expect(page.locator(".presses")).to_have_text("")


def test_the_page_is_blank_at_once_and_nothing_is_waited_for(page: Page):
    page.clock.install()
    page.goto("/es/?need=droits-abus")
    page.route("**/exit/", lambda route: None)

    left = page.evaluate(
        """() => {
            document.getElementById("leave").click();
            return [document.body.innerText.trim(), document.title];
        }"""
    )

    assert left == ["", "…"]
    page.clock.run_for(4_100)
    page.wait_for_url("about:blank")


def test_without_a_network_leaving_shows_a_blank_page(page: Page, context: BrowserContext):
    page.goto("/es/?need=droits-abus")
    context.set_offline(True)

    page.click("#leave")

    page.wait_for_url("about:blank")
    assert is_blank(page)
    context.set_offline(False)


def test_the_keyboard_meets_the_way_out_first(page: Page):
    page.goto("/fr/")

    page.keyboard.press("Tab")
    first = page.locator(":focus")
    expect(first).to_have_attribute("href", "/fr/exit/")
    expect(first).to_be_in_viewport()
    page.keyboard.press("Enter")

    page.wait_for_url(NEUTRAL)


def test_the_way_out_stays_in_sight(phone: Page):
    phone.goto("/fr/?need=sante")
    phone.locator(".foot").scroll_into_view_if_needed()

    expect(phone.locator("#leave")).to_be_in_viewport()
    phone.locator(".card h3 a").nth(3).focus()
    covered = phone.evaluate(
        """() => {
            const box = document.activeElement.getBoundingClientRect();
            const top = document.querySelector(".bar").getBoundingClientRect().bottom;
            return box.top < top;
        }"""
    )
    assert not covered


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_strip_fits_a_narrow_screen(phone: Page, width: int, language: str):
    phone.set_viewport_size({"width": width, "height": 640})
    phone.goto(f"/{language}/")

    boxes = [link.bounding_box() for link in phone.locator(".emergency a").all()]
    assert len(boxes) == 4
    assert len({round(box["y"]) for box in boxes}) == 1
    # Three lines of text at most beside a short number; four at the width of 400 % zoom.
    tallest = 64 if width == 360 else 80
    assert all(box["height"] <= tallest and box["width"] >= 44 for box in boxes)
    assert not is_wider_than_the_screen(phone)


# Keeping


def test_a_card_is_kept_with_its_star_and_nothing_is_sent(visit: Visit):
    page = visit.page
    page.goto("/fr/?need=sante&place=Gasp%C3%A9", wait_until="networkidle")
    star = page.locator(".card .star").first
    name = page.locator(".card h3").first.inner_text()
    visit.requests.clear()

    star.click()

    expect(star).to_have_attribute("aria-pressed", "true")
    assert [url for url in visit.requests if url.startswith("http")] == []
    assert len(favourites(page)) == 1
    page.reload()
    expect(page.locator(".card .star").first).to_have_attribute("aria-pressed", "true")
    page.goto(page.locator(".pages a", has_text=re.compile("Gardé|Kept")).get_attribute("href"))
    expect(page.locator("#favourites h3")).to_have_text(name)
    expect(page.locator("#nothing-kept")).to_be_hidden()


def test_what_is_kept_does_not_tell_where_the_person_was(visit: Visit):
    page = visit.page
    page.goto("/es/")
    page.click("#locate")
    expect(page.locator("#count")).to_be_visible()
    far = page.locator(".card:has([data-part=distance])").first
    distance = far.locator("[data-part=distance]").inner_text()
    assert distance

    far.locator(".star").click()

    (kept,) = favourites(page)
    assert "data-part" in kept["html"]
    assert distance not in kept["html"]
    assert "48.83" not in kept["html"].split("geo:")[0]


def test_stars_work_on_cards_that_come_later_and_from_a_sheet(visit: Visit):
    page = visit.page
    page.goto("/fr/")
    page.click("#needs a >> nth=6")
    expect(page.locator("#count")).to_be_visible()
    page.locator(".card .star").first.click()
    kept = favourites(page)[0]["id"]

    page.go_back()
    expect(page.locator("#needs a").first).to_be_visible()
    page.go_forward()
    expect(page.locator(f'[data-star="{kept}"]').first).to_have_attribute("aria-pressed", "true")

    sheet(page)
    page.locator(".sheet > .star").click()
    name = page.locator("h1").inner_text()
    assert len(favourites(page)) == 2
    page.goto(page.locator(".pages a", has_text=re.compile("Gardé|Kept")).get_attribute("href"))
    expect(page.locator("#favourites .card h3").first).to_have_text(name)


def test_what_is_kept_is_taken_off_one_by_one_or_all_at_once(visit: Visit):
    page = visit.page
    page.goto("/fr/?need=sante")
    for number in range(3):
        page.locator(".card .star").nth(number).click()
    page.goto(page.locator(".pages a", has_text=re.compile("Gardé|Kept")).get_attribute("href"))
    expect(page.locator("#favourites .card")).to_have_count(3)

    page.locator("#favourites .star").first.click()
    assert len(favourites(page)) == 2
    page.locator("#favourites .star").first.click()
    assert len(favourites(page)) == 3

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("#forget-all")
    assert len(favourites(page)) == 3
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#forget-all")
    assert favourites(page) == []
    expect(page.locator("#nothing-kept")).to_be_focused()


def test_a_hundred_cards_are_kept_and_the_oldest_leaves(visit: Visit):
    page = visit.page
    page.goto("/fr/?need=sante")
    page.evaluate(
        """() => localStorage.setItem("repere-favourites", JSON.stringify(
            Array.from({length: 100}, (_, n) => (
                {id: `n${n}`, html: "<li class=card></li>", day: "2026-01-01", lang: "fr"}))))"""
    )

    page.locator(".card .star").first.click()

    kept = favourites(page)
    assert len(kept) == 100
    assert kept[-1]["id"] == "n98"


def test_what_is_kept_is_read_without_a_network_until_somebody_leaves_fast(
    browser: Browser, browser_context_args: dict
):
    context = browser.new_context(**browser_context_args | {"service_workers": "allow"})
    page = context.new_page()
    page.goto("/fr/?need=sante")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.locator(".card .star").first.click()
    name = page.locator(".card h3").first.inner_text()
    address = page.locator(".pages a[href*=fav]").get_attribute("href")
    page.wait_for_function("async (path) => Boolean(await caches.match(path))", arg=address)

    context.set_offline(True)
    page.goto(address)
    expect(page.locator("#favourites h3")).to_have_text(name)

    context.set_offline(False)
    page.click("#leave")
    page.wait_for_url(NEUTRAL)
    page.goto("/robots.txt")
    assert page.evaluate(KEPT) == [0, 0, 0, 0, 0]
    context.close()


def test_without_scripts_no_star_promises_anything(browser: Browser, browser_context_args: dict):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/fr/?need=sante")

    expect(page.locator(".star").first).to_be_hidden()
    expect(page.locator("#leave")).to_have_attribute("href", "/fr/exit/")
    context.close()


# Telling


def test_something_wrong_is_told_without_leaving_the_page(visit: Visit):
    page = visit.page
    sheet(page)
    page.locator(".tell summary").nth(1).click()
    page.check("#reason-hours")

    with page.expect_response(is_told) as answer:
        page.locator(".tell form").nth(1).locator("button").click()

    assert answer.value.status == 201
    expect(page.locator("[data-said]")).to_have_text(answer.value.json()["detail"])
    expect(page.locator("#reason-hours")).to_be_hidden()
    assert "cookie" not in answer.value.request.all_headers()


def test_a_number_in_the_words_is_refused_and_the_words_stay(visit: Visit):
    page = visit.page
    sheet(page)
    page.locator(".tell summary").nth(1).click()
    page.check("#reason-phone")
    page.fill("#comment", "Llámeme al 418 555-0123")

    with page.expect_response(is_told) as answer:
        page.locator(".tell form").nth(1).locator("button").click()

    assert answer.value.status == 400
    expect(page.locator("[data-said]")).not_to_have_text("")
    expect(page.locator("#comment")).to_have_value("Llámeme al 418 555-0123")


def test_did_you_get_help_takes_two_taps_and_waits_for_the_network(
    visit: Visit, context: BrowserContext
):
    page = visit.page
    sheet(page, "es")
    context.set_offline(True)
    page.locator(".tell summary").first.click()
    page.locator(".tell form").first.locator("button").first.click()
    expect(page.locator("[data-said]")).to_have_text(page.get_attribute("[data-said]", "data-kept"))
    assert "outcome=yes" in page.evaluate("() => localStorage.getItem('repere-unsent')")

    with page.expect_response(is_told) as answer:
        context.set_offline(False)

    assert answer.value.status == 201
    page.wait_for_function("() => localStorage.getItem('repere-unsent') === null")


def test_what_waited_is_sent_on_the_next_visit(visit: Visit, context: BrowserContext):
    page = visit.page
    sheet(page)
    page.route(TELLING, lambda route: route.abort())
    page.locator(".tell summary").first.click()
    page.locator(".tell form").first.locator("button").last.click()
    page.wait_for_function("() => localStorage.getItem('repere-unsent')")
    page.unroute(TELLING)

    with page.expect_response(is_told) as answer:
        page.goto("/fr/")

    assert answer.value.status == 201
    assert "outcome=no_answer" in answer.value.request.post_data


# Everybody


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_axe_finds_nothing_in_what_is_kept_and_told(phone: Page, language: str):
    sheet(phone, language)
    phone.locator(".tell summary").nth(0).click()
    phone.locator(".tell summary").nth(1).click()
    phone.locator(".star").first.click()
    assert violations(phone) == []

    phone.goto(phone.locator(".tell form").first.get_attribute("action"))
    assert violations(phone) == []
    phone.goto(phone.locator(".pages a[href*=fav]").get_attribute("href"))
    expect(phone.locator("#favourites .card")).to_have_count(1)
    assert violations(phone) == []
    assert not is_wider_than_the_screen(phone)


def test_axe_finds_nothing_in_the_dark_with_a_count_of_presses(phone: Page):
    phone.emulate_media(color_scheme="dark")
    phone.goto("/fr/?need=sante")
    phone.locator(".card .star").first.click()
    phone.keyboard.press("Shift")

    assert violations(phone) == []
