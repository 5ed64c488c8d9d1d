"""Version 1."""

from django.urls import path, re_path

from api.v1 import coverage, coverage_exports, coverage_what_if, tours, views

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
