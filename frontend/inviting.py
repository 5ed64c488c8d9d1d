"""What the pages that invite people have in common: their actions, and the link to hand over."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geo import membership
from geo.errors import DomainError
from geo.models import Invitation

# Which invitation has its link shown on the next page, this once.
SHOWN_ONCE = "invitation_link"

# An action of a page. It answers only if the page must be shown again, with what is wrong.
Action = Callable[[HttpRequest], HttpResponse | None]
Page = Callable[..., HttpResponse]


def act(request: HttpRequest, actions: Mapping[str, Action], page: Page) -> HttpResponse:
    """Do what a form of a page asks for by its button, and go back to the page.

    Args:
        request: the form, with the action in `do`.
        actions: what the page can do, by the value of `do`.
        page: shows the page, given the request, a `status` and a `detail`.

    Raises:
        BadRequest: the page has no such action.
    """
    action = actions.get(request.POST.get("do", ""))
    if action is None:
        raise BadRequest
    try:
        answer = action(request)
    except DomainError as refusal:
        return page(request, status=HTTPStatus.CONFLICT, detail=str(refusal))
    return answer or redirect(request.path)


def chosen(request: HttpRequest, name: str, rows: QuerySet) -> Any:
    """The row that a form names.

    Raises:
        Http404: there is none, or not for this account.
    """
    try:
        key = UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise Http404 from error
    row = rows.filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def pending(**whose) -> QuerySet[Invitation]:
    """Invitations that somebody may still answer, take back or send again, with `is_over`."""
    return (
        Invitation.objects.filter(accepted_at=None, revoked_at=None, **whose)
        .exclude(email="")
        .annotate(is_over=ExpressionWrapper(Q(expires_at__lte=timezone.now()), BooleanField()))
    )


def show_link(request: HttpRequest, invitation: Invitation) -> None:
    """Have the next page show the link, to be handed over if the mail does not come."""
    request.session[SHOWN_ONCE] = str(invitation.pk)


def shown_link(request: HttpRequest, invitations: QuerySet[Invitation]) -> dict | None:
    """The link that is to be shown now: its `url` and the `email` it is for."""
    key = request.session.pop(SHOWN_ONCE, None)
    invitation = invitations.filter(pk=key).first() if key else None
    if invitation is None:
        return None
    secret = membership.invitation_secret(invitation)
    path = f"{reverse('network-invitation')}?t={secret}"
    return {"email": invitation.email, "url": request.build_absolute_uri(path)}


def revoke(request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
    """Take back the invitation that a form names."""
    membership.revoke(request.user, chosen(request, "invitation", invitations))
    messages.success(request, _("The invitation is taken back."))


def send_again(request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
    """Send the invitation that a form names once more."""
    invitation = chosen(request, "invitation", invitations)
    show_link(request, membership.send_again(request.user, invitation))
    messages.success(request, _("The invitation is sent again."))
