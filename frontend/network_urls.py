"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import find

urlpatterns = [
    path(_("find/"), find.find_receiver, name="network-find"),
    path(_("find/contact/<uuid:organization_id>/"), find.show_contact, name="network-contact"),
]
