"""Calls of webhooks: what they say, whom they reach, and what they never reach."""

import json
import socket
import ssl
import subprocess
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from geo.choices import ReferralStatus
from geo.errors import AddressRefused
from geo.models import Partner, Webhook, WebhookDelivery
from geo.referrals import webhooks
from geo.referrals.webhooks import Call, Delivered, call, deliver, public_address, signature
from tests.network import move, organization, referral

PUBLIC = "93.184.215.14"
database = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[3] / "docs" / "api-referrals.md"


def nowhere(_host, _port):
    return PUBLIC


def here(_host, _port):
    return "127.0.0.1"


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def hook(of, url="https://example.org/repere", **columns):
    return Webhook.objects.create(organization=of, url=url, salt=f"salt of {of.pk}", **columns)


class Receiver:
    """Takes calls and answers them in turn, the last answer again and again."""

    def __init__(self, *answers):
        self.answers, self.calls = list(answers), []

    def __call__(self, made):
        self.calls.append(made)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


# --- whom they reach -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff0e::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_an_address_that_is_not_public_is_never_called(monkeypatch, address):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: found)
    with pytest.raises(AddressRefused):
        public_address("example.org", 443)


def test_a_host_with_one_private_address_among_others_is_refused(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in (PUBLIC, "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: found)
    with pytest.raises(AddressRefused):
        public_address("example.org", 443)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: found[:1])
    assert public_address("example.org", 443) == PUBLIC


def test_a_host_that_points_elsewhere_later_is_not_called(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: found)
    assert call(Call("https://example.org/", "a", "b", "{}")) == "AddressRefused"


@database
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "example.org",
        "https://",
        "https://somebody:secret@example.org/",
        "https://example.org/#a",
        "https://example.org:port/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://exämple.org/",
    ],
)
def test_an_address_is_secret_and_plain(sender, url):
    with pytest.raises(AddressRefused):
        webhooks.add(sender, url, nowhere)


@database
def test_in_development_software_beside_the_site_may_be_called(sender, settings):
    settings.DEBUG = True
    webhooks.add(sender, "http://127.0.0.1:9/hook")
    with pytest.raises(AddressRefused):
        webhooks.add(sender, "http://10.0.0.1/hook")


@database
def test_the_secret_is_told_and_not_kept_and_each_webhook_has_its_own(sender):
    made, secret = webhooks.add(sender, "https://example.org/a", nowhere)
    _other, other = webhooks.add(sender, "https://example.org/b", nowhere)
    kept = Webhook.objects.filter(pk=made.pk).values().get()
    assert secret == Webhook.objects.get(pk=made.pk).secret
    assert secret != other
    assert secret.removeprefix("whsec_") not in str(kept)


@database
def test_an_address_is_called_once_and_there_are_not_many(sender):
    webhooks.add(sender, "https://example.org/0", nowhere)
    with pytest.raises(AddressRefused):
        webhooks.add(sender, "https://example.org/0", nowhere)
    for number in range(1, webhooks.MOST_WEBHOOKS):
        webhooks.add(sender, f"https://example.org/{number}", nowhere)
    with pytest.raises(AddressRefused):
        webhooks.add(sender, "https://example.org/more", nowhere)


# --- what they say ---------------------------------------------------------------------------


@database
def test_both_sides_hear_that_a_referral_moved_and_nothing_else(sender, receiver):
    hook(sender, "https://example.org/sender"), hook(receiver, "https://example.org/receiver")
    made = referral(sender, receiver)
    heard = Receiver("204")

    assert deliver(make=heard) == Delivered(sent=2, failed=0, given_up=0)

    assert {each.url for each in heard.calls} == {
        "https://example.org/sender",
        "https://example.org/receiver",
    }
    for each in heard.calls:
        told = json.loads(each.body)
        assert told.keys() == {"id", "event", "referral", "status", "at"}
        assert told["id"] == each.identifier
        assert (told["event"], told["referral"]) == ("referral.moved", str(made.pk))
        assert told["status"] == "sent"
    assert deliver(make=heard) == Delivered(0, 0, 0)


@database
def test_the_receiver_does_not_hear_of_what_is_held(receiver):
    newcomer = organization("11", verified_status="unverified")
    hook(receiver), hook(newcomer, "https://example.org/newcomer")
    heard = Receiver("204")
    made = referral(newcomer, receiver)
    deliver(make=heard)
    assert made.status == "held"
    assert [each.url for each in heard.calls] == ["https://example.org/newcomer"]


