"""The admin opens to who signed in twice, at the same door as everybody."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class VerifiedAdminSite(AdminSite):
    """The admin for accounts of the team whose second factor was given in this session."""

    def has_permission(self, request: HttpRequest) -> bool:
        """A password alone opens nothing here."""
        return super().has_permission(request) and request.user.is_verified()

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the step that lacks; the admin has no form of its own, nor a lock of its own.

        Raises:
            PermissionDenied: the account is signed in, and may not use the admin.
        """
        if request.user.is_authenticated and not request.user.is_staff:
            raise PermissionDenied
        door = "network-second-step" if request.user.is_authenticated else settings.LOGIN_URL
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        question = urlencode({REDIRECT_FIELD_NAME: wanted})
        return HttpResponseRedirect(f"{reverse(door)}?{question}")
