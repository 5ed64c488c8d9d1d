"""A whole journey through the real server: neither its logs nor the database tell of it.

The server runs on the database of the tests, beside them, as gunicorn is configured to run.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from geo.models import Feedback, Resource, SearchGap

ROOT = Path(__file__).resolve().parent.parent.parent
READY_LIMIT_S = 30

LATITUDE, LONGITUDE = "48.8316456", "-64.4787123"
ADDRESS = "305 rue Inventée"
PHONE = "418 555-0123"
NAME = "Zacarías"
AGENT = "Telltale/7.0"
ELSEWHERE = "203.0.113.77"

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# What was sent, and what it may have become: rounded, encoded, as a referrer.
MARKERS = [
    LATITUDE,
    LONGITUDE.removeprefix("-"),
    "48.83",
    "64.47",
    "64.48",
    "Inventée",
    "Invent%C3%A9e",
    "inventee",
    PHONE,
    "5550123",
    NAME,
    "Zacar",
    AGENT,
    "Telltale",
    ELSEWHERE,
    "127.0.0.1",
]

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


class Server:
    """Gunicorn with the site, and what it has written."""

    def __init__(self, port: int, log: Path) -> None:
        self.origin = f"http://localhost:{port}"
        self.log = log

    def ask(self, path: str, data: dict | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of an answer; a redirection out of the site is not followed."""
        body = urlencode(data, doseq=True).encode() if data is not None else None
        request = urllib.request.Request(self.origin + quote(path, safe="/?&=%+,:"), data=body)
        told = {"User-Agent": AGENT, "X-Forwarded-For": ELSEWHERE} | headers
        for name, value in told.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with closing(_staying.open(request, timeout=30)) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode("utf-8", "replace")


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if newurl.startswith("http://localhost"):
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        return None


_staying = urllib.request.build_opener(_Staying, urllib.request.ProxyHandler({}))


@pytest.fixture
def server(tmp_path, db):
    """The site on the tests' own database; what the journey writes there is taken out again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    given = connection.settings_dict
    query = urlencode({"host": given["HOST"]}) if given["HOST"].startswith("/") else ""
    host = "" if query else given["HOST"] + (f":{given['PORT']}" if given["PORT"] else "")
    login = quote(given["USER"] or "", safe="")
    if given["PASSWORD"]:
        login += ":" + quote(given["PASSWORD"], safe="")
    environment = os.environ | {
        "DATABASE_URL": f"postgis://{login}@{host}/{given['NAME']}?{query}",
        "DJANGO_SETTINGS_MODULE": "tests.frontend.plain_settings",
        "PACKS_DIR": str(tmp_path / "packs"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "BEHIND_PROXY": "1",
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    site = Server(port, log)
    deadline = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < deadline:
        try:
            site.ask("/robots.txt")
            break
        except OSError:
            time.sleep(0.1)
    else:
        pytest.fail(f"The site does not answer:\n{log.read_text()}")
    yield site
    process.send_signal(signal.SIGTERM)
    process.wait(20)


@pytest.fixture
def told(django_db_blocker):
    """Ids of the messages of the journey: another process wrote them, so no rollback takes them."""
    before = set(_message_ids())
    yield lambda: set(_message_ids()) - before
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for message in set(_message_ids()) - before:
            cursor.execute("DELETE FROM geo_feedback WHERE id = %s", [message])


def _message_ids() -> list:
    return list(Feedback.objects.values_list("pk", flat=True))


@pytest.fixture
def ledger(django_db_blocker):
    """What the ledger held before the journey is what it holds after the test."""
    before = dict(SearchGap.objects.values_list("pk", "count"))
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for key, count in SearchGap.objects.values_list("pk", "count"):
            if key not in before:
                cursor.execute("DELETE FROM geo_searchgap WHERE id = %s", [key])
            elif count != before[key]:
                cursor.execute(
                    "UPDATE geo_searchgap SET count = %s WHERE id = %s", [before[key], key]
                )


def dump() -> str:
    """Every row of every table, as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(sorted(rows))


