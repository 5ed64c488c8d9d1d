"""From what a person types to a place."""

import pytest

from geo.places import find_places

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Gaspé", "Gaspé"),
        ("gaspe", "Gaspé"),
        ("GASPÉ", "Gaspé"),
        ("st-remi", "Saint-Rémi"),
        ("Saint Rémi", "Saint-Rémi"),
        ("ste-anne-des-monts", "Sainte-Anne-des-Monts"),
        ("chiboogamau", "Chibougamau"),
        ("val d'or", "Val-d'Or"),
        ("val dor", "Val-d'Or"),
        ("les escoumins", "Les Escoumins"),
        ("escoumins", "Les Escoumins"),
        ("iles de la madeleine", "Les Îles-de-la-Madeleine"),
        ("rouyn", "Rouyn-Noranda"),
        ("monteregie", "Montérégie"),
        ("nord du quebec", "Nord-du-Québec"),
        ("montreal", "Montréal"),
    ],
)
def test_a_name_finds_its_place_first(text, name):
    assert find_places(text)[0].name == name


def test_a_municipality_comes_with_its_position_and_region():
    (place, *_others) = find_places("Maniwaki")

    assert place.kind == "municipality"
    assert (place.point.x, place.point.y) == pytest.approx((-75.97, 46.38), abs=0.05)
    assert place.region_code == "07"
    assert place.label == "Maniwaki (Outaouais)"


def test_a_town_comes_before_the_region_of_its_name():
    assert [place.kind for place in find_places("Laval")][:2] == ["municipality", "region"]


def test_the_larger_town_comes_first_among_equals():
    names = [place.name for place in find_places("saint-j", limit=20)]

    assert names.index("Saint-Jean-sur-Richelieu") < names.index("Saint-Jude")


@pytest.mark.parametrize("text", ["G0C 2L0", "g0c2l0", "G0C  2l0", " g0c 2L0 "])
def test_a_rural_postal_code_is_found_whole(text):
    (place,) = find_places(text)

    assert place.code == "G0C 2L0"
    assert place.region_code == "11"


def test_an_urban_postal_code_is_found_by_its_first_half():
    (place,) = find_places("H2X 0A9")

    assert place.code == "H2X"
    assert place.region_code == "06"
    assert place.precision == "postal_code"


def test_the_beginning_of_a_rural_code_proposes_whole_codes():
    places = find_places("G0C")

    assert len(places) > 1
    assert all(place.code.startswith("G0C ") for place in places)


@pytest.mark.parametrize("text", ["", "   ", "xyzzyx", "Z9Z 9Z9", "12345", "%", "_", "\\", "!!"])
def test_what_is_no_place_finds_nothing(text):
    assert find_places(text) == []


def test_a_town_without_a_known_position_still_has_its_region():
    from geo.models import AdminArea

    unknown = AdminArea.objects.municipalities().filter(point=None).first()

    found = [place for place in find_places(unknown.name, 20) if place.code == unknown.code]

    assert found[0].point is None
    assert found[0].region_code
    assert found[0].precision == ""
