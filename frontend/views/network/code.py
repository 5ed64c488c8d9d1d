"""The page of the person who carries a code: what is held, and the way to end it.

Every code that opens nothing gets one answer: mistyped, invented, closed, taken back, erased. It is
200 and not 404, so that the line of a log, which holds a status, does not tell either.
"""

from datetime import datetime
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from frontend import held
from frontend.rate import HourlyLimit, Limit, address_of
from geo import codes
from geo.choices import AuditVerb, ReferralStatus
from geo.errors import DomainError
from geo.models import Referral, ReferralAudit
from geo.referrals import guesses

MINUTE_S = 60
TAKE_BACK, DOWNLOAD = "end", "file"

# Says nothing where it lies among the downloads of a phone.
FILE_NAME = "repere.json"

# Only failures count: a house of workers shares one address. The hour keeps one address from
# bringing about the pause of all by itself.
_minute = Limit(5, MINUTE_S)
_hour = HourlyLimit(30)


# As for `feedback`: no cookie says who asks, so another site has nothing to borrow.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def worker_code(request: HttpRequest) -> HttpResponse:
    """Type a code; see what is held with it, save that, or take it back.

    The code is read from the body only. Too many failures from an address: 429; in all: 503; both
    say when to come back.
    """
    if request.method != "POST":
        return render(request, "code.html")
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied
    if ends := guesses.pause_ends():
        return _paused(request, ends)
    address = address_of(request)
    for limit in (_minute, _hour):
        if not limit.allows(address):
            return _too_many(request, limit.period_s)
    code = codes.read_code(request.POST.get("code", "")) or ""
    referral = _under_way(code)
    if referral is None:
        ReferralAudit.objects.note(AuditVerb.CODE_FAILED, ok=False)
        return render(request, "code.html", {"is_unknown": True})
    for limit in (_minute, _hour):
        limit.forgive(address)
    return _opened(request, referral, code)


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """After taking back."""
    return render(request, "code_done.html")


def _under_way(code: str) -> Referral | None:
    """The referral of a code, unless it is over; the same question whatever was typed."""
    referral = (
        Referral.objects.with_code(code)
        .select_related("from_org", "to_org", "to_service", "need", "worker_region", "consent")
        .first()
    )
    if referral is None:
        return None
    is_under_way = referral.status == ReferralStatus.DRAFT or referral.is_open()
    return referral if is_under_way else None


def _opened(request: HttpRequest, referral: Referral, code: str) -> HttpResponse:
    wish = request.POST.get("wish")
    if wish == TAKE_BACK:
        try:
            referral.take_back()
        except DomainError as error:
            return _shown(request, referral, code, HTTPStatus.CONFLICT, detail=str(error))
        return HttpResponseRedirect(reverse("worker-code-done"), status=HTTPStatus.SEE_OTHER)
    ReferralAudit.objects.note(AuditVerb.SEEN, referral=referral.pk)
    if wish == DOWNLOAD:
        return JsonResponse(
            held.document(referral),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
        )
    return _shown(request, referral, code)


def _shown(
    request: HttpRequest,
    referral: Referral,
    code: str,
    status: HTTPStatus = HTTPStatus.OK,
    **problem: str,
) -> HttpResponse:
    context = {
        "referral": referral,
        "code": code,
        "history": held.history(referral),
        "openings": held.opened_by(referral),
        "may_hear": referral.consent.organizations.order_by("pk") if referral.consent else [],
    }
    return render(request, "code_held.html", context | problem, status=status)


def _too_many(request: HttpRequest, wait_s: int) -> HttpResponse:
    detail = _("Too many codes were tried from here. Wait, then try again.")
    return _later(request, HTTPStatus.TOO_MANY_REQUESTS, detail, wait_s)


def _paused(request: HttpRequest, ends: datetime) -> HttpResponse:
    detail = _("This page rests for some minutes. Try again later, or call who gave you the code.")
    wait_s = max(1, round((ends - timezone.now()).total_seconds()))
    return _later(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, wait_s)


def _later(request: HttpRequest, status: HTTPStatus, detail: str, wait_s: int) -> HttpResponse:
    response = render(request, "code.html", {"detail": detail}, status=status)
    response["Retry-After"] = str(wait_s)
    return response
