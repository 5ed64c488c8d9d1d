"""A phone that keeps packs answers by itself, as the server would, and tells nobody."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import GASPE, Visit
from tests.browser.test_accessibility import violations
from tests.browser.test_offline import Site

# What no request may hold: a field of the form, where the phone is, what was written or chosen.
TELLING = re.compile(
    r"[?&#](need|q|place|lat|lon|radius_km|kind|language|mode|region|open_now)="
    r"|48\.8|64\.4|gasp%C3%A9|m%C3%A9dic|medic|sante",
    re.IGNORECASE,
)

# The labels of pins, and what each says of one service at most.
PINS = (
    """() => [...document.querySelectorAll(".pin")].map((pin) => pin.getAttribute("aria-label"))"""
)

# Put packs where `packs.js` keeps them, without the service worker, which would hide requests.
SAVE = """async ({ lang, codes }) => {
    const cache = await caches.open("repere-packs-1");
    for (const name of ["areas", "vocabulary", ...codes]) {
        const url = `/${lang}/packs/${name}.json`;
        const text = await (await fetch(url)).text();
        const version = /^\\{"version":"([0-9a-f]{12})"/.exec(text)[1];
        const headers = { "X-Version": version, "X-Bytes": "1", "X-By-Hand": "1" };
        await cache.put(url, new Response(text, { headers }));
    }
}"""

# What the page says and asks, of the live page or of one that the server sends.
SHOWN = """async (url) => {
    const page = url
        ? new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html")
        : document;
    const spaced = (text) => text.replace(/\\s+/g, " ").trim();
    const wordsOf = (element) => {
        const copy = element.cloneNode(true);
        // Only the phone says where its answer comes from.
        for (const own of copy.querySelectorAll("[data-own]")) own.remove();
        copy.normalize();
        const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
        const words = [];
        while (texts.nextNode()) words.push(...spaced(texts.currentNode.data).split(" "));
        return words.filter(Boolean);
    };
    const links = (element) =>
        [...element.querySelectorAll("a[href]")]
            .filter((link) => !link.closest("[data-own]"))
            .map((link) => {
                const [path, query = ""] = link.getAttribute("href").split("?");
                const asked = [...new URLSearchParams(query)].map((pair) => pair.join("="));
                return `${path}?${asked.sort().join("&")} ${spaced(link.textContent)}`;
            });
    const results = page.getElementById("results");
    const { query, point, radiusKm, region } = results.dataset;
    const form = page.getElementById("search");
    return {
        words: wordsOf(results),
        links: links(results),
        cards: [...results.querySelectorAll(".card")].map(({ id }) => id),
        starts: [...results.querySelectorAll("ol.cards")].map(({ start }) => start),
        lead: spaced(page.getElementById("lead").textContent),
        alerts: spaced(page.getElementById("alerts").textContent),
        tiles: links(page.getElementById("needs")),
        tilesHidden: page.getElementById("needs").hidden,
        problem: spaced(page.getElementById("place-problem").textContent),
        title: page.title,
        asked: [...new URLSearchParams(query)].map((pair) => pair.join("=")).sort(),
        point,
        radiusKm,
        region,
        fields: [...new FormData(form)].filter(([name]) => name !== "lat" && name !== "lon"),
    };
}"""

QUESTIONS = [
    ("fr", {"need": "sante"}),
    ("fr", {"need": "sante", "page": "2"}),
    ("es", {"need": "droits-salaire", "place": "Gaspé"}),
    ("en", {"place": "Chibougamau", "radius_km": "10"}),
    ("fr", {"place": "Chibougamau", "need": "francais", "radius_km": "10", "kind": "clinic"}),
    ("es", {"region": "11", "language": "es"}),
    ("fr", {"place": "Saint-Simon"}),
    ("en", {"place": "St-Simon", "region": "16", "need": "argent"}),
    ("fr", {"place": "xyz"}),
    ("es", {"place": "xyz", "need": "sante"}),
    ("en", {"open_now": "true", "region": "06", "need": "sante"}),
    ("fr", {"need": "sante-dentaire", "kind": "union", "language": "es", "region": "10"}),
    ("es", {"q": "me pagan menos"}),
    ("fr", {"q": "dentiste à Rimouski"}),
    ("en", {"q": "zzzz"}),
    ("en", {"q": "clinic", "words": "true", "region": "06"}),
    ("fr", {"place": "G4X 1A1", "mode": "phone"}),
    ("fr", {"radius_km": "100"}),
    ("es", {"region": "17", "page": "9"}),
]


def save(page: Page, lang: str, *codes: str) -> None:
    """Keep packs on this phone."""
    page.evaluate(SAVE, {"lang": lang, "codes": codes})


def ask(page: Page, lang: str, query: dict) -> None:
    """Open a page whose question is behind the `#`, which is not sent."""
    page.goto("about:blank")
    page.goto(f"/{lang}/#?{urlencode(query)}")
    page.wait_for_function("() => !location.hash")
    expect(page.locator("#results:not([aria-busy])")).to_be_attached()


@pytest.mark.parametrize(("lang", "query"), QUESTIONS)
def test_the_page_of_the_phone_is_that_of_the_server(phone: Page, lang: str, query: dict):
    phone.goto(f"/{lang}/")
    save(phone, lang, "all")
    theirs = phone.evaluate(SHOWN, f"/{lang}/?{urlencode(query)}")

    ask(phone, lang, query)

    assert phone.evaluate(SHOWN, None) == theirs


class Overheard:
    """All that a page sends, from when it is made."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        page.context.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        headers = request.all_headers()
        parts = [request.url, headers.get("referer", ""), request.post_data or ""]
        self.sent.append(" ".join(parts))

    @property
    def telling(self) -> list[str]:
        """What tells something of the question or of the person."""
        return [line for line in self.sent if TELLING.search(line)]


def test_the_phone_sorts_by_its_exact_position_and_writes_none_down(visit: Visit):
    page = visit.page
    page.goto("/es/")
    save(page, "es", "11")
    overheard = Overheard(page)

    page.click("#locate")

    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    expect(page.locator("[name=lat]")).to_have_value("48.83")
    assert overheard.telling == []
    assert "lat" not in page.url
    kept = page.evaluate(
        "() => JSON.stringify([history.state, {...localStorage}, {...sessionStorage}])"
    )
    assert str(GASPE["latitude"])[:4] not in kept
    assert page.locator("[data-part=distance]").count() > 0


def test_filters_page_and_back_are_answered_by_the_phone_as_the_page_was(visit: Visit):
    page = visit.page
    page.goto("/fr/")
    save(page, "fr", "11")
    ask(page, "fr", {"region": "11"})
    first = page.locator(".card").first.get_attribute("data-id")

    page.click("[rel=next]")
    expect(page.locator("#count")).to_be_focused()
    assert page.locator(".card").first.get_attribute("data-id") != first
    page.go_back()
    expect(page.locator(f"#r-{first}")).to_be_attached()


def test_without_a_place_the_saved_regions_answer_and_are_named(phone: Page):
    phone.goto("/es/")
    save(phone, "es", "11")

    ask(phone, "es", {"need": "sante"})

    own = phone.locator("#results [data-own]")
    expect(own.nth(1)).to_contain_text("Gaspésie–Îles-de-la-Madeleine")
    phone.locator("#results details summary").click()
    phone.click("#results details a[href*='region=08']")
    expect(phone.locator(".found")).to_contain_text("Abitibi-Témiscamingue")
    expect(phone.locator("#results details")).to_have_count(0)


def test_a_region_that_is_not_saved_is_fetched_whole_when_it_is_asked_for(visit: Visit):
    page = visit.page
    page.goto("/fr/")
    save(page, "fr", "11")
    overheard = Overheard(page)

    ask(page, "fr", {"place": "Amos", "need": "sante"})

    expect(page.locator(".found")).to_contain_text("Amos")
    assert [urlsplit(line).path for line in overheard.sent if "/packs/08" in line]
    assert overheard.telling == []


def test_a_region_that_cannot_be_had_is_named_and_the_lines_are_there(phone: Page):
    phone.goto("/fr/")
    save(phone, "fr", "11")
    ask(phone, "fr", {"region": "11"})
    phone.context.set_offline(True)

    phone.fill("[name=place]", "Amos")
    phone.press("[name=place]", "Enter")

    expect(phone.locator("[data-own] [data-save-regions]")).to_be_visible()
    expect(phone.locator("#results")).to_contain_text("Abitibi-Témiscamingue")
    expect(phone.locator("a.call").first).to_be_visible()

    phone.context.set_offline(False)
    phone.click("[data-save-regions]")
    expect(phone.locator("[data-save-regions]")).to_have_count(0)


def test_a_wider_radius_offers_to_keep_the_regions_that_it_touches(phone: Page):
    phone.goto("/fr/")
    save(phone, "fr", "11")

    ask(phone, "fr", {"place": "Gaspé", "radius_km": "200"})

    expect(phone.locator("[data-save-regions]")).to_be_visible()
    phone.click("[data-save-regions]")
    # The server makes the packs of several regions first.
    expect(phone.locator("[data-save-regions]")).to_have_count(0, timeout=30_000)
    expect(phone.locator(".found")).to_contain_text("Gaspé")


def test_the_map_of_the_phone_has_the_pins_and_the_words_of_the_server(visit: Visit):
    page = visit.page
    seen = []
    for is_saved in (False, True):
        page.goto("/fr/")
        if is_saved:
            save(page, "fr", "11")
            ask(page, "fr", {"region": "11"})
        else:
            page.goto("/fr/?region=11")
        visit.requests.clear()
        page.locator("#open-map").click()
        expect(page.locator(".pin").first).to_be_visible()
        page.wait_for_timeout(300)
        pins = page.evaluate(PINS)
        while not page.locator(".pin:not(.pin-cluster)").count():
            page.locator(".pin-cluster").first.press("Enter")
            page.wait_for_timeout(300)
        page.locator(".pin:not(.pin-cluster)").first.press("Enter")
        popup = page.locator(".popup")
        expect(popup).to_be_visible()
        note = page.locator(".map-note").text_content()
        seen.append((sorted(pins), " ".join(popup.inner_text().split()), note))

    assert seen[0] == seen[1]
    assert visit.asked("/api/") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page_that_the_phone_made(phone: Page, scheme: str):
    phone.emulate_media(color_scheme=scheme)
    phone.goto("/es/")
    save(phone, "es", "11")
    for query in [
        {"need": "sante"},
        {"place": "Gaspé", "radius_km": "200"},
        {"q": "zzzz", "region": "11"},
    ]:
        ask(phone, "es", query)
        expect(phone.locator("#results [data-own]").first).to_be_visible()
        assert violations(phone) == []


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file in which the server writes all that it hears."""
    return tmp_path_factory.mktemp("heard") / "requests"


@pytest.fixture(scope="module")
def own_site(
    base_url: str, database_url: str, heard: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A server that tests may stop, and that writes down what it hears."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_TEST_REQUESTS", str(heard))
        site = Site(tmp_path_factory.mktemp("local"), database_url)
    site.collect()
    yield site
    site.stop()


@pytest.fixture
def kept_phone(browser: Browser, browser_context_args: dict, own_site: Site) -> Iterator[Page]:
    """A phone whose service worker keeps the site, after a visit of Gaspésie in Spanish."""
    own_site.start()
    arguments = browser_context_args | {"service_workers": "allow", "base_url": own_site.url}
    context = browser.new_context(**arguments)
    visit = Visit(context.new_page(), own_site.url)
    visit.page.goto("/es/regions/11-gaspesie-iles-de-la-madeleine/")
    _wait_until_kept(visit.page, "/es/packs/11.json", "/es/")
    yield visit.page
    assert visit.faults == []
    assert context.cookies() == []
    context.close()


def _wait_until_kept(page: Page, *paths: str) -> None:
    """`wait_for_function` does not wait for promises."""
    for _ in range(100):
        if page.evaluate(
            """async (paths) => {
                const kept = await Promise.all(paths.map((path) => caches.match(path)));
                return Boolean(navigator.serviceWorker.controller) && kept.every(Boolean);
            }""",
            list(paths),
        ):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"The phone does not keep {', '.join(paths)}.")


def test_a_whole_journey_of_a_phone_with_a_pack_tells_nobody_what_is_asked(
    kept_phone: Page, heard: Path
):
    page = kept_phone
    heard.write_text("")

    page.goto("/es/")
    page.click("#needs a[href*='need=sante']")
    expect(page.locator("#count")).to_be_focused()
    page.select_option("[name=radius_km]", "200")
    page.click("#search [type=submit]")
    page.wait_for_url("**radius_km=200*")
    page.locator("[name=place]").press_sequentially("gasp")
    expect(page.locator("#places option").first).to_be_attached()
    page.fill("[name=place]", "Gaspé")
    page.press("[name=place]", "Enter")
    expect(page.locator(".found")).to_contain_text("Gaspé")
    page.fill("[name=q]", "médico")
    page.press("[name=q]", "Enter")
    expect(page.locator(".heard")).to_be_visible()
    page.fill("[name=q]", "")
    page.select_option("[name=need]", "")
    page.click("#locate")
    expect(page.locator("#results")).to_have_attribute("data-point", "-64.48,48.83")
    page.click("[rel=next]")
    expect(page.locator("ol.cards").first).to_have_attribute("start", "21")
    page.locator("#open-map").click()
    expect(page.locator(".pin").first).to_be_visible()
    page.locator(".card h3 a").first.click()
    expect(page.locator("article.sheet")).to_be_visible()
    page.go_back()
    expect(page.locator(".card").first).to_be_visible()
    page.reload()
    expect(page.locator(".card").first).to_be_visible()
    page.click("#languages a[hreflang=fr]")
    page.wait_for_url("**/fr/**")
    expect(page.locator(".card").first).to_be_visible()

    lines = heard.read_text().splitlines()
    assert lines
    assert [line for line in lines if TELLING.search(line)] == []


def test_a_list_that_was_left_for_a_card_is_shown_again_where_it_was(kept_phone: Page):
    page = kept_phone
    page.goto("/es/?region=11")
    # Keep the page out of the browser's memory, as a phone short of it does.
    page.evaluate("() => addEventListener('unload', () => {})")
    card = page.locator(".card h3 a").nth(12)
    name = card.text_content()
    card.click()
    expect(page.locator("article.sheet")).to_be_visible()

    page.go_back()

    expect(page.locator(".card h3 a").nth(12)).to_have_text(name)
    expect(page.locator(".card h3 a").nth(12)).to_be_in_viewport()


def test_from_a_tile_to_the_call_in_spanish_when_the_server_is_stopped(
    kept_phone: Page, own_site: Site
):
    page = kept_phone
    own_site.stop()

    page.goto("/es/")
    page.click("#needs a[href*='need=sante']")
    expect(page.locator("#count")).to_be_focused()
    page.fill("[name=place]", "gaspe")
    page.press("[name=place]", "Enter")
    expect(page.locator(".found")).to_contain_text("Gaspé")
    expect(page.locator("[data-part=distance]").first).to_contain_text("km")
    page.locator(".card h3 a").first.click()
    expect(page.locator("article.sheet h1")).to_be_visible()
    page.go_back()
    expect(page.locator("a.call").first).to_have_attribute("href", re.compile("^tel:"))
