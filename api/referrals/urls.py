"""Addresses for the software of organizations, under /api/v1/."""

from django.urls import path

from api.referrals import software, views

urlpatterns = [
    path("referrals/", views.ReferralList.as_view(), name="referral-list"),
    path("referrals/<uuid:pk>/", views.ReferralDetail.as_view(), name="referral-detail"),
    path("referrals/<uuid:pk>/consent/", views.ReferralConsent.as_view(), name="referral-consent"),
    path("referrals/<uuid:pk>/send/", views.ReferralSending.as_view(), name="referral-send"),
    path("referrals/<uuid:pk>/moves/", views.ReferralMoves.as_view(), name="referral-moves"),
    path(
        "referrals/<uuid:pk>/redirect/",
        views.ReferralRedirection.as_view(),
        name="referral-redirect",
    ),
    path("referrals/<uuid:pk>/events/", views.ReferralEvents.as_view(), name="referral-events"),
    path("capacity/<uuid:service_id>/", software.Capacity.as_view(), name="capacity"),
    path("webhooks/", software.WebhookList.as_view(), name="webhook-list"),
    path("webhooks/<uuid:pk>/", software.WebhookDetail.as_view(), name="webhook-detail"),
    path("webhooks/<uuid:pk>/test/", software.WebhookTest.as_view(), name="webhook-test"),
]
