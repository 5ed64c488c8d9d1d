"""Version 1."""

from django.urls import path, re_path

from api.v1 import tours, views

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
    path("places/", views.PlaceList.as_view(), name="place-list"),
]
