"""Which side of the site answers an error that no view handled: the API, or the pages."""

from django.http import HttpRequest, HttpResponse

from api.errors import problem_page
from frontend.views import errors as pages


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself cannot be read."""
    if _is_api(request):
        return problem_page(400, "The request cannot be read: check its host and its encoding.")
    return pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    if _is_api(request):
        return problem_page(403, "This is not open to you.")
    return pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing at this address."""
    if _is_api(request):
        return problem_page(
            404, "There is nothing at this address: /api/docs/ lists what there is."
        )
    return pages.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    if _is_api(request):
        return problem_page(500, "Something broke on our side; it was written down.")
    return pages.server_error(request)
