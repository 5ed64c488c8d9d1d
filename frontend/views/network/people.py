"""The people of one's organization."""

from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend import inviting
from frontend.access import network_page
from frontend.account_forms import InviteForm
from geo import membership
from geo.choices import MemberRole
from geo.models import Membership


@network_page(to="manage")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Who works here and in what role, and who is invited."""
    if request.method != "POST":
        return _page(request)
    mine = _invitations(request)
    actions = {
        "invite": _invite,
        "role": _change_role,
        "remove": _remove,
        "revoke": partial(inviting.revoke, invitations=mine),
        "again": partial(inviting.send_again, invitations=mine),
    }
    return inviting.act(request, actions, _page)


def _page(
    request: HttpRequest,
    status: HTTPStatus = HTTPStatus.OK,
    detail: str = "",
    form: InviteForm | None = None,
) -> HttpResponse:
    context = {
        "members": _members(request).order_by("user__name", "user__email", "pk"),
        "invitations": _invitations(request),
        "link": inviting.shown_link(request, _invitations(request)),
        "roles": MemberRole.choices,
        "form": form or InviteForm(),
        "detail": detail,
    }
    return render(request, "network/accounts/people.html", context, status=status)


def _members(request: HttpRequest):
    return Membership.objects.filter(
        organization=request.staff.organization, user__is_active=True
    ).select_related("user")


def _invitations(request: HttpRequest):
    return inviting.pending(organization=request.staff.organization)


def _invite(request: HttpRequest) -> HttpResponse | None:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, status=HTTPStatus.BAD_REQUEST, form=form)
    asked = form.cleaned_data
    invitation = membership.invite(
        request.user, asked["email"], request.staff.organization, asked["role"]
    )
    inviting.show_link(request, invitation)
    messages.success(request, _("The invitation is sent."))
    return None


def _change_role(request: HttpRequest) -> None:
    role = request.POST.get("role")
    if role not in MemberRole.values:
        raise BadRequest
    membership.change_role(
        request.user, inviting.chosen(request, "member", _members(request)), role
    )
    messages.success(request, _("Saved."))


def _remove(request: HttpRequest) -> None:
    membership.remove(request.user, inviting.chosen(request, "member", _members(request)))
    messages.success(request, _("The person is removed, and signed out."))