@database
def test_who_left_the_network_is_not_called(sender, receiver):
    hook(sender)
    referral(sender, receiver)
    Partner.objects.filter(organization=sender).update(admitted_at=None)
    assert deliver(make=Receiver("204")) == Delivered(0, 0, 0)


# --- again and again -------------------------------------------------------------------------


@database
def test_what_fails_is_tried_again_ever_later_for_three_days(sender, receiver):
    hook(sender)
    referral(sender, receiver)
    delivery = WebhookDelivery.objects.get()
    heard = Receiver("500")
    now, waits = delivery.due_at, []
    while not WebhookDelivery.objects.get().given_up_at:
        deliver(now, make=heard)
        delivery.refresh_from_db()
        waits.append((delivery.due_at - now).total_seconds() / 60)
        now = delivery.due_at
    assert waits[:4] == [1, 4, 16, 64]
    assert max(waits) == 12 * 60
    assert delivery.attempts == len(heard.calls) == len(waits)
    assert len({each.identifier for each in heard.calls}) == 1
    assert timedelta(days=2) < delivery.given_up_at - delivery.created_at <= timedelta(days=3)
    assert delivery.answer == "500"


@database
def test_what_came_late_arrives(sender, receiver):
    hook(sender)
    referral(sender, receiver)
    heard = Receiver("ConnectTimeoutError", "200")
    assert deliver(make=heard) == Delivered(0, 1, 0)
    assert deliver(make=heard) == Delivered(0, 0, 0)
    later = timezone.now() + timedelta(minutes=2)
    assert deliver(later, make=heard) == Delivered(1, 0, 0)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.answer, delivery.attempts, delivery.delivered_at) == ("200", 2, later)


@database
def test_a_webhook_that_fails_does_not_hold_up_the_others(sender, receiver):
    hook(sender, "https://example.org/broken"), hook(receiver, "https://example.org/whole")
    made = referral(sender, receiver)
    move(made, ReferralStatus.ACKNOWLEDGED)
    tried = []

    def answer(made):
        tried.append(made.url)
        return "500" if made.url.endswith("broken") else "204"

    assert deliver(make=answer) == Delivered(sent=2, failed=1, given_up=0)
    assert tried.count("https://example.org/broken") == 1


@database
def test_who_answers_gone_is_not_called_again(sender, receiver):
    made_hook = hook(sender)
    made = referral(sender, receiver)
    move(made, ReferralStatus.ACKNOWLEDGED)
    assert deliver(make=Receiver("410")) == Delivered(0, 0, 1)
    made_hook.refresh_from_db()
    assert not made_hook.is_active
    assert not WebhookDelivery.objects.waiting().exists()
    move(made, ReferralStatus.ACCEPTED)
    assert not WebhookDelivery.objects.waiting().exists()


@database
def test_what_is_being_called_is_not_called_by_another_process(sender, receiver):
    hook(sender)
    referral(sender, receiver)
    inner = []

    def meanwhile(_made):
        inner.append(deliver(make=Receiver("204")))
        return "204"

    assert deliver(make=meanwhile) == Delivered(1, 0, 0)
    assert inner == [Delivered(0, 0, 0)]


@database
def test_a_call_whose_webhook_is_removed_meanwhile_is_no_accident(sender, receiver):
    hook(sender)
    referral(sender, receiver)

    def meanwhile(_made):
        Webhook.objects.all().delete()
        return "500"

    assert deliver(make=meanwhile) == Delivered(0, 1, 0)


@database
def test_a_round_ends(sender, receiver):
    hook(sender)
    for _time in range(3):
        referral(sender, receiver)
    assert deliver(limit=2, make=Receiver("204")) == Delivered(2, 0, 0)


# --- over the wire ---------------------------------------------------------------------------


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802 (the name is that of http.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def log_message(self, *_args):
        return


def no_content(handler):
    handler.send_response(204)
    handler.end_headers()


def elsewhere(handler):
    handler.send_response(302)
    handler.send_header("Location", "https://example.org/elsewhere")
    handler.end_headers()


def a_lot(handler):
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"x" * 50_000_000)


