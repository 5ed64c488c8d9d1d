"""One shape for every error: RFC 9457, `application/problem+json`."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

PROBLEM_JSON = "application/problem+json"


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The body of an error.

    Args:
        status: the HTTP status.
        detail: a sentence that says what is wrong and what to do.
        errors: for each wrong parameter its `parameter` and what it wants, as `detail`.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return body


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into a problem; DRF's `EXCEPTION_HANDLER`.

    Returns None for what is nobody's rule, so that it stays a 500 and is logged.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing at this address.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flatten(error.detail))
        names = ", ".join(dict.fromkeys(entry["parameter"] for entry in errors))
        body = problem(error.status_code, f"Mend these parameters: {names}.", errors)
    else:
        body = problem(error.status_code, str(error.detail))
    response = Response(body, status=error.status_code, content_type=PROBLEM_JSON)
    if isinstance(error, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def problem_page(status: int, detail: str) -> JsonResponse:
    """A problem outside of any view: an unknown address, a refused request, a crash."""
    return JsonResponse(problem(status, detail), status=status, content_type=PROBLEM_JSON)


def _flatten(detail: Any, name: str = "request") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            # A number is a place in a list, and says less than the name of the list.
            yield from _flatten(value, key if isinstance(key, str) else name)
    elif isinstance(detail, list):
        for value in detail:
            yield from _flatten(value, name)
    else:
        yield {"parameter": name, "detail": str(detail)}
