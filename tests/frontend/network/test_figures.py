"""The page of figures: an organization's own, the network's, and the file."""

import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from geo.choices import ReferralStatus as S
from geo.referrals import purging
from tests import network
from tests.factories import UserFactory
from tests.frontend.reading import visit, words
from tests.geo.referrals.months import MONTH, PURGED_ON, in_the_past
from tests.network import organization, referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


@pytest.fixture
def purged(sender, receiver):
    """A month of which figures are left: ten accepted, and three refused."""
    for _number in range(10):
        in_the_past(sender, receiver, S.COMPLETED, hours=30)
    for _number in range(3):
        in_the_past(sender, receiver, S.REFUSED)
    purging.purge(PURGED_ON)


def row(page: str, caption: str, name: str) -> list[str]:
    """The cells of a row of the table under a caption."""
    table = re.search(rf"<caption[^>]*><span>[^<]*{caption}.*?</table>", page)[0]
    cells = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', table)[1]
    return [words(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", cells)]


def test_an_organization_reads_its_own_numbers(client, sender, receiver):
    in_the_past(sender, receiver, S.COMPLETED, hours=30)
    referral(sender, receiver)
    client.force_login(network.member(sender, role="viewer"))

    page = visit(client, "network-figures")

    cells = row(page, "Sent by you – By need", "All")
    assert cells == ["2", "1", "0", "0", "0", "0", "1", "100 %", "30 hours"]
    assert "Nothing to count now." in page
    assert "Nothing is published yet" in page


def test_another_organization_does_not(client, sender, receiver):
    in_the_past(sender, receiver)
    client.force_login(network.member(organization("11")))
    page = visit(client, "network-figures")
    assert "<table" not in page


@pytest.mark.usefixtures("purged")
def test_what_is_withheld_is_said_and_is_not_zero(client, receiver):
    client.force_login(network.member(receiver))
    page = visit(client, "network-figures")
    cells = row(page, "March 2026 – By need", "All")
    assert cells[2] == "not shown"
    assert cells[3] == "0"
    assert "Nothing to count now." in page


@pytest.mark.usefixtures("purged")
def test_a_wrong_month_shows_the_latest_and_says_so(client, receiver):
    client.force_login(network.member(receiver))
    page = visit(client, "network-figures", month="1999-01")
    assert '<option value="2026-03" selected>March 2026</option>' in page
    assert 'aria-describedby="month-errors"' in page


@pytest.mark.usefixtures("purged")
def test_the_file_holds_what_is_published_and_nothing_else(client, receiver):
    client.force_login(network.member(receiver))
    response = client.get(reverse("network-figures-csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert {line["month"] for line in rows} == {f"{MONTH:%Y-%m}"}
    refused = next(line for line in rows if line["outcome"] == "refused")
    assert (refused["count"], refused["is_withheld"]) == ("", "True")
    assert [line for line in rows if line["count"] and int(line["count"]) < 5] == []


@pytest.mark.parametrize("name", ["network-figures", "network-figures-csv"])
def test_an_account_without_a_role_is_refused(client, name):
    client.force_login(UserFactory())
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.usefixtures("purged")
@pytest.mark.parametrize("period", ["2026-03", "2026"])
def test_planners_read_how_referrals_ended(client, period):
    page = visit(client, "unmet-needs", period=period)
    cells = row(page, "How referrals ended, by need", "All")
    assert "not shown" in cells
    assert not {"1", "2", "3", "4"} & set(cells)
    assert row(page, "Why referrals were refused", "No room now") == ["not shown"]


def test_without_published_months_the_planners_page_says_nothing_of_referrals(
    client, sender, receiver
):
    in_the_past(sender, receiver)
    assert "Referrals between organizations" not in visit(client, "unmet-needs")


@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.usefixtures("purged")
def test_the_page_is_there_in_three_languages(client, receiver, language):
    client.force_login(network.member(receiver))
    with override(language):
        assert client.get(reverse("network-figures")).status_code == 200
