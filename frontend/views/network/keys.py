"""The software of one's organization: its keys, and the addresses that are called."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from frontend.access import network_page
from frontend.key_forms import KeyForm, WebhookForm
from frontend.rate import Limit
from geo.errors import AddressRefused
from geo.models import ApiToken, Webhook, WebhookDelivery
from geo.referrals import webhooks

# Each test makes the server call somebody, and wait for the answer.
_tests = Limit(6, 60)


@network_page(to="manage")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """What the organization's software is let in with, and where it is called."""
    if request.method != "POST":
        return _page(request)
    actions: dict[str | None, Callable[[HttpRequest], HttpResponse]] = {
        "issue": _issue,
        "revoke": _revoke,
        "add": _add,
        "remove": _remove,
        "test": _test,
    }
    act = actions.get(request.POST.get("do"))
    if act is None:
        raise BadRequest
    return act(request)


def _page(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
    keys = ApiToken.objects.filter(organization=request.staff.organization)
    context = {
        "live": keys.live(),
        "over": keys.exclude(pk__in=keys.live()),
        "webhooks": _webhooks(request),
        "key_form": KeyForm(label_suffix=""),
        "webhook_form": WebhookForm(label_suffix=""),
    } | more
    return render(request, "network/software/keys.html", context, status=status)


def _webhooks(request: HttpRequest) -> QuerySet[Webhook]:
    """Those of the organization, each with the last answer that it gave."""
    last = (
        WebhookDelivery.objects.filter(webhook=OuterRef("pk"))
        .exclude(answer="")
        .order_by("-created_at", "pk")
    )
    return Webhook.objects.filter(organization=request.staff.organization).annotate(
        last_answer=Subquery(last.values("answer")[:1]),
        last_called_at=Subquery(last.values("created_at")[:1]),
    )


@sensitive_variables("secret")
def _issue(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, HTTPStatus.BAD_REQUEST, key_form=form)
    key, secret = ApiToken.issue(
        request.staff.organization,
        form.cleaned_data["label"],
        form.cleaned_data["scopes"],
        by=request.user,
        life=form.life,
    )
    # No redirection: the secret would have to wait somewhere until the next page.
    return _page(request, new_key=key, secret=secret)


def _revoke(request: HttpRequest) -> HttpResponse:
    mine = ApiToken.objects.filter(organization=request.staff.organization)
    get_object_or_404(mine, pk=_chosen(request)).revoke()
    messages.success(request, _("The key opens nothing any more."))
    return redirect("network-keys")


@sensitive_variables("secret")
def _add(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, HTTPStatus.BAD_REQUEST, webhook_form=form)
    try:
        hook, secret = webhooks.add(request.staff.organization, form.cleaned_data["url"])
    except AddressRefused as error:
        form.add_error("url", str(error))
        return _page(request, HTTPStatus.BAD_REQUEST, webhook_form=form)
    return _page(request, new_webhook=hook, secret=secret)


def _remove(request: HttpRequest) -> HttpResponse:
    get_object_or_404(_webhooks(request), pk=_chosen(request)).delete()
    messages.success(request, _("This address is not called any more."))
    return redirect("network-keys")


def _test(request: HttpRequest) -> HttpResponse:
    hook = get_object_or_404(_webhooks(request), pk=_chosen(request))
    if not _tests.allows(str(request.staff.organization.pk)):
        messages.error(request, _("Too many tests: wait a minute."))
        return redirect("network-keys")
    answer = webhooks.call_for_a_test(hook)
    if webhooks.is_success(answer):
        messages.success(request, _("The test arrived: %(answer)s.") % {"answer": answer})
    else:
        messages.error(request, _("The test did not arrive: %(answer)s.") % {"answer": answer})
    return redirect("network-keys")


def _chosen(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError as error:
        raise BadRequest from error
