"""The second step of signing in: a code that the phone computes, or a backup code."""

from base64 import b32encode
from functools import wraps
from http import HTTPStatus
from math import ceil
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as step_up
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from frontend.access import View, network_page
from frontend.account_forms import CodeForm
from frontend.views.network.sign_in import home_of
from geo.models import User

BACKUP_CODES = 8
TOTP_DIGITS = 6

# Where new backup codes wait for the page that shows them once.
SHOWN_ONCE = "backup_codes"


def _signed_in(view: View) -> View:
    """A page for who gave the password; the second step is what it is about."""

    @wraps(view)
    @never_cache
    @sensitive_post_parameters()
    def guarded(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request)

    return guarded


@_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code; who has no device yet sets one up, who gave a code goes on."""
    if request.user.is_verified():
        return HttpResponseRedirect(_wanted(request))
    if _phone(request.user) is None:
        question = urlencode({REDIRECT_FIELD_NAME: _asked(request)})
        return HttpResponseRedirect(f"{reverse('network-second-step-new')}?{question}")
    form = CodeForm(request.POST or None)
    status = HTTPStatus.OK
    wait = 0
    if form.is_valid():
        device, wait = _checked(request.user, form.cleaned_data["token"])
        if device is not None:
            request.session.cycle_key()
            step_up(request, device)
            return HttpResponseRedirect(_wanted(request))
        status = _refuse(form, wait)
    context = {"form": form, "next": _asked(request), "query": request.GET}
    response = render(request, "network/accounts/second_step.html", context, status=status)
    return _with_wait(response, wait)


@_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_device(request: HttpRequest) -> HttpResponse:
    """Set up the second step, or move it to another phone: a device counts once it gave a code."""
    if _phone(request.user) and not request.user.is_verified():
        question = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('network-second-step')}?{question}")
    device = _candidate(request)
    form = CodeForm(request.POST or None)
    status = HTTPStatus.OK
    wait = 0
    if form.is_valid():
        wait = _seconds_to_wait(device)
        if verify_token(request.user, device.persistent_id, form.cleaned_data["token"]):
            _take_into_use(request, device)
            return redirect("network-backup-codes")
        status = _refuse(form, wait)
    context = {
        "form": form,
        "picture": _picture(device),
        "key": _spelled(device),
        "next": _asked(request),
        "query": request.GET,
        "replaces": _phone(request.user) is not None,
    }
    response = render(request, "network/accounts/new_device.html", context, status=status)
    return _with_wait(response, wait)


@network_page(to="sign_in")
@require_safe
def backup_codes(request: HttpRequest) -> HttpResponse:
    """New backup codes, this once."""
    shown = request.session.pop(SHOWN_ONCE, {})
    context = {
        "codes": shown.get("codes"),
        "next": shown.get(REDIRECT_FIELD_NAME) or reverse("network-account"),
    }
    return render(request, "network/accounts/backup_codes.html", context)


@network_page(to="sign_in")
@require_POST
def new_backup_codes(request: HttpRequest) -> HttpResponse:
    """Make backup codes anew; those of before are dead."""
    if not request.user.is_verified():
        raise PermissionDenied
    request.session[SHOWN_ONCE] = {"codes": _make_backup_codes(request.user)}
    return redirect("network-backup-codes")


@network_page(to="sign_in")
@require_POST
def remove_device(request: HttpRequest) -> HttpResponse:
    """Do without a second step, where the role allows it."""
    user = request.user
    if not user.is_verified() or must_have_second_step(user):
        raise PermissionDenied
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    messages.success(request, _("The second step is removed."))
    return redirect("network-account")


def must_have_second_step(user: User) -> bool:
    """Coordinators and the team may not do without it."""
    return user.is_staff or user.is_superuser or user.coordinations.exists()


def _asked(request: HttpRequest) -> str:
    """The page that they were going to, if it is one of ours."""
    asked = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else ""


def _wanted(request: HttpRequest) -> str:
    """Where to go on to."""
    return _asked(request) or home_of(request.user)


def _phone(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def _candidate(request: HttpRequest) -> TOTPDevice:
    """The device that is being set up. Each page shows another key: nobody saw it before."""
    candidates = TOTPDevice.objects.filter(user=request.user, confirmed=False)
    if request.method == "POST" and (shown := candidates.first()):
        return shown
    candidates.delete()
    return TOTPDevice.objects.create(user=request.user, confirmed=False, name="phone")


def _checked(user: User, token: str) -> tuple[Device | None, int]:
    """The device that a code is of, else None and the seconds to wait before the next try.

    Six digits are the phone's; anything else is tried as a backup code.
    """
    is_of_phone = len(token) == TOTP_DIGITS and token.isdigit()
    device = _phone(user) if is_of_phone else StaticDevice.objects.filter(user=user).first()
    if device is None:
        return None, 0
    wait = _seconds_to_wait(device)
    return verify_token(user, device.persistent_id, token), wait


def _seconds_to_wait(device: Device) -> int:
    """How long a device refuses every code, because too many were wrong."""
    is_allowed, why = device.verify_is_allowed()
    if is_allowed:
        return 0
    return max(1, ceil((why["locked_until"] - timezone.now()).total_seconds()))


def _refuse(form: CodeForm, wait: int) -> HTTPStatus:
    if wait:
        form.add_error("token", _("Too many wrong codes. Wait %(n)d seconds.") % {"n": wait})
        return HTTPStatus.TOO_MANY_REQUESTS
    form.add_error("token", _("This code is wrong, or it was used already."))
    return HTTPStatus.OK


def _with_wait(response: HttpResponse, wait: int) -> HttpResponse:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(wait)
    return response


def _take_into_use(request: HttpRequest, device: TOTPDevice) -> None:
    """The device counts from now on, in place of the one before; backup codes are made with it."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=request.user).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = _make_backup_codes(request.user)
    request.session.cycle_key()
    step_up(request, device)
    request.session[SHOWN_ONCE] = {"codes": codes, REDIRECT_FIELD_NAME: _asked(request)}


@transaction.atomic
def _make_backup_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="backup")
    codes = [StaticToken.random_token() for _code in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def _picture(device: TOTPDevice) -> SafeString:
    """The key as a QR code: SVG without a style, which the policy of the site would refuse."""
    code = segno.make(device.config_url, error="m")
    # Ours from end to end: the address is inside the pattern, not in the text.
    return mark_safe(
        code.svg_inline(omitsize=True, light="#fff", dark="#000", svgclass=None, lineclass=None)
    )


def _spelled(device: TOTPDevice) -> str:
    """The key in groups of four, for who cannot scan."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
