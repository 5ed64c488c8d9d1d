"""The site as it is served, visited by a cheap phone.

A server of its own runs on a database of its own, with the real fixtures and the files that
`collectstatic` makes: pytest's test database is not touched.
"""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
READY_LIMIT_S = 30

# What a page promises comes at once on an idle machine; two browsers, two servers and a database
# on two busy cores take longer. A promise that is broken is broken after 15 seconds too.
expect.set_options(timeout=15_000)

# Gaspé, more exactly than anybody has to know.
GASPE = {"longitude": -64.4787123, "latitude": 48.8316456}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder needs a browser, and sockets; each worker has its own server."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A fresh database beside the one of the settings, dropped at the end."""
    given = settings.DATABASES["default"]
    name = f"browser_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    host = str(given.get("HOST") or "")
    connect = {
        "host": host or None,
        "port": given.get("PORT") or None,
        "user": given.get("USER") or None,
        "password": given.get("PASSWORD") or None,
        "dbname": "postgres",
        "autocommit": True,
    }
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(**connect) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    login = quote(given.get("USER") or "", safe="")
    if password := given.get("PASSWORD"):
        login += f":{quote(password, safe='')}"
    address = "" if host.startswith("/") else host
    if port := given.get("PORT"):
        address += f":{port}"
    yield f"postgis://{login}@{address}/{name}" + (
        f"?host={quote(host)}" if host.startswith("/") else ""
    )
    with psycopg.connect(**connect) as connection:
        connection.execute(drop)


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site writes: its log, its mails, its files."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site_environment(database_url: str, site_folder: Path) -> dict[str, str]:
    """The environment of the site, and of the commands that are given beside it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BROWSER_TEST_STATIC": str(site_folder / "static"),
        "BROWSER_TEST_MAIL": str(site_folder / "mail"),
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": "only for the browser's tests",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }


@pytest.fixture(scope="session")
def base_url(site_environment: dict[str, str], site_folder: Path) -> Iterator[str]:
    """The address of the running site."""
    if not (ROOT / "frontend" / "dist" / "home_page.js").exists():
        pytest.fail("frontend/dist is absent: run `npm ci && npm run build` in frontend/.")
    environment, port = site_environment, int(site_environment["PORT"])
    for command in (["migrate"], ["load_fixtures"], ["collectstatic", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    log = site_folder / "gunicorn.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_ready(port, server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def wait_until_ready(port: int, server: subprocess.Popen, log: Path) -> None:
    """Return as soon as the server answers; fail the test if it does not."""
    limit = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < limit and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/fr/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
            continue
        break
    pytest.fail(f"The site does not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session", autouse=True)
def the_database_beside_playwright(base_url: str) -> Iterator[None]:
    """Let other tests of this worker use the database: Playwright leaves a loop running here.

    Django would take it for asynchronous code and refuse. The server has been started before.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's Chromium, where there is one."""
    return browser_type_launch_args | {
        "executable_path": shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """A small phone, set to Spanish, somewhere in Gaspé.

    Without a service worker, which would take requests out of sight: `test_offline.py` has one.
    """
    return browser_context_args | {
        "service_workers": "block",
        "locale": "es-MX",
        "timezone_id": "America/Toronto",
        "viewport": {"width": 360, "height": 640},
        "device_scale_factor": 2,
        "has_touch": True,
        "reduced_motion": "reduce",
        "geolocation": GASPE,
        "permissions": ["geolocation"],
    }


class Visit:
    """A page, and what its browser did that a visitor would not want."""

    def __init__(self, page: Page, base_url: str) -> None:
        """Listen from before the first request on."""
        self.page = page
        self.requests: list[str] = []
        self.faults: list[str] = []
        self._host = urlsplit(base_url).netloc
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._on_console)
        page.on("request", lambda request: self._on_request(request.url))

    def _on_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)

    def _on_request(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.netloc != self._host:
            self.faults.append(f"third party: {url}")

    def asked(self, part: str) -> list[str]:
        """The requests whose address has `part` in it."""
        return [url for url in self.requests if part in url]


@pytest.fixture
def visit(page: Page, context: BrowserContext, base_url: str) -> Iterator[Visit]:
    """A phone's page; no script error, no broken policy, no third party, no cookie after it."""
    visit = Visit(page, base_url)
    yield visit
    assert visit.faults == []
    assert context.cookies() == []


@pytest.fixture
def phone(visit: Visit) -> Page:
    """The page of `visit`, for tests that ask nothing of its requests."""
    return visit.page
