"""The `geo` application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GeoConfig(AppConfig):
    """The domain."""

    name = "geo"
    verbose_name = _("Directory")
    default_auto_field = "django.db.models.BigAutoField"
