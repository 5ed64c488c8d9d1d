"""The map: opened on purpose on a phone, by itself beside the list, usable without a mouse."""

import base64
import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visit

BUTTONS = ["zoom-in", "zoom-out", "fit"]

PINS = "() => [...document.querySelectorAll('.pin')].map((pin) => pin.ariaLabel).sort().join('|')"

# One transparent pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

ACTIVE_LABEL = "() => document.activeElement.getAttribute('aria-label')"


def open_map(page: Page, address: str) -> None:
    page.goto(address)
    page.click("#open-map")
    expect(page.locator(".pin").first).to_be_visible()
    # Until the outlines have come, a pin that is measured may still move.
    page.wait_for_load_state("networkidle")


def drag(page: Page, x: float, y: float) -> None:
    """Move what is under a finger by 56 pixels to the right and 35 down."""
    fingers = page.context.new_cdp_session(page)
    for step in range(8):
        place = {"x": x + 8 * step, "y": y + 5 * step}
        kind = "touchMove" if step else "touchStart"
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_nothing_of_the_map_is_fetched_before_it_is_opened(visit: Visit):
    page = visit.page
    page.goto("/fr/?need=sante")
    page.wait_for_load_state("networkidle")
    assert visit.asked("leaflet") + visit.asked("/map.") + visit.asked("basemap") == []

    page.click("#open-map")

    expect(page.locator(".pin").first).to_be_visible()
    expect(page.locator("#open-map")).to_have_attribute("aria-expanded", "true")
    assert visit.asked("/leaflet/leaflet.")
    assert visit.asked("/basemap.")
    assert all(re.search(r"\.[0-9a-f]{12}\.", url) for url in visit.asked("/static/"))


def test_every_pin_has_a_name_and_a_place_in_the_order_of_tabs(phone: Page):
    open_map(phone, "/fr/?place=Amos&radius_km=200")

    pins = phone.locator(".pin").all()
    assert all(pin.get_attribute("aria-label") for pin in pins)
    assert all(pin.get_attribute("tabindex") == "0" for pin in pins)
    assert all(pin.get_attribute("role") == "button" for pin in pins)


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_pin_is_opened_and_closed_with_the_keyboard(phone: Page, key: str):
    open_map(phone, "/fr/?place=Gasp%C3%A9&radius_km=100")
    pin = phone.locator(".pin:not(.pin-cluster)").first
    pin.focus()

    phone.keyboard.press(key)

    popup = phone.locator(".leaflet-popup")
    expect(popup).to_be_visible()
    expect(popup.locator("a").first).to_be_focused()
    words = phone.get_attribute("#map-box", "data-label-close")
    expect(popup.locator(".leaflet-popup-close-button")).to_have_attribute("aria-label", words)

    phone.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(pin).to_be_focused()


# Longer than a popup takes to fade away.
FADED_MS = 500


def middle(pin: Locator) -> tuple[float, float]:
    """Where a finger or a mouse meets a pin."""
    pin.scroll_into_view_if_needed()
    box = pin.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def press(page: Page, how: str, pin: Locator) -> None:
    """Press a pin as a person does: the page gets all the events of a finger or of a mouse."""
    place = middle(pin)
    device = page.touchscreen.tap if how == "finger" else page.mouse.click
    device(*place)
    page.wait_for_timeout(FADED_MS)


@pytest.mark.parametrize("how", ["finger", "mouse"])
def test_the_popup_of_a_pressed_pin_stays(phone: Page, how: str):
    open_map(phone, "/fr/?q=h%C3%B4pital&place=Gasp%C3%A9")

    press(phone, how, phone.locator(".pin:not(.pin-cluster, .pin-several)").first)

    expect(phone.locator(".leaflet-popup")).to_have_count(1)
    expect(phone.locator(".leaflet-popup .popup-name")).to_be_visible()


@pytest.mark.parametrize("how", ["finger", "mouse"])
def test_the_popup_of_several_resources_stays(phone: Page, how: str):
    open_map(phone, "/fr/?place=Amos&radius_km=100")
    pin = phone.locator(".pin-several").first
    number = int(pin.inner_text())

    press(phone, how, pin)

    expect(phone.locator(".leaflet-popup li a")).to_have_count(number)
    expect(phone.locator(".leaflet-popup li a").first).to_be_visible()


