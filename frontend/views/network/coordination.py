"""What coordinators keep moving: what is held, what is stuck, mails that fail, alarms."""

from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend import referral_choice
from frontend.access import network_page
from geo.choices import AuditVerb, ReferralStatus, VerifiedStatus
from geo.errors import DomainError, TransitionNotAllowed
from geo.models import OutboxMail, Partner, Referral, ReferralAudit, Service
from geo.models.referrals import Actor
from geo.referrals import alarms, guesses

# The most of each list: who has more than that has other worries, and the oldest come first.
MOST_ROWS = 50

RELEASE, REASSIGN, HOLD, WITHDRAW = "release", "reassign", "hold", "withdraw"

_ALARMS = {
    alarms.AlarmKind.CODES: gettext_lazy("Wrong codes within an hour: %(count)d"),
    alarms.AlarmKind.MANY: gettext_lazy("Different referrals opened on one day: %(count)d"),
    alarms.AlarmKind.NIGHT: gettext_lazy("Openings between 22:00 and 6:00: %(count)d"),
}

_LISTS = {
    "held": pgettext_lazy("coordination", "To send on"),
    "slow": pgettext_lazy("coordination", "Half of the time is over, and no answer"),
    "unanswered": pgettext_lazy("coordination", "Nobody answered in time"),
    "not_come": pgettext_lazy("coordination", "Accepted, and nobody came"),
}


@network_page(to="coordinate")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All that waits for a coordinator of some regions."""
    regions = _regions(request)
    mine = _mine(request).select_related(
        "need", "worker_region", "from_org", "to_org", "to_service"
    )
    asked = {
        "held": mine.held().order_by("created_on", "pk"),
        "slow": mine.slow().order_by("due_at", "pk"),
        "unanswered": mine.unanswered().order_by("due_at", "pk"),
        "not_come": mine.not_come().order_by("answered_at", "pk"),
    }
    ReferralAudit.objects.note(
        AuditVerb.LISTED, user=request.user.pk, organization=_organization_key(request)
    )
    mails = (
        OutboxMail.objects.failing()
        .of_regions(regions)
        .select_related(
            "partner__organization", "user__membership__organization", "invitation__organization"
        )
    )
    context = {
        "lists": [(name, _LISTS[name], rows[:MOST_ROWS]) for name, rows in asked.items()],
        "mails": mails[:MOST_ROWS],
        "to_verify": _to_verify(regions, asked["held"]),
        "alarms": _alarms(regions),
        "pause_ends": guesses.pause_ends(),
    }
    return render(request, "network/coordination.html", context)


@network_page(to="coordinate")
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One referral: choose who takes it, hold it, or withdraw it. What a rule refuses: 409."""
    rows = _mine(request).select_related(
        "need", "worker_region", "from_org", "to_org", "to_service", "consent"
    )
    found = get_object_or_404(rows, pk=referral_id)
    by = found.actor(request.user)
    if request.method != "POST":
        ReferralAudit.objects.note(
            AuditVerb.SEEN,
            user=request.user.pk,
            organization=by.organization,
            referral=found.pk,
        )
        return _shown(request, found, by)
    try:
        _act(found, by, request.POST.get("act", ""), request.POST.get("organization", ""))
    except DomainError as error:
        found.refresh_from_db()
        return _shown(request, found, by, HTTPStatus.CONFLICT, detail=str(error))
    return _back()


@network_page(to="coordinate")
@require_POST
def try_mail_again(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """A mail that failed is due at once, as if it had never been tried."""
    mails = OutboxMail.objects.failing().of_regions(_regions(request))
    get_object_or_404(mails, pk=mail_id).try_again()
    return _back("mails")


@network_page(to="coordinate")
@require_POST
def verify(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """An organization of one's regions is what it says it is."""
    partners = Partner.objects.admitted().filter(region__in=_regions(request))
    get_object_or_404(partners, pk=partner_id).verify()
    return _back("to-verify")


def _regions(request: HttpRequest) -> list[UUID]:
    return list(request.staff.user.coordinations.values_list("region", flat=True))


def _mine(request: HttpRequest) -> QuerySet[Referral]:
    return Referral.objects.visible_to(request.user).coordinated_by(request.user)


def _organization_key(request: HttpRequest) -> UUID | None:
    organization = request.staff.organization
    return organization.pk if organization else None


def _to_verify(regions: list[UUID], held: QuerySet[Referral]) -> QuerySet[Partner]:
    return (
        Partner.objects.admitted()
        .filter(
            region__in=regions,
            organization__verified_status=VerifiedStatus.UNVERIFIED,
            organization__in=held.order_by().values("from_org"),
        )
        .select_related("organization", "region")
    )


def _alarms(regions: list[UUID]) -> list[dict]:
    """Alarms of organizations of the regions, and of accounts without one, in words."""
    raised = alarms.raised()
    partners = Partner.objects.filter(
        region__in=regions, organization__in=[alarm.organization for alarm in raised]
    ).select_related("organization")
    known = {partner.organization_id: partner.organization for partner in partners}
    return [
        {
            "organization": known.get(alarm.organization),
            "words": _ALARMS[alarm.kind] % {"count": alarm.count},
        }
        for alarm in raised
        if alarm.organization is None or alarm.organization in known
    ]


def _act(found: Referral, by: Actor, act: str, key: str) -> None:
    if act == WITHDRAW:
        found.move_to(ReferralStatus.WITHDRAWN, by=by)
    elif act == HOLD:
        found.move_to(ReferralStatus.HELD, by=by)
    elif act in {RELEASE, REASSIGN}:
        offered = referral_choice.agreed if act == RELEASE else referral_choice.others
        chosen = referral_choice.chosen(offered(found), key)
        if chosen is None:
            raise TransitionNotAllowed(_("Choose an organization."))
        if act == RELEASE:
            found.release(by, chosen, _service_at(found, chosen.pk))
        else:
            found.redirect(by, chosen)
    else:
        raise BadRequest("No such act.")


def _service_at(found: Referral, organization: UUID) -> Service | None:
    """The service that was asked for, where it is the chosen organization's."""
    service = found.to_service
    return service if service and service.organization_id == organization else None


def _shown(
    request: HttpRequest,
    found: Referral,
    by: Actor,
    status: HTTPStatus = HTTPStatus.OK,
    **problem: str,
) -> HttpResponse:
    moves = found.moves(by)
    context = {"referral": found, "status": found.shown_status(), "moves": moves}
    if found.status == ReferralStatus.HELD:
        offered = referral_choice.agreed(found)
        context["release_to"] = referral_choice.by_region(offered, found)
    if ReferralStatus.REDIRECTED in moves:
        offered = referral_choice.others(found)
        context["reassign_to"] = referral_choice.by_region(offered, found)
    return render(request, "network/coordination_referral.html", context | problem, status=status)


def _back(part: str = "") -> HttpResponse:
    anchor = f"#{part}" if part else ""
    location = reverse("network-coordination") + anchor
    return HttpResponseRedirect(location, status=HTTPStatus.SEE_OTHER)
