"""The page of sources names whoever a figure is from."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.translation import override

from geo.models import AdminArea, DemandEstimate, TravelCost
from geo.translation import compose
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db


def test_the_lists_of_positions_are_attributed_as_their_licence_asks(client):
    with override("fr"):
        page = client.get(reverse("sources")).content.decode()

    assert "90fed587-1364-4f33-a9ee-208181dc0b97" in page
    assert page.count("Licence du gouvernement ouvert – Canada") >= 2


def test_figures_and_roads_that_an_operator_loaded_are_named(client):
    mrc = AdminArea.objects.mrcs().first()
    town, other = AdminArea.objects.municipalities()[:2]
    DemandEstimate.objects.create(
        area=mrc,
        measure="partner_estimate",
        sector="all",
        period_starts_on=date(2025, 5, 1),
        period_ends_on=date(2025, 10, 31),
        value=40,
        caveat=compose({"fr": "Inventé.", "en": "Invented.", "es": "Inventado."}),
        source=SourceFactory(
            key="figures", citation="Invented survey", licence="CC BY 4.0", urls=["https://a.test/"]
        ),
    )
    TravelCost.objects.create(
        origin=town,
        destination_area=other,
        km=500,
        source=SourceFactory(key="roads", citation="Invented roads", licence="ODbL"),
    )

    page = client.get(reverse("sources")).content.decode()

    assert "Invented survey</span>, CC BY 4.0" in page
    assert 'href="https://a.test/"' in page
    assert "Invented roads</span>, ODbL" in page
