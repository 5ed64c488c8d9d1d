"""`make browser-report`: what a cheap phone on a poor signal gets, against our promises.

Starts the site on a free port with the database of the settings, visits it with Debian's
Chromium, and prints one table. Phone: 360 × 640, 400 kbit/s, 400 ms, CPU ÷ 4, nothing cached.
Times on a busy machine are too long, never too short; bytes and counts are exact.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Route, sync_playwright

from config.cluster import database
from config.run import Supervisor, collect_static_files, say, wait_until_ready

HERE = Path(__file__).resolve().parent
LIGHTHOUSE = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

# 400 kbit/s in bytes a second, and what one request waits for.
DOWNLOAD = 400_000 / 8
LATENCY_MS = 400
SLOWER = 4

PAGES = {
    "home": "/es/",
    "results": "/es/?need=sante&place=Gasp%C3%A9",
    "region": "/fr/regions/11-gaspesie-iles-de-la-madeleine/",
}

# The rectangle that invented resources are spread over: west, south, east, north.
SOUTH_OF_QUEBEC = (-78.0, 45.2, -64.5, 49.5)
MANY = 2_000

LIGHTHOUSE_ATTEMPTS = 3

OBSERVERS = """
window.measured = {lcp: 0, cls: 0, tasks: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.measured.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.measured.cls += entry.value;
  }
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const {startTime, duration} of list.getEntries()) {
    window.measured.tasks.push([startTime, duration]);
  }
}).observe({type: "longtask", buffered: true});
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: the thing measured.
        value: what was found.
        limit: the promise; a value is kept if `keeps(value, limit)`.
        unit: of both.
        at_least: the promise is a lower limit.
    """

    what: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    def __str__(self) -> str:
        kept = self.value >= self.limit if self.at_least else self.value <= self.limit
        sign = "≥" if self.at_least else "≤"
        value = f"{self.value:,.2f}" if self.value < 10 else f"{self.value:,.0f}"
        return (
            f"{self.what:<58}{value:>10} {self.unit:<9}{sign} {self.limit:<8g}"
            f"{'kept' if kept else 'NOT KEPT'}"
        )


class Traffic:
    """Requests and bytes over the wire of one page, the service worker's own not counted."""

    def __init__(self, devtools: CDPSession) -> None:
        """Listen from now on."""
        self.requests = 0
        self.bytes = 0.0
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._on_request)
        devtools.on("Network.loadingFinished", self._on_finish)

    def _on_request(self, event: dict[str, Any]) -> None:
        self.requests += 1

    def _on_finish(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


@contextmanager
def site() -> Iterator[str]:
    """The site as it is served, at a free port, with the starter data."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        os.environ |= {"HOST": "127.0.0.1", "PORT": str(free.getsockname()[1])}
    supervisor = Supervisor()
    with database(say):
        supervisor.step(
            "Bringing the tables up to date", "migrate", "--noinput", "--verbosity", "0"
        )
        supervisor.step("Loading the directory", "load_fixtures")
        collect_static_files(supervisor)
        server = supervisor.start(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_ready(server)
            base = f"http://127.0.0.1:{os.environ['PORT']}"
            for path in PAGES.values():
                # A site that has been up for a minute: templates are read once.
                urlopen(base + path).close()
            yield base
        finally:
            supervisor.stopping = True
            supervisor.end_children()


@contextmanager
def cheap_phone(browser: Browser, base: str) -> Iterator[tuple[Page, CDPSession]]:
    """A new visitor's page, slowed down."""
    context = browser.new_context(
        base_url=base,
        locale="es-MX",
        timezone_id="America/Toronto",
        viewport={"width": 360, "height": 640},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        # Its requests do not show here, and what it keeps would spare others: nothing is kept yet.
        service_workers="block",
    )
    page = context.new_page()
    page.add_init_script(OBSERVERS)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": DOWNLOAD,
            "uploadThroughput": DOWNLOAD,
        },
    )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    try:
        yield page, devtools
    finally:
        context.close()


def blocked_ms(page: Page) -> float:
    """Total blocking time: what each long task has beyond 50 ms, after the first paint."""
    return page.evaluate(
        """() => {
          const [paint] = performance.getEntriesByName("first-contentful-paint");
          return window.measured.tasks
            .filter(([start]) => !paint || start >= paint.startTime)
            .reduce((sum, [, duration]) => sum + Math.max(0, duration - 50), 0);
        }"""
    )