@pytest.mark.parametrize("how", ["finger", "mouse"])
def test_a_pin_pressed_again_keeps_its_popup_and_the_ground_closes_it(phone: Page, how: str):
    open_map(phone, "/fr/?place=Amos&radius_km=100")
    pin = phone.locator(".pin:not(.pin-cluster)").first
    press(phone, how, pin)
    press(phone, how, pin)
    expect(phone.locator(".leaflet-popup")).to_have_count(1)

    phone.evaluate("() => document.getElementById('map').scrollIntoView({block: 'end'})")
    ground = phone.locator("#map").bounding_box()
    device = phone.touchscreen.tap if how == "finger" else phone.mouse.click
    device(ground["x"] + 4, ground["y"] + ground["height"] - 4)

    expect(phone.locator(".leaflet-popup")).to_have_count(0)


@pytest.mark.parametrize("how", ["finger", "mouse"])
def test_a_pressed_cluster_falls_apart(phone: Page, how: str):
    open_map(phone, "/fr/?need=sante")
    shown = phone.evaluate(PINS)

    press(phone, how, phone.locator(".pin-cluster").last)

    phone.wait_for_function(f"(shown) => ({PINS})() !== shown", arg=shown)
    expect(phone.locator(".leaflet-popup")).to_have_count(0)


def test_a_pin_that_the_map_is_dragged_by_opens_nothing(phone: Page):
    open_map(phone, "/fr/?place=Amos&radius_km=100")
    x, y = middle(phone.locator(".pin:not(.pin-cluster)").first)

    phone.mouse.move(x, y)
    phone.mouse.down()
    phone.mouse.move(x + 40, y + 30, steps=8)
    phone.mouse.up()
    phone.wait_for_timeout(FADED_MS)

    expect(phone.locator(".leaflet-popup")).to_have_count(0)


def test_a_popup_repeats_the_card_of_the_list(phone: Page):
    open_map(phone, "/fr/?q=h%C3%B4pital&place=Gasp%C3%A9")
    phone.locator(".pin:not(.pin-cluster, .pin-several)").first.tap()

    popup = phone.locator(".leaflet-popup .popup")
    name = popup.locator(".popup-name").inner_text()
    card = phone.locator(".card").filter(has=phone.get_by_role("heading", name=name)).first
    expect(card).to_be_attached()
    page = popup.locator(".popup-name a").get_attribute("href")
    assert card.locator("h3 a").get_attribute("href") == page


def test_a_chosen_cluster_falls_apart_and_the_focus_stays_on_a_pin(phone: Page):
    open_map(phone, "/fr/?need=sante")
    shown = phone.evaluate(PINS)
    phone.locator(".pin-cluster").last.focus()

    phone.keyboard.press("Enter")

    phone.wait_for_function(f"(shown) => ({PINS})() !== shown", arg=shown)
    phone.wait_for_function("() => document.activeElement.classList.contains('pin')")


def test_the_focus_stays_on_its_pin_while_the_map_moves(phone: Page):
    open_map(phone, "/fr/?place=Amos&radius_km=100")
    phone.locator(".pin").first.focus()
    label = phone.evaluate(ACTIVE_LABEL)
    box = phone.locator("#map").bounding_box()
    before = phone.locator(".leaflet-map-pane").get_attribute("style")

    drag(phone, box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)

    expect(phone.locator(".leaflet-map-pane")).not_to_have_attribute("style", before)
    assert phone.evaluate(ACTIVE_LABEL) == label


def test_several_resources_at_one_position_are_all_in_its_popup(phone: Page):
    open_map(phone, "/fr/?place=Amos&radius_km=100")
    pin = phone.locator(".pin-several").first
    number = int(pin.inner_text())
    assert number > 1
    pin.focus()

    phone.keyboard.press("Enter")

    links = phone.locator(".leaflet-popup li a")
    expect(links).to_have_count(number)


def test_an_approximate_position_says_so(phone: Page):
    open_map(phone, "/fr/?place=Amos&radius_km=100")
    words = phone.get_attribute("#map-box", "data-label-approximate")
    pin = phone.locator(".pin-approximate").first
    assert words in pin.get_attribute("aria-label")

    pin.focus()
    phone.keyboard.press("Enter")

    expect(phone.locator(".popup-approximate")).to_have_text(words)


def test_the_map_can_be_left_with_the_tab_key(phone: Page):
    open_map(phone, "/fr/?place=Gasp%C3%A9&radius_km=50")
    pins = phone.locator(".pin").count()
    phone.locator("#map").focus()

    for _ in range(pins + 2):
        phone.keyboard.press("Tab")

    assert not phone.evaluate("() => Boolean(document.activeElement.closest('#map'))")


