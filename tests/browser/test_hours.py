"""Hours that stay true in a page that is kept open, and in one that is read days later."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import is_wider_than_the_screen, violations

# The lines of the first page answer day and night.
FIRST = "[data-hours] >> nth=0"


def office_page(phone: Page, base_url: str) -> str:
    """The page of a service with hours of the week."""
    answer = phone.request.get(f"{base_url}/api/v1/resources/?q=SAAQ&lang=fr").json()
    (feature,) = [
        feature
        for feature in answer["features"]
        if feature["properties"]["hours"]["opening_hours"] == "Mo-Fr 08:30-16:30"
    ]
    return feature["properties"]["page"]


@pytest.fixture
def noon() -> datetime:
    """Noon in Québec on a Wednesday of these 14 days, or before, that is no holiday."""
    now = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
    return now + timedelta(days=(2 - now.weekday()) % 7)


def test_a_page_that_is_open_says_each_minute_what_holds(phone: Page, base_url: str, noon):
    url = office_page(phone, base_url)
    phone.clock.install(time=noon)
    phone.goto(url)
    line = phone.locator(".hours")
    before = line.get_attribute("data-state")
    assert before in {"open", "unknown"}  # a holiday is unknown all day

    phone.clock.fast_forward("06:00:00")

    expect(line).to_have_attribute("data-state", "closed" if before == "open" else "unknown")


def test_a_page_that_is_read_weeks_later_says_that_hours_have_to_be_checked(
    phone: Page, base_url: str
):
    phone.goto(f"{base_url}/en/")
    expect(phone.locator(FIRST)).to_have_attribute("data-state", "open")

    phone.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=20))
    phone.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    expect(phone.locator(FIRST)).to_contain_text("Hours to be checked")
    expect(phone.locator(FIRST)).to_have_attribute("data-state", "unknown")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page_with_the_hours_of_a_week(
    phone: Page, base_url: str, scheme: str
):
    phone.emulate_media(color_scheme=scheme)
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(office_page(phone, base_url))
    expect(phone.locator("table.week tr")).to_have_count(7)

    assert violations(phone) == []
    assert not is_wider_than_the_screen(phone)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_list_of_what_is_open(phone: Page, base_url: str, scheme: str):
    phone.emulate_media(color_scheme=scheme)
    phone.goto(f"{base_url}/fr/?open_now=true&place=Saguenay&radius_km=200")

    assert violations(phone) == []


def test_without_scripts_the_hours_are_those_of_the_server(browser, base_url: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{base_url}/en/?open_now=true")

    expect(page.get_by_role("heading", name="Open now")).to_be_visible()
    expect(page.locator("[data-hours][data-state=open]").first).to_contain_text("Open")
    context.close()


def test_open_now_is_asked_by_a_finger_and_by_the_keyboard(phone: Page, base_url: str):
    phone.goto(f"{base_url}/en/")
    box = phone.get_by_label("Open now")

    box.tap()
    expect(box).to_be_checked()
    # The finger leaves the focus there, if not at once on a busy machine.
    expect(box).to_be_focused()
    phone.keyboard.press("Space")
    expect(box).not_to_be_checked()
    phone.keyboard.press("Space")
    phone.get_by_role("button", name="Search", exact=True).click()

    expect(phone.get_by_role("heading", name="Hours not known: call first")).to_have_count(0)
    expect(phone.get_by_role("heading", name="Open now")).to_be_visible()
    expect(box).to_be_checked()
