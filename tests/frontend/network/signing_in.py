"""Somebody of the network visits: an account that has signed in."""

from django.test import Client

from geo.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def visit(user: User) -> Client:
    """A browser in which an account has signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client
