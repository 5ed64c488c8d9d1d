"""The site without a network: a server of its own is really stopped."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import ROOT, Visit, wait_until_ready

DIST = ROOT / "frontend" / "dist"

GASPESIE = "/fr/regions/11-gaspesie-iles-de-la-madeleine/"
MAP_FILES = [
    f"/static/{name}." for name in ("leaflet/leaflet", "leaflet/leaflet.extras", "map", "basemap")
]

# What the page says of itself when it is a copy.
SAID = re.compile(r"\b20\d\d\b")

# Of the forms below every service.
FEEDBACK = re.compile(r"^/fr/[\w-]+/[0-9a-f-]{36}/[\w-]+/$")

# Seconds that a slow machine may need to do what happens by itself.
PATIENCE_S = 20

# A phone that is told to spend little.
FRUGAL = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"

# Unpacked bytes of a phone that was never asked to keep anything: see ADR 0011.
MOST_BYTES = 8_000_000


class Site:
    """A server that a test may stop, start again, and give other files."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.dist = folder / "dist"
        shutil.copytree(DIST, self.dist)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: subprocess.Popen | None = None
        self._environment = os.environ | {
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "BROWSER_TEST_STATIC": str(folder / "static"),
            "BROWSER_TEST_DIST": str(self.dist),
            "PACKS_DIR": str(folder / "packs"),
            "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "only for the browser's tests",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
        }

    def collect(self) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
            cwd=ROOT,
            env=self._environment,
            check=True,
        )

    def start(self) -> None:
        if self._server:
            return
        log = self.folder / "gunicorn.log"
        with log.open("w") as output:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
                + ["config.wsgi"],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=output,
            )
        wait_until_ready(self.port, self._server, log)

    def asked(self) -> list[str]:
        """The lines of the access log: they hold paths without questions."""
        return (self.folder / "gunicorn.log").read_text().splitlines()

    def stop(self) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait(10)
            self._server = None


@pytest.fixture(scope="module")
def own_site(
    base_url: str, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("offline"), database_url)
    site.collect()
    yield site
    site.stop()


@pytest.fixture
def site(own_site: Site) -> Site:
    own_site.start()
    return own_site


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict, site: Site) -> Iterator[Callable]:
    """Opens pages of one phone; none of them did what a visitor would not want."""
    arguments = browser_context_args | {"service_workers": "allow", "base_url": site.url}
    context = browser.new_context(**arguments)
    visits: list[Visit] = []

    def open_page() -> Page:
        visits.append(Visit(context.new_page(), site.url))
        return visits[-1].page

    yield open_page
    assert [fault for visit in visits for fault in visit.faults] == []
    assert context.cookies() == []
    context.close()


def kept(page: Page) -> dict[str, list[str]]:
    """The addresses in each cache."""
    return page.evaluate(
        """async () => {
            const all = {};
            for (const name of await caches.keys()) {
                const requests = await (await caches.open(name)).keys();
                all[name] = requests.map(({ url }) => new URL(url).pathname);
            }
            return all;
        }"""
    )


def shells(page: Page) -> list[str]:
    return [name for name in kept(page) if name.startswith("repere-shell-")]


def bytes_kept(page: Page) -> int:
    """Unpacked bytes of all that the phone keeps."""
    return page.evaluate(
        """async () => {
            let bytes = 0;
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    bytes += (await (await cache.match(request)).blob()).size;
                }
            }
            return bytes;
        }"""
    )


def until(page: Page, script: str, arg: object = None) -> None:
    """Wait until an asynchronous script of the page answers true: `wait_for_function` does not."""
    limit = time.monotonic() + PATIENCE_S
    while not page.evaluate(script, arg):
        assert time.monotonic() < limit, (script, arg, kept(page))
        page.wait_for_timeout(50)


def is_ready(page: Page, *paths: str) -> None:
    """Wait until the service worker answers for the page, and some addresses are kept."""
    until(page, "() => Boolean(navigator.serviceWorker.controller)")
    for path in paths:
        until(page, "async (path) => Boolean(await caches.match(path))", path)


