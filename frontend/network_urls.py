"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import figures

urlpatterns: list = [
    path(_("figures/"), figures.figures, name="network-figures"),
    path(_("figures/published.csv"), figures.figures_csv, name="network-figures-csv"),
]
