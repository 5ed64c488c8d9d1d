"""Addresses under /api/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from api.docs import docs

app_name = "api"

urlpatterns = [
    path("v1/", include("api.v1.urls")),
    path("v1/", include("api.referrals.urls")),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
]
