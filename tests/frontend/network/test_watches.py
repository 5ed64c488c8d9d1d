"""The page of saved searches: one's own, and nobody else's."""

import pytest
from django.urls import reverse

from geo.models import NeedTerm, SavedSearch
from geo.referrals.watching import check, save_search
from tests.factories import ServiceFactory
from tests.network import member, organization, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return reverse("network-watches")


@pytest.fixture
def reader(client):
    user = member(organization("11"), "viewer")
    client.force_login(user)
    return user


def test_an_anonymous_visitor_is_sent_to_the_door(client, url, settings):
    settings.LOGIN_URL = "/door/"
    assert client.get(url)["Location"].startswith("/door/?next=")


def test_a_viewer_saves_a_search_and_removes_it(client, url, reader):
    response = client.post(url, {"region": "11", "need": "droits", "language": "es"})
    assert (response.status_code, response["Location"]) == (302, url)
    search = SavedSearch.objects.get(user=reader)
    assert (search.region.code, search.need.code, search.language) == ("11", "droits", "es")
    response = client.post(reverse("network-watch-remove", args=[search.pk]))
    assert response.status_code == 302
    assert not SavedSearch.objects.exists()


def test_the_search_of_somebody_else_is_neither_shown_nor_removed(client, url, reader):
    other = save_search(member(organization("11")), region=region("06"), need=None, language="es")
    assert str(other.pk) not in client.get(url).content.decode()
    assert client.post(reverse("network-watch-remove", args=[other.pk])).status_code == 404
    assert SavedSearch.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"region": ""}, "region"),
        ({"region": "99"}, "region"),
        ({"region": "11", "need": "rien"}, "need"),
        ({"region": "11", "language": "xx"}, "language"),
    ],
)
def test_a_search_that_makes_no_sense_comes_back_with_its_error(client, url, reader, fields, field):
    response = client.post(url, fields)
    assert response.status_code == 400
    assert f'id="new-{field}_error"' in response.content.decode()
    assert not SavedSearch.objects.exists()


def test_the_twenty_first_search_is_refused_in_words(client, url, reader):
    for term in NeedTerm.objects.exclude(parent=None)[:20]:
        save_search(reader, region=region("11"), need=term, language="")
    response = client.post(url, {"region": "11"})
    assert response.status_code == 409
    assert "20" in str(response.context["form"].non_field_errors())
    assert SavedSearch.objects.count() == 20


def test_news_lead_to_the_public_page_unless_the_service_is_gone(
    client, url, reader, empty_directory
):
    reader = member(organization("11"))
    client.force_login(reader)
    gone = ServiceFactory(covering=["11"])
    save_search(reader, region=region("11"), need=None, language="")
    check()
    gone.status = "defunct"
    gone.save()
    new = ServiceFactory(covering=["11"])
    check()
    page = client.get(url).content.decode()
    assert reverse("resource", args=[new.pk]) in page
    assert str(gone) in page
    assert reverse("resource", args=[gone.pk]) not in page


def test_the_number_of_queries_does_not_grow_with_the_searches(
    client, url, reader, django_assert_max_num_queries
):
    for term in NeedTerm.objects.exclude(parent=None)[:15]:
        save_search(reader, region=region("11"), need=term, language="")
    with django_assert_max_num_queries(20):
        client.get(url)
