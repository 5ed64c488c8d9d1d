"""One shape for every error: RFC 9457, `application/problem+json`."""

import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from geo.errors import (
    AddressRefused,
    DomainError,
    NoConsent,
    NotAdmitted,
    TransitionNotAllowed,
    WrongCode,
)

PROBLEM_JSON = "application/problem+json"

# Rules of referrals that a request can break. Others are refused where they are asked about.
REFUSED: dict[type[DomainError], HTTPStatus] = {
    AddressRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoConsent: HTTPStatus.CONFLICT,
    NotAdmitted: HTTPStatus.CONFLICT,
    TransitionNotAllowed: HTTPStatus.CONFLICT,
    WrongCode: HTTPStatus.UNPROCESSABLE_ENTITY,
}


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
    elif isinstance(error, DomainError) and type(error) in REFUSED:
        error = _refused(error, REFUSED[type(error)])
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
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(math.ceil(wait))
    return response


def _refused(error: Exception, status: HTTPStatus) -> exceptions.APIException:
    refusal = exceptions.APIException(str(error))
    refusal.status_code = status
    return refusal


def problem_page(status: int, detail: str) -> JsonResponse:
    """A problem outside of any view: an unknown address, a refused request, a crash."""
    return JsonResponse(problem(status, detail), status=status, content_type=PROBLEM_JSON)


def _flatten(detail: Any, name: str = "request") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            # A place in a list, or the whole of it: the name of the list says more.
            is_name = isinstance(key, str) and key != api_settings.NON_FIELD_ERRORS_KEY
            yield from _flatten(value, key if is_name else name)
    elif isinstance(detail, list):
        for value in detail:
            yield from _flatten(value, name)
    else:
        yield {"parameter": name, "detail": str(detail)}
