"""Asking for help on the home page, without and with scripts."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit

A_POSITION = re.compile(r"\b(lat|lon)=(-?[\d.]+)")


def stays(page: Page) -> None:
    """Leave a mark that a reload would wipe out."""
    page.evaluate("() => { window.mark = true; }")


def has_stayed(page: Page) -> bool:
    return page.evaluate("() => window.mark === true")


def test_the_list_and_the_form_work_without_scripts(
    browser: Browser, browser_context_args: dict, base_url: str
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/fr/")
    expect(page.locator("#locate")).to_be_hidden()
    expect(page.locator("#open-map")).to_be_hidden()

    page.fill("[name=place]", "Gaspé")
    page.select_option("[name=need]", "sante")
    page.click("#search [type=submit]")

    expect(page.locator(".card").first).to_be_visible()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["place"] == ["Gaspé"]
    assert asked["need"] == ["sante"]
    context.close()


def test_asking_with_scripts_does_not_reload(visit: Visit):
    page = visit.page
    page.goto("/fr/")
    stays(page)

    page.fill("[name=place]", "Amos")
    page.press("[name=place]", "Enter")

    expect(page.locator("#count")).to_be_visible()
    expect(page.locator("#count")).to_be_focused()
    assert has_stayed(page)
    assert parse_qs(urlsplit(page.url).query)["place"] == ["Amos"]


def test_a_need_is_one_tap_and_the_tiles_make_room(phone: Page):
    phone.goto("/fr/")
    stays(phone)

    phone.click("#needs a >> nth=0")

    expect(phone.locator("#count")).to_be_focused()
    expect(phone.locator("#needs a")).to_have_count(0)
    assert phone.input_value("[name=need]") != ""
    assert has_stayed(phone)


def test_the_next_page_is_shown_from_its_count(phone: Page):
    phone.goto("/fr/?need=sante")
    first = phone.locator(".card").first.get_attribute("data-id")

    phone.click("[rel=next]")

    expect(phone.locator("#count")).to_be_focused()
    assert phone.locator(".card").first.get_attribute("data-id") != first
    assert "page=2" in phone.url


def test_the_next_page_is_reached_without_a_flight_through_the_list(phone: Page):
    phone.emulate_media(reduced_motion="no-preference")
    phone.goto("/fr/?need=sante")
    phone.locator("[rel=next]").scroll_into_view_if_needed()
    # The event of this scroll comes with the next frame: on a busy machine it would be counted.
    phone.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 100)))")
    phone.evaluate(
        "() => { window.heights = new Set();"
        " addEventListener('scroll', () => window.heights.add(Math.round(scrollY))); }"
    )

    phone.evaluate("() => document.querySelector('[rel=next]').click()")

    phone.wait_for_url("**page=2")
    phone.wait_for_timeout(300)
    expect(phone.locator("#count")).to_be_in_viewport()
    assert phone.evaluate("() => window.heights.size") <= 2


def test_back_and_forward_show_what_was_asked(phone: Page):
    phone.goto("/fr/")
    stays(phone)
    phone.click("#needs a >> nth=2")
    expect(phone.locator("#count")).to_be_visible()
    need = phone.input_value("[name=need]")

    phone.go_back()
    expect(phone.locator("#needs a").first).to_be_visible()
    assert phone.input_value("[name=need]") == ""

    phone.go_forward()
    expect(phone.locator("#count")).to_be_visible()
    assert phone.input_value("[name=need]") == need
    assert has_stayed(phone)


def test_a_position_leaves_the_phone_rounded_and_is_kept_nowhere(visit: Visit):
    page = visit.page
    page.goto("/es/")

    page.click("#locate")

    expect(page.locator("#count")).to_be_visible()
    sent = {pair for url in visit.requests for pair in A_POSITION.findall(url)}
    assert sent == {("lat", "48.83"), ("lon", "-64.48")}
    assert not A_POSITION.search(page.url)
    kept = page.evaluate(
        "() => JSON.stringify([history.state, {...localStorage}, {...sessionStorage}])"
    )
    assert "48." not in kept
    assert json.loads(kept)[1:] == [{}, {}]


def test_filters_are_changed_around_the_same_position(visit: Visit):
    page = visit.page
    page.goto("/es/")
    page.click("#locate")
    expect(page.locator("#count")).to_be_visible()
    visit.requests.clear()

    page.select_option("[name=need]", "sante")
    page.click("#search [type=submit]")
    expect(page.locator("#results")).to_have_attribute("data-query", re.compile("need=sante"))

    asked = parse_qs(urlsplit(visit.asked("/es/?")[0]).query)
    assert (asked["lat"], asked["lon"], asked["need"]) == (["48.83"], ["-64.48"], ["sante"])
    assert not A_POSITION.search(page.url)


def test_going_back_to_a_position_asks_again_without_writing_it_down(visit: Visit):
    page = visit.page
    page.goto("/es/")
    page.click("#locate")
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    page.fill("[name=place]", "Amos")
    page.press("[name=place]", "Enter")
    expect(page.locator("#results")).not_to_have_attribute("data-point", "-64.48,48.83")

    page.go_back()

    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    assert not A_POSITION.search(page.url)


def test_a_position_in_an_address_is_taken_out_of_it(phone: Page):
    phone.goto("/fr/?lat=48.83&lon=-64.48&need=sante")

    expect(phone.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    assert urlsplit(phone.url).query == "need=sante"


def test_another_language_keeps_the_question_and_the_position_and_writes_none_down(visit: Visit):
    page = visit.page
    page.goto("/fr/?need=sante&radius_km=100")
    page.click("#locate")
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")

    page.click("a[hreflang=en][lang=en]")

    page.wait_for_url("**/en/**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"need": ["sante"], "radius_km": ["100"]}
    assert page.input_value("[name=need]") == "sante"
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    assert not A_POSITION.search(page.url)
    assert page.evaluate("() => sessionStorage.length") == 0


def test_another_language_keeps_the_place_in_the_list_and_the_map_as_it_was(phone: Page):
    phone.goto("/fr/?place=Montr%C3%A9al&need=droits")
    phone.click("#open-map")
    expect(phone.locator(".pin").first).to_be_visible()
    phone.wait_for_load_state("networkidle")
    for _click in range(2):
        phone.click(".map-bar .map-button:nth-child(2)")
    phone.wait_for_timeout(500)
    shown = phone.evaluate("() => document.querySelectorAll('.pin').length")
    card = phone.locator(".card").nth(4)
    name = card.get_attribute("id")
    card.scroll_into_view_if_needed()
    top = phone.evaluate(f"() => document.getElementById('{name}').getBoundingClientRect().top")
    phone.evaluate(f"() => scrollBy(0, {top})")

    # A finger would scroll up to the links; what is kept is where the page stands at the tap.
    phone.evaluate("() => document.querySelector('#languages a[hreflang=es]').click()")

    phone.wait_for_url("**/es/**")
    expect(phone.locator(".pin").first).to_be_visible()
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("() => document.querySelectorAll('.pin').length") == shown
    after = phone.evaluate(f"() => document.getElementById('{name}').getBoundingClientRect().top")
    assert abs(after) < 40


def test_a_refusal_is_said_and_the_place_can_be_written(phone: Page):
    phone.context.clear_permissions()
    phone.goto("/fr/")

    phone.click("#locate")

    expect(phone.locator("#notice")).to_have_text(phone.get_attribute("#locate", "data-denied"))
    expect(phone.locator("[name=place]")).to_be_focused()


def test_places_are_proposed_after_two_letters(visit: Visit):
    page = visit.page
    page.goto("/fr/")

    page.locator("[name=place]").press_sequentially("chib")

    expect(page.locator("#places option").first).to_be_attached()
    proposed = page.eval_on_selector_all("#places option", "all => all.map((o) => o.value)")
    assert any(label.startswith("Chibougamau") for label in proposed)
    assert len(visit.asked("/places/")) <= 2


def test_without_network_the_page_says_so_and_stays(phone: Page):
    phone.goto("/fr/?need=sante")
    cards = phone.locator(".card").count()
    phone.context.set_offline(True)

    phone.fill("[name=place]", "Amos")
    phone.click("#search [type=submit]")

    expect(phone.locator("#notice")).to_have_text(phone.get_attribute("#search", "data-failed"))
    assert phone.locator(".card").count() == cards

    stays(phone)
    phone.context.set_offline(False)
    phone.click("#search [type=submit]")
    phone.wait_for_url("**/fr/?place=Amos*")
    expect(phone.locator("#results")).to_have_attribute("data-query", re.compile("lat=48.57"))
    expect(phone.locator("#notice")).to_have_text("")
    assert has_stayed(phone)


def test_after_a_bad_answer_the_browser_asks_by_itself(phone: Page):
    phone.goto("/fr/?need=sante")
    stays(phone)
    phone.route("**/fr/?*", lambda route: route.fulfill(status=502, body="Bad gateway"))
    phone.click("#search [type=submit]")
    expect(phone.locator("#notice")).to_have_text(phone.get_attribute("#search", "data-failed"))

    phone.unroute("**/fr/?*")
    phone.click("#search [type=submit]")

    phone.wait_for_function("() => !window.mark && document.getElementById('count')")


def test_a_request_that_stalls_is_given_up_and_may_be_tried_again(phone: Page):
    phone.clock.install()
    phone.goto("/fr/?need=sante")
    stays(phone)
    phone.route("**/fr/?*", lambda route: None)
    phone.fill("[name=place]", "Amos")
    phone.click("#search [type=submit]")
    phone.clock.run_for(2_000)
    expect(phone.locator("#notice")).to_have_text(phone.get_attribute("#search", "data-loading"))

    phone.clock.run_for(15_000)
    expect(phone.locator("#notice")).to_have_text(phone.get_attribute("#search", "data-failed"))

    phone.unroute("**/fr/?*")
    phone.click("#search [type=submit]")
    expect(phone.locator("#notice")).to_have_text("")
    expect(phone.locator("#count")).to_be_visible()
    assert parse_qs(urlsplit(phone.url).query)["place"] == ["Amos"]
    assert has_stayed(phone)


def promise(page: Page) -> None:
    """Have the form say that a position is gone, whatever its template says."""
    page.add_init_script(
        "document.addEventListener('readystatechange', () => {"
        "  const form = document.getElementById('search');"
        "  if (form) form.dataset.positionGone = 'Gone';"
        "});"
    )


def test_a_position_that_is_gone_after_a_card_is_said_to_be(visit: Visit):
    page = visit.page
    promise(page)
    page.goto("/fr/?need=sante")
    page.click("#locate")
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    # Keep the page out of the browser's memory, as a phone short of it does.
    page.evaluate("() => addEventListener('unload', () => {})")
    page.locator(".card h3 a").last.click()
    page.wait_for_load_state()

    page.go_back()

    expect(page.locator("#notice")).to_have_text("Gone")
    page.wait_for_timeout(300)
    expect(page.locator("#notice")).to_be_in_viewport()
    assert not A_POSITION.search(page.url)
    page.click("#locate")
    expect(page.locator("#notice")).to_have_text("")
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")


def test_a_position_that_is_gone_in_another_language_is_said_to_be(visit: Visit):
    page = visit.page
    promise(page)
    # A browser that keeps nothing for a tab.
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page.goto("/fr/?need=sante")
    page.click("#locate")
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")

    page.click("a[hreflang=en][lang=en]")

    page.wait_for_url("**/en/**")
    expect(page.locator("#notice")).to_have_text("Gone")
    assert not urlsplit(page.url).fragment
    page.select_option("[name=need]", "")
    page.click("#search [type=submit]")
    expect(page.locator("#notice")).to_have_text("")
