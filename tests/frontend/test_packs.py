"""Packs as phones fetch them."""

import gzip
import json
import re
from io import StringIO
from pathlib import Path

import brotli
import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.urls import reverse
from django.utils.translation import override

from frontend import packs
from geo import packs as packs_of
from geo.models import Phone, Service
from geo.translation import LANGUAGES
from tests.factories import AlertFactory, PhoneFactory, ServiceFactory
from tests.places import GASPE

CODES = [*(f"{number:02}" for number in range(1, 18)), "all"]

# Bytes of the pack of one region in one language, as they travel.
LIMIT = 60_000


@pytest.fixture(autouse=True)
def _packs_of_this_test(settings, tmp_path, monkeypatch):
    settings.PACKS_DIR = tmp_path / "packs"
    monkeypatch.setattr(packs, "_in_memory", {})


def fetch(client, address: str, **headers: str):
    return client.get(address, headers={"Accept-Encoding": "br"} | headers)


def read(response) -> dict:
    return json.loads(brotli.decompress(response.content))


@pytest.mark.django_db
def test_a_region_weighs_less_than_60_kilobytes(capsys):
    for language in LANGUAGES:
        packs.build_all(language)
    rows = {language: packs.sizes(language)["packs"] for language in LANGUAGES}

    with capsys.disabled():
        print("\nBytes of the packs with brotli\n code     fr     en     es")  # noqa: T201
        for fr, en, es in zip(*rows.values(), strict=True):
            print(f"{fr['code']:>5} {fr['bytes']:6} {en['bytes']:6} {es['bytes']:6}")  # noqa: T201
    assert [row["code"] for row in rows["fr"]] == CODES
    for language in LANGUAGES:
        for row in rows[language]:
            assert row["bytes"] <= LIMIT or row["code"] == "all", (language, row)


@pytest.mark.django_db
def test_a_pack_is_sent_packed_with_a_strong_etag(client):
    response = fetch(client, "/fr/packs/11.json")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Content-Encoding"] == "br"
    assert response["Cache-Control"] == "no-cache"
    assert response["Vary"] == "Accept-Encoding"
    assert re.fullmatch(r'"[0-9a-f]{16}"', response["ETag"])
    assert not response.cookies
    assert read(response)["region"] == "11"


