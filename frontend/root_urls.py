"""Addresses without a language."""

from django.urls import path

from frontend.views import root

urlpatterns = [
    path("", root.choose_language),
    path("robots.txt", root.robots),
]
