"""Pages of planners: where next, and what if; all of it without a script."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from frontend.views import coverage_plans
from geo.coverage import runs
from geo.models import AdminArea
from tests.geo.coverage.planning import OTTAWA, RIMOUSKI, clinic, demand

pytestmark = pytest.mark.usefixtures("empty_directory")

LANGUAGES = ["fr", "en", "es"]
QUESTION = {"region": "11", "need": "sante", "language": "", "basis": "listed"}


@pytest.fixture
def run(empty_directory):
    """A kept run: one clinic in Rimouski."""
    demand(r01=500, r07=300, r11=300)
    clinic(RIMOUSKI)
    return runs.store(runs.compute(timezone.localdate()))


def page(client, name, question=None, language="en"):
    with override(language):
        return client.get(reverse(name), question or {})


def text(response):
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
    return plain.replace("\N{NO-BREAK SPACE}", " ")


def town(name):
    return AdminArea.objects.municipalities().get(name=name)


def row(response, label):
    """The cells of a row of the first table of figures."""
    match = re.search(
        rf'<th scope="row">{re.escape(escape(label))}</th>(.*?)</tr>',
        response.content.decode(),
        re.S,
    )
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", match[1])]


@pytest.mark.parametrize("name", ["coverage-next", "coverage-what-if"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_open_with_a_form_in_each_language(client, run, name, language):
    response = page(client, name, language=language)

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert 'name="region"' in response.content.decode()
    assert "<table" not in response.content.decode()
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["coverage-next", "coverage-what-if"])
def test_the_pages_say_that_nothing_was_measured_yet(client, no_coverage_run, name):
    response = page(client, name, QUESTION)

    assert response.status_code == 200
    assert "Coverage has not been measured yet" in text(response)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_a_table_and_a_chart_that_says_the_same(client, run, language):
    response = page(client, "coverage-next", QUESTION | {"k": "2"}, language)

    content = response.content.decode()
    assert content.count('<g transform="translate(') == 3
    assert 'role="img"' in content
    assert "style=" not in content
    table = re.search(r"<tbody>(.*?)</tbody>", content, re.S)[1]
    assert table.count("<tr>") == 2
    assert re.search(r"\d[.,]?\d* ?%", text(response))


def test_each_place_of_a_plan_can_be_tried(client, run):
    content = page(client, "coverage-next", QUESTION | {"k": "1"}).content.decode()

    link = re.search(r'href="(/en/coverage/what-if/\?[^"#]*)', content)[1].replace("&amp;", "&")
    tried = client.get(link)

    assert "The class changes" in text(tried)
    assert row(tried, "Class")[1] == "In the area"


def test_a_plan_by_distance_tells_kilometres(client, run):
    response = page(client, "coverage-next", QUESTION | {"k": "2", "objective": "distance"})

    assert "Mean way, gain" in text(response)
    assert re.search(r"\d km", text(response))


def test_a_plan_without_a_region_says_so_beside_the_field(client, run):
    response = page(client, "coverage-next", {"need": "sante", "region": ""})

    assert response.status_code == 200
    assert "Choose a region." in text(response)
    assert "<table" not in response.content.decode()


def test_too_many_plans_from_one_address_wait(client, run, monkeypatch):
    monkeypatch.setattr(coverage_plans, "_limit", coverage_plans.HourlyLimit(1))

    answers = [page(client, "coverage-next", QUESTION | {"k": "1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert "Try again later." in text(answers[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_place_by_municipality_shows_before_and_after(client, run, language):
    response = page(client, "coverage-what-if", QUESTION | {"town": town("Gaspé").code}, language)

    assert response.status_code == 200
    content = response.content.decode()
    assert content.count('class="differs"') >= 4
    assert "Gaspé" in text(response)


def test_the_class_before_and_after_is_said_in_words(client, run):
    response = page(client, "coverage-what-if", QUESTION | {"town": town("Gaspé").code})

    assert "The class changes: Nothing known → In the area." in text(response)
    assert row(response, "Class") == ["Nothing known", "In the area"]
    assert re.search(
        r"\d+ % of the workers of the region come within 60 km of help", text(response)
    )


def test_a_position_wins_over_a_municipality(client, run):
    asked = {"town": town("Gaspé").code, "lat": "47.38", "lon": "-61.86"}

    response = page(client, "coverage-what-if", QUESTION | asked)

    assert 'data-longitude="-61.86000" data-latitude="47.38000"' in response.content.decode()


def test_a_pin_in_ottawa_is_said_to_be_next_door(client, run):
    asked = QUESTION | {"region": "07", "lat": str(OTTAWA.y), "lon": str(OTTAWA.x)}

    response = page(client, "coverage-what-if", asked)

    assert "it counts as help next door" in text(response)
    assert row(response, "Class")[1] == "Within reach, next door"


def test_a_place_is_closed_and_another_region_changes(client, run):
    bas = QUESTION | {"region": "01"}
    offered = page(client, "coverage-what-if", bas).content.decode()
    key = re.search(r'name="remove" value="([^"]+)"', offered)[1]

    response = page(client, "coverage-what-if", bas | {"remove": key})

    assert row(response, "Class") == ["In the area", "Nothing known"]
    assert "no longer within 60 km" in text(response)


def test_a_place_moves_to_a_municipality_of_the_region(client, run):
    bas = QUESTION | {"region": "01"}
    offered = page(client, "coverage-what-if", bas).content.decode()
    key = re.search(r'name="remove" value="([^"]+)"', offered)[1]

    response = page(client, "coverage-what-if", bas | {"move": key, "move_to": town("Matane").code})

    assert "The class stays: In the area." in text(response)
    assert 'class="differs"' in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"lat": "48.8"}, "lat", "A position needs a latitude and a longitude."),
        ({"lat": "0", "lon": "0"}, "lat", "This position is not in Québec nor near it"),
        ({"lat": "north", "lon": "-64"}, "lat", "Enter a number."),
        ({"lat": "nan", "lon": "-64"}, "lat", "Enter a number."),
        ({"visits": "0", "lat": "48.8", "lon": "-64.5"}, "visits", "greater than or equal to 1"),
        ({"region": "99"}, "region", "99 is not one of the available choices"),
        ({"need": "nothing"}, "need", "nothing is not one of the available choices"),
    ],
)
def test_bad_input_gives_a_sentence_beside_the_field(client, run, wrong, field, sentence):
    response = page(client, "coverage-what-if", QUESTION | wrong)

    assert response.status_code == 200
    assert "<table" not in response.content.decode()
    errors = re.search(
        rf'<ul class="errorlist" id="{field}_error">(.*?)</ul>', response.content.decode()
    )
    assert sentence in errors[1]


def test_a_move_needs_both_ends(client, run):
    bas = QUESTION | {"region": "01"}
    offered = page(client, "coverage-what-if", bas).content.decode()
    key = re.search(r'name="remove" value="([^"]+)"', offered)[1]

    assert "Choose the municipality that it moves to." in text(
        page(client, "coverage-what-if", bas | {"move": key})
    )
    assert "A place cannot close and move at once." in text(
        page(
            client,
            "coverage-what-if",
            bas | {"move": key, "move_to": town("Matane").code, "remove": key},
        )
    )


def test_what_another_question_offered_is_forgotten(client, run):
    response = page(
        client,
        "coverage-what-if",
        QUESTION | {"town": town("Matane").code, "remove": "no-such-place"},
    )

    assert "Nothing is tried yet" in text(response)


def test_asking_keeps_no_run(client, run):
    before = type(run).objects.count()

    page(client, "coverage-what-if", QUESTION | {"town": town("Gaspé").code})

    assert type(run).objects.count() == before
