"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import keys

urlpatterns: list = [
    path(_("software/"), keys.keys, name="network-keys"),
]
