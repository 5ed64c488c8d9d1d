"""Who may open a page of the network: signed in, twice where the role wants it, with a role.

A page that an account may not know of is 404, never 403: views fetch rows through `visible_to`.
What is refused here with 403 is a whole kind of page, which tells nothing of any row.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django_otp import user_has_device

from geo.models import Membership, User

View = Callable[..., HttpResponse]


class Staff:
    """The account that asks, and what it is in the network.

    Attributes:
        user: the account.
        membership: what gives it rights in an organization, or None.
        coordinates: it coordinates a region.
    """

    def __init__(self, user: User) -> None:
        """Look up what an account is."""
        self.user = user
        self.membership = Membership.objects.of(user)
        self.coordinates = user.coordinations.exists()

    @property
    def organization(self):
        """Its organization, or None."""
        return self.membership.organization if self.membership else None

    @property
    def may_refer(self) -> bool:
        """May write referrals and answer them."""
        return bool(self.membership and self.membership.may_refer)

    @property
    def may_manage(self) -> bool:
        """May keep the people, the listing and the keys of its organization."""
        return bool(self.membership and self.membership.may_manage)


NEEDS: dict[str, Callable[[Staff], bool]] = {
    "belong": lambda staff: bool(staff.membership) or staff.coordinates,
    "member": lambda staff: bool(staff.membership),
    "refer": lambda staff: staff.may_refer,
    "manage": lambda staff: staff.may_manage,
    "coordinate": lambda staff: staff.coordinates,
    "administer": lambda staff: staff.user.is_superuser,
    "admit": lambda staff: bool(staff.membership) or staff.coordinates or staff.user.is_superuser,
    "sign_in": lambda staff: True,
}


def needs_second_factor(user: User) -> bool:
    """Coordinators and administrators sign in twice; and whoever has set it up."""
    return (
        user.is_staff
        or user.is_superuser
        or user.coordinations.exists()
        or user_has_device(user, confirmed=True)
    )


def network_page(to: str) -> Callable[[View], View]:
    """A page for accounts that may `to` do something: a name of `NEEDS`.

    The view finds a `Staff` in `request.staff`. The answer is kept by nobody.
    """
    is_allowed = NEEDS[to]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            response = _refusal(request, is_allowed) or view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return guarded

    return decorate


def _refusal(request: HttpRequest, is_allowed: Callable[[Staff], bool]) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if needs_second_factor(request.user) and not request.user.is_verified():
        question = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('network-second-step')}?{question}")
    request.staff = Staff(request.user)
    if not is_allowed(request.staff):
        raise PermissionDenied
    return None
