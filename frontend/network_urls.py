"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import inbox, paper, referral, write

urlpatterns: list = [
    path("", inbox.inbox, name="network-inbox"),
    path(_("sent/"), inbox.sent, name="network-sent"),
    path(_("by-code/"), inbox.by_code, name="referral-by-code"),
    path(_("referrals/new/"), write.write, name="referral-write"),
    path(_("referrals/<uuid:referral_id>/"), referral.referral, name="referral"),
    path(_("referrals/<uuid:referral_id>/consent/"), write.ask, name="referral-consent"),
    path(_("referrals/<uuid:referral_id>/move/"), referral.move, name="referral-move"),
    path(_("referrals/<uuid:referral_id>/pass-on/"), referral.pass_on, name="referral-redirect"),
    path(_("referrals/<uuid:referral_id>/delete/"), write.discard, name="referral-discard"),
    path(_("referrals/<uuid:referral_id>/card/"), paper.paper, name="referral-paper"),
]
