"""Sign in, sign out, and a new password for who forgot it."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from frontend.access import Staff
from frontend.account_forms import NewPasswordForm, SignInForm
from frontend.rate import HOUR_S, HourlyLimit, address_of
from geo.models import User

# Mails for new passwords from one address: an office forgets some, a machine stops here.
_limit = HourlyLimit(10)


class SignIn(LoginView):
    """The one door, of the network and of the admin."""

    template_name = "network/accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Where each begins."""
        return home_of(self.request.user)

    def get_context_data(self, **kwargs) -> dict:
        """Keep where they wanted to go when they change the language."""
        return super().get_context_data(**kwargs) | {"query": self.request.GET}


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view(next_page="network-login")


def home_of(user: User) -> str:
    """The address where an account begins."""
    staff = Staff(user)
    if staff.membership:
        return reverse("network-inbox")
    if staff.coordinates:
        return reverse("network-coordination")
    return reverse("admin:index" if user.is_staff else "network-account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a mail; what follows is the same for every address, and when no mail can leave."""
    form = PasswordResetForm(request.POST or None)
    template = "network/accounts/forgotten.html"
    if not form.is_valid():
        return render(request, template, {"form": form})
    if not _limit.allows(address_of(request)):
        form.add_error(None, _("Too many requests. Try again in one hour."))
        response = render(request, template, {"form": form}, status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(HOUR_S)
        return response
    form.save(
        request=request,
        use_https=request.is_secure(),
        subject_template_name="network/accounts/forgotten_subject.txt",
        email_template_name="network/accounts/forgotten_mail.txt",
    )
    return redirect("network-forgotten-sent")


@require_safe
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """After a request for a mail."""
    return render(request, "network/accounts/forgotten_sent.html")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Where the mail leads. Its secret is in the question, which no log of ours holds."""
    asked = request.POST or request.GET
    user = _account(asked)
    if user is None:
        return render(request, "network/accounts/ended.html", status=HTTPStatus.GONE)
    form = NewPasswordForm(user, request.POST or None)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your password is changed. Sign in."))
        return redirect("network-login")
    context = {"form": form, "u": asked["u"], "t": asked["t"], "query": request.GET}
    return render(request, "network/accounts/new_password.html", context)


def _account(asked: QueryDict) -> User | None:
    """The account of a link, if the link is good."""
    try:
        key = urlsafe_base64_decode(asked.get("u", "")).decode()
        user = User.objects.filter(pk=key, is_active=True).first()
    except (ValueError, ValidationError):
        return None
    is_good = user is not None and default_token_generator.check_token(user, asked.get("t", ""))
    return user if is_good else None
