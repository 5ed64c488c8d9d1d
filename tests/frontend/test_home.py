"""The home page: help near me."""

import re

import pytest

from geo.models import Resource
from geo.translation import compose
from tests.factories import LocationFactory, PhoneFactory, ServiceAtLocationFactory, ServiceFactory
from tests.places import GASPE, MONTREAL, PERCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]


def content(response) -> str:
    """What a person may read: what lies in a <template> is for the script of a phone."""
    assert response.status_code == 200
    return re.sub(r"(?s)<template.*</template>", "", response.content.decode())


def card_ids(response) -> list[str]:
    return re.findall(r'<li class="card" id="r-([0-9a-f-]+)"', content(response))


def test_before_any_question_only_the_lines_of_the_whole_province_are_listed(client):
    ServiceFactory(at=MONTREAL)
    ServiceFactory(covering=["11"], phone="+14185550123")
    line = ServiceFactory(covering=["24"], phone="811")

    response = client.get("/fr/")

    assert card_ids(response) == [str(line.pk)]
    assert content(response).count('<ul class="tiles">') == 1


def test_a_town_brings_what_is_near_it_first_and_the_lines_that_serve_it(client):
    perce = ServiceFactory(at=PERCE)  # 39 km from Gaspé
    gaspe = ServiceFactory(at=GASPE)
    ServiceFactory(at=MONTREAL)
    line = ServiceFactory(covering=["24"], phone="+18005550123")
    near = {row.service_id: str(row.pk) for row in Resource.objects.filter(is_remote=False)}

    response = client.get("/fr/", {"place": "gaspe", "radius_km": "50"})

    assert card_ids(response) == [near[gaspe.pk], near[perce.pk], str(line.pk)]
    assert "près de Gaspé" in content(response)
    assert 'href="tel:+18005550123"' in content(response)


def test_a_card_shows_what_is_known_and_what_is_not(client):
    service = ServiceFactory(
        name=compose({"fr": "Clinique inventée"}),
        alert=compose(
            {"fr": "Appelez le 811 avant d'y aller.", "es": {"machine": "Llame al 811."}}
        ),
        as_of="2021-09",
        needs=["sante-clinique"],
    )
    location = LocationFactory(
        organization=service.organization, point=GASPE, precision="municipality", locality="Gaspé"
    )
    ServiceAtLocationFactory(service=service, location=location)

    page = content(client.get("/es/", {"lat": "48.83", "lon": "-64.48"}))

    assert '<span lang="fr">Clinique inventée</span>' in page
    assert "Disponible en francés" in page
    assert "Traducción automática" in page
    assert '<a href="tel:811">811</a>' in page
    assert "posición aproximada: el municipio" in page
    assert "Horario no conocido</strong>" in page
    assert "No se sabe: idiomas, costo, para quién, papeles." in page
    assert "Fuente: septiembre de 2021 (antigua: verifique primero)" in page
    assert "geo:" not in page


def test_directions_name_the_place_so_that_a_phone_shows_a_pin(client):
    ServiceFactory(at=GASPE, organization__name=compose({"fr": "Maison d'accueil (Gaspé)"}))

    page = content(client.get("/en/", {"place": "Gaspé"}))

    position = f"{GASPE.y:.5f},{GASPE.x:.5f}"
    name = "Maison%20d%27accueil%20%28Gasp%C3%A9%29"
    assert f'href="geo:{position}?q={position}({name})"' in page


def test_a_distance_says_how_exact_it_is(client):
    service = ServiceFactory(at=GASPE)
    for point in [GASPE, PERCE]:
        location = LocationFactory(
            organization=service.organization, point=point, precision="municipality"
        )
        ServiceAtLocationFactory(service=service, location=location)

    page = content(client.get("/en/", {"lat": "48.83", "lon": "-64.48"}))

    shown = re.findall(r'data-part="distance">([^<]+)<', page)
    assert sorted(shown) == ["about 1 km", "about 39 km", "less than 1 km"]


def test_without_any_number_the_card_says_to_call_211(client):
    ServiceFactory(at=GASPE)

    page = content(client.get("/en/", {"place": "Gaspé"}))

    assert 'Contact details not known yet: call <a href="tel:211">211</a>' in page