def drip_the_status(handler):
    handler.wfile.write(b"HTTP/1.1 200 ")
    drip(handler)


def drip_a_header(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    drip(handler)


def drip(handler):
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.2)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hook.example.org"
    subprocess.run(
        [
            *command.split(),
            *("-addext", "subjectAltName=DNS:hook.example.org"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


@pytest.fixture
def serve(certificate):
    """Starts a server of HTTPS that answers in some way."""
    key, chain = certificate
    servers = []

    def start(answer):
        server = HTTPServer(("127.0.0.1", 0), Answering)
        server.answer, server.heard = answer, []
        server.handle_error = lambda *_args: None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        threading.Thread(target=server.shutdown, daemon=True).start()
        server.socket.close()


def ring(server, certificate, host="hook.example.org"):
    trusted = ssl.create_default_context(cafile=certificate[1])
    url = f"https://{host}:{server.server_port}/repere?key=1"
    return call(Call(url, "whsec_1", "an identifier", '{"id":"1"}'), here, trusted)


@pytest.mark.enable_socket
def test_a_call_is_posted_signed_and_addressed_to_the_host(serve, certificate):
    server = serve(no_content)

    assert ring(server, certificate) == "204"

    ((path, headers, body),) = server.heard
    assert (path, body) == ("/repere?key=1", b'{"id":"1"}')
    assert headers["Host"] == f"hook.example.org:{server.server_port}"
    assert headers["Content-Type"] == "application/json"
    assert headers["Repere-Delivery"] == "an identifier"
    at = int(headers["Repere-Signature"].split(",")[0].removeprefix("t="))
    assert abs(at - time.time()) < 60
    assert headers["Repere-Signature"] == signature("whsec_1", '{"id":"1"}', at)


@pytest.mark.enable_socket
def test_a_redirection_is_an_answer_and_is_not_followed(serve, certificate):
    server = serve(elsewhere)
    assert ring(server, certificate) == "302"
    assert len(server.heard) == 1


@pytest.mark.enable_socket
def test_a_certificate_of_another_host_is_refused(serve, certificate):
    server = serve(no_content)
    assert not ring(server, certificate, "other.example.org").isdigit()
    assert server.heard == []


@pytest.mark.enable_socket
def test_a_certificate_that_nobody_vouches_for_is_refused(serve):
    server = serve(no_content)
    url = f"https://hook.example.org:{server.server_port}/"
    assert not call(Call(url, "a", "b", "{}"), here).isdigit()
    assert server.heard == []


@pytest.mark.enable_socket
def test_of_a_long_answer_little_is_read(serve, certificate):
    started = time.monotonic()
    assert ring(serve(a_lot), certificate) == "200"
    assert time.monotonic() - started < 5


@pytest.mark.enable_socket
@pytest.mark.parametrize("answer", [drip_the_status, drip_a_header])
def test_who_drips_is_hung_up_on(serve, certificate, monkeypatch, answer):
    monkeypatch.setattr(webhooks, "DEADLINE_S", 1.0)
    started = time.monotonic()
    ring(serve(answer), certificate)
    assert 1 <= time.monotonic() - started < 5


@pytest.mark.enable_socket
def test_nobody_there_is_an_answer_too(certificate):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"https://hook.example.org:{port}/"
    assert call(Call(url, "a", "b", "{}"), here) == "NewConnectionError"


# --- for who receives them -------------------------------------------------------------------


def the_example():
    """The function of `docs/api-referrals.md`, as partners copy it."""
    _before, _fence, rest = DOCS.read_text(encoding="utf-8").partition("```python\n")
    names = {}
    exec(rest.partition("```")[0], names)
    return names["is_from_repere"]


def test_the_example_of_the_documentation_knows_our_signature_from_others():
    is_from_repere = the_example()
    now = int(time.time())
    body = '{"id":"1","event":"referral.moved"}'
    ours = signature("whsec_1", body, now)

    assert is_from_repere(body.encode(), ours, "whsec_1")
    assert not is_from_repere(body.encode() + b" ", ours, "whsec_1")
    assert not is_from_repere(body.encode(), ours, "whsec_2")
    assert not is_from_repere(body.encode(), "", "whsec_1")
    assert not is_from_repere(body.encode(), signature("whsec_1", body, now - 301), "whsec_1")
