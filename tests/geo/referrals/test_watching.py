"""Saved searches tell what appeared, changed or went, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from geo.errors import TooManySearches
from geo.models import NeedTerm, OutboxMail, SavedSearch, ServiceCapacity, WatchedService
from geo.referrals.watching import Checked, check, save_search
from geo.translation import compose
from tests.factories import PhoneFactory, ServiceFactory, UserFactory
from tests.network import coordinator, member, organization, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]


def saved(user=None, code="11", need=None, language="") -> SavedSearch:
    return save_search(
        user or member(organization()),
        region=region(code),
        need=need and NeedTerm.objects.get(code=need),
        language=language,
    )


def service(**traits):
    return ServiceFactory(**{"needs": ["droits"], "covering": ["11"], "speaks": ["es"]} | traits)


def news(search) -> list[tuple[str, str]]:
    rows = WatchedService.objects.filter(saved_search=search).exclude(change="")
    return sorted((str(row), row.change) for row in rows)


def mails() -> int:
    return OutboxMail.objects.filter(kind="watch").count()


def test_the_first_look_is_silent():
    here = service()
    search = saved()
    assert check() == Checked(searches=1, alerts=0)
    assert news(search) == []
    assert list(search.watched.values_list("service_id", flat=True)) == [here.pk]
    assert mails() == 0


def test_a_service_that_appears_is_told_once():
    search = saved()
    check()
    new = service()
    assert check() == Checked(searches=1, alerts=1)
    assert news(search) == [(str(new), "appeared")]
    assert OutboxMail.objects.get().saved_search == search
    assert check() == Checked(searches=1, alerts=0)
    assert mails() == 1


def test_several_changes_of_one_search_make_one_mail():
    saved()
    check()
    service()
    service()
    check()
    assert mails() == 1


def _rename(it):
    it.name = compose({"fr": "Nouveau nom inventé"})
    it.save()


CHANGES = {
    "name": _rename,
    "phone": lambda it: PhoneFactory(service=it, number="+14185550199"),
    "hours": lambda it: it.schedules.create(
        opening_hours="Mo 09:00-12:00", source=it.source, as_of="2026-11"
    ),
    "language": lambda it: it.languages.create(code="ht", source=it.source, as_of="2026-11"),
    "need": lambda it: it.service_needs.create(term=NeedTerm.objects.get(code="sante"), rank=2),
    "accepting": lambda it: ServiceCapacity.objects.create(
        service=it, level="low", is_accepting=False
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_matters_of_a_service_is_told_when_it_changes(what):
    search, it = saved(), service()
    check()
    CHANGES[what](it)
    it.refresh_from_db()
    assert check().alerts == 1
    assert news(search) == [(str(it), "changed")]


HARMLESS = {
    "translation": lambda it: (
        type(it)
        .objects.filter(pk=it.pk)
        .update(name=it.name | compose({"es": "Servicio inventado"}))
    ),
    "date of the source": lambda it: type(it).objects.filter(pk=it.pk).update(as_of="2026-12"),
    "number that nobody trusts": lambda it: PhoneFactory(
        service=it, number="+14185550199", trust="to_verify"
    ),
    "room": lambda it: ServiceCapacity.objects.create(service=it, level="low"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_does_not_matter_is_not_told(what):
    saved()
    it = service()
    check()
    HARMLESS[what](it)
    assert check().alerts == 0


def _close(it):
    it.status = "temporarily closed"
    it.save()


@pytest.mark.parametrize("end", [_close, lambda it: it.delete()])
def test_a_service_that_goes_is_told_with_its_name_and_forgotten_after_a_month(end):
    search, it = saved(), service()
    name, now = str(it), timezone.now()
    check(now)
    end(it)
    assert check(now).alerts == 1
    assert news(search) == [(name, "closed")]
    check(now + timedelta(days=31))
    assert not search.watched.exists()
    assert mails() == 1


def test_a_service_that_comes_back_is_told_as_new():
    search, it = saved(), service()
    check()
    _close(it)
    check()
    it.status = "active"
    it.save()
    check()
    assert news(search) == [(str(it), "appeared")]


def test_a_search_sees_its_region_its_need_and_its_language_only():
    wanted = service()
    service(covering=["06"])
    service(needs=["sante"])
    service(speaks=["ht"])
    search = saved(need="droits", language="es")
    check()
    assert list(search.watched.values_list("service_id", flat=True)) == [wanted.pk]


def test_the_same_search_of_ten_accounts_costs_little_more_than_that_of_one(
    django_assert_max_num_queries,
):
    service()
    for _number in range(10):
        saved(need="droits")
    with django_assert_max_num_queries(25):
        assert check() == Checked(searches=10, alerts=0)


def test_services_cost_no_query_each(django_assert_max_num_queries):
    saved()
    for _number in range(15):
        service()
    with django_assert_max_num_queries(25):
        check()
    assert WatchedService.objects.count() == 15


def test_who_left_the_network_is_not_told_and_a_coordinator_is():
    left = UserFactory()
    closed = member(organization(), is_active=False)
    saved(left)
    saved(closed)
    saved(coordinator("11"))
    assert check() == Checked(searches=1, alerts=0)


def test_who_wants_no_mail_still_finds_the_news_on_the_page():
    search = saved(member(organization(), mail_frequency="never"))
    check()
    new = service()
    assert check().alerts == 1
    assert news(search) == [(str(new), "appeared")]
    assert mails() == 0


def test_the_same_search_is_kept_once_and_twenty_are_enough():
    user = member(organization())
    assert saved(user) == saved(user)
    for term in NeedTerm.objects.exclude(parent=None)[:19]:
        save_search(user, region=region("11"), need=term, language="")
    with pytest.raises(TooManySearches):
        saved(user, code="06")
    assert user.saved_searches.count() == 20
