"""Pages for what went wrong, in the language of the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_path, get_language_from_request, override


def _error_page(request: HttpRequest, status: int) -> HttpResponse:
    # What fails before the address is read leaves no language behind.
    language = get_language_from_path(request.path_info) or get_language_from_request(request)
    with override(language):
        return render(request, f"{status}.html", {"is_error": True}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address cannot be understood."""
    return _error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for this visitor."""
    return _error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that the public may see."""
    return _error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Asks nothing of the database, which may be what failed."""
    return _error_page(request, 500)
