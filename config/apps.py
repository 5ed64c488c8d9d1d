"""The admin, behind both steps of signing in."""

from django.contrib.admin.apps import AdminConfig


class VerifiedAdminConfig(AdminConfig):
    """Django's admin with our site as the default one: `admin.site` everywhere is this one."""

    default_site = "config.admin_site.VerifiedAdminSite"
