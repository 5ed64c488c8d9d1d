"""Which organizations are in the network, and who lets them in."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend import inviting
from frontend.access import network_page
from frontend.account_forms import (
    CoordinatorForm,
    InviteForm,
    OrganizationSearch,
    ProposalForm,
)
from geo import membership
from geo.choices import VerifiedStatus
from geo.models import Membership, Organization, Partner, User
from geo.models.partners import ENDORSEMENTS_NEEDED


@network_page(to="admit")
@require_http_methods(["GET", "HEAD", "POST"])
def admission(request: HttpRequest) -> HttpResponse:
    """What is proposed, and how to propose; for coordinators, the organizations they keep."""
    if request.method != "POST":
        return _page(request)
    return inviting.act(request, {"endorse": _endorse}, _page)


@network_page(to="admit")
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Propose one organization of the directory."""
    if not (request.staff.membership or request.staff.coordinates):
        raise PermissionDenied
    organization = get_object_or_404(
        Organization.objects.filter(is_public=True), pk=organization_id
    )
    if request.method != "POST":
        return _proposal_page(request, organization)
    return inviting.act(
        request,
        {"propose": partial(_propose, organization=organization)},
        partial(_proposal_page, organization=organization),
    )


@network_page(to="admit")
@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """One organization, for who keeps it: its standing, its people to invite."""
    partner = get_object_or_404(_kept(request), pk=partner_id)
    page = partial(_organization_page, partner=partner)
    if request.method != "POST":
        return page(request)
    waiting = inviting.pending(organization=partner.organization)
    actions = {
        "verify": partial(_set_status, partner=partner, status=VerifiedStatus.VERIFIED),
        "suspend": partial(_set_status, partner=partner, status=VerifiedStatus.SUSPENDED),
        "lift": partial(_set_status, partner=partner, status=VerifiedStatus.UNVERIFIED),
        "invite": partial(_invite, partner=partner),
        "revoke": partial(inviting.revoke, invitations=waiting),
        "again": partial(inviting.send_again, invitations=waiting),
    }
    return inviting.act(request, actions, page)


@network_page(to="administer")
@require_http_methods(["GET", "HEAD", "POST"])
def coordinators(request: HttpRequest) -> HttpResponse:
    """Who coordinates which region, and who is asked to."""
    if request.method != "POST":
        return _coordinators_page(request)
    waiting = inviting.pending(organization=None)
    actions = {
        "invite": _invite_coordinator,
        "remove": _end_coordination,
        "revoke": partial(inviting.revoke, invitations=waiting),
        "again": partial(inviting.send_again, invitations=waiting),
    }
    return inviting.act(request, actions, _coordinators_page)


def _kept(request: HttpRequest) -> QuerySet[Partner]:
    """The organizations that an account keeps: all for an administrator, else of its regions."""
    partners = Partner.objects.select_related("organization", "region").defer("region__outline")
    if request.user.is_superuser:
        return partners
    return partners.filter(region__coordinations__user=request.user)


def _page(
    request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, detail: str = ""
) -> HttpResponse:
    staff = request.staff
    search = OrganizationSearch(request.GET if "q" in request.GET else None)
    mine = staff.organization.pk if staff.organization else None
    coordinated = set(request.user.coordinations.values_list("region", flat=True))
    proposed = (
        Partner.objects.proposed()
        .select_related("organization", "region")
        .defer("region__outline")
        .prefetch_related("endorsements__organization")
        .order_by("proposed_at", "pk")
    )
    context = {
        "proposed": [
            {
                "partner": partner,
                "endorsed_by": [e.organization for e in partner.endorsements.all()],
                "may_admit": partner.region_id in coordinated,
                "may_endorse": staff.may_refer
                and mine not in {e.organization_id for e in partner.endorsements.all()},
            }
            for partner in proposed
        ],
        "needed": ENDORSEMENTS_NEEDED,
        "kept": _kept(request).exclude(admitted_at=None).order_by("region__code", "pk"),
        "may_propose": staff.membership or staff.coordinates,
        "search": search,
        "found": search.found() if search.is_valid() else None,
        "query": request.GET,
        "detail": detail,
    }
    return render(request, "network/accounts/admission.html", context, status=status)


