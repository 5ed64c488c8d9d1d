"""Addresses without a language."""

from django.urls import path

from frontend.views import offline, root

urlpatterns = [
    path("", root.choose_language),
    path("robots.txt", root.robots),
    # At the root, because a service worker answers for what lies below its own address.
    path("sw.js", offline.service_worker, name="service-worker"),
    # At the root, because a service worker answers for what lies below its own address.
    path("sw.js", offline.service_worker, name="service-worker"),
]
