"""No log of the web server holds a position or an address of a visitor."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.gunicorn import loggable_path

ROOT = Path(__file__).resolve().parent.parent.parent
MARKERS = ["48.428", "71.065", "G7H-MARKER"]
WHERE = "near=-71.06543,48.42871&q=G7H-MARKER"

pytestmark = pytest.mark.enable_socket

REQUESTS = {
    "a query": f"GET /fr/?{WHERE} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a HEAD request": f"HEAD /fr/?{WHERE} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a Referer": f"GET /fr/ HTTP/1.1\r\nHost: localhost\r\nReferer: http://h/?{WHERE}\r\n\r\n",
    "a header": f"GET /fr/ HTTP/1.1\r\nHost: localhost\r\nX-Position: {WHERE}\r\n\r\n",
    "a whole URL": f"GET http://localhost/fr/?{WHERE} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a body": (
        f"POST /fr/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(WHERE)}\r\n\r\n{WHERE}"
    ),
    "a path": "GET /fr/-71.06543,48.42871/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an encoded path": "GET /fr/-71%2E06543,48%2E42871/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a double encoded path": "GET /fr/48%252E42871/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a new line in the path": "GET /fr/%0Anear%3D48.42871 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a failure": f"GET /boom?{WHERE} HTTP/1.1\r\nHost: localhost\r\nReferer: {WHERE}\r\n\r\n",
    "a bad answer": f"GET /bad-header?{WHERE} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": f"GET /fr/?{WHERE}\r\n\r\n",
    "a space in the address": f"GET /fr/? {WHERE} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an unknown method": f"g{WHERE} /fr/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an unknown version": f"GET /fr/?{WHERE} HTTP/7.48.42871\r\nHost: localhost\r\n\r\n",
    "a bad header name": f"GET /fr/ HTTP/1.1\r\nHost: localhost\r\n{WHERE} : 1\r\n\r\n",
    "a bad header value": f"GET /fr/ HTTP/1.1\r\nHost: localhost\r\nX: \0{WHERE}\r\n\r\n",
    "a bad length": f"GET /fr/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {WHERE}\r\n\r\n",
    "a bad encoding": f"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {WHERE}\r\n\r\n",
    "a very long address": f"GET /fr/?{WHERE}&{'x' * 9000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a very long header": f"GET / HTTP/1.1\r\nHost: h\r\nX: {WHERE}{'x' * 90000}\r\n\r\n",
    "no HTTP at all": f"{WHERE}\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Gunicorn as the project configures it, at a free port, writing to a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
            + ["--log-level", "debug", "tests.config.failing_application"],
            cwd=ROOT,
            env=os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"},
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + 20
    while "Booting worker" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield port, log
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def lines_with(log: Path, text: str) -> list[str]:
    """Lines of the log that hold `text`, debugging left out; waits until there is one."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = [line for line in log.read_text().splitlines() if text in line]
        found = [line for line in lines if "[DEBUG]" not in line]
        if found:
            return found
        time.sleep(0.02)
    return []


def ask(port: int, request: str) -> bytes:
    """Send bytes as they are, and return the answer's beginning."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(request.encode("latin-1"))
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(65536)
        except (BrokenPipeError, ConnectionResetError):  # refused before it was all read
            return b""


@pytest.mark.parametrize("request_text", REQUESTS.values(), ids=REQUESTS.keys())
def test_no_log_holds_what_a_visitor_sent(server, request_text):
    port, log = server

    ask(port, request_text)
    assert ask(port, "GET /fr/last/ HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )

    assert lines_with(log, "/fr/last/")
    written = log.read_text(errors="replace")
    assert [marker for marker in MARKERS if marker in written] == []


@pytest.mark.parametrize(
    ("case", "detail"),
    [
        ("a very long address", "too long: at most 8190 bytes"),
        ("an unknown version", "cannot be read"),
        ("a bad header name", "cannot be read"),
        ("no HTTP at all", "cannot be read"),
        ("a failure", "broke on our side"),
    ],
)
def test_what_never_reaches_django_is_refused_in_the_one_shape_of_errors(server, case, detail):
    port, _log = server

    head, body = ask(port, REQUESTS[case]).split(b"\r\n\r\n")

    problem = json.loads(body)
    assert b"Content-Type: application/problem+json" in head
    assert head.startswith(f"HTTP/1.1 {problem['status']} ".encode())
    assert problem["status"] in {400, 500}
    assert detail in problem["detail"]
    assert [marker for marker in MARKERS if marker.encode() in body] == []


def test_an_address_of_8000_bytes_is_taken(server):
    port, _log = server

    answer = ask(port, f"GET /fr/?{'x' * 8000} HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")


def test_the_access_log_holds_path_and_status_but_no_address(server):
    port, log = server

    ask(port, "GET /fr/regions/ HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Telltale\r\n\r\n")

    lines = lines_with(log, "/fr/regions/")
    assert len(lines) == 1
    assert " GET /fr/regions/ 200 2 " in lines[0]
    assert "127.0.0.1" not in lines[0]
    assert "Telltale" not in log.read_text()


def test_a_failure_still_tells_where_it_happened(server):
    port, log = server

    ask(port, "GET /boom HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert lines_with(log, "A request failed in the server.")
    assert lines_with(log, "builtins.ValueError")
    assert lines_with(log, "failing_application.py")


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/fr/regions/11-gaspesie/", "/fr/regions/11-gaspesie/"),
        ("/static/map.3f2a91bc.js", "/static/map.3f2a91bc.js"),
        ("/tiles/8/76/90.mvt", "/tiles/8/76/90.mvt"),
        ("/fr/-71.06543,48.42871/", "/fr/-…,…/"),
        ("/fr/\nforged line", "/fr/�forged line"),
    ],
)
def test_a_logged_path_keeps_its_words_and_loses_coordinates(path, logged):
    assert loggable_path(path) == logged
