"""One referral: what it says, where it stands, and what the one who looks may do."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend.access import network_page
from frontend.rate import Limit
from frontend.referral_forms import OutcomeForm, RefusalForm, receiving
from frontend.sides import side_of
from frontend.views.network.offering import offer, regions
from geo.choices import AuditVerb, ReferralStatus, VerifiedStatus
from geo.codes import spaced
from geo.errors import DomainError, WrongCode
from geo.models import Organization, Phone, Referral, ReferralAudit
from geo.models.referrals import Actor
from geo.referral_states import Party

# Sending and passing on have pages of their own: they ask for the consent.
MOVES_HERE = frozenset(
    {
        ReferralStatus.ACKNOWLEDGED,
        ReferralStatus.ACCEPTED,
        ReferralStatus.REFUSED,
        ReferralStatus.MET,
        ReferralStatus.COMPLETED,
        ReferralStatus.WITHDRAWN,
    }
)

MINUTE_S = 60

# Codes that an account may try in a minute: 30⁸ of them take longer than anybody lives.
_code_limit = Limit(5, MINUTE_S)


def may_try_a_code(request: HttpRequest) -> bool:
    """One more code from this account; False once there were too many in a minute."""
    return _code_limit.allows(str(request.user.pk))


@network_page(to="belong")
@require_safe
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Looking moves nothing: that it was looked at stands in the audit trail."""
    shown = _visible(request, referral_id)
    response = _page(request, shown)
    organization = request.staff.organization
    ReferralAudit.objects.note(
        AuditVerb.SEEN,
        user=request.user.pk,
        organization=organization.pk if organization else None,
        referral=shown.pk,
    )
    return response


@network_page(to="belong")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Take it where a button says; what a rule refuses is said on the page."""
    moved = _visible(request, referral_id)
    if request.method != "POST":
        return redirect("referral", moved.pk)
    to = request.POST.get("to", "")
    if to not in MOVES_HERE:
        raise BadRequest("no such move")
    if to == ReferralStatus.MET and not may_try_a_code(request):
        return too_many(_page(request, moved, _("Too many codes. Wait a minute."), "code"))
    try:
        moved.move_to(
            ReferralStatus(to),
            by=moved.actor(request.user),
            reason=request.POST.get("reason", ""),
            outcome=request.POST.get("outcome", ""),
            code=request.POST.get("code", ""),
        )
    except WrongCode as refused:
        return _page(request, moved, str(refused), "code", HTTPStatus.UNPROCESSABLE_ENTITY)
    except DomainError as refused:
        again = _visible(request, referral_id)
        return _page(request, again, str(refused), _field_of(request.POST), HTTPStatus.CONFLICT)
    messages.success(request, _done_words(ReferralStatus(to)))
    return redirect("referral", moved.pk)


@network_page(to="refer")
@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Choose another organization; it is asked at once within the consent, else after a new one."""
    passed = _visible(request, referral_id)
    actor = passed.actor(request.user)
    error, status = "", HTTPStatus.OK
    if request.method == "POST":
        chosen = _receiver(request.POST, passed)
        try:
            if chosen is None:
                error, status = _("Choose an organization."), HTTPStatus.BAD_REQUEST
            else:
                return _passed(request, passed, passed.redirect(actor, chosen))
        except DomainError as refused:
            error, status = str(refused), HTTPStatus.CONFLICT
            passed = _visible(request, referral_id)
    agreed = set(
        passed.consent.organizations.values_list("pk", flat=True) if passed.consent else ()
    )
    left = {passed.from_org_id, passed.to_org_id}
    context = {
        "referral": passed,
        "error": error,
        "may_pass_on": _may_pass_on(passed, actor),
        "agreed": agreed,
        "offer": offer(
            request.GET,
            passed.from_org,
            passed.need,
            among=regions(),
            chosen=agreed - left,
            without=left - {None},
        ),
    }
    return render(request, "network/pass_on.html", context, status=status)