def test_extensions_and_short_numbers_can_be_dialled(client):
    service = ServiceFactory(at=GASPE, phone="811")
    PhoneFactory(service=service, number="+14185550123", extension="225")

    page = content(client.get("/fr/", {"place": "Gaspé"}))

    assert 'href="tel:811"' in page
    assert 'href="tel:+14185550123;ext=225"' in page
    assert "418 555-0123, poste 225" in page


def test_a_number_to_verify_is_never_written(client):
    service = ServiceFactory(at=GASPE)
    PhoneFactory(service=service, number="+14185550199", trust="to_verify")
    resource = Resource.objects.get(service=service)

    for path in ["/fr/?place=Gaspé", f"/fr/ressources/{resource.pk}/"]:
        assert "5550199" not in content(client.get(path))
        assert "555-0199" not in content(client.get(path))


def test_services_to_verify_or_ended_are_not_listed(client):
    ServiceFactory(at=GASPE, hidden=True)
    ServiceFactory(at=GASPE, ended=True)

    assert card_ids(client.get("/fr/", {"place": "Gaspé"})) == []


def test_an_unknown_place_is_said_at_the_field_and_regions_are_offered(client):
    page = content(client.get("/en/", {"place": "Xqzvw", "need": "sante"}))

    assert "We do not know this place." in page
    assert 'id="place_error"' in page
    assert 'aria-describedby="place_error"' in page
    assert "?need=sante&amp;region=11" in page
    assert 'value="Xqzvw"' in page


def test_a_label_that_the_field_proposed_is_understood(client):
    for region in ["Chaudière-Appalaches", "Montérégie"]:
        response = client.get("/fr/", {"place": f"Saint-Isidore ({region})"})

        assert f"près de Saint-Isidore ({region})" in content(response)


@pytest.mark.parametrize("text", ["J0K 1A0", "j0k 1a0", "J0K1A0", "J0K 1A0 Berthierville"])
def test_a_whole_rural_postal_code_leads_to_its_own_town(client, text):
    page = content(client.get("/fr/", {"place": text}))

    assert "près de J0K 1A0 Berthierville (Lanaudière)" in page


def test_a_half_postal_code_before_a_town_is_read_alone(client):
    page = content(client.get("/fr/", {"place": "j0k Berthierville"}))

    assert 'class="found"' in page
    assert "près de J0K " in page


def test_namesakes_are_offered_beside_the_place_that_was_taken(client):
    page = content(client.get("/fr/", {"place": "Saint-Isidore", "region": "12"}))

    assert "près de Saint-Isidore (Chaudière-Appalaches)" in page
    assert "Vouliez-vous dire" in page
    assert "?place=Saint-Isidore&amp;region=16" in page


def test_a_name_written_in_full_is_not_put_in_doubt(client):
    assert "Vouliez-vous dire" not in content(client.get("/fr/", {"place": "gaspe"}))
    assert "Vouliez-vous dire" in content(client.get("/fr/", {"place": "Sainte-Anne"}))


def test_the_region_of_the_same_name_is_not_offered_beside_a_town(client):
    page = content(client.get("/fr/", {"place": "Laval"}))

    assert "près de Laval (Laval)" in page
    assert "Vouliez-vous dire" not in page


@pytest.mark.parametrize(("language", "help_"), [("fr", "Aide"), ("en", "Help"), ("es", "Ayuda")])
def test_the_heading_names_a_region_without_near(client, language, help_):
    page = content(client.get(f"/{language}/", {"place": "Abitibi-Témiscamingue"}))
    heading = page[page.index('<h2 class="found">') :].split("</h2>")[0]

    words = " ".join(re.sub(r"<[^>]+>", " ", heading).split())
    assert words == f"{help_} – Abitibi-Témiscamingue"


def test_the_form_can_say_that_the_position_is_gone(client):
    for language, words in {
        "fr": "Votre position n'est pas gardée",
        "en": "Your position is not kept",
        "es": "Su posición no se guarda",
    }.items():
        page = content(client.get(f"/{language}/")).replace("&#x27;", "'")
        assert f'data-position-gone="{words}' in page


