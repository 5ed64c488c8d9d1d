"""Help that was looked for and not found: counted by month, and nothing else written down."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from frontend import ledger
from frontend.rate import DAY_S, Limit
from geo.choices import GapKind
from geo.models import AdminArea, SearchGap
from tests.factories import ServiceFactory
from tests.places import GASPE, MONTREAL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory", "fresh_limit")]


@pytest.fixture
def fresh_limit(monkeypatch, db):
    """A server that nobody has asked before; browsers of other tests may have."""
    SearchGap.objects.all().delete()
    monkeypatch.setattr(ledger, "_limit", Limit(1, DAY_S))


def cells() -> list[tuple]:
    rows = SearchGap.objects.order_by("kind", "region__code", "need", "language")
    return list(rows.values_list("kind", "region__code", "need", "language", "count"))


def ask(client, headers=None, **question):
    response = client.get("/en/", question, headers=headers)
    assert response.status_code == 200
    return response


def test_a_search_without_any_answer_is_counted_in_its_month_and_region(client):
    ask(client, need="sante", place="Gaspé")

    assert cells() == [("no_result", "11", "sante", "", 1)]
    assert SearchGap.objects.get().month == timezone.localdate().replace(day=1)


def test_a_search_that_finds_lines_only_is_counted_as_one_without_a_place(client):
    ServiceFactory(covering=["24"], needs=["sante-clinique"])
    ServiceFactory(at=MONTREAL, needs=["sante-clinique"])

    ask(client, need="sante-clinique", place="Gaspé", language="")

    assert cells() == [("no_place", "11", "sante", "", 1)]


def test_a_search_that_finds_a_place_is_not_counted(client):
    ServiceFactory(at=GASPE, needs=["sante-clinique"])

    ask(client, need="sante", place="Gaspé")

    assert cells() == []


def test_the_language_of_service_that_was_asked_for_is_counted_and_not_that_of_the_page(client):
    ServiceFactory(at=GASPE, needs=["sante-clinique"], speaks=["fr"])

    ask(client, need="sante", place="Gaspé", language="es")

    assert cells() == [("no_result", "11", "sante", "es", 1)]


def test_a_need_that_was_understood_from_words_is_counted_without_the_words(client):
    ask(client, q="me duele una muela, soy Zacarías", place="Gaspé")

    [(kind, region, need, language, count)] = cells()
    assert (kind, region, language, count) == ("no_result", "11", "", 1)
    assert need == "sante"


def test_a_question_about_no_need_is_not_counted(client):
    ask(client, place="Gaspé")
    ask(client, q="zzzzz", place="Gaspé")
    ask(client, language="es")

    assert cells() == []


def test_a_region_that_nobody_knows_is_left_empty(client):
    ask(client, need="sante")

    assert cells() == [("no_result", None, "sante", "", 1)]


@pytest.mark.parametrize(
    "narrowing", [{"open_now": "true"}, {"kind": "clinic"}, {"mode": "on_site"}]
)
def test_a_question_that_is_narrowed_says_nothing_about_missing_help(client, narrowing):
    ask(client, need="sante", place="Gaspé", **narrowing)

    assert cells() == []


def test_later_pages_of_an_answer_are_not_counted_again(client):
    ServiceFactory.create_batch(21, covering=["24"], needs=["sante-clinique"])

    ask(client, need="sante", page="2")

    assert cells() == []


def test_only_a_page_that_somebody_reads_is_counted(client):
    question = {"need": "sante", "place": "Gaspé"}

    client.head("/en/", question)
    ask(client, {"Sec-Purpose": "prefetch;prerender"}, **question)
    ask(client, {"Purpose": "prefetch"}, **question)

    assert cells() == []


def test_one_address_counts_once_in_a_cell_and_another_one_again(client):
    for _ in range(3):
        ask(client, need="sante", place="Gaspé")
    ask(client, need="sante", place="Gaspé", language="es")
    client.get("/en/", {"need": "sante", "place": "Gaspé"}, REMOTE_ADDR="192.0.2.7")

    assert cells() == [
        ("no_result", "11", "sante", "", 2),
        ("no_result", "11", "sante", "es", 1),
    ]


def test_the_limit_holds_neither_the_address_nor_the_question(client):
    client.get("/en/", {"need": "sante", "place": "Gaspé"}, REMOTE_ADDR="192.0.2.7")

    kept = repr(vars(ledger._limit))
    assert len(ledger._limit._counts) == 1
    assert "192.0.2.7" not in kept
    assert "sante" not in kept


def test_a_database_that_only_reads_still_answers(client, caplog):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        response = client.get("/en/", {"need": "sante", "place": "Gaspé"})
        transaction.set_rollback(True)

    assert response.status_code == 200
    assert caplog.messages == ["The ledger was not written: ReadOnlySqlTransaction"]
    assert cells() == []


def test_a_count_is_one_statement(django_assert_num_queries):
    region = AdminArea.objects.regions().get(code="11")

    with django_assert_num_queries(1):
        SearchGap.objects.count_one(date(2026, 10, 1), GapKind.NO_PLACE, region, "sante", "es")


def test_a_referral_that_was_refused_has_its_place_in_the_ledger():
    for _ in range(2):
        SearchGap.objects.count_one(date(2026, 10, 1), GapKind.REFUSED, None, "droits", "")

    assert cells() == [("refused", None, "droits", "", 2)]


def test_the_columns_hold_no_person_no_words_no_position_and_no_time():
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "geo_searchgap")

    assert sorted(column.name for column in table) == [
        "count",
        "id",
        "kind",
        "language",
        "month",
        "need",
        "region_id",
    ]
