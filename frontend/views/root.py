"""The front door."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe

from geo.translation import LANGUAGES

# The way out is for people: machines that follow it find another site.
ROBOTS = "User-agent: *\n" + "".join(
    f"Disallow: {path}\n"
    for path in ["/admin/", "/api/", *(f"/{code}/exit/" for code in LANGUAGES)]
)


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """To the language of the browser. No cookie remembers it: the address does."""
    with override(get_language_from_request(request)):
        response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What machines that read the site may read."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
