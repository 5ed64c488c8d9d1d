"""Calls the software of organizations when one of their referrals moves.

A call says which referral moved and to what, and nothing else; whoever wants more asks the API.
It is made at least once: a receiver that answers late may be called again, with the same
identifier. What is due is claimed before it is called, by putting its next try off, so that no
transaction waits for a stranger's server and a crash loses nothing.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from threading import Timer
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from geo.errors import AddressRefused
from geo.models import Organization, Webhook, WebhookDelivery

MOST_WEBHOOKS = 5  # of one organization

TIMEOUT_S = 5.0  # for each step of a call
DEADLINE_S = 10.0  # for the whole of it, however slowly the other side drips
MOST_BYTES = 1024  # read of an answer, and thrown away

FIRST_RETRY = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=12)
KEEP_TRYING = timedelta(days=3)

# Addresses of IPv6 that stand for one of IPv4, which may be a private one.
_DISGUISED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "2001::/32")]

Resolve = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round of calls came to.

    Attributes:
        sent: calls that were answered with 2xx.
        failed: calls that will be made again.
        given_up: calls that will not.
    """

    sent: int
    failed: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a webhook, ready to be made.

    Attributes:
        url: where to.
        secret: the key of the signature.
        identifier: of the delivery: the same at each try.
        body: JSON.
    """

    url: str
    secret: str
    identifier: str
    body: str


def add(
    organization: Organization, url: str, resolve: Resolve | None = None
) -> tuple[Webhook, str]:
    """A new webhook of an organization.

    Returns:
        The webhook, and the secret that its calls are signed with.

    Raises:
        AddressRefused: no calls are made there, it is called already, or there are too many.
    """
    scheme, host, port, _path = _parts(url)
    (resolve or public_address)(host, port)
    # Counted under a lock of the organization, or two requests at once would both find room.
    with transaction.atomic():
        Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
        if organization.webhooks.count() >= MOST_WEBHOOKS:
            raise AddressRefused(_("An organization has 5 webhooks at the most: remove one first."))
        try:
            with transaction.atomic():
                made = Webhook.objects.create(
                    organization=organization, url=url, salt=secrets.token_hex(32)
                )
        except IntegrityError as error:
            raise AddressRefused(_("This address is called already.")) from error
    return made, made.secret


def signature(secret: str, body: str, at: int) -> str:
    """The header `Repere-Signature` of a call.

    Args:
        secret: of the webhook.
        body: as it is sent.
        at: seconds since 1970.
    """
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def deliver(
    now: datetime | None = None,
    limit: int = 50,
    make: Callable[[Call], str] | None = None,
) -> Delivered:
    """Make the calls that are due, the oldest first.

    A webhook that fails is left alone for the rest of the round: it would hold up the others.

    Args:
        now: the moment.
        limit: how many calls at the most.
        make: makes a call and returns the answer: an HTTP status, or the class of an error.
    """
    now = now or timezone.now()
    make = make or call
    counts = {"sent": 0, "failed": 0, "given_up": 0}
    failing: list = []
    for _turn in range(limit):
        delivery = _claim(now, failing)
        if delivery is None:
            break
        answer = make(_call_of(delivery))
        result = _keep(delivery, answer, now)
        counts[result] += 1
        if result != "sent":
            failing.append(delivery.webhook_id)
    return Delivered(**counts)


def call_for_a_test(webhook: Webhook, make: Callable[[Call], str] | None = None) -> str:
    """Call a webhook once, about nothing.

    Returns:
        The HTTP status of the answer, or the class of the error.
    """
    identifier = secrets.token_hex(16)
    body = _json({"id": identifier, "event": "webhook.test", "at": _written(timezone.now())})
    return (make or call)(Call(webhook.url, webhook.secret, identifier, body))


def call(made: Call, resolve: Resolve | None = None, context: ssl.SSLContext | None = None) -> str:
    """Make a call, and follow no redirection.

    The name is resolved here again and the connection goes to the address that was checked: a
    name that points elsewhere a moment later changes nothing.

    Args:
        made: the call.
        resolve: finds the address of a host, and refuses those that are not public.
        context: whom to trust; the authorities of the system if None.

    Returns:
        The HTTP status, as text, or the class of the error.
    """
    try:
        scheme, host, port, path = _parts(made.url)
        address = (resolve or public_address)(host, port)
        connection = _connection(scheme, host, port, address, context)
    except (AddressRefused, OSError) as error:
        return type(error).__name__
    watch = Timer(DEADLINE_S, _hang_up, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request(
            "POST",
            path,
            body=made.body.encode(),
            headers={
                "Host": urlsplit(made.url).netloc,
                "Content-Type": "application/json",
                "User-Agent": "Repere",
                "Repere-Delivery": made.identifier,
                "Repere-Signature": signature(
                    made.secret, made.body, int(timezone.now().timestamp())
                ),
            },
            preload_content=False,
        )
        answer = connection.getresponse()
        answer.read(MOST_BYTES, decode_content=False)
        return str(answer.status)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        return type(error).__name__
    finally:
        watch.cancel()
        connection.close()


def is_success(answer: str) -> bool:
    """An answer of `call` is 2xx."""
    return answer.isdigit() and 200 <= int(answer) < 300


def public_address(host: str, port: int) -> str:
    """The address of a host on the public Internet.

    Returns:
        The first of its addresses, as text.

    Raises:
        AddressRefused: it has none, or one of them is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(_("This host is not known.")) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise AddressRefused(_("Only addresses of the public Internet are called."))
    return addresses[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return _is_public(str(address.ipv4_mapped))
        if any(address in network for network in _DISGUISED):
            return False
    # In development a partner's software runs beside the site.
    is_ours = settings.DEBUG and address.is_loopback
    return is_ours or (address.is_global and not address.is_multicast)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address.

    Raises:
        AddressRefused: not in secret, or with a password in it.
    """
    schemes = ("https", "http") if settings.DEBUG else ("https",)
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressRefused(_("Expected an address, as https://example.org/hook.")) from error
    if parts.scheme not in schemes or not parts.hostname:
        raise AddressRefused(_("Expected an address that begins with https://."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(_("No password and no # in the address: calls are signed instead."))
    if not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(_("Expected an address, as https://example.org/hook."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path


def _connection(
    scheme: str, host: str, port: int, address: str, context: ssl.SSLContext | None
) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(address, port, timeout=TIMEOUT_S)
    return HTTPSConnection(
        address,
        port,
        timeout=TIMEOUT_S,
        ssl_context=context or ssl.create_default_context(),
        server_hostname=host,
        assert_hostname=host,
    )


def _hang_up(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It hung up first.
            return


@transaction.atomic
def _claim(now: datetime, failing: list) -> WebhookDelivery | None:
    """The next call, put off to its next try for everybody else."""
    delivery = (
        WebhookDelivery.objects.to_deliver(now)
        .exclude(webhook__in=failing)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("webhook")
        .first()
    )
    if delivery is not None:
        delivery.due_at = now + min(FIRST_RETRY * 4**delivery.attempts, LONGEST_WAIT)
        delivery.attempts += 1
        delivery.save(update_fields=["due_at", "attempts"])
    return delivery


def _keep(delivery: WebhookDelivery, answer: str, now: datetime) -> str:
    """Write down what a call came to: `sent`, `failed` or `given_up`."""
    # The row may be gone with its referral, or its webhook, while the call was made.
    row = WebhookDelivery.objects.filter(pk=delivery.pk)
    if is_success(answer):
        row.update(answer=answer, delivered_at=now)
        return "sent"
    if answer == str(HTTPStatus.GONE.value):
        Webhook.objects.filter(pk=delivery.webhook_id).update(is_active=False)
        row.update(answer=answer)
        WebhookDelivery.objects.filter(webhook=delivery.webhook_id).waiting().update(
            given_up_at=now
        )
        return "given_up"
    if delivery.due_at > delivery.created_at + KEEP_TRYING:
        row.update(answer=answer, given_up_at=now)
        return "given_up"
    row.update(answer=answer)
    return "failed"


def _call_of(delivery: WebhookDelivery) -> Call:
    body = _json(
        {
            "id": str(delivery.pk),
            "event": "referral.moved",
            "referral": str(delivery.referral_id),
            "status": delivery.status,
            "at": _written(delivery.created_at),
        }
    )
    return Call(delivery.webhook.url, delivery.webhook.secret, str(delivery.pk), body)


def _json(told: dict[str, str]) -> str:
    return json.dumps(told, separators=(",", ":"))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
