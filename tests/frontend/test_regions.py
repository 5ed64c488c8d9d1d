"""The pages of the regions."""

import re

import pytest

from geo.models import AdminArea
from tests.factories import ServiceFactory
from tests.places import GASPE, MONTREAL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]

GASPESIE = "/fr/regions/11-gaspesie-iles-de-la-madeleine/"


def content(response) -> str:
    assert response.status_code == 200
    return response.content.decode().replace("&#x27;", "'").replace("\xa0", " ")


def test_the_list_has_the_17_regions_and_counts_places(client):
    ServiceFactory(at=GASPE)

    page = content(client.get("/fr/regions/"))

    assert len(re.findall(r'href="/fr/regions/\d\d-', page)) == 17
    assert page.count("1 lieu d'aide") == 1
    assert page.count("Aucun lieu connu") == 16


def test_a_wrong_name_leads_to_the_right_one_and_a_wrong_code_nowhere(client):
    moved = client.get("/fr/regions/11-gaspesie/")

    assert moved.status_code == 301
    assert moved.headers["Location"] == GASPESIE
    assert client.get("/fr/regions/99-nulle-part/").status_code == 404
    assert client.get("/fr/regions/99/").status_code == 404
    assert client.get("/fr/regions/1-x/").status_code == 404


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_a_code_alone_leads_to_the_region(client, language):
    moved = client.get(f"/{language}/regions/10/")

    assert moved.status_code == 301
    assert moved.headers["Location"] == f"/{language}/regions/10-nord-du-quebec/"


def test_a_line_of_the_region_answers_a_need_and_a_line_of_the_province_does_not(client):
    local = ServiceFactory(covering=["13", "14"], phone="+14505550123", needs=["droits-salaire"])
    ServiceFactory(covering=["24"], phone="+18005550199", needs=["droits-salaire", "argent-dettes"])

    page = content(client.get("/fr/regions/13-laval/"))

    answered, missing = page.split("Rien d'inscrit ici pour l'instant")
    need = answered[answered.index('<details class="need">') :].split("</details>")[0]
    own, by_phone = need.split("<h3>Par téléphone</h3>")
    assert '<span class="number">1</span>' in own
    assert own.count("data-id=") == 1
    assert local.name["fr"]["text"] in own
    assert "1 800 555-0199" in by_phone
    assert answered.count('<details class="need">') == 1
    assert "1 800 555-0199" in missing


def test_a_region_shows_its_own_places_by_need(client):
    here = ServiceFactory(at=GASPE, needs=["sante-clinique", "droits-salaire"])
    elsewhere = ServiceFactory(at=MONTREAL, needs=["sante-clinique"])

    page = content(client.get(GASPESIE))

    assert page.count(here.name["fr"]["text"]) == 2
    assert elsewhere.name["fr"]["text"] not in page
    assert "1 lieu d'aide · 1 organisme" in page


def test_a_thin_region_says_so_and_names_the_line_that_helps_most(client):
    ServiceFactory(
        name={"fr": {"text": "Ligne qui aide aussi", "state": "original"}},
        covering=["24"],
        phone="+18005550100",
        needs=["argent-dettes", "droits-salaire"],
    )
    ServiceFactory(
        name={"fr": {"text": "Ligne des droits", "state": "original"}},
        covering=["24"],
        phone="+18005550199",
        needs=["droits-salaire"],
    )

    page = content(client.get(GASPESIE))

    assert "Nous savons encore peu de choses sur cette région." in page
    rights = page[page.index("Rien d'inscrit ici pour l'instant") :]
    rights = rights[: rights.index("Urgence et sécurité")]
    assert "Ligne des droits" in rights
    assert 'href="tel:+18005550199"' in rights
    assert 'href="tel:211"' in page[page.index("Urgence et sécurité") :]


def test_towns_neighbours_and_the_kind_of_outline_are_named(client):
    page = content(client.get(GASPESIE))

    assert "?place=Gasp%C3%A9&amp;region=11" in page
    assert "Bas-Saint-Laurent" in page
    assert "ce n'est pas la limite officielle" in page


def test_the_map_of_a_region_asks_for_the_region(client):
    page = content(client.get(GASPESIE))

    assert 'data-query="region=11&amp;lang=fr"' in page
    assert 'data-region="11"' in page
    assert "data-djoptions=" in page


def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries):
    for _ in range(5):
        ServiceFactory(at=GASPE, needs=["sante-clinique"], phone="+14185550123")
    client.get(GASPESIE)
    with django_assert_max_num_queries(20) as few:
        client.get(GASPESIE)
    for _ in range(45):
        ServiceFactory(at=GASPE, needs=["sante-clinique"], phone="+14185550123")
    with django_assert_max_num_queries(len(few)):
        client.get(GASPESIE)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_every_region_has_its_page(client, language):
    for area in AdminArea.objects.regions():
        path = f"/{language}/regions/{area.code}-{area.slug}/"
        assert client.get(path).status_code == 200, path
