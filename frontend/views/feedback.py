"""What visitors tell us of a service."""

from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from frontend.feedback_forms import FeedbackForm
from frontend.rate import HOUR_S, HourlyLimit, address_of
from geo.errors import TooManyMessages
from geo.models import Service

# A house of workers shares one address; a machine stops here.
_limit = HourlyLimit(30)


# No cookie says who writes, so no other site can write in somebody's name: there is no identity
# that a token would protect, and a token would need a cookie. The page may also be days old.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    """The two questions on a page of their own; an answer is written down without its author.

    A script that asks for JSON gets 201, or an RFC 9457 problem.
    """
    service = get_object_or_404(Service.objects.public(), pk=resource_id)
    if request.method != "POST":
        return render(request, "feedback.html", {"service": service})
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _refused(request, service, form)
    if form.is_from_a_machine:
        return _received(request, service)
    if not _limit.allows(address_of(request)):
        return _too_many(request, service, form)
    try:
        form.message(service, get_language()).leave()
    except TooManyMessages:
        return _too_many(request, service, form)
    return _received(request, service)


@require_safe
def thanks(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    """After a message."""
    service = get_object_or_404(Service.objects.public(), pk=resource_id)
    return render(request, "feedback_thanks.html", {"service": service})


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _received(request: HttpRequest, service: Service) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(
            {"detail": _("Thank you. Somebody of the team will read it.")},
            status=HTTPStatus.CREATED,
        )
    return redirect("feedback-thanks", service.pk)


def _refused(request: HttpRequest, service: Service, form: FeedbackForm) -> HttpResponse:
    errors = [
        {"parameter": name, "detail": str(message)}
        for name, messages in form.errors.items()
        for message in messages
    ]
    detail = " ".join(error["detail"] for error in errors)
    return _problem(request, service, form, HTTPStatus.BAD_REQUEST, detail, errors)


def _too_many(request: HttpRequest, service: Service, form: FeedbackForm) -> HttpResponse:
    detail = _("Too many messages came. Try again in one hour. If you need help now, call 211.")
    response = _problem(request, service, form, HTTPStatus.TOO_MANY_REQUESTS, detail, [])
    response["Retry-After"] = str(HOUR_S)
    return response


def _problem(
    request: HttpRequest,
    service: Service,
    form: FeedbackForm,
    status: HTTPStatus,
    detail: str,
    errors: list[dict[str, str]],
) -> HttpResponse:
    """The form again with what is wrong; for a script, the one shape of our errors."""
    if not _wants_json(request):
        context = {"service": service, "sent": form, "detail": detail, "errors": errors}
        return render(request, "feedback.html", context, status=status)
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type="application/problem+json")
