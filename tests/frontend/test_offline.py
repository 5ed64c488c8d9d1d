"""What makes the site an application: service worker, manifest, page without a network."""

import json
import re
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.translation import override

from frontend import network_urls
from frontend.views import offline
from geo.translation import LANGUAGES


@pytest.fixture(autouse=True)
def _a_built_script(monkeypatch):
    monkeypatch.setattr(offline, "_built_script", lambda: "/* built */")


def site(client) -> dict:
    text = client.get("/sw.js").content.decode()
    return json.loads(re.match(r"self\.SITE=(.*);\n", text)[1])


def test_the_service_worker_answers_for_the_whole_site(client):
    response = client.get("/sw.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    again = client.get("/sw.js", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_it_knows_the_addresses_of_each_language(client):
    languages = site(client)["languages"]

    assert tuple(languages) == LANGUAGES
    for code in LANGUAGES:
        with override(code):
            assert languages[code]["home"] == reverse("home")
            assert languages[code]["offline"] == reverse("offline")
            left_alone = languages[code]["leftAlone"]
            for name in (
                "exit",
                "worker-code",
                "worker-code-done",
                "referral-link",
                "network-inbox",
                "referral-write",
            ):
                assert any(reverse(name).startswith(path) for path in left_alone), name


def test_another_script_is_another_version(client, monkeypatch):
    before = site(client)["version"]
    monkeypatch.setattr(offline, "_built_script", lambda: "/* built again */")

    assert site(client)["version"] != before
    assert re.fullmatch(r"[0-9a-f]{12}", before)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_installed_name_and_picture_say_nothing_of_the_worker(client, language):
    response = client.get(f"/{language}/manifest.webmanifest")

    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert manifest["name"] == manifest["short_name"] == "Repère"
    assert manifest["lang"] == language
    assert manifest["start_url"] == f"/{language}/"
    assert manifest["display"] == "standalone"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))
    assert not re.search(r"work|trabaj|travail|immigr|tet", manifest["description"], re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_without_network_is_a_frame_for_others(client, language):
    with override(language):
        page = client.get(reverse("offline")).content.decode()

    assert page.count("<main") == page.count("</main>") == 1
    assert 'rel="canonical"' not in page
    assert 'content="noindex"' in page
    assert page.count('lang="fr"') >= 1


@pytest.mark.django_db
def test_pages_say_which_region_they_are_about(client):
    region = client.get("/fr/regions/11-gaspesie-iles-de-la-madeleine/").content.decode()
    around = client.get("/fr/", {"place": "Gaspé"}).content.decode()
    here = client.get("/fr/", {"lat": "48.83", "lon": "-64.48"}).content.decode()
    anywhere = client.get("/fr/", {"need": "sante"}).content.decode()

    for page in (region, around, here):
        assert re.search(r'id="results"[^>]* data-region="11"', page)
    assert not re.search(r'id="results"[^>]* data-region', anywhere)


def test_the_worker_answers_for_no_page_of_the_network(client):
    for code, addresses in site(client)["languages"].items():
        with override(code):
            pages = [
                reverse(pattern.name, args=[UUID(int=1)] if "uuid" in str(pattern.pattern) else [])
                for pattern in network_urls.urlpatterns
            ]
        assert pages
        for page in pages:
            assert any(page.startswith(left) for left in addresses["leftAlone"])
