"""Who does what where: the page and the file."""

import csv
import html
import io
import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.factories import (
    CoverageRunFactory,
    CoverageServiceFactory,
    ServiceFactory,
    frozen_cover,
    frozen_facts,
    frozen_site,
)
from tests.frontend.reading import visit, words
from tests.places import GASPE

pytestmark = pytest.mark.django_db


def download(client, **question) -> list[dict]:
    """The file that the page links to, with what the page was asked."""
    page = visit(client, "who-does-what", **question)
    (address,) = re.findall(r'href="(/api/v1/coverage/who-does-what\.csv[^"]*)"', page)
    response = client.get(html.unescape(address))
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def freeze(run, **facts):
    return CoverageServiceFactory(run=run, facts=frozen_facts(**facts))


@pytest.fixture
def run(empty_directory, no_coverage_run):
    """Two services of one organization in Gaspésie, one line for all of Québec."""
    run = CoverageRunFactory()
    for name in ("Clinique inventée", "Soins inventés"):
        freeze(run, name=name, needs=["sante"], modes=["on_site"], sites=[frozen_site("11")])
    freeze(
        run,
        name="Ligne inventée",
        organization="Autre organisme inventé",
        needs=["sante"],
        modes=["phone"],
        covers=[frozen_cover("province", "24")],
    )
    return run


def test_before_any_run_the_page_says_so(client, no_coverage_run):
    assert "No state of coverage is published yet" in visit(client, "who-does-what")


@pytest.mark.usefixtures("run")
def test_the_matrix_counts_an_organization_once_and_keeps_lines_apart(client):
    page = visit(client, "who-does-what", need="sante")

    rows = re.findall(r'<th scope="row">([^<]+)</th>.*?only-heard">([^<]+)<', page)
    by_name = dict(rows)
    assert by_name["Gaspésie–Îles-de-la-Madeleine"] == "organizations: 1, services: 2"
    assert by_name["Montréal"] == "none listed"
    assert by_name["All of Québec at once (lines), in no region above"] == (
        "organizations: 1, services: 1"
    )
    assert "2 organizations. Their services: 3, of which verified in time: 3." in words(page)


@pytest.mark.usefixtures("run")
def test_a_region_shows_its_own_and_the_lines_of_the_province_once(client):
    page = visit(client, "who-does-what", region="06")

    assert "Clinique inventée" not in page
    assert page.count("Ligne inventée") == 1


def test_only_a_service_that_is_still_public_is_linked(client, run):
    service = ServiceFactory(at=GASPE)
    CoverageServiceFactory(
        run=run,
        service_id=service.pk,
        facts=frozen_facts(name="Encore là", sites=[frozen_site("11")]),
    )

    page = visit(client, "who-does-what", region="11")

    with override("en"):
        address = reverse("resource", args=[service.pk])
    assert f'<a href="{address}">Encore là</a>' in page
    assert re.search(r'Clinique inventée <span class="unknown">\(not listed any more\)', page)


@pytest.mark.usefixtures("run")
def test_the_other_languages_keep_what_was_asked(client):
    with override("en"):
        page = client.get(reverse("who-does-what"), {"region": "06"}).content.decode()

    assert re.search(r'href="/fr/[^"]*\?region=06"', page)


@pytest.mark.usefixtures("run")
def test_a_wrong_filter_shows_everything_and_says_that_it_is_wrong(client):
    page = visit(client, "who-does-what", region="99", need="zzz")

    assert "organizations: 1, services: 2" in page
    assert page.count('class="errorlist"') == 2


@pytest.mark.usefixtures("run")
def test_without_a_region_or_a_need_the_page_is_the_matrix_alone(client):
    page = visit(client, "who-does-what")

    assert "Clinique inventée" not in page
    assert "Choose a region or a need" in page
    assert "Clinique inventée" in visit(client, "who-does-what", need="sante")


@pytest.mark.usefixtures("run")
def test_the_file_is_filtered_as_the_page_is(client):
    assert [row["service_name"] for row in download(client, region="06")] == ["Ligne inventée"]
    assert download(client, need="droits") == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_becomes_a_formula_in_a_spreadsheet(client, run, sign):
    freeze(run, name=f"{sign}HYPERLINK(1)", needs=["droits"], sites=[frozen_site("11")])

    [row] = download(client, need="droits")

    assert row["service_name"] == f"'{sign}HYPERLINK(1)"


@pytest.mark.usefixtures("run")
def test_the_number_of_queries_of_who_does_what_does_not_grow(
    client, run, django_assert_max_num_queries
):
    for number in range(10):
        freeze(run, name=f"{number}", organization=f"Organisme {number}", needs=["sante"],
               sites=[frozen_site("11")])  # fmt: skip

    with django_assert_max_num_queries(20):
        visit(client, "who-does-what", region="11")