def too_many(response: HttpResponse) -> HttpResponse:
    """An answer to one code too many."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(MINUTE_S)
    return response


def _visible(request: HttpRequest, referral_id: UUID) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related(
        "from_org__partner",
        "to_org",
        "to_service",
        "need",
        "worker_region",
        "consent",
    )
    trusted = Prefetch("to_service__phones", Phone.objects.trusted(), to_attr="trusted_phones")
    rows = rows.defer("worker_region__outline").prefetch_related(trusted)
    return get_object_or_404(rows, pk=referral_id)


def _receiver(posted: QueryDict, passed: Referral) -> Organization | None:
    """The organization that a form names, if it takes referrals."""
    try:
        key = UUID(posted.get("organization", ""))
    except ValueError:
        return None
    return receiving(passed.from_org).filter(pk=key).first()


def _passed(request: HttpRequest, passed: Referral, child: Referral) -> HttpResponse:
    is_sender = request.staff.organization.pk == passed.from_org_id
    if child.status == ReferralStatus.DRAFT:
        if is_sender:
            messages.info(request, _("The person has not agreed to this organization yet: ask."))
            return redirect("referral-consent", child.pk)
        messages.success(
            request,
            _("Passed back: the sender asks the person whether this organization may know."),
        )
        return redirect("referral", passed.pk)
    messages.success(request, _("Passed on, within what the person agreed to."))
    return redirect("referral", child.pk if is_sender else passed.pk)


def _agreed(passed: Referral) -> set[UUID]:
    """The organizations that the person agreed to, while the consent holds."""
    if passed.consent is None or not passed.consent.is_live():
        return set()
    return set(passed.consent.organizations.values_list("pk", flat=True))


def _may_pass_on(passed: Referral, by: Actor) -> bool:
    """As `Referral.redirect` decides."""
    if passed.status == ReferralStatus.REFUSED:
        is_a_side = bool(by.parties & {Party.SENDER, Party.RECEIVER})
        return is_a_side and not passed.redirects.exists()
    return ReferralStatus.REDIRECTED in passed.moves(by)


def _field_of(posted: QueryDict) -> str:
    """Beside which field the page says why a move was refused."""
    return {ReferralStatus.REFUSED: "reason", ReferralStatus.COMPLETED: "outcome"}.get(
        posted.get("to", ""), ""
    )


def _done_words(status: ReferralStatus) -> str:
    return {
        ReferralStatus.ACKNOWLEDGED: _("The sender sees that you have read it."),
        ReferralStatus.ACCEPTED: _("Accepted. The person has 30 days to come."),
        ReferralStatus.REFUSED: _("Refused. The sender can ask another organization."),
        ReferralStatus.MET: _("This is the person. Say how it ended when it has."),
        ReferralStatus.COMPLETED: _("Completed. Thank you."),
        ReferralStatus.WITHDRAWN: _("Withdrawn. The consent has ended."),
    }[status]


def _page(
    request: HttpRequest,
    shown: Referral,
    error: str = "",
    field: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    actor = shown.actor(request.user)
    organization = request.staff.organization
    is_sender = bool(organization and organization.pk == shown.from_org_id)
    moves = set(shown.moves(actor))
    state = shown.shown_status()
    context = {
        "referral": shown,
        "state": state,
        "is_sender": is_sender,
        "is_receiver": bool(organization and organization.pk == shown.to_org_id),
        "may_refer": request.staff.may_refer,
        # Whoever holds the code is the person: the receiver learns it from nobody else.
        "code": spaced(shown.code) if is_sender and shown.code else "",
        "moves": {move.value for move in moves & MOVES_HERE},
        "may_pass_on": _may_pass_on(shown, actor),
        "other": shown.to_org if is_sender else shown.from_org,
        "contacts": _contacts(shown, is_sender=is_sender),
        "events": _events(shown),
        "held_because": _held_because(shown) if state == ReferralStatus.HELD else "",
        "children": list(
            shown.redirects.visible_to(request.user).select_related("to_org").order_by("pk")
        ),
        "refusal": RefusalForm(auto_id="%s"),
        "ending": OutcomeForm(auto_id="%s"),
        "error": error,
        "error_field": field,
    }
    return render(request, "network/referral.html", context, status=status)


def _contacts(shown: Referral, *, is_sender: bool) -> list:
    """How the other side is reached by the network; nobody before it was sent."""
    other = shown.to_org if is_sender else shown.from_org
    if other is None or shown.sent_at is None:
        return []
    return list(other.partner_contacts.order_by("pk"))


def _held_because(shown: Referral) -> str:
    if shown.from_org.verified_status != VerifiedStatus.VERIFIED:
        return _("The sender is not verified yet: the coordinator reads its first referrals.")
    if shown.to_org is None:
        return _("No organization is chosen: the coordinator of the region chooses one.")
    return _("That organization or service takes nobody now: the coordinator decides.")


def _events(shown: Referral) -> list[dict]:
    """What happened, when, and by which side; never by whom."""
    rows = shown.events.select_related("actor_user__membership")
    return [
        {"status": ReferralStatus(row.to_status), "at": row.at, "side": side_of(row, shown)}
        for row in rows
    ]
