"""Whose software asks, what its key opens, and how often it may ask."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from geo.codes import digest
from geo.models import ApiToken

NO_KEY = (
    "Send a key of your organization that is still good, as `Authorization: Bearer rep_…`. "
    "An administrator of your organization makes keys, on the page “Our software”."
)


def key_of(request: Request) -> ApiToken:
    """The key that a request was let in with."""
    token: Any = request.auth
    assert isinstance(token, ApiToken), "KeyAuthentication lets nobody in without a key"
    return token


def _counted_as(scope: str, who: str) -> str:
    """Keyed, so that the memory of the server has no list of addresses."""
    return f"api:{digest(f'throttle {scope}', who, settings.SECRET_KEY)}"


class PerKey(SimpleRateThrottle):
    """What the software of an organization may ask in a minute, for one process of the server."""

    scope = "key"
    rate = "120/min"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Counted by the key."""
        return _counted_as(self.scope, str(key_of(request).pk))


class WrongKeys(SimpleRateThrottle):
    """How many keys may be tried from one address in a minute, for one process of the server."""

    scope = "wrong-key"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Counted by the address; behind a proxy, by what the proxy itself wrote."""
        # A server behind a socket of the file system knows no address.
        return _counted_as(self.scope, self.get_ident(request) or "")


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer rep_…`: a key of an organization. `request.auth` is the key."""

    def authenticate(self, request: Request) -> tuple[None, ApiToken]:
        """The key that was sent.

        Raises:
            AuthenticationFailed: none, or it opens nothing; which of the two is not told.
            Throttled: too many of those came from this address.
        """
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        token = None
        if scheme.lower() == "bearer" and 0 < len(secret) <= 100:
            token = ApiToken.objects.opening(secret.strip()).first()
        if token is None:
            failures = WrongKeys()
            if not failures.allow_request(request, None):  # type: ignore[arg-type]
                raise exceptions.Throttled(failures.wait())
            raise exceptions.AuthenticationFailed(NO_KEY)
        token.note_use()
        return None, token

    def authenticate_header(self, request: Request) -> str:
        """RFC 6750."""
        return 'Bearer realm="Repere"'


class OpensThis(BasePermission):
    """The key has the scope that the view wants for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raise what says which scope lacks."""
        scope = view.scopes.get(request.method)
        if scope is None:
            # Nothing of the kind is done here: the view answers 405.
            return True
        if scope not in key_of(request).scopes:
            raise exceptions.PermissionDenied(f"This key lacks the scope {scope}.")
        return True


class KeyScheme(OpenApiAuthenticationExtension):
    """What the schema says of a key."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """RFC 6750."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of an organization of the network, with its scopes.",
        }
