"""Funded projects: where they stood on a day, and no figure that nobody has published."""

import re

import pytest

from geo.models import FundingAward, ProjectIndicator
from tests.frontend.reading import visit

pytestmark = pytest.mark.django_db


def section(page: str, code: str) -> str:
    return re.search(rf'aria-labelledby="program-{code}">(.*?)</section>', page)[1]


def test_projects_stand_where_their_dates_say_on_the_chosen_day(client):
    page = visit(client, "projects", day="2021-06-30")

    shawinigan = re.search(r"<h4>[^<]*SANA de Shawinigan.*?</li>", page)[0]
    assert '<span class="badge">Active</span> on June 30, 2021' in shawinigan
    after = visit(client, "projects", day="2021-07-01")
    assert (
        '<span class="badge">Ended</span>'
        in re.search(r"<h4>[^<]*SANA de Shawinigan.*?</li>", after)[0]
    )


def test_a_project_without_dates_stands_nowhere(client):
    page = section(visit(client, "projects", day="2021-06-30", program="pstm"), "pstm")

    assert "beginning not known, end not known" in page
    assert "Not known</span> on June 30, 2021" in page


def test_a_wrong_day_counts_as_today_and_the_page_says_so(client):
    page = visit(client, "projects", day="2021-13-45")

    assert page.count('class="errorlist"') == 1
    assert "Funded projects" in page


def test_a_region_shows_its_projects_and_those_of_which_no_region_is_known(client):
    page = visit(client, "projects", region="04")

    named, unknown = section(page, "ptet-pilote").split("Projects of which no region is known", 1)
    assert "Projects that name the region Mauricie" in named
    assert re.findall("<h4>([^<]*)", named) == [
        "Services for temporary foreign workers by SANA de Shawinigan"
    ]
    assert re.findall("<h4>([^<]*)", unknown) == ["AGRIcarrières project"]


def numbers(page: str) -> set[str]:
    """The amounts and the results on a page, without separators."""
    found = re.findall(r"\$([\d, .]+)|</strong>: (?:[a-z ]+ )?([\d,]+)", page)
    return {re.sub(r"\D", "", money or count) for money, count in found}


@pytest.mark.parametrize("question", [{}, {"region": "04"}, {"program": "ptet-pilote"}])
def test_no_figure_appears_that_nobody_has_published(client, question):
    """No sum of results, no sum of amounts, no share of a programme for a region."""
    published = {str(int(award)) for award in FundingAward.objects.exclude(amount_cad=None)
                 .values_list("amount_cad", flat=True)}  # fmt: skip
    published |= {str(value) for value in ProjectIndicator.objects.values_list("value", flat=True)}

    shown = numbers(visit(client, "projects", **question))

    assert shown
    assert shown <= published


def test_a_ceiling_and_a_total_are_of_the_programme_alone(client):
    page = section(visit(client, "projects"), "ptet-pilote")
    programme, projects = page.split('<ul class="cards">', 1)

    assert "The most a project could get" in programme
    assert "more than $2,500,000" in programme
    assert "$" not in projects
    assert "Not disclosed" in projects


def test_every_figure_has_its_source_and_its_date_or_says_that_it_has_none(client):
    page = visit(client, "projects")
    figures = re.findall(r'<ul class="figures">(.*?)</ul>', page)

    items = [item for figure in figures for item in re.findall(r"<li>(.*?)</li>", figure)]
    assert len(items) == FundingAward.objects.count() + ProjectIndicator.objects.count()
    for item in items:
        assert "Source:" in item
        assert re.search(r", (?:without a date|[\w ,]*\d{4})</p>", item), item
