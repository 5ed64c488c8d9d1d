"""The signed link: one referral, for the receiver, without an account.

Mail programs open links before people do: reading moves nothing.
"""

from http import HTTPStatus
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from frontend import referral_choice
from geo.choices import AuditVerb, ReferralOutcome, ReferralStatus, RefusalReason
from geo.errors import DomainError, TransitionNotAllowed
from geo.models import ReferralAudit, ReferralLink
from geo.referrals import guesses

RENEW = "renew"

MINUTE_S = 60

# What the page of a referral reads of other tables.
_READ = [
    f"referral__{name}"
    for name in ("from_org", "to_org", "to_service", "need", "worker_region", "consent")
]


# Who holds the secret acts, and no cookie stands for it: another site has nothing to borrow. Its
# browser says where a form comes from all the same.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def referral_link(request: HttpRequest) -> HttpResponse:
    """The referral of a link, and what its receiver makes of it.

    The secret comes in the question of the address, or as a field of a form. Unknown: 404. Over,
    or the referral is not the receiver's any more: 410, with nothing of the referral. A move that
    a rule refuses: 409. Too many wrong codes: 429.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method == "POST":
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    secret = sent.get("t", "")
    link = ReferralLink.objects.of_secret(secret).select_related(*_READ).first()
    if link is None:
        raise Http404
    response = _answered(request, link, secret)
    patch_cache_control(response, private=True, no_store=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answered(request: HttpRequest, link: ReferralLink, secret: str) -> HttpResponse:
    is_post = request.method == "POST"
    if is_post and request.POST.get("to") == RENEW:
        link.renew()
        return _back(secret, sent="1")
    if not link.is_live():
        return _gone(request, secret)
    if is_post:
        return _moved(request, link, secret)
    if request.method == "GET":
        ReferralAudit.objects.note(
            AuditVerb.SEEN,
            organization=link.referral.to_org_id,
            referral=link.referral_id,
        )
    return _shown(request, link, secret)


def _moved(request: HttpRequest, link: ReferralLink, secret: str) -> HttpResponse:
    referral, to = link.referral, request.POST.get("to", "")
    if to not in ReferralStatus.values:
        raise BadRequest("No such move.")
    if to == ReferralStatus.MET and guesses.is_missed_too_often(referral):
        return _too_many(request, link, secret)
    by = referral.actor_of_link()
    try:
        if to == ReferralStatus.REDIRECTED:
            chosen = referral_choice.chosen(
                referral_choice.others(referral), request.POST.get("organization", "")
            )
            if chosen is None:
                raise TransitionNotAllowed(_("Choose an organization."))
            referral.redirect(by, chosen)
        else:
            referral.move_to(
                ReferralStatus(to),
                by=by,
                reason=request.POST.get("reason", ""),
                outcome=request.POST.get("outcome", ""),
                code=request.POST.get("code", ""),
            )
    except DomainError as error:
        return _shown(request, link, secret, HTTPStatus.CONFLICT, failed=to, detail=str(error))
    return _back(secret)


def _too_many(request: HttpRequest, link: ReferralLink, secret: str) -> HttpResponse:
    detail = _("Too many codes were tried. Wait one minute, then ask the person to show it again.")
    response = _shown(
        request,
        link,
        secret,
        HTTPStatus.TOO_MANY_REQUESTS,
        failed=ReferralStatus.MET,
        detail=detail,
    )
    response["Retry-After"] = str(MINUTE_S)
    return response


def _shown(
    request: HttpRequest,
    link: ReferralLink,
    secret: str,
    status: HTTPStatus = HTTPStatus.OK,
    **problem: str,
) -> HttpResponse:
    referral = link.referral
    referral.refresh_from_db(fields=["status", "due_at", "answered_at", "closed_at"])
    context = {"secret": secret, "status": referral.shown_status(), "query": _question(secret)}
    if not referral.is_open():
        return render(request, "network/link_ended.html", context | problem, status=status)
    moves = referral.moves(referral.actor_of_link())
    context |= {
        "referral": referral,
        "moves": moves,
        "reasons": RefusalReason.choices,
        "outcomes": ReferralOutcome.choices,
    }
    if ReferralStatus.REDIRECTED in moves:
        others = referral_choice.others(referral)
        context["groups"] = referral_choice.by_region(others, referral)
    return render(request, "network/link.html", context | problem, status=status)


def _gone(request: HttpRequest, secret: str) -> HttpResponse:
    context = {
        "secret": secret,
        "query": _question(secret),
        "was_asked": "sent" in request.GET,
    }
    return render(request, "network/link_gone.html", context, status=HTTPStatus.GONE)


def _back(secret: str, **more: str) -> HttpResponse:
    question = urlencode({"t": secret, **more})
    location = f"{reverse('referral-link')}?{question}"
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": location})


def _question(secret: str) -> QueryDict:
    """What the links to other languages carry along."""
    query = QueryDict(mutable=True)
    query["t"] = secret
    return query
