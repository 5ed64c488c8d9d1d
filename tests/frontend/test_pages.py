"""Every page, in every language: what holds for all of them."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils.translation import override

from geo.models import Resource
from tests.factories import ServiceFactory
from tests.places import GASPE

LANGUAGES = ["fr", "en", "es"]
NAMES = [
    "home",
    "region-list",
    "region",
    "resource",
    "about",
    "sources",
    "privacy",
    "favourites",
    "feedback",
    "feedback-thanks",
    "worker-code",
    "worker-code-done",
]

pytestmark = pytest.mark.django_db


def address(name: str, language: str) -> str:
    kwargs = {}
    if name == "region":
        kwargs = {"code": "11", "slug": "gaspesie-iles-de-la-madeleine"}
    if name == "resource":
        kwargs = {"resource_id": Resource.objects.first().pk}
    if name.startswith("feedback"):
        kwargs = {"resource_id": Resource.objects.first().service_id}
    with override(language):
        return reverse(name, kwargs=kwargs)


class Page(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(response) -> Page:
    return Page(response.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_in_its_language_and_leaves_no_trace(client, name, language):
    response = client.get(address(name, language))

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_nothing_from_elsewhere_and_needs_no_inline_code(client, name):
    response = client.get(address(name, "fr"))
    page = page_of(response)

    loaded = [tag.get("src") for name in ("script", "img", "iframe") for tag in page.all(name)]
    loaded += [
        tag["href"] for tag in page.all("link") if tag["rel"] in {"stylesheet", "icon", "preload"}
    ]
    assert loaded
    assert all(url and url.startswith("/") and not url.startswith("//") for url in loaded)
    assert not page.all("style")
    assert not [tag for _name, tag in page.tags if "style" in tag]
    assert not [tag for _name, tag in page.tags if any(key.startswith("on") for key in tag)]
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", NAMES)
def test_links_to_other_sites_do_not_say_where_one_comes_from(client, name):
    page = page_of(client.get(address(name, "fr")))

    for link in page.all("a"):
        if urlsplit(link["href"]).scheme in {"http", "https"}:
            assert link["rel"] == "noopener noreferrer nofollow"


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_every_field_has_a_label(client, name):
    page = page_of(client.get(address(name, "es")))

    ids = [tag["id"] for _name, tag in page.tags if "id" in tag]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in page.all("label")}
    fields = [*page.all("select"), *(tag for tag in page.all("input") if tag["type"] != "hidden")]
    assert {field["id"] for field in fields} <= labelled


@pytest.mark.parametrize("name", NAMES)
def test_the_other_languages_are_one_link_away(client, name):
    page = page_of(client.get(address(name, "fr")))

    expected = {address(name, language) for language in LANGUAGES}
    links = {link["href"] for link in page.all("a") if "hreflang" in link}
    alternates = {
        urlsplit(link["href"]).path for link in page.all("link") if link["rel"] == "alternate"
    }
    assert links == expected
    assert alternates == expected


@pytest.mark.parametrize("name", NAMES)
def test_emergency_numbers_are_on_every_page(client, name):
    links = [link["href"] for link in page_of(client.get(address(name, "en"))).all("a")]

    assert links[:2] == ["/en/exit/", "#main"]
    assert links[2:6] == ["tel:911", "tel:811", "tel:211", "tel:+18666029448"]


def test_the_front_door_follows_the_browser_and_sets_no_cookie(client):
    for header, path in [
        ("es-GT,es;q=0.9,en;q=0.5", "/es/"),
        ("en-CA", "/en/"),
        ("de", "/fr/"),
        ("", "/fr/"),
    ]:
        response = client.get("/", headers={"accept-language": header})
        assert response.status_code == 302
        assert response.headers["Location"] == path
        assert "Accept-Language" in response.headers["Vary"]
        assert not response.cookies


def test_a_page_that_does_not_exist_is_said_in_the_language_of_its_address(client):
    for language, words in [("fr", "n'existe pas"), ("en", "no such page"), ("es", "no existe")]:
        response = client.get(f"/{language}/nowhere/")
        assert response.status_code == 404
        content = response.content.decode().replace("&#x27;", "'")
        assert words in content
        assert f'<html lang="{language}">' in content


def test_the_error_pages_ask_nothing_of_the_database(rf, django_assert_num_queries):
    from frontend.views import errors

    request = rf.get("/es/recursos/")
    with django_assert_num_queries(0):
        responses = [
            errors.bad_request(request, ValueError()),
            errors.forbidden(request, PermissionError()),
            errors.not_found(request, LookupError()),
            errors.server_error(request),
        ]
    assert [response.status_code for response in responses] == [400, 403, 404, 500]
    assert all('<html lang="es">' in response.content.decode() for response in responses)


def test_robots_may_read_the_pages_and_not_the_admin(client):
    content = client.get("/robots.txt").content.decode()

    assert "Disallow: /admin/" in content
    assert "Disallow: /\n" not in content


def test_titles_say_little_to_who_reads_the_history(client):
    service = ServiceFactory(at=GASPE, needs=["urgence-violence"])
    with override("fr"):
        path = reverse("resource", args=[service.pk])

    title = re.search(r"<title>(.*?)</title>", client.get(path).content.decode())[1]

    assert title == "Fiche – Repère"
