"""Leaflets, cards and the poster: what they hold, and what they never hold."""

import re
from io import BytesIO, StringIO

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from frontend.printing.card import draw_card
from frontend.printing.contents import card_of, leaflet_of
from frontend.printing.leaflet import draw_leaflet
from frontend.printing.poster import draw_poster
from frontend.printing.poster_contents import poster_of
from geo.models import AdminArea, Location, Phone, Resource, ServiceAtLocation
from geo.translation import compose
from tests.factories import (
    LocationFactory,
    PhoneFactory,
    ServiceAreaFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
)
from tests.places import GASPE, MONTREAL, PERCE

pytestmark = pytest.mark.django_db

BASE = "https://repere.example"
PAIRS = [("fr", "es"), ("fr", "en"), ("en", "es")]
GASPESIE = ("11", "gaspesie-iles-de-la-madeleine")

# Points in a millimetre.
MM = 72 / 25.4


def address(name: str, *args, language: str = "fr") -> str:
    with translation.override(language):
        return reverse(name, args=args)


def fetched(client, path: str, **question) -> PdfReader:
    response = client.get(path, question)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(response.content))


def text_of(reader: PdfReader) -> str:
    """All the words, with single spaces: a line of paper may break anywhere."""
    words = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(words.replace("\xa0", " ").split())


def links_of(reader: PdfReader) -> set[str]:
    return {
        str(note.get_object()["/A"]["/URI"])
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    }


def region(code: str) -> AdminArea:
    return AdminArea.objects.regions().get(code=code)


def mrc(name: str) -> AdminArea:
    return AdminArea.objects.mrcs().get(name=name)


def town(name: str) -> AdminArea:
    return AdminArea.objects.municipalities().get(name=name)


def at(service, point: Point, municipality: str) -> ServiceAtLocation:
    location = LocationFactory(
        organization=service.organization, point=point, municipality=town(municipality)
    )
    return ServiceAtLocationFactory(service=service, location=location)


@pytest.mark.parametrize("languages", PAIRS, ids="+".join)
def test_every_region_has_a_leaflet_of_few_pages_in_every_pair_of_languages(languages):
    for area in AdminArea.objects.regions():
        leaflet = leaflet_of(area, languages, BASE)

        pages = PdfReader(BytesIO(draw_leaflet(leaflet))).pages

        assert len(pages) <= 8, area.name
        numbers = [entry.number for entry in leaflet.numbered]
        assert numbers == list(range(1, len(numbers) + 1)), area.name


def test_an_mrc_shows_a_place_or_says_where_the_nearest_are():
    towns = Resource.objects.filter(is_remote=False).values("location__municipality__parent")
    mrcs = AdminArea.objects.mrcs().select_related("parent")
    empty = mrcs.exclude(pk__in=towns.exclude(location__municipality=None))
    assert empty.exists()

    for area in [*empty, *mrcs.filter(pk__in=towns)[::8]]:
        leaflet = leaflet_of(area, ("fr", "es"), BASE)

        assert bool(leaflet.numbered) != bool(leaflet.nearest), area.name
        assert draw_leaflet(leaflet).startswith(b"%PDF-"), area.name


def test_a_leaflet_holds_every_place_and_every_trusted_number_of_its_region(client):
    area = region("16")
    rows = Resource.objects.reached(region=area).filter(is_remote=False).with_details()

    text = text_of(fetched(client, address("region-leaflet", "16", area.slug), **{"with": "es"}))

    squeezed = text.replace(" ", "")
    for row in rows:
        assert row.service.name["fr"]["text"].replace(" ", "") in squeezed
        for phone in row.service.trusted_phones:
            assert phone.number[-4:] in text
    assert "1 866 602-9448" in text
    for number in ("911", "811", "211"):
        assert number in text


def test_no_number_of_the_directory_that_is_to_be_verified_is_printed():
    doubtful = Phone.objects.exclude(trust="trusted").exclude(
        number__in=Phone.objects.trusted().values("number")
    )
    assert doubtful.exists()

    printed = ""
    for area in AdminArea.objects.regions():
        leaflet = leaflet_of(area, ("fr", "es"), BASE)
        printed += repr(leaflet)

    for phone in doubtful:
        assert phone.number not in printed


