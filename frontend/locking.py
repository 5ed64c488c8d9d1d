"""What happens to who guesses passwords: `axes` counts, this says it."""

from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def account_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Whose password is tried: case does not make another account of an address."""
    typed = (credentials or request.POST).get("username") or ""
    return typed.strip().lower()


def locked(
    request: HttpRequest,
    original: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """429 with our own page, whether there is such an account or not."""
    seconds = int(get_cool_off(request).total_seconds())
    context = {"minutes": seconds // 60}
    response = render(request, "network/accounts/locked.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
