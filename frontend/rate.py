"""How often a visitor may write, without knowing who it is."""

import hashlib
import hmac
import secrets
import time
from collections import Counter
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

HOUR_S = 3600

# Beyond so many visitors in an hour all are counted as one: memory stays bounded.
MOST_VISITORS = 50_000


class HourlyLimit:
    """So many messages an hour and address, for one process of the server.

    Addresses are kept as a keyed hash, in memory only. The key is random and dies with the hour,
    and with it the counts: nothing can be traced to an address, not even by us.
    """

    def __init__(self, most: int) -> None:
        """Allow `most` messages an hour from one address."""
        self.most = most
        self._lock = Lock()
        self._begin(time.monotonic())

    def _begin(self, now: float) -> None:
        self._key = secrets.token_bytes(32)
        self._counts: Counter[bytes] = Counter()
        self._ends = now + HOUR_S

    def allows(self, address: str) -> bool:
        """Count one message of `address`; False if it is one too many."""
        with self._lock:
            now = time.monotonic()
            if now >= self._ends:
                self._begin(now)
            visitor = hmac.digest(self._key, address.encode(), hashlib.sha256)
            if visitor not in self._counts and len(self._counts) >= MOST_VISITORS:
                visitor = b"others"
            self._counts[visitor] += 1
            return self._counts[visitor] <= self.most


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy, what the proxy itself wrote, which is last."""
    if settings.BEHIND_PROXY:
        *_claimed, last = request.headers.get("X-Forwarded-For", "").split(",")
        if last.strip():
            return last.strip()
    return request.META.get("REMOTE_ADDR", "")
