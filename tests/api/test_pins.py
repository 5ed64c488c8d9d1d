"""What a map draws: the answers of `/resources/`, lighter."""

import gzip

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "question",
    [
        {"lat": "48.83", "lon": "-64.48", "radius_km": "100"},
        {"region": "16", "need": "sante"},
        {"q": "me pagan menos en Joliette", "lang": "es"},
    ],
)
def test_the_same_answers_come_in_the_same_order(client, question):
    pins = client.get("/api/v1/pins/", question).json()
    resources = client.get("/api/v1/resources/", question).json()

    assert pins["numberMatched"] == resources["numberMatched"] > 0
    assert [pin["id"] for pin in pins["features"]] == [row["id"] for row in resources["features"]]
    for pin, row in zip(pins["features"], resources["features"], strict=True):
        assert pin["geometry"] == row["geometry"]
        assert pin["properties"].items() <= row["properties"].items()


def test_all_of_quebec_is_light_enough_for_a_first_map(client):
    """With Leaflet, the ground and our own script, 110 kB, this keeps our promise of 150 kB."""
    answer = client.get("/api/v1/pins/", {"limit": "500", "lang": "fr"})

    assert len(answer.json()["features"]) > 250
    assert len(gzip.compress(answer.content, 6)) < 40_000


def test_a_wrong_question_is_a_problem(client):
    answer = client.get("/api/v1/pins/", {"lat": "48"})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
