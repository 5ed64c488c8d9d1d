"""`/coverage/referrals/`: what is published of referrals, to anybody."""

from datetime import date

import pytest

from geo.models import ReferralStat
from tests import network

pytestmark = pytest.mark.django_db

URL = "/api/v1/coverage/referrals/"


@pytest.fixture
def kept():
    march = date(2026, 3, 1)
    region = network.region("11")
    ReferralStat.objects.create(month=march, count=20, median_hours=30)
    ReferralStat.objects.create(month=march, count=None, from_region=region, outcome="refused")
    ReferralStat.objects.create(month=date(2024, 1, 1), count=7)


@pytest.mark.usefixtures("kept")
def test_the_latest_months_are_told_and_a_withheld_count_is_null(client):
    body = client.get(URL).json()
    assert (body["from"], body["to"]) == ("2024-04", "2026-03")
    nothing = dict.fromkeys(
        ["region_of_person", "region_of_receiver", "need", "outcome", "refusal_reason"]
    )
    assert body["rows"] == [
        {"month": "2026-03"} | nothing | {"count": 20, "median_hours": 30},
        {"month": "2026-03"} | nothing | {
            "region_of_person": "11", "outcome": "refused", "count": None, "median_hours": None
        },
    ]  # fmt: skip


@pytest.mark.usefixtures("kept")
def test_older_months_are_told_when_they_are_asked_for(client):
    rows = client.get(f"{URL}?from=2024-01&to=2024-01").json()["rows"]
    assert [row["count"] for row in rows] == [7]


def test_nothing_kept_is_an_empty_list(client):
    answer = client.get(URL)
    assert answer.json()["rows"] == []
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("from=March", "from"),
        ("from=2025-04&to=2025-03", "to"),
        ("from=2020-01&to=2025-03", "from"),
    ],
)
def test_a_wrong_question_is_told_what_to_mend(client, question, parameter):
    answer = client.get(f"{URL}?{question}")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_the_schema_describes_it(client):
    schema = client.get("/api/schema/").json()
    operation = schema["paths"]["/api/v1/coverage/referrals/"]["get"]
    assert operation["operationId"] == "listReferralFigures"
