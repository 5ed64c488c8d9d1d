"""Help that was not found: what the page shows of the ledger, and what it hides."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils.translation import override

from geo.coverage import unmet
from geo.models import AdminArea, SearchGap
from tests.frontend.reading import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def searches(monkeypatch):
    """A month and a year that are over, counted in Gaspésie."""
    monkeypatch.setattr(unmet, "this_month", lambda: date(2026, 11, 1))
    gaspesie = AdminArea.objects.regions().get(code="11")
    for month, need, number in [
        (date(2026, 9, 1), "sante", 7),
        (date(2026, 10, 1), "sante", 8),
        (date(2026, 10, 1), "droits", 3),
        (date(2026, 11, 1), "logement", 50),
    ]:
        SearchGap.objects.create(
            month=month, kind="no_place", region=gaspesie, need=need, count=number
        )


@pytest.mark.usefixtures("searches")
def test_the_page_of_a_year_sums_what_is_published_and_hides_what_is_small(client):
    page = visit(client, "unmet-needs")

    cells = re.search(r'<th scope="row">Gaspésie.*?</tr>', page)[0]
    assert sorted(re.findall(r"<td>(.*?)</td>", cells)) == [
        "15",
        '<span class="unknown">not shown</span>',
    ]
    assert "50" not in cells
    assert "They count searches, not people" in page


@pytest.mark.usefixtures("searches")
def test_the_page_of_a_month_shows_that_month(client):
    page = visit(client, "unmet-needs", period="2026-09")

    assert "<td>7</td>" in page
    assert '<option value="2026-09" selected>September 2026</option>' in page
    assert "2026-11" not in page


@pytest.mark.usefixtures("searches")
def test_a_wrong_period_shows_the_latest_year_and_says_so(client):
    page = visit(client, "unmet-needs", period="1999-01")

    assert "<td>15</td>" in page
    assert 'class="errorlist"' in page


def test_before_any_month_is_over_the_page_says_so(client):
    assert "Nothing is to be shown yet" in visit(client, "unmet-needs")


def test_the_privacy_page_tells_of_the_counts(client):
    page = visit(client, "privacy")

    assert "What we count" in page
    with override("en"):
        assert reverse("unmet-needs") in page
