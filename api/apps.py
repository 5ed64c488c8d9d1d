"""The `api` application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The public API."""

    name = "api"