@pytest.mark.usefixtures("empty_directory")
def test_a_leaflet_says_each_thing_in_both_languages(client):
    service = ServiceFactory(
        at=GASPE,
        name=compose({"fr": "Clinique d’œuvre", "es": {"machine": "Clínica de la mañana"}}),
        needs=["sante-clinique"],
        phone="+14185550123",
        speaks=["quc"],
        fee_kind="free",
    )
    PhoneFactory(service=service, number="+14185550199", trust="to_verify")

    reader = fetched(client, address("region-leaflet", *GASPESIE), **{"with": "es"})

    text = text_of(reader)
    assert "Clinique d’œuvre" in text
    assert "Clínica de la mañana*" in text
    assert "Santé · Salud" in text
    assert "K’iche’" in text
    assert "Gratuit" in text
    assert "Gratis" in text
    assert "418 555-0123" in text
    assert "555-0199" not in text
    assert "Gaspésie–Îles-de-la-Madeleine" in text
    assert "tel:+14185550123" in links_of(reader)


@pytest.mark.usefixtures("empty_directory")
def test_hidden_services_and_secret_addresses_are_not_printed(client):
    ServiceFactory(at=GASPE, hidden=True, name=compose({"fr": "Service caché"}))
    shelter = ServiceFactory(is_shelter=True, name=compose({"fr": "Maison inventée"}))
    location = LocationFactory(
        organization=shelter.organization,
        point=GASPE,
        precision="municipality",
        address_visibility="partial",
        municipality=town("Gaspé"),
    )
    place = ServiceAtLocationFactory(service=shelter, location=location)
    Location.objects.filter(pk=location.pk).update(locality="Secteur secret")
    secret = "Secteur secret"

    leaflet = fetched(client, address("region-leaflet", *GASPESIE), **{"with": "en"})
    card = fetched(client, address("resource-card", place.pk))

    assert "Service caché" not in text_of(leaflet)
    for reader in (leaflet, card):
        assert "Maison inventée" in text_of(reader)
        assert "Gaspé" in text_of(reader)
        assert secret not in text_of(reader)
    content = leaflet_of(region("11"), ("fr", "en"), BASE)
    assert [entry.point for entry in content.numbered] == [None]
    hidden = ServiceAtLocation.objects.get(service__review_status="to_verify")
    assert client.get(address("resource-card", hidden.pk)).status_code == 404


@pytest.mark.usefixtures("empty_directory")
def test_everyday_places_stand_apart_after_all_services():
    ServiceFactory(at=GASPE, needs=["vie-sociale-sport"], is_everyday=True)
    ServiceFactory(at=PERCE, needs=["sante-clinique", "vie-sociale-sport"])
    ServiceFactory(covering=["24"], phone="+18005550199", needs=["droits-salaire"])

    leaflet = leaflet_of(region("11"), ("en", "es"), BASE)

    assert [entry.is_everyday for entry in leaflet.numbered] == [False, True]
    assert [group.name[0] for group in leaflet.places] == ["Health"]
    assert [group.name[0] for group in leaflet.everyday] == ["Social life, sport, worship"]
    text = text_of(PdfReader(BytesIO(draw_leaflet(leaflet))))
    parts = ["Places to go to", "By phone, everywhere in Québec", "Everyday places"]
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)


@pytest.mark.usefixtures("empty_directory")
def test_a_service_stands_once_and_its_other_needs_point_to_its_number():
    ServiceFactory(at=GASPE, needs=["droits-salaire"])
    ServiceFactory(at=PERCE, needs=["sante-clinique", "droits-salaire"])

    leaflet = leaflet_of(region("11"), ("fr", "es"), BASE)

    rights, health = leaflet.places
    assert [entry.number for entry in rights.entries] == [1]
    assert rights.also == (2,)
    assert [entry.number for entry in health.entries] == [2]
    assert health.also == ()


@pytest.mark.usefixtures("empty_directory")
def test_a_warning_of_many_services_is_printed_once():
    for number in range(4):
        ServiceFactory(
            at=GASPE,
            needs=["sante-clinique"],
            name=compose({"fr": f"Service {number}"}),
            alert=compose({"fr": "Appelez avant de venir, toujours."}),
        )

    leaflet = leaflet_of(region("11"), ("fr", "es"), BASE)

    assert leaflet.notes[0][0] == "a"
    text = text_of(PdfReader(BytesIO(draw_leaflet(leaflet))))
    assert text.count("Appelez avant de venir") == 2  # once in each column
    assert text.count("▲ (a)") == 1 + 2 * 4


@pytest.mark.usefixtures("empty_directory")
def test_a_region_without_anything_says_so_and_names_211():
    leaflet = leaflet_of(region("10"), ("en", "es"), BASE)

    text = text_of(PdfReader(BytesIO(draw_leaflet(leaflet))))

    assert "We know no place here yet. Others may exist: call 211." in text
    assert "Nothing listed here yet for:" in text
    assert len(leaflet.missing) == 15


