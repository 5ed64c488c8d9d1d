"""On the starter data: whatever is asked, there is a next step."""

import random
import re

import pytest
from django.http import QueryDict

from frontend.forms import GUIDANCE, RADII_KM, SearchForm
from geo.choices import DeliveryMode, OrganizationKind
from geo.models import AdminArea, NeedTerm, Resource

pytestmark = pytest.mark.django_db

QUEBEC_COORDINATES = (-79.5, 45.0, -57.5, 62.0)  # degrees: west, south, east, north


def regions() -> list[str]:
    return list(AdminArea.objects.regions().values_list("code", flat=True))


def leaves() -> list[str]:
    return list(NeedTerm.objects.exclude(parent=None).values_list("code", flat=True))


def asked(**question) -> SearchForm:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in question.items()})
    form = SearchForm(query, language="es")
    form.is_valid()
    return form


def next_steps(page: str) -> dict[str, list[str]]:
    """What the results offer: cards, numbers to dial, links to ask more widely."""
    results = page[page.index('<div id="results"') :]
    results = results[: results.index("</main>")].split("<template", 1)[0]
    return {
        "cards": re.findall(r'<li class="card"', results),
        "calls": re.findall(r'href="tel:(\+?\d+)', results),
        "wider": re.findall(r'href="(\?[^"]*(?:radius_km=|need=)[^"]*)"', results),
    }


def test_every_tile_answers_in_every_region_or_offers_lines_that_do():
    """Each tile × each of the 17 regions."""
    without = []
    for tile in NeedTerm.objects.tiles():
        for region in regions():
            form = asked(need=tile.code, region=region)
            if not form.resources().exists() and not form.rescue_lines().exists():
                without.append((tile.code, region))

    assert without == []


def test_somebody_with_a_number_knows_more_in_every_region():
    """The last resort of `rescue_lines`."""
    for region in AdminArea.objects.regions():
        lines = Resource.objects.filter(is_remote=True).answering(GUIDANCE).reached(region=region)
        numbers = [
            phone.number for line in lines.with_details() for phone in line.service.trusted_phones
        ]
        assert "211" in numbers, region


def test_every_tile_in_every_region_has_a_page_with_a_next_step(client):
    tiles = [tile.code for tile in NeedTerm.objects.tiles()]
    # Each region once, each tile at least once: the rest is asked of the form above.
    for number, region in enumerate(regions()):
        page = client.get(
            "/es/", {"need": tiles[number % len(tiles)], "region": region}
        ).content.decode()
        steps = next_steps(page)
        assert steps["cards"], region
        assert steps["calls"], region


@pytest.mark.parametrize("seed", range(24))
def test_any_place_and_need_with_any_choices_has_a_next_step(client, seed):
    chance = random.Random(seed)
    west, south, east, north = QUEBEC_COORDINATES
    question = {
        "lat": f"{chance.uniform(south, north):.2f}",
        "lon": f"{chance.uniform(west, east):.2f}",
        "need": chance.choice(leaves()),
        "radius_km": chance.choice(RADII_KM),
    }
    choices = {
        "open_now": "true",
        "language": chance.choice(["es", "ht", "vi"]),
        "kind": chance.choice(OrganizationKind.values),
        "mode": chance.choice(DeliveryMode.values),
    }
    for name in chance.sample(sorted(choices), chance.randint(0, 3)):
        question[name] = choices[name]

    page = client.get("/en/", question).content.decode()

    steps = next_steps(page)
    assert steps["cards"], question
    assert steps["calls"], question
    is_empty = "Nothing is listed" in page.split("<template", 1)[0]
    if is_empty and question["radius_km"] != max(RADII_KM):
        assert steps["wider"], question


def test_what_narrows_an_empty_answer_is_taken_away_piece_by_piece(client):
    question = {
        "need": "sante-dentaire",
        "region": "10",
        "language": "vi",
        "kind": "shop",
        "open_now": "true",
    }

    page = client.get("/en/", question).content.decode()

    assert "Nothing is listed for this question." in page
    results = page[page.index('<div id="results"') :]
    links = re.findall(r'href="(\?[^"]+)">Search without', results.split("<template", 1)[0])
    left = [set(QueryDict(link.replace("&amp;", "&")[1:])) for link in links]
    assert left == [set(question) - {name} for name in ("open_now", "language", "kind")]
    assert "Search in all of Québec" in page
