"""What no log may hold."""

import logging

import pytest

from config.privacy import NoPosition, PrivateFormatter, private_text

MARKER = "48.8312345"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /fr/?lat={MARKER}&lon=-64.48 HTTP/1.1",
        f'"GET /api/v1/resources/?lat={MARKER} HTTP/1.1" 200 12',
        f"Bad Request: /fr/?place={MARKER}",
        f"/fr/?q='{MARKER}",
        f"Not Found: /carte/-71.06543,{MARKER} ?…",
    ],
)
def test_query_strings_are_taken_out_of_a_line(line):
    clean = private_text(line)

    assert MARKER not in clean
    assert "?…" in clean


def test_a_record_is_rewritten_with_its_arguments():
    record = logging.LogRecord("x", 20, "f", 1, '"%s" %s', (f"GET /?lat={MARKER}", 200), None)

    assert NoPosition().filter(record)
    assert record.getMessage() == '"GET /?… 200'


def test_a_traceback_has_its_frames_and_not_its_words():
    try:
        try:
            raise ValueError(f"invalid point {MARKER}")
        except ValueError as error:
            raise RuntimeError(f"near {MARKER}") from error
    except RuntimeError:
        import sys

        text = PrivateFormatter().formatException(sys.exc_info())

    assert MARKER not in text
    assert text.index("builtins.ValueError") < text.index("builtins.RuntimeError")
    assert __file__ in text


@pytest.mark.parametrize("path", ["/fr/", "/api/v1/resources/"])
def test_an_answer_about_a_position_is_kept_by_no_cache(client, db, path):
    assert "no-store" in client.get(path, {"lat": "48.83", "lon": "-64.48"})["Cache-Control"]
    assert "no-store" not in client.get(path).get("Cache-Control", "")


def test_no_log_of_the_site_holds_a_position(client, db, caplog, capfd):
    client.raise_request_exception = False
    for path in (
        "/",
        "/fr/",
        "/es/",
        "/api/v1/resources/",
        "/api/v1/places/",
        "/fr/rien/",
        f"/carte/{MARKER}/",
    ):
        client.get(path, {"lat": MARKER, "lon": "-64.48", "q": MARKER, "place": MARKER})
        client.get(path, {"lat": MARKER}, HTTP_REFERER=f"http://testserver/?lat={MARKER}")

    out, err = capfd.readouterr()
    assert MARKER not in out + err