@pytest.mark.django_db
def test_who_has_the_pack_is_told_so_in_few_bytes(client):
    first = fetch(client, "/fr/packs/11.json")

    again = fetch(client, "/fr/packs/11.json", **{"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert not again.content
    assert again["ETag"] == first["ETag"]


@pytest.mark.django_db
def test_browsers_without_brotli_get_the_same_pack(client):
    packed = read(fetch(client, "/fr/packs/11.json"))

    zipped = fetch(client, "/fr/packs/11.json", **{"Accept-Encoding": "br;q=0, gzip"})
    plain = fetch(client, "/fr/packs/11.json", **{"Accept-Encoding": ""})

    assert zipped["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(zipped.content)) == packed
    assert "Content-Encoding" not in plain
    assert plain.json() == packed
    assert len({zipped["ETag"], plain["ETag"], fetch(client, "/fr/packs/11.json")["ETag"]}) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/fr/packs/18.json", "/fr/packs/../11.json", "/fr/packs/x.json"]
)
def test_there_is_no_pack_of_anything_else(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_the_second_pack_costs_a_few_questions(client, django_assert_max_num_queries):
    fetch(client, "/fr/packs/11.json")

    with django_assert_max_num_queries(2):
        fetch(client, "/fr/packs/11.json")


@pytest.mark.django_db
def test_the_change_of_an_editor_is_in_the_next_pack(client, empty_directory):
    service = ServiceFactory(at=GASPE)
    first = fetch(client, "/fr/packs/11.json")
    PhoneFactory(service=service, number="+14185550142")

    second = fetch(client, "/fr/packs/11.json", **{"If-None-Match": first["ETag"]})

    assert second.status_code == 200
    assert read(second)["version"] != read(first)["version"]
    assert "+14185550142" in read(second)["resources"][0]["card"]


@pytest.mark.django_db
def test_a_change_elsewhere_leaves_the_pack_as_it_is(client, empty_directory):
    ServiceFactory(at=GASPE)
    first = fetch(client, "/fr/packs/11.json")
    ServiceFactory(covering=["06"])

    second = fetch(client, "/fr/packs/11.json", **{"If-None-Match": first["ETag"]})

    assert second.status_code == 304


@pytest.mark.django_db
def test_only_the_last_copy_is_kept(client, settings, empty_directory):
    fetch(client, "/fr/packs/11.json")
    ServiceFactory(at=GASPE)
    fetch(client, "/fr/packs/11.json")

    assert len(list(Path(settings.PACKS_DIR).iterdir())) == 1


@pytest.mark.django_db
def test_packs_are_sent_where_nothing_can_be_written(client, settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    settings.PACKS_DIR = tmp_path / "file" / "packs"

    first, second = fetch(client, "/fr/packs/11.json"), fetch(client, "/fr/packs/11.json")

    assert first.status_code == 200
    assert first.content == second.content


@pytest.mark.django_db
def test_the_last_packs_serve_while_the_database_is_down(client, monkeypatch):
    before = fetch(client, "/fr/packs/11.json").content

    def refuse(*_arguments):
        raise OperationalError

    monkeypatch.setattr(packs_of, "directory_stamp", refuse)

    assert fetch(client, "/fr/packs/11.json").content == before


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_pieces_of_pages_are_those_of_the_pages(client, language):
    pack = read(fetch(client, f"/{language}/packs/11.json"))
    resource = next(row for row in pack["resources"] if not row["remote"])
    service = pack["services"][resource["service"]]
    detail = pack["details"][resource["service"]]

    with override(language):
        page = client.get(reverse("resource", args=[resource["id"]]))

    assert service["name"] in page.content.decode()
    assert detail.startswith('<article class="sheet">')
    assert detail.endswith("</article>")
    assert resource["card"].startswith(f'<li class="card" id="r-{resource["id"]}"')
    assert resource["card"].endswith("</li>")
    assert resource["card"].count("data-distance") == 1


@pytest.mark.django_db
def test_pieces_of_pages_name_no_host_and_no_visitor(client):
    pack = read(fetch(client, "/fr/packs/11.json", host="testserver"))

    pieces = "".join([*pack["details"], *(row["card"] for row in pack["resources"])])

    assert "testserver" not in pieces
    assert "csrf" not in pieces
    assert not re.search(r"style=|<script|onclick", pieces)


@pytest.mark.django_db
def test_no_untrusted_number_is_in_any_pack(client):
    trusted = set(Phone.objects.trusted().values_list("number", flat=True))
    hidden = set(Phone.objects.values_list("number", flat=True)) - trusted
    secret = [str(key) for key in Service.objects.to_verify().values_list("pk", flat=True)]
    assert hidden
    assert secret

    for language in LANGUAGES:
        text = brotli.decompress(fetch(client, f"/{language}/packs/all.json").content).decode()

        assert [number for number in hidden if number.removeprefix("+1") in text] == []
        assert [key for key in secret if key in text] == []


@pytest.mark.django_db
def test_alerts_are_held_as_they_are_shown(client, empty_directory):
    AlertFactory(regions=["11"])

    (alert,) = read(fetch(client, "/fr/packs/11.json"))["alerts"]

    assert alert["html"].startswith('<div class="bulletin')
    assert "Avis inventé" in alert["html"]


@pytest.mark.django_db
def test_the_list_of_packs_tells_sizes_first(client):
    pack = fetch(client, "/es/packs/11.json")

    listed = read(fetch(client, "/es/packs/"))

    rows = {row["code"]: row for row in listed["packs"]}
    assert list(rows) == CODES
    assert rows["11"]["name"] == "Gaspésie–Îles-de-la-Madeleine"
    assert rows["11"]["bytes"] == len(pack.content)
    assert rows["11"]["version"] == read(pack)["version"]
    assert listed["shared_bytes"] >= len(fetch(client, "/es/packs/areas.json").content)


@pytest.mark.django_db
def test_the_size_of_a_pack_that_nobody_asked_for_is_about_right(client):
    row = read(fetch(client, "/es/packs/"))["packs"][0]

    size = len(fetch(client, f"/es/packs/{row['code']}.json").content)

    assert row["version"] is None
    assert size <= row["bytes"] <= size * 1.25


@pytest.mark.django_db
def test_after_a_change_the_list_keeps_the_last_sizes(client, empty_directory):
    fetch(client, "/fr/packs/11.json")
    listed = read(fetch(client, "/fr/packs/"))["packs"]
    ServiceFactory(at=GASPE)

    after = read(fetch(client, "/fr/packs/"))["packs"]

    assert [row["bytes"] for row in after] == [row["bytes"] for row in listed]
    assert {row["version"] for row in after} == {None}


@pytest.mark.django_db
def test_the_words_of_needs_are_few_bytes(client):
    response = fetch(client, "/fr/packs/vocabulary.json")

    assert len(response.content) <= 32_000
    assert read(response)["terms"][0]["names"].keys() == {"fr", "en", "es"}


@pytest.mark.django_db
def test_all_packs_can_be_built_beforehand(settings):
    output = StringIO()

    call_command("build_packs", language=["fr"], stdout=output)

    assert len(list(Path(settings.PACKS_DIR).glob("*.fr.*.br"))) == 18
    assert re.search(r"^fr 11 +\d+$", output.getvalue(), re.MULTILINE)