def test_zoom_buttons_stand_outside_the_map_and_work(phone: Page):
    open_map(phone, "/fr/?need=sante")
    assert phone.locator("#map button, #map .leaflet-control-zoom").count() == 0
    closer, further, everything = phone.locator(".map-bar button").all()
    words = [phone.get_attribute("#map-box", f"data-label-{name}") for name in BUTTONS]
    labels = [button.get_attribute("aria-label") for button in (closer, further, everything)]
    assert labels == words

    shown = phone.evaluate(PINS)
    closer.tap()
    phone.wait_for_function(f"(shown) => ({PINS})() !== shown", arg=shown)
    everything.tap()
    phone.wait_for_function(f"(shown) => ({PINS})() === shown", arg=shown)


def test_the_map_follows_the_list(visit: Visit):
    page = visit.page
    open_map(page, "/fr/?place=Amos&radius_km=100")
    visit.requests.clear()

    page.select_option("[name=need]", "sante")
    with page.expect_request("**/api/v1/pins/**"):
        page.click("#search [type=submit]")

    expect(page.locator("#results")).to_have_attribute("data-query", re.compile("need=sante"))
    [asked] = visit.asked("/api/v1/pins/")
    assert "need=sante" in asked
    assert "lat=48.57" in asked


def test_a_wide_screen_opens_the_map_beside_the_list(
    browser: Browser, browser_context_args: dict, base_url: str
):
    wide = browser_context_args | {"viewport": {"width": 1280, "height": 900}, "has_touch": False}
    context = browser.new_context(**wide)
    page = context.new_page()

    page.goto("/fr/?need=sante")

    expect(page.locator(".pin").first).to_be_visible()
    results, panel = (page.locator(name).bounding_box() for name in ("#results", "#map-panel"))
    assert panel["x"] >= results["x"] + results["width"]
    context.close()


def test_a_region_has_its_map(phone: Page):
    open_map(phone, "/fr/regions/11-gaspesie-iles-de-la-madeleine/")

    assert phone.locator(".pin").count() > 0


def test_all_of_a_region_is_printed_and_folded_again_after(phone: Page):
    phone.goto("/fr/regions/11-gaspesie-iles-de-la-madeleine/")
    folded = phone.locator("main details:not([open])")
    phone.locator("main details summary").first.click()
    before = folded.count()
    assert before > 0

    phone.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(folded).to_have_count(0)
    phone.emulate_media(media="print")
    expect(phone.locator("#results > .chips")).to_be_visible()

    phone.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(folded).to_have_count(before)


def configure(page: Page, layer: dict) -> None:
    """Do as an operator's MAP_LAYERS_FILE does."""
    page.evaluate(
        "(layers) => { document.getElementById('map-box').dataset.layers = layers; }",
        json.dumps([layer]),
    )


def test_an_operator_can_lay_pictures_over_the_ground(visit: Visit):
    page = visit.page
    page.route("**/tiles/**", lambda route: route.fulfill(body=PICTURE, content_type="image/png"))
    page.goto("/fr/?place=Amos")
    layer = {"type": "raster", "name": "Routes", "attribution": "© Exemple"}
    configure(page, layer | {"url": "/tiles/{z}/{x}/{y}.png"})

    page.click("#open-map")

    expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
    expect(page.locator(".credits")).to_contain_text("© Exemple")
    page.locator(".map-bar button").first.tap()
    page.wait_for_load_state("networkidle")
    assert visit.asked("pmtiles") == []


def test_the_reader_of_vector_tiles_is_fetched_where_it_is_needed(visit: Visit):
    page = visit.page
    page.goto("/fr/?place=Amos")
    layer = {"type": "pmtiles", "name": "Rues", "attribution": "© Exemple"}
    configure(page, layer | {"url": "/static/absent.pmtiles"})

    page.click("#open-map")

    expect(page.locator(".pin").first).to_be_visible()
    assert visit.asked("/pmtiles_layer.")
    assert visit.asked("/absent.pmtiles")


def test_the_list_stays_when_the_map_cannot_be_loaded_and_a_second_try_may_succeed(visit: Visit):
    page = visit.page
    page.route("**/basemap.*", lambda route: route.abort())
    page.goto("/fr/?need=sante")
    page.click("#open-map")

    words = page.get_attribute("#map-box", "data-label-failed")
    expect(page.locator(".map-note")).to_have_text(words)
    expect(page.locator(".card").first).to_be_visible()

    page.unroute("**/basemap.*")
    page.click("#open-map")
    page.click("#open-map")
    expect(page.locator(".pin").first).to_be_visible()
    expect(page.locator(".map-bar")).to_have_count(1)