def _endorse(request: HttpRequest) -> None:
    partner = inviting.chosen(request, "partner", Partner.objects.proposed())
    if membership.endorse(request.user, partner).admitted_at:
        messages.success(request, _("The organization is admitted; its administrator is invited."))
    else:
        messages.success(request, _("Your endorsement is written down."))


def _proposal_page(
    request: HttpRequest,
    organization: Organization,
    status: HTTPStatus = HTTPStatus.OK,
    detail: str = "",
    form: ProposalForm | None = None,
) -> HttpResponse:
    context = {
        "organization": organization,
        "form": form or ProposalForm(),
        "detail": detail,
    }
    return render(request, "network/accounts/proposal.html", context, status=status)


def _propose(request: HttpRequest, organization: Organization) -> HttpResponse:
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _proposal_page(request, organization, status=HTTPStatus.BAD_REQUEST, form=form)
    membership.propose(request.user, organization, **form.cleaned_data)
    messages.success(request, _("The organization is proposed."))
    return redirect("network-admission")


def _organization_page(
    request: HttpRequest,
    partner: Partner,
    status: HTTPStatus = HTTPStatus.OK,
    detail: str = "",
    form: InviteForm | None = None,
) -> HttpResponse:
    waiting = inviting.pending(organization=partner.organization)
    context = {
        "partner": partner,
        "members": Membership.objects.active().filter(organization=partner.organization).count(),
        "invitations": waiting,
        "link": inviting.shown_link(request, waiting),
        "form": form or InviteForm(initial={"role": "admin"}),
        "detail": detail,
    }
    return render(request, "network/accounts/organization.html", context, status=status)


def _set_status(request: HttpRequest, partner: Partner, status: VerifiedStatus) -> None:
    membership.set_verified_status(request.user, partner.organization, status)
    messages.success(request, _("Saved."))


def _invite(request: HttpRequest, partner: Partner) -> HttpResponse | None:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _organization_page(request, partner, status=HTTPStatus.BAD_REQUEST, form=form)
    asked = form.cleaned_data
    invitation = membership.invite(
        request.user, asked["email"], partner.organization, asked["role"]
    )
    inviting.show_link(request, invitation)
    messages.success(request, _("The invitation is sent."))
    return None


def _coordinators_page(
    request: HttpRequest,
    status: HTTPStatus = HTTPStatus.OK,
    detail: str = "",
    form: CoordinatorForm | None = None,
) -> HttpResponse:
    waiting = inviting.pending(organization=None)
    context = {
        "coordinators": _coordinators().prefetch_related("coordinations__region"),
        "invitations": waiting,
        "link": inviting.shown_link(request, waiting),
        "form": form or CoordinatorForm(),
        "detail": detail,
    }
    return render(request, "network/accounts/coordinators.html", context, status=status)


def _coordinators() -> QuerySet[User]:
    return (
        User.objects.filter(is_active=True, coordinations__isnull=False)
        .distinct()
        .order_by("email")
    )


def _invite_coordinator(request: HttpRequest) -> HttpResponse | None:
    form = CoordinatorForm(request.POST)
    if not form.is_valid():
        return _coordinators_page(request, status=HTTPStatus.BAD_REQUEST, form=form)
    asked = form.cleaned_data
    invitation = membership.invite(request.user, asked["email"], None, regions=asked["regions"])
    inviting.show_link(request, invitation)
    messages.success(request, _("The invitation is sent."))
    return None


def _end_coordination(request: HttpRequest) -> None:
    membership.end_coordination(request.user, inviting.chosen(request, "person", _coordinators()))
    messages.success(request, _("Saved."))
