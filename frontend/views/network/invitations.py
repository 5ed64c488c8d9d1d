"""The page that an invitation leads to."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontend.account_forms import AcceptForm
from frontend.views.network.sign_in import home_of
from geo import membership
from geo.errors import InvitationEnded, InvitationRefused
from geo.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Open an account, or take the role with the account that is signed in.

    An invitation that is over shows nothing of itself (410); one that never was is 404.
    """
    secret = (request.POST or request.GET).get("t", "")
    try:
        found = membership.find_invitation(secret)
    except InvitationEnded:
        return render(request, "network/accounts/ended.html", status=HTTPStatus.GONE)
    if found is None:
        raise Http404
    is_mine = request.user.is_authenticated and request.user.email.lower() == found.email.lower()
    form = None if is_mine else AcceptForm(User(email=found.email), request.POST or None)
    context = {
        "invitation": found,
        "regions": found.regions.defer("outline"),
        "form": form,
        "secret": secret,
        "query": request.GET,
    }
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _come_in(request, secret, form)
        except InvitationEnded:
            return render(request, "network/accounts/ended.html", status=HTTPStatus.GONE)
        except InvitationRefused as refusal:
            context["detail"] = str(refusal)
            return _page(request, context, HTTPStatus.CONFLICT)
    return _page(request, context, HTTPStatus.OK)


def _page(request: HttpRequest, context: dict, status: HTTPStatus) -> HttpResponse:
    return render(request, "network/accounts/invitation.html", context, status=status)


def _come_in(request: HttpRequest, secret: str, form: AcceptForm | None) -> HttpResponse:
    if form is None:
        account = membership.accept(secret, by=request.user)
    else:
        account = membership.accept(
            secret,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["new_password1"],
            language=get_language(),
        )
        login(request, account, backend=BACKEND)
    messages.success(request, _("Welcome to the network."))
    return redirect(home_of(account))