def see_gaspesie(page: Page) -> None:
    """Visit the region, until the phone keeps it with its map."""
    page.goto(GASPESIE)
    is_ready(page, "/fr/packs/11.json", "/fr/packs/areas.json", "/fr/")
    until(
        page,
        """async (names) => {
            const paths = [];
            for (const name of await caches.keys()) {
                const requests = await (await caches.open(name)).keys();
                paths.push(...requests.map(({ url }) => new URL(url).pathname));
            }
            return names.every((name) => paths.some((path) => path.startsWith(name)));
        }""",
        MAP_FILES,
    )


def test_a_region_that_was_visited_works_when_the_server_is_stopped(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    # The page of the region is kept when the worker sees it: at the second visit.
    page.reload()
    is_ready(page, GASPESIE)
    read = page.locator("#results [data-id] a.name").first.get_attribute("href")
    site.stop()

    page.goto(GASPESIE)
    expect(page.locator("h1")).to_contain_text("Gaspésie")
    expect(page.locator("#network")).to_have_text(SAID)

    page.goto(read)
    expect(page.locator("article.sheet h1")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#network")).to_have_text(SAID)
    assert page.title().endswith("– Repère")
    elsewhere = page.locator("#languages a[lang=es]")
    expect(elsewhere).to_have_attribute("href", read.replace("/fr/ressources/", "/es/recursos/"))
    expect(page.locator("[data-feedback]").first).to_have_attribute("action", FEEDBACK)


def test_questions_are_answered_when_the_server_is_stopped(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    site.stop()

    page.goto("/fr/?need=sante&place=Gasp%C3%A9")

    expect(page.locator(".cards .card").first).to_be_visible()
    expect(page.locator("[data-part=distance]").first).not_to_be_empty()
    expect(page.locator("a.call").first).to_have_attribute("href", re.compile("^tel:"))

    page.locator("#open-map").click()
    expect(page.locator(".pin").first).to_be_visible()


def test_the_map_of_a_region_opens_when_the_server_is_stopped(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    page.reload()
    is_ready(page, GASPESIE)
    site.stop()

    page.goto(GASPESIE)
    page.locator("#open-map").click()

    expect(page.locator(".pin").first).to_be_visible()


def test_a_region_that_is_kept_but_was_not_opened_becomes_its_list(phone: Callable, site: Site):
    page = phone()
    page.goto("/fr/?place=Amos")
    is_ready(page, "/fr/packs/08.json", "/fr/")
    site.stop()

    page.goto("/fr/regions/08-abitibi-temiscamingue/")

    expect(page).to_have_url(re.compile(r"/fr/(\?region=08)?"))
    expect(page.locator(".cards .card").first).to_be_visible()


def test_what_is_not_kept_leads_to_the_page_that_says_so(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    site.stop()

    page.goto("/fr/regions/06-montreal/")

    expect(page.locator("#kept li")).to_have_count(1)
    expect(page.locator("#kept li")).to_contain_text("Gaspésie")
    assert page.locator(".emergency a[href='tel:211']").is_visible()


def test_the_front_door_opens_without_a_network(phone: Callable, site: Site):
    page = phone()
    page.goto("/es/")
    is_ready(page, "/es/")
    site.stop()

    page.goto("/")

    expect(page).to_have_url(f"{site.url}/es/")
    expect(page.locator("#search")).to_be_visible()


def test_no_question_leaves_a_phone_that_keeps_a_region(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    before = site.asked()

    page.goto("/fr/?need=sante&place=Gasp%C3%A9")
    expect(page.locator(".found")).to_contain_text("Gaspé")
    page.fill("#search [name=place]", "Percé")
    page.press("#search [name=place]", "Enter")
    expect(page.locator(".found")).to_contain_text("Percé")

    asked = site.asked()[len(before) :]
    assert [line for line in asked if "/api/" in line or "?" in line] == []


def test_the_panel_says_the_size_before_it_keeps_anything(phone: Callable, site: Site):
    page = phone()
    page.add_init_script(FRUGAL)
    page.goto(GASPESIE)
    region = page.locator("[data-choice=region]")
    expect(region.locator("[data-part=keep]")).to_have_text(re.compile(r"\d+ [kK][oOB]"))
    page.wait_for_timeout(1_500)
    assert "repere-packs-1" not in kept(page) or kept(page)["repere-packs-1"] == []

    region.locator("[data-part=keep]").click()

    expect(region.locator("[data-part=forget]")).to_be_focused()
    expect(region.locator("[data-part=status]")).to_contain_text("2026")
    assert "/fr/packs/11.json" in kept(page)["repere-packs-1"]

    region.locator("[data-part=forget]").click()

    expect(region.locator("[data-part=keep]")).to_be_focused()
    assert kept(page)["repere-packs-1"] == []


def test_what_is_kept_can_be_looked_at_and_deleted(phone: Callable):
    page = phone()
    see_gaspesie(page)
    with override("fr"):
        page.goto(reverse("offline"))
    row = page.locator("#kept li")
    expect(row).to_contain_text("Gaspésie")
    expect(row.locator("[data-part=old]")).to_be_empty()

    page.evaluate(
        """async () => {
            const cache = await caches.open("repere-packs-1");
            const old = await cache.match("/fr/packs/11.json");
            const headers = new Headers(old.headers);
            headers.set("X-Saved", String(Date.now() - 31 * 24 * 3600 * 1000));
            await cache.put("/fr/packs/11.json", new Response(await old.text(), { headers }));
        }"""
    )
    page.reload()
    expect(row.locator("[data-part=old]")).not_to_be_empty()

    row.locator("button").click()

    expect(row).to_have_count(0)
    expect(page.locator("#kept [data-part=none]")).to_be_visible()


def test_regions_kept_by_visits_alone_are_few(phone: Callable):
    page = phone()
    for code in ("11", "01", "09", "02"):
        page.goto(f"/fr/?region={code}")
        page.evaluate(
            """async (code) => {
                const registration = await navigator.serviceWorker.ready;
                registration.active.postMessage({ type: "visit", code, lang: "fr" });
            }""",
            code,
        )
        is_ready(page, f"/fr/packs/{code}.json")
    until(page, "async () => !(await caches.match('/fr/packs/11.json'))")

    packs = [path for path in kept(page)["repere-packs-1"] if re.search(r"\d\d\.json", path)]
    assert sorted(packs) == [f"/fr/packs/{code}.json" for code in ("01", "02", "09")]
    assert bytes_kept(page) <= MOST_BYTES


def test_answers_about_a_position_are_never_kept(phone: Callable):
    page = phone()
    page.goto("/fr/")
    is_ready(page, "/fr/")
    page.goto("/fr/?lat=45.50&lon=-73.57")
    page.goto("/fr/?q=papiers")
    page.goto("/api/v1/needs/")
    page.goto("/fr/")

    addresses = [path for paths in kept(page).values() for path in paths]
    assert not [path for path in addresses if path.startswith("/api")]
    queries = page.evaluate(
        """async () => {
            const urls = [];
            for (const name of await caches.keys()) {
                for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
            }
            return urls.filter((url) => url.includes("?"));
        }"""
    )
    assert queries == []


def test_a_new_version_replaces_the_old_one_and_never_mixes(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    (old,) = shells(page)
    styles = page.locator("link[rel=stylesheet]").last.get_attribute("href")

    site.stop()
    with (site.dist / "app.css").open("a") as sheet:
        sheet.write("main{--version:2}")
    site.collect()
    site.start()
    page.goto("/fr/")
    until(
        page,
        """async (old) => {
            const { installing, waiting } = await navigator.serviceWorker.getRegistration();
            const isNew = (name) => name.startsWith("repere-shell-") && name !== old;
            return !installing && !waiting && (await caches.keys()).some(isNew);
        }""",
        old,
    )

    fresh = page.locator("link[rel=stylesheet]").last.get_attribute("href")
    assert fresh != styles
    version = "() => getComputedStyle(document.querySelector('main')).getPropertyValue('--version')"
    assert page.evaluate(version) == "2"

    site.stop()
    page.goto("/fr/")
    assert page.locator("link[rel=stylesheet]").last.get_attribute("href") == fresh
    assert page.evaluate(version) == "2"

    page.close()
    later = phone()
    later.goto("/fr/")
    assert old not in shells(later)
    assert len(shells(later)) == 1


def test_the_way_out_is_never_answered_by_the_phone(phone: Callable, site: Site):
    page = phone()
    see_gaspesie(page)
    site.stop()

    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.goto("/fr/exit/")


def test_the_site_can_be_installed(phone: Callable):
    page = phone()
    page.goto("/fr/")
    is_ready(page)
    session = page.context.new_cdp_session(page)

    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    manifest = session.send("Page.getAppManifest")

    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["name"] == "Repère"
