"""The pages that mails lead to, by their names: what they show is tested elsewhere."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import path


def page(_request, **_arguments):
    return HttpResponse("")


urlpatterns = i18n_patterns(
    path("referrals/<uuid:referral_id>/", page, name="referral"),
    path("link/", page, name="referral-link"),
    path("invitation/", page, name="network-invitation"),
    path("coordination/", page, name="network-coordination"),
    path("bulletins/", page, name="network-bulletins"),
    path("watches/", page, name="network-watches"),
)