def first_visit(browser: Browser, base: str, name: str, path: str) -> Iterator[Row]:
    """A page that nobody of this phone has seen, then its map."""
    with cheap_phone(browser, base) as (page, devtools):
        traffic = Traffic(devtools)
        page.goto(path, wait_until="networkidle")
        page.wait_for_timeout(1_500)
        found = page.evaluate("window.measured")
        yield Row(f"{name}: transferred", traffic.bytes / 1000, 40, "kB")
        yield Row(f"{name}: requests", traffic.requests, 6, "")
        yield Row(f"{name}: largest contentful paint", found["lcp"] / 1000, 2.0, "s")
        yield Row(f"{name}: total blocking time", blocked_ms(page), 100, "ms")
        yield Row(f"{name}: layout shift", found["cls"], 0.05, "")
        before = traffic.bytes
        began = time.monotonic()
        page.locator("#open-map").tap()
        page.locator(".leaflet-marker-icon").first.wait_for(timeout=60_000)
        ready = time.monotonic() - began
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1_500)
        yield Row(f"{name}: first map, beside the list", (traffic.bytes - before) / 1000, 150, "kB")
        yield Row(f"{name}: tap to pins", ready, 5.0, "s")


def invented_features(page_url: str) -> str:
    """As many resources as the map must carry, spread by a fixed rule."""
    west, south, east, north = SOUTH_OF_QUEBEC
    features = [
        {
            "type": "Feature",
            "id": f"00000000-0000-4000-8000-{number:012d}",
            "geometry": {
                "type": "Point",
                # Two irrational steps fill a rectangle evenly, and without chance.
                "coordinates": [
                    west + (east - west) * (number * 0.754877666 % 1),
                    south + (north - south) * (number * 0.569840291 % 1),
                ],
            },
            "properties": {
                "name": f"Service inventé {number}",
                "organization": {"name": "Organisme inventé"},
                "page": page_url,
                "distance_m": None,
                "precision": "address",
                "phones": [],
            },
        }
        for number in range(MANY)
    ]
    return json.dumps(
        {
            "type": "FeatureCollection",
            "numberMatched": MANY,
            "numberReturned": MANY,
            "features": features,
        }
    )


def drag(context: BrowserContext, page: Page) -> list[float]:
    """Frame times while a finger pulls the map to and fro, ms."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate(
        """() => {
          window.frames_ms = [];
          let last = performance.now();
          const tick = (now) => {
            window.frames_ms.push(now - last);
            last = now;
            window.ticking = requestAnimationFrame(tick);
          };
          window.ticking = requestAnimationFrame(tick);
        }"""
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]},
        )

    for turn in range(4):
        direction = 1 if turn % 2 else -1
        touch("touchStart", (x, y))
        for step in range(1, 31):
            touch("touchMove", (x + direction * step * 4, y + direction * step))
            page.wait_for_timeout(16)
        touch("touchEnd")
        page.wait_for_timeout(300)
    return page.evaluate("() => { cancelAnimationFrame(window.ticking); return window.frames_ms; }")


def dragging(browser: Browser, base: str) -> Iterator[Row]:
    """The map under a finger, with two thousand resources."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": 360, "height": 640},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        service_workers="block",
    )
    page = context.new_page()
    body = invented_features(f"{base}/fr/")

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="application/geo+json")

    page.route("**/api/v1/pins/**", answer)
    page.goto("/fr/?need=sante")
    page.locator("#open-map").tap()
    page.locator(".leaflet-marker-icon").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1_000)
    frames = drag(context, page)
    context.close()
    percentile = statistics.quantiles(frames, n=20)[18]
    yield Row(f"drag with {MANY:,} resources: frame, 95th percentile", percentile, 33, "ms")


def lighthouse(base: str, name: str, path: str) -> Iterator[Row]:
    """Lighthouse's four scores on its own phone."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        command = [
            "node",
            str(LIGHTHOUSE),
            base + path,
            "--quiet",
            "--no-enable-error-reporting",
            "--output=json",
            f"--output-path={output}",
            f"--chrome-flags=--headless=new {' '.join(CHROMIUM_FLAGS)}",
        ]
        environment = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
        for attempt in range(LIGHTHOUSE_ATTEMPTS):
            # Its trace may miss the beginning of a page on a busy machine.
            done = subprocess.run(
                command, cwd=HERE, env=environment, check=attempt == LIGHTHOUSE_ATTEMPTS - 1
            )
            if done.returncode == 0:
                break
        report = json.loads(output.read_text())
    for category, least in [
        ("performance", 95),
        ("accessibility", 100),
        ("best-practices", 100),
        ("seo", 100),
    ]:
        score = report["categories"][category]["score"] * 100
        yield Row(f"{name}: Lighthouse mobile, {category}", score, least, "", at_least=True)
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            counts = reference["weight"] > 0 and category != "performance"
            if counts and audit["score"] not in {None, 1}:
                say(f"    {audit['id']}: {audit['title']}")


def show(rows: Callable[[], Iterator[Row]]) -> None:
    """Print rows as they come."""
    for row in rows():
        say(str(row))


def main() -> int:
    """Measure everything, and print the table."""
    if not LIGHTHOUSE.exists():
        say("Lighthouse is not installed: `make browser-report` installs it.")
        return 1
    with site() as base:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
            )
            for name, path in PAGES.items():
                show(lambda name=name, path=path: first_visit(browser, base, name, path))
            show(lambda: dragging(browser, base))
            browser.close()
        for name, path in PAGES.items():
            show(lambda name=name, path=path: lighthouse(base, name, path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