def test_a_region_stands_in_for_a_town(client):
    ServiceFactory(at=GASPE)
    ServiceFactory(at=MONTREAL)

    for question in [{"region": "11"}, {"place": "Gaspésie–Îles-de-la-Madeleine"}]:
        assert len(card_ids(client.get("/fr/", question))) == 1


def test_far_from_everything_the_lines_remain(client):
    ServiceFactory(at=MONTREAL, needs=["sante-clinique"])
    line = ServiceFactory(covering=["24"], phone="811", needs=["sante-info-811"])

    response = client.get("/fr/", {"place": "Kuujjuaq", "need": "sante"})

    assert card_ids(response) == [str(line.pk)]
    assert "rien n'est inscrit" in content(response).replace("&#x27;", "'")
    assert "radius_km=100" in content(response)


def test_when_nothing_answers_the_lines_of_the_need_and_211_are_offered(client):
    line = ServiceFactory(covering=["24"], phone="811", needs=["sante-info-811"])

    response = client.get("/en/", {"place": "Kuujjuaq", "need": "sante", "language": "mam"})

    page = content(response)
    assert "Nothing is listed for this question." in page
    assert 'href="tel:211"' in page
    assert "Search within 100 km" in page
    assert card_ids(response) == [str(line.pk)]


def test_a_position_is_rounded_before_anything_repeats_it(client):
    page = content(client.get("/fr/", {"lat": "48.834567", "lon": "-64.487654", "need": "sante"}))

    assert "48.834567" not in page
    assert "64.487654" not in page
    assert 'name="lat" value="48.83"' in page
    assert 'data-point="-64.49,48.83"' in page
    assert "lat=48.83&amp;lon=-64.49" in page


def test_the_language_switch_keeps_the_question(client):
    page = content(client.get("/fr/", {"place": "Gaspé", "need": "sante", "radius_km": "100"}))

    assert 'href="/es/?place=Gasp%C3%A9&amp;need=sante&amp;radius_km=100"' in page


@pytest.mark.parametrize(
    "question",
    [
        {"lat": "abc", "lon": "3"},
        {"lat": "48.8"},
        {"lat": "nan", "lon": "inf"},
        {"lat": "1e400", "lon": "999"},
        {"radius_km": "-5"},
        {"radius_km": "2147483648"},
        {"need": "no-such-need"},
        {"region": "99"},
        {"kind": "employer", "language": "xx", "mode": "yy"},
        {"place": "a\0b"},
        {"place": "x" * 5000},
        {"q": "'; DROP TABLE geo_service; --"},
        {"q": "%_\\"},
        {"page": "999999999999999999999"},
        {"page": "x", "need": "sante"},
        {"place": "()"},
        {"place": "<script>alert(1)</script>"},
    ],
)
def test_wrong_parameters_never_break_the_page(client, question):
    page = content(client.get("/fr/", question))

    assert "<script>alert" not in page
    assert 'id="search"' in page


def test_pages_of_twenty_are_plain_links(client):
    for _ in range(25):
        ServiceFactory(at=GASPE)

    first = client.get("/fr/", {"place": "Gaspé"})
    second = client.get("/fr/", {"place": "Gaspé", "page": "2"})

    assert len(card_ids(first)) == 20
    assert 'rel="next" href="?place=Gasp%C3%A9&amp;page=2"' in content(first)
    assert len(card_ids(second)) == 5
    assert '<ol class="cards" start="21">' in content(second)


def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries):
    def make(number: int) -> None:
        for _ in range(number):
            ServiceFactory(
                at=GASPE, needs=["sante-clinique"], phone="+14185550123", speaks=["es", "fr"]
            )

    make(5)
    client.get("/fr/", {"place": "Gaspé"})
    with django_assert_max_num_queries(24) as few:
        client.get("/fr/", {"place": "Gaspé"})
    make(45)
    with django_assert_max_num_queries(len(few)):
        client.get("/fr/", {"place": "Gaspé"})


def test_the_map_asks_the_api_the_same_question(client):
    page = content(
        client.get(
            "/es/", {"place": "Gaspé", "need": "sante", "radius_km": "100", "language": "es"}
        )
    )

    assert re.search(
        r'data-query="need=sante&amp;language=es&amp;lat=48\.\d\d&amp;lon=-64\.\d\d'
        r'&amp;radius_km=100&amp;lang=es"',
        page,
    )
