"""Version 1."""

from django.urls import path, re_path

from api.v1 import (
    coverage,
    coverage_exports,
    coverage_presence,
    coverage_referrals,
    coverage_unmet,
    coverage_what_if,
    tours,
    views,
)

urlpatterns = [
    path("resources/", views.ResourceList.as_view(), name="resource-list"),
    path("pins/", views.PinList.as_view(), name="pin-list"),
    path("resources/<uuid:pk>/", views.ResourceDetail.as_view(), name="resource-detail"),
    path("organizations/", views.OrganizationList.as_view(), name="organization-list"),
    path(
        "organizations/<uuid:pk>/", views.OrganizationDetail.as_view(), name="organization-detail"
    ),
    path("regions/", views.RegionList.as_view(), name="region-list"),
    re_path(r"^regions/(?P<code>[0-9]{2})/$", views.RegionDetail.as_view(), name="region-detail"),
    path("needs/", views.NeedList.as_view(), name="need-list"),
    path("stops/", tours.StopList.as_view(), name="stop-list"),
    path("tours/", tours.TourList.as_view(), name="tour-list"),
    path("alerts/", tours.AlertList.as_view(), name="alert-list"),
    path("coverage/", coverage.CoverageMatrix.as_view(), name="coverage"),
    path("coverage/areas/", coverage.CoverageAreas.as_view(), name="coverage-areas"),
    path("coverage/runs/", coverage.CoverageRuns.as_view(), name="coverage-runs"),
    path("coverage/compare/", coverage.CoverageComparison.as_view(), name="coverage-compare"),
    path("coverage/what-if/", coverage_what_if.WhatIf.as_view(), name="coverage-what-if"),
    path("coverage/who-does-what/", coverage_presence.WhoDoesWhat.as_view(), name="who-does-what"),
    path(
        "coverage/who-does-what.csv",
        coverage_presence.PresenceCsv.as_view(),
        name="who-does-what-csv",
    ),
    path(
        "coverage/who-does-what.xlsx",
        coverage_presence.PresenceXlsx.as_view(),
        name="who-does-what-xlsx",
    ),
    path("coverage/unmet/", coverage_unmet.UnmetNeeds.as_view(), name="unmet-needs"),
    path(
        "coverage/referrals/", coverage_referrals.ReferralFigures.as_view(), name="referral-figures"
    ),
    path("coverage/export.csv", coverage_exports.CoverageCsv.as_view(), name="coverage-csv"),
    path("coverage/export.xlsx", coverage_exports.CoverageXlsx.as_view(), name="coverage-xlsx"),
    path(
        "coverage/export.geojson",
        coverage_exports.CoverageGeoJson.as_view(),
        name="coverage-geojson",
    ),
    path("coverage/export.gpkg", coverage_exports.CoverageGpkg.as_view(), name="coverage-gpkg"),
    re_path(
        r"^coverage/(?P<code>[0-9]{2})/$",
        coverage.RegionCoverage.as_view(),
        name="coverage-region",
    ),
    path("places/", views.PlaceList.as_view(), name="place-list"),
]