def journey(site: Server) -> list[tuple[str, int, int]]:
    """Ask for help near, in words, with a name and an address; read, save, tell, leave.

    Returns each path with the status that was expected and the one that came.
    """
    around = urlencode({"lat": LATITUDE, "lon": LONGITUDE, "radius_km": "100"})
    words = urlencode({"q": f"me pagan menos {NAME} {ADDRESS} {PHONE}", "place": "Gaspé"})
    # Nobody in Gaspésie answers in Ukrainian within ten kilometres: the ledger gets one.
    unanswered = urlencode(
        {
            "q": f"abogado {NAME}",
            "need": "droits",
            "lat": LATITUDE,
            "lon": LONGITUDE,
            "radius_km": "10",
            "language": "uk",
        }
    )
    resource = Resource.objects.filter(is_remote=False, region__code="11").first()
    with override("es"):
        page = reverse("resource", args=[resource.pk])
        feedback = reverse("feedback", args=[resource.service_id])
        about = reverse("about")
    referrer = {"Referer": f"{site.origin}/es/?{around}"}
    kept = [
        "/es/packs/11.json",
        "/es/packs/areas.json",
        "/es/calendars/regions/11.ics",
    ]
    steps: list[tuple[int, str, dict | None, dict]] = [
        (200, "/", None, {"Accept-Language": "es-GT"}),
        (200, "/es/", None, {}),
        (200, f"/es/?{around}&need=droits", None, {}),
        (200, f"/es/?{around}&language=es&open_now=true", None, {"X-Requested-With": "fetch"}),
        (200, f"/es/?{words}", None, {}),
        (200, f"/es/?{unanswered}", None, referrer),
        (200, f"/es/?{unanswered}", None, {}),
        (200, f"/es/?{urlencode({'place': ADDRESS})}", None, {}),
        (200, f"/es/?{around}&page=x&radius_km={NAME}", None, {}),
        (200, f"/api/v1/resources/?{around}", None, referrer),
        (200, f"/api/v1/resources/?{urlencode({'q': f'{NAME} {ADDRESS}'})}", None, referrer),
        (200, f"/api/v1/places/?{urlencode({'q': ADDRESS})}", None, referrer),
        (400, f"/api/v1/resources/?lat={NAME}&lon=x", None, {}),
        (200, page, None, referrer),
        (200, about, None, referrer),
        (200, feedback, {"kind": "wrong", "reasons": ["hours"], "comment": ""}, referrer),
        (400, feedback, {"kind": "wrong", "reasons": ["phone"], "comment": f"{NAME} {PHONE}"}, {}),
        (201, feedback, {"kind": "helped", "outcome": "yes"}, {"Accept": "application/json"}),
        (200, f"{page}?{around}", None, {}),
        (404, f"/es/nada/{LATITUDE},{LONGITUDE}/", None, {}),
        *((200, path, None, referrer) for path in kept),
        (303, "/es/exit/", None, referrer),
    ]
    return [
        (path, expected, site.ask(path, data, **headers)[0])
        for expected, path, data, headers in steps
    ]


def test_a_whole_journey_leaves_nothing_but_what_was_told(server, told, ledger):
    before = dump()

    steps = journey(server)
    time.sleep(0.5)

    after = dump()
    assert [step for step in steps if step[1] != step[2]] == []
    # The two messages that hold nothing of a person; the one with a number was refused. And counts
    # of the ledger, which came from questions without a place to go to.
    new = set(after.splitlines()) - set(before.splitlines())
    assert len(told()) == 2
    tables = Counter(line.split(":", 1)[0] for line in new)
    assert set(tables) == {"geo_feedback", "geo_searchgap"}
    assert tables["geo_feedback"] == 2
    counted = [line for line in new if line.startswith("geo_searchgap")]
    month = timezone.localdate().replace(day=1).isoformat()
    row = re.compile(
        rf"geo_searchgap: \({UUID},{month},no_(?:result|place),[a-z-]+,"
        rf'(?:[a-z]+|""),\d+,(?:{UUID})?\)'
    )
    assert [line for line in counted if not row.fullmatch(line)] == []
    # Asked twice, counted once; the words, the radius and the position are nowhere.
    gaspesie = SearchGap.objects.get(region__code="11", need="droits", language="uk")
    assert gaspesie.count == 1
    written = server.log.read_text(errors="replace")
    assert "/es/ 200" in written
    for marker in MARKERS:
        lines = [
            line for line in written.splitlines() if marker in line and "Listening" not in line
        ]
        assert lines == [], marker
        assert not any(marker in line for line in new), marker
    stamp = re.compile(r"\d\d:\d\d")
    assert not any(stamp.search(json.dumps(line)) for line in new), "a time was written down"