@pytest.mark.usefixtures("empty_directory")
def test_many_long_entries_break_between_services_and_go_on_under_their_need():
    for number in range(60):
        ServiceFactory(
            at=MONTREAL,
            needs=["accueil-orientation"],
            name=compose({"fr": f"{number:02} {'Centre au nom interminable ' * 6}"}),
            alert=compose({"fr": f"{number} {'Avertissement sans fin ' * 200}"}),
        )

    leaflet = leaflet_of(region("06"), ("en", "fr"), BASE)
    text = text_of(PdfReader(BytesIO(draw_leaflet(leaflet))))

    assert "Welcome and guidance · Accueil et orientation (continued" in text
    for number in range(60):
        assert f"{number:02} Centre au nom interminable" in text


@pytest.mark.usefixtures("empty_directory")
def test_the_leaflet_of_an_mrc_has_its_towns_and_what_serves_it():
    here = ServiceFactory(name=compose({"fr": "Service de Gaspé"}), needs=["sante-clinique"])
    at(here, GASPE, "Gaspé")
    beside = ServiceFactory(name=compose({"fr": "Service de Percé"}), needs=["sante-clinique"])
    at(beside, PERCE, "Percé")
    area = mrc("La Côte-de-Gaspé")
    lines = {
        "Ligne de la MRC": area,
        "Ligne de la région": area.parent,
        "Ligne de la ville": town("Gaspé"),
        "Ligne du Québec": AdminArea.objects.province().get(),
        "Ligne d'ailleurs": mrc("Le Rocher-Percé"),
    }
    for number, (name, covered) in enumerate(lines.items()):
        line = ServiceFactory(
            name=compose({"fr": name}), phone=f"+1418555010{number}", needs=["droits-salaire"]
        )
        ServiceAreaFactory(service=line, area=covered)

    leaflet = leaflet_of(area, ("fr", "es"), BASE)

    text = text_of(PdfReader(BytesIO(draw_leaflet(leaflet))))
    assert "La Côte-de-Gaspé" in text
    assert "Service de Gaspé" in text
    assert "Service de Percé" not in text
    for name in lines:
        assert (name in text) == (name != "Ligne d'ailleurs"), name
    assert leaflet.outline == ()
    assert leaflet.page.endswith("/regions/11-gaspesie-iles-de-la-madeleine/")


@pytest.mark.usefixtures("empty_directory")
def test_an_mrc_without_a_place_says_where_the_nearest_is():
    beside = ServiceFactory(name=compose({"fr": "Service de Percé"}), needs=["sante-clinique"])
    at(beside, PERCE, "Percé")

    leaflet = leaflet_of(mrc("La Côte-de-Gaspé"), ("en", "es"), BASE)

    (nearest,) = leaflet.nearest
    assert nearest.entry.told[0].name == "Service de Percé [fr]"
    assert re.fullmatch(r"\d\d km", nearest.distance[0].replace("\xa0", " "))
    text = text_of(PdfReader(BytesIO(draw_leaflet(leaflet))))
    assert "We know no place here yet" in text
    assert "The nearest places" in text


