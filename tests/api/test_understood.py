"""What was understood of `q`, told by the API."""

import pytest

from geo.translation import compose
from tests.factories import ServiceFactory
from tests.places import GASPE, MONTREAL, RIMOUSKI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]

URL = "/api/v1/resources/"


def names(answer: dict) -> list[str]:
    return [feature["properties"]["name"] for feature in answer["features"]]


def test_the_need_and_the_place_of_a_question_are_told_and_used(client):
    ServiceFactory(at=RIMOUSKI, needs=["sante-dentaire"], name=compose({"fr": "Près"}))
    ServiceFactory(at=GASPE, needs=["sante-dentaire"], name=compose({"fr": "Loin"}))

    answer = client.get(URL, {"q": "dentista en Rimouski", "lang": "es"}).json()

    assert names(answer) == ["Près"]
    understood = answer["understood"]
    assert understood["needs"][0] == {
        "code": "sante-dentaire",
        "name": "Dientes",
        "parent": "sante",
        "score": 1.0,
        "answered": True,
    }
    assert understood["place"]["name"] == "Rimouski"
    assert understood["words"] == ["dentista"]


def test_a_position_wins_over_the_place_of_the_words(client):
    ServiceFactory(at=RIMOUSKI, needs=["sante-dentaire"], name=compose({"fr": "Près"}))
    ServiceFactory(at=GASPE, needs=["sante-dentaire"], name=compose({"fr": "Loin"}))

    answer = client.get(
        URL, {"q": "dentista en Rimouski", "lat": str(GASPE.y), "lon": str(GASPE.x)}
    ).json()

    assert names(answer) == ["Loin"]
    assert answer["understood"]["place"]["name"] == "Rimouski"


def test_without_words_nothing_was_to_be_understood(client):
    assert client.get(URL).json()["understood"] is None
    assert client.get("/api/v1/needs/").json()["understood"] is None


def test_words_only_understand_no_need(client):
    ServiceFactory(at=MONTREAL, needs=["sante-dentaire"], name=compose({"fr": "Sans le mot"}))
    ServiceFactory(at=MONTREAL, name=compose({"fr": "Le dentiste inventé"}))

    answer = client.get(URL, {"q": "dentiste", "words": "true"}).json()

    assert names(answer) == ["Le dentiste inventé"]
    assert answer["understood"]["needs"] == []


def test_needs_are_ranked_by_a_question(client):
    answer = client.get("/api/v1/needs/", {"q": "me duele una muela", "lang": "es"}).json()

    assert answer["needs"][0]["code"] == "sante"
    assert answer["understood"]["needs"][0]["code"] == "sante-dentaire"


def test_a_question_joins_the_other_parameters_by_and(client):
    ServiceFactory(at=GASPE, needs=["sante-dentaire"], name=compose({"fr": "Dents"}))

    assert names(client.get(URL, {"q": "dentiste", "need": "sante"}).json()) == ["Dents"]
    assert names(client.get(URL, {"q": "dentiste", "need": "transport"}).json()) == []
