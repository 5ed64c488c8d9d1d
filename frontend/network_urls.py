"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import coordination, link

urlpatterns = [
    path(_("link/"), link.referral_link, name="referral-link"),
    path(_("coordination/"), coordination.overview, name="network-coordination"),
    path(
        _("coordination/referrals/<uuid:referral_id>/"),
        coordination.referral,
        name="coordination-referral",
    ),
    path(
        _("coordination/mails/<uuid:mail_id>/"),
        coordination.try_mail_again,
        name="coordination-mail",
    ),
    path(
        _("coordination/organizations/<uuid:partner_id>/"),
        coordination.verify,
        name="coordination-verify",
    ),
]
