"""How often a visitor counts, without knowing who it is."""

import hashlib
import hmac
import secrets
import time
from collections import Counter
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

HOUR_S = 3600
DAY_S = 24 * HOUR_S

# Beyond so many visitors in a period all are counted as one: memory stays bounded.
MOST_VISITORS = 50_000


class Limit:
    """So much of a period and visitor, for one process of the server.

    Visitors are kept as a keyed hash, in memory only. The key is random and dies with the period,
    and with it the counts: nothing can be traced to an address, not even by us.
    """

    def __init__(self, most: int, period_s: int) -> None:
        """Allow `most` to one visitor in each period of so many seconds."""
        self.most = most
        self.period_s = period_s
        self._lock = Lock()
        self._begin(time.monotonic())

    def _begin(self, now: float) -> None:
        self._key = secrets.token_bytes(32)
        self._counts: Counter[bytes] = Counter()
        self._ends = now + self.period_s

    def allows(self, who: str) -> bool:
        """Count one of `who`, an address and what else tells visitors apart; False if too many."""
        with self._lock:
            now = time.monotonic()
            if now >= self._ends:
                self._begin(now)
            visitor = self._visitor(who)
            self._counts[visitor] += 1
            return self._counts[visitor] <= self.most

    def forgive(self, who: str) -> None:
        """Take back what `allows` has just counted: it was no failure."""
        with self._lock:
            visitor = self._visitor(who)
            self._counts[visitor] = max(0, self._counts[visitor] - 1)

    def _visitor(self, who: str) -> bytes:
        visitor = hmac.digest(self._key, who.encode(), hashlib.sha256)
        is_known = visitor in self._counts
        return visitor if is_known or len(self._counts) < MOST_VISITORS else b"others"


class HourlyLimit(Limit):
    """So many messages an hour and address."""

    def __init__(self, most: int) -> None:
        """Allow `most` messages an hour from one address."""
        super().__init__(most, HOUR_S)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy, what the proxy itself wrote, which is last."""
    if settings.BEHIND_PROXY:
        *_claimed, last = request.headers.get("X-Forwarded-For", "").split(",")
        if last.strip():
            return last.strip()
    return request.META.get("REMOTE_ADDR", "")
