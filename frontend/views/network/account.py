"""One's own account."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import user_has_device

from frontend.access import network_page
from frontend.account_forms import AccountForm
from frontend.views.network.second_step import must_have_second_step
from geo.models import User


@network_page(to="sign_in")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, language and e-mails; the ways to the password and the second step."""
    # A form writes on its object, and the page says who is signed in.
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("network-account")
    context = {
        "form": form,
        "has_second_step": user_has_device(request.user, confirmed=True),
        "must_have_second_step": must_have_second_step(request.user),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "network/accounts/account.html", context, status=status)


@sensitive_post_parameters()
@network_page(to="sign_in")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Another password; every other session of the account ends."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        messages.success(request, _("Your password is changed. You are signed out elsewhere."))
        return redirect("network-account")
    return render(request, "network/accounts/password.html", {"form": form})


@network_page(to="sign_in")
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of the account, this one too."""
    end_sessions(request.user)
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("network-login")


def end_sessions(user: User) -> None:
    """Sign an account out of every browser. Sessions live 8 hours: there are few to read."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
