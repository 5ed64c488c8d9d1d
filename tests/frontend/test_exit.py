"""Leaving in a hurry, without and before scripts."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import _quick_exit_urls

LANGUAGES = ["fr", "en", "es"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_leaving_needs_no_database_erases_what_the_phone_keeps_and_goes_elsewhere(
    client, settings, language
):
    settings.QUICK_EXIT_URLS = {code: f"https://x.test/{code}" for code in LANGUAGES}

    response = client.get(f"/{language}/exit/")

    assert response.status_code == 303
    assert response["Location"] == f"https://x.test/{language}"
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_another_site_cannot_erase_what_a_person_keeps(client):
    response = client.get("/fr/exit/", headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 303
    assert "Clear-Site-Data" not in response


@pytest.mark.django_db
def test_the_way_out_is_the_first_link_and_a_button_of_every_page(client):
    content = client.get("/es/").content.decode()

    first = content.index("data-leave")
    assert first < content.index('href="#main"')
    assert 'id="leave"' in content
    assert content.count('href="/es/exit/"') == 2


def test_the_way_out_is_on_the_page_for_a_crash_too(rf):
    from frontend.views import errors

    content = errors.server_error(rf.get("/en/")).content.decode()

    assert content.count('href="/en/exit/"') == 2


def test_search_engines_leave_the_way_out_alone(client):
    robots = client.get("/robots.txt").content.decode()

    for language in LANGUAGES:
        assert f"Disallow: /{language}/exit/" in robots


def test_the_operator_chooses_the_neutral_page():
    assert set(_quick_exit_urls("https://example.org/").values()) == {"https://example.org/"}
    assert set(_quick_exit_urls(None)) == set(LANGUAGES)
    assert all(url.startswith("https://") for url in _quick_exit_urls("").values())
    with pytest.raises(ImproperlyConfigured, match="QUICK_EXIT_URL"):
        _quick_exit_urls("javascript:alert(1)")
