"""The question in a person's own words: on the home page."""

import re

import pytest

from geo.translation import compose
from tests.factories import ServiceFactory
from tests.places import GASPE, MONTREAL, RIMOUSKI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]


def content(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def ids(page: str) -> list[str]:
    return re.findall(r'<li class="card" id="r-([0-9a-f-]+)"', page)


def heard(page: str) -> str:
    """What the page says that it understood, without tags."""
    part = re.search(r'<div class="heard">(.*?)</div>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", part[1]).split()) if part else ""


def resource_of(service) -> str:
    return str(service.resources.get().pk)


def test_the_question_is_the_first_field(client):
    page = content(client.get("/en/"))
    form = page[page.index('<form id="search"') :]

    assert re.search(r'name="(\w+)"', form)[1] == "q"
    assert '<label for="q">' in form


def test_need_and_town_in_one_question(client):
    near = ServiceFactory(at=RIMOUSKI, needs=["sante-dentaire"])
    ServiceFactory(at=GASPE, needs=["sante-dentaire"])
    ServiceFactory(at=RIMOUSKI, needs=["sante-vue"])

    page = content(client.get("/fr/", {"q": "dentista en Rimouski"}))

    assert ids(page) == [resource_of(near)]
    assert "Dents" in heard(page)
    assert "Rimouski (Bas-Saint-Laurent)" in heard(page)


def test_the_town_of_the_words_wins_over_the_position_of_the_phone(client):
    near = ServiceFactory(at=RIMOUSKI, needs=["sante-dentaire"])
    ServiceFactory(at=MONTREAL, needs=["sante-dentaire"])
    asked = {"q": "dentiste à Rimouski", "lat": "45.50", "lon": "-73.57"}

    page = content(client.get("/fr/", asked))

    assert ids(page) == [resource_of(near)]
    assert 'name="lat"' not in page


def test_the_town_that_is_written_in_its_field_wins_over_that_of_the_words(client):
    near = ServiceFactory(at=GASPE, needs=["sante-dentaire"])
    ServiceFactory(at=RIMOUSKI, needs=["sante-dentaire"])

    page = content(client.get("/fr/", {"q": "dentiste à Rimouski", "place": "Gaspé"}))

    assert ids(page) == [resource_of(near)]


def test_the_next_needs_and_the_words_themselves_are_offered_as_links(client):
    page = content(client.get("/fr/", {"q": "formulaire", "place": "Gaspé"}))

    links = re.findall(r'href="(\?[^"]+)"', re.search(r'class="heard">(.*?)</div>', page, re.S)[1])
    assert any("words=true" in link and "q=formulaire" in link for link in links)

    page = content(client.get("/fr/", {"q": "banque alimentaire Gaspé argent"}))
    links = re.findall(r'href="(\?[^"]+)"', re.search(r'class="heard">(.*?)</div>', page, re.S)[1])
    needs = [link for link in links if "need=" in link]
    assert needs
    assert all("place=Gasp" in link and "q=" not in link for link in needs)


def test_words_only_are_taken_by_the_letter(client):
    ServiceFactory(at=MONTREAL, needs=["sante-dentaire"])
    bearing = ServiceFactory(at=MONTREAL, name=compose({"fr": "Le dentiste inventé"}))

    page = content(client.get("/fr/", {"q": "dentiste", "words": "true"}))

    assert ids(page) == [resource_of(bearing)]
    assert "words=true" in page.replace("&amp;", "&")


def test_what_is_not_understood_leads_to_the_needs_and_the_lines(client):
    line = ServiceFactory(covering=["24"], needs=["accueil-orientation"], phone="211")

    page = content(client.get("/fr/", {"q": "xyzzy plugh"}))

    assert heard(page).count("Santé") == 1
    assert resource_of(line) in ids(page)
    assert "tel:211" in page


def test_filters_and_the_other_languages_keep_the_question(client):
    ServiceFactory(at=GASPE, needs=["sante-dentaire"])

    page = content(client.get("/fr/", {"q": "muela", "place": "Gaspé", "kind": "obnl"}))

    for code in ("en", "es"):
        assert re.search(rf'href="/{code}/\?[^"]*q=muela', page.replace("&amp;", "&"))
    assert 'value="muela"' in page


def test_markup_in_a_question_stays_text(client):
    page = content(client.get("/fr/", {"q": "<script>alert(1)</script>"}))

    assert "<script>alert" not in page


def test_a_question_costs_a_bounded_number_of_queries(client, django_assert_max_num_queries):
    ServiceFactory.create_batch(5, at=RIMOUSKI, needs=["sante-dentaire"])
    client.get("/fr/", {"q": "dentiste à Rimouski"})

    with django_assert_max_num_queries(40):
        client.get("/fr/", {"q": "dentiste à Rimouski"})
