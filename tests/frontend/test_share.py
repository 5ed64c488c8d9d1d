"""What leaves a page when somebody shares it: few words, neutral, and nothing to this server."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.urls import reverse
from django.utils import translation

from frontend.discretion import is_telling, neutral_name
from frontend.templatetags.sharing import resource_words
from geo.models import AdminArea, Resource
from geo.translation import compose
from tests.factories import (
    LocationFactory,
    OrganizationFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
)
from tests.places import GASPE

pytestmark = pytest.mark.django_db

REGION = "/es/regions/11-gaspesie-iles-de-la-madeleine/"


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def sheet(client, service, language="fr") -> str:
    with translation.override(language):
        return page(client, reverse("resource", args=[service.pk]))


def links(html: str) -> dict[str, str]:
    """The text of each way of sharing, read back from its address."""
    hrefs = [unescape(href) for href in re.findall(r'href="([^"]+)"', html)]
    whatsapp = next(href for href in hrefs if href.startswith("https://wa.me/?"))
    sms = next(href for href in hrefs if href.startswith("sms:?"))
    return {
        "whatsapp": parse_qs(urlsplit(whatsapp).query)["text"][0],
        "sms": unquote(sms.removeprefix("sms:?&body=")),
    }


@pytest.mark.usefixtures("empty_directory")
def test_a_message_holds_the_organization_its_number_its_place_and_the_address(client):
    organization = OrganizationFactory(name=compose({"fr": "Carrefour inventé"}))
    service = ServiceFactory(
        organization=organization,
        name=compose({"fr": "Dénoncer un abus au travail"}),
        phone="+14185550123",
    )
    location = LocationFactory(
        organization=organization,
        point=GASPE,
        address="12, rue Inventée",
        municipality=AdminArea.objects.municipalities().get(name="Gaspé"),
    )
    ServiceAtLocationFactory(service=service, location=location)

    texts = links(sheet(client, service))

    assert texts["whatsapp"] == texts["sms"]
    words, address = texts["sms"].split("\n")
    assert words == "Carrefour inventé, 418 555-0123, 12, rue Inventée, Gaspé"
    assert address == f"http://testserver/fr/ressources/{service.pk}/"


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_no_message_of_the_directory_tells_why_somebody_asks(language):
    forbidden = re.compile(r"travail|worker|trabaj|abus|\btet\b|migra|violen|v[ií]ctim", re.I)
    with translation.override(language):
        for row in Resource.objects.with_details():
            assert not forbidden.search(resource_words(row)), resource_words(row)


@pytest.mark.usefixtures("empty_directory")
def test_a_message_about_a_shelter_names_its_town_only(client):
    service = ServiceFactory(is_shelter=True, phone="+14185550123")
    location = LocationFactory(
        organization=service.organization,
        point=GASPE,
        precision="municipality",
        address_visibility="partial",
        municipality=AdminArea.objects.municipalities().get(name="Gaspé"),
        locality="Secteur secret",
    )
    ServiceAtLocationFactory(service=service, location=location)

    text = links(sheet(client, service))["sms"]

    assert ", Gaspé\n" in text
    assert "Secteur" not in text


def test_the_message_about_a_region_is_its_name_and_address(client):
    words, address = links(page(client, REGION))["sms"].split("\n")

    assert "Gaspésie–Îles-de-la-Madeleine" in words
    assert address == f"http://testserver{REGION}"


def test_what_opens_another_app_tells_it_nothing_of_this_page(client):
    html = page(client, REGION)

    for scheme in ("https://wa.me/", "sms:"):
        (rel,) = re.findall(rf'href="{re.escape(scheme)}[^"]*" rel="([^"]+)"', html)
        assert rel == "noopener noreferrer nofollow"


def test_the_code_is_drawn_in_the_page_without_style_or_script(client):
    html = page(client, REGION)

    (drawing,) = re.findall(r'<svg [^>]*class="qr".*?</svg>', html)
    assert "style=" not in drawing
    assert "href" not in drawing
    assert 'aria-hidden="true"' in drawing


def test_the_page_of_a_service_is_shared_once_and_its_card_is_offered(client):
    row = Resource.objects.filter(is_remote=False).first()

    html = page(client, f"/en/resources/{row.pk}/")

    assert html.count("data-share ") == 1
    with translation.override("en"):
        card = reverse("resource-card", args=[row.pk])
    for other in ("es", "fr"):
        assert f'href="{card}?with={other}"' in html
        assert f'href="{card}?with={other}&amp;size=a4"' in html


def test_the_sheet_that_phones_keep_has_no_share_block():
    from django.template.loader import get_template

    source = get_template("includes/sheet.html").template.source

    assert "share.html" not in source


@pytest.mark.parametrize(
    ("name", "neutral"),
    [
        ("Carrefour inventé de Gaspé", "Carrefour inventé de Gaspé"),
        ("ABCD — Centre des travailleurs inventés", "ABCD"),
        ("Centre inventé pour les victimes (CIV)", "CIV"),
        ("Aide aux travailleuses inventées", ""),
        ("TET — Ligne inventée", ""),
        ("Invented Workers' Union", ""),
    ],
)
def test_a_name_that_tells_gives_way_to_its_acronym_or_to_nothing(name, neutral):
    assert neutral_name(name) == neutral
    assert not is_telling(neutral)
