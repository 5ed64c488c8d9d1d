"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import bulletins, listing, watches

urlpatterns: list = [
    path(_("bulletins/"), bulletins.bulletins, name="network-bulletins"),
    path(
        _("bulletins/<uuid:bulletin_id>/withdraw/"),
        bulletins.withdraw,
        name="network-bulletin-withdraw",
    ),
    path(_("saved-searches/"), watches.watches, name="network-watches"),
    path(
        _("saved-searches/<uuid:search_id>/remove/"),
        watches.remove,
        name="network-watch-remove",
    ),
    path(_("our-services/"), listing.listing, name="network-listing"),
    path(_("our-services/addresses/"), listing.addresses, name="network-addresses"),
    path(_("our-services/referrals/"), listing.role, name="network-role"),
    path(_("our-services/contacts/"), listing.add_contact, name="network-contact-add"),
    path(_("our-services/contacts/<uuid:contact_id>/"), listing.contact, name="network-contact"),
    path(
        _("our-services/contacts/<uuid:contact_id>/remove/"),
        listing.remove_contact,
        name="network-contact-remove",
    ),
    path(_("our-services/<uuid:service_id>/room/"), listing.capacity, name="network-capacity"),
    path(_("our-services/<uuid:service_id>/true/"), listing.confirm, name="network-confirm"),
    path(_("our-services/<uuid:service_id>/status/"), listing.status, name="network-status"),
]
