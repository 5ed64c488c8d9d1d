"""When a session ends: `SESSION_COOKIE_AGE` after signing in, `SESSION_IDLE_AGE` after a visit.

Django counts the first from the last change of the session, which an active session never lets
come; the second it does not know.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

BEGAN = "signed_in_at"
SEEN = "seen_at"

# Written down once in so many seconds, not at each request.
EXACTNESS_S = 60


class SessionEnds:
    """Signs out whoever came back too late. Visitors without a cookie are not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the rest of the site."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session, or note that it was used."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault(BEGAN, now)
            seen = request.session.setdefault(SEEN, now)
            if (
                now - began >= settings.SESSION_COOKIE_AGE
                or now - seen >= settings.SESSION_IDLE_AGE
            ):
                logout(request)
            elif now - seen >= EXACTNESS_S:
                request.session[SEEN] = now
        return self.get_response(request)
