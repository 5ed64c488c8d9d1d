"""Leaving in a hurry."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# All that a phone keeps of us; its history is its own (GOV.UK, "Exit this page").
EVERYTHING = '"cache", "cookies", "storage"'


@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Have the browser forget what it keeps of this site, and send it to a neutral page.

    A script that leaves by `location.replace` puts that page in the place of ours in the history;
    without scripts this is an ordinary link.
    """
    neutral = settings.QUICK_EXIT_URLS[get_language()]
    response = HttpResponse(
        status=HTTPStatus.SEE_OTHER,
        headers={"Location": neutral, "Referrer-Policy": "no-referrer"},
    )
    # Another site could load this address, and erase what a person keeps.
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        response["Clear-Site-Data"] = EVERYTHING
    return response