def test_the_same_directory_gives_the_same_bytes_and_an_etag_spares_them(client):
    path = address("region-leaflet", *GASPESIE)
    first = client.get(path, {"with": "es"})
    again = client.get(path, {"with": "es"})
    other = client.get(path, {"with": "en"})

    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"] != other.headers["ETag"]
    assert "max-age=3600" in first.headers["Cache-Control"]
    assert first.headers["Content-Disposition"] == 'inline; filename="repere-11-fr-es.pdf"'
    unchanged = client.get(path, {"with": "es"}, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    assert unchanged.content == b""


@pytest.mark.usefixtures("empty_directory")
def test_a_change_of_the_directory_changes_the_etag(client):
    service = ServiceFactory(at=GASPE, needs=["sante-clinique"], phone="+14185550123")
    path = address("region-leaflet", *GASPESIE)
    before = client.get(path).headers["ETag"]

    Phone.objects.filter(service=service).update(number="+14185550188")

    assert client.get(path).headers["ETag"] != before


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_other_language_is_spanish_or_french_unless_one_is_asked_for(client, language):
    response = client.get(address("region-leaflet", *GASPESIE, language=language))

    other = "fr" if language == "es" else "es"
    assert f'"repere-11-{language}-{other}.pdf"' in response.headers["Content-Disposition"]


@pytest.mark.parametrize("question", ["with=fr", "with=de", "with=", "with=es&with=en"])
def test_a_pair_that_is_none_is_refused_with_a_page(client, question):
    for path in (
        address("region-leaflet", *GASPESIE),
        address("mrc-leaflet", "040", "la-haute-gaspesie"),
        address("resource-card", Resource.objects.first().pk),
    ):
        response = client.get(f"{path}?{question}")

        assert response.status_code == 400
        assert "text/html" in response.headers["Content-Type"]


@pytest.mark.parametrize("size", ["a3", "A6 ", "", "letter"])
def test_a_size_that_is_none_is_refused(client, size):
    assert client.get(address("poster"), {"size": size}).status_code == 400
    card = address("resource-card", Resource.objects.first().pk)
    assert client.get(card, {"size": size}).status_code == 400


def test_a_wrong_name_leads_to_the_right_one_with_its_question_and_a_wrong_code_nowhere(client):
    moved = client.get(address("region-leaflet", "11", "gaspesie") + "?with=en")

    assert moved.status_code == 301
    assert moved.headers["Location"] == address("region-leaflet", *GASPESIE) + "?with=en"
    assert client.get(address("region-leaflet", "99", "nulle-part")).status_code == 404
    assert client.get(address("mrc-leaflet", "999", "nulle-part")).status_code == 404
    unknown = "00000000-0000-4000-8000-000000000000"
    assert client.get(address("resource-card", unknown)).status_code == 404


def test_a_document_says_what_it_is_and_carries_its_letters(client):
    reader = fetched(client, address("region-leaflet", *GASPESIE, language="en"))

    assert reader.metadata.title.startswith("Gaspésie–Îles-de-la-Madeleine – ")
    assert reader.metadata.author == "Repère"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    fonts = [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]
    names = {str(font["/BaseFont"]).partition("+")[2] for font in fonts if "/ToUnicode" in font}
    assert names == {
        "SourceSansPro-Regular",
        "SourceSansPro-Bold",
        "SourceSansPro-It",
        "SourceSansPro-Black",
    }
    for font in fonts:
        if "/ToUnicode" in font:
            assert "/FontFile2" in font["/FontDescriptor"].get_object()


def test_the_code_of_a_leaflet_is_the_address_of_its_page_and_nothing_more(client):
    reader = fetched(client, address("region-leaflet", *GASPESIE))

    web = {link for link in links_of(reader) if link.startswith("http://testserver")}
    assert web == {"http://testserver/fr/regions/11-gaspesie-iles-de-la-madeleine/"}


@pytest.mark.usefixtures("empty_directory")
def test_the_number_of_queries_of_a_leaflet_does_not_grow(client, django_assert_max_num_queries):
    path = address("region-leaflet", *GASPESIE)
    for _ in range(3):
        ServiceFactory(at=GASPE, needs=["sante-clinique"], phone="+14185550123")
    client.get(path)
    with django_assert_max_num_queries(25) as few:
        client.get(path)
    for _ in range(30):
        ServiceFactory(at=GASPE, needs=["sante-clinique"], phone="+14185550123", speaks=["es"])
    with django_assert_max_num_queries(len(few)):
        client.get(path)


@pytest.mark.usefixtures("empty_directory")
@pytest.mark.parametrize(("size", "millimetres"), [("a6", (105, 148)), ("a4", (210, 297))])
def test_a_card_is_one_sheet_with_the_number_the_page_and_both_languages(client, size, millimetres):
    service = ServiceFactory(
        at=GASPE,
        name=compose({"fr": "Clinique inventée", "es": {"machine": "Clínica inventada"}}),
        needs=["sante-clinique"],
        phone="+14185550123",
    )
    place = ServiceAtLocation.objects.get(service=service)

    reader = fetched(client, address("resource-card", place.pk), size=size)

    (page,) = reader.pages
    size_mm = float(page.mediabox.width) / MM, float(page.mediabox.height) / MM
    assert size_mm == pytest.approx(millimetres, abs=0.5)
    text = text_of(reader)
    for words in ("Clinique inventée", "Clínica inventada*", "418 555-0123", "Clinique, CLSC"):
        assert words in text
    assert links_of(reader) == {
        "tel:+14185550123",
        f"http://testserver{address('resource', place.pk)}",
    }


@pytest.mark.usefixtures("empty_directory")
def test_a_card_has_a_map_only_where_the_door_is_known():
    exact = ServiceFactory(at=GASPE)
    about = ServiceFactory()
    location = LocationFactory(
        organization=about.organization, point=GASPE, precision="postal_code"
    )
    ServiceAtLocationFactory(service=about, location=location)
    line = ServiceFactory(covering=["24"])

    cards = [
        card_of(Resource.objects.with_details().get(service=service), ("fr", "es"), BASE)
        for service in (exact, about, line)
    ]

    assert [bool(card.regions) for card in cards] == [True, False, False]
    assert "Gaspé" in [town.name for town in cards[0].towns]


@pytest.mark.usefixtures("empty_directory")
def test_a_long_card_turns_to_its_other_side_and_no_further():
    service = ServiceFactory(
        at=GASPE,
        needs=["sante-clinique", "droits-salaire"],
        name=compose({"fr": "Centre au nom interminable " * 8}),
        description=compose({"fr": "Une longue description. " * 60}),
        alert=compose({"fr": "Un long avertissement. " * 60}),
    )
    for number in range(6):
        PhoneFactory(
            service=service,
            number=f"+1418555010{number}",
            note=compose({"fr": "Un numéro avec une note assez longue"}),
        )
    row = Resource.objects.with_details().get(service=service)

    reader = PdfReader(BytesIO(draw_card(card_of(row, ("fr", "es"), BASE), "a6")))

    assert len(reader.pages) == 2
    assert "418 555-0105" in text_of(reader)
    assert "Un long avertissement" in text_of(reader)


def test_every_card_of_the_directory_fits_on_two_sides():
    for row in Resource.objects.with_details()[::12]:
        reader = PdfReader(BytesIO(draw_card(card_of(row, ("fr", "es"), BASE), "a6")))
        assert len(reader.pages) <= 2


@pytest.mark.parametrize(("size", "width"), [("a1", 594), ("a0", 841)])
def test_the_poster_is_one_sheet_of_lines_with_all_the_regions(client, size, width):
    response = client.get(address("poster"), {"size": size})

    assert len(response.content) < 1_000_000
    (page,) = (reader := PdfReader(BytesIO(response.content))).pages
    assert float(page.mediabox.width) / MM == pytest.approx(width, abs=1.5)
    assert not list(page.images)
    text = text_of(reader)
    for area in AdminArea.objects.regions():
        # Once on a map, once in the table.
        assert text.count(f"{area.code} {area.name}") >= 2, area.name
    assert "http://testserver/fr/" in links_of(reader)


@pytest.mark.usefixtures("empty_directory")
def test_a_line_of_the_whole_province_fills_no_cell_of_a_region():
    ServiceFactory(covering=["24"], phone="+18005550199", needs=["droits-salaire"])
    ServiceFactory(covering=["13"], phone="+14505550123", needs=["droits-salaire"])
    ServiceFactory(at=GASPE, needs=["sante-clinique"])
    ServiceFactory(at=GASPE, needs=["vie-sociale-sport"], is_everyday=True)

    poster = poster_of("en", BASE)

    rows = {row.code: row for row in poster.rows}
    assert dict(poster.wide) == {"droits": 1}
    assert [line.call.number for line in poster.lines] == ["1 800 555-0199"]
    assert (rows["13"].counts, rows["13"].lines) == ((), 1)
    assert (rows["11"].counts, rows["11"].places, rows["11"].everyday) == ((("sante", 1),), 1, 1)
    assert all(
        row.lines == row.places == row.everyday == 0
        for code, row in rows.items()
        if code not in {"11", "13"}
    )
    assert len(draw_poster(poster, "a1")) < 1_000_000


def test_the_page_of_a_region_leads_to_its_leaflets_and_those_of_its_mrc(client):
    page = client.get("/es/regions/11-gaspesie-iles-de-la-madeleine/").content.decode()

    for other in ("fr", "en"):
        leaflet = address("region-leaflet", *GASPESIE, language="es")
        assert f'href="{leaflet}?with={other}"' in page
        district = address("mrc-leaflet", "040", "la-haute-gaspesie", language="es")
        assert f'href="{district}?with={other}"' in page
    assert (
        f'href="{address("poster", language="es")}?size=a1"'
        in client.get("/es/regions/").content.decode()
    )


def test_a_command_writes_the_leaflets_of_a_region_and_its_mrc(tmp_path):
    site = "https://repere.example"
    call_command(
        "print_leaflets", to=tmp_path, site=site, region=["10"], mrc=True, stdout=StringIO()
    )

    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["repere-10-fr-es.pdf", "repere-mrc-992-fr-es.pdf"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"other": "fr"}, "two different"),
        ({"site": "repere"}, "address"),
        ({"region": ["99"]}, "No region has the code 99"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, options, complaint):
    with pytest.raises(CommandError, match=complaint):
        call_command(
            "print_leaflets", **{"to": tmp_path, "site": "https://repere.example"} | options
        )
    assert not list(tmp_path.iterdir())
