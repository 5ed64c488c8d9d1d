"""The history of the directory: what was known at a moment, whatever is written later."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from geo.coverage import inputs
from geo.coverage.parameters import Parameters
from geo.models import HistoryRow, Service
from tests.factories import ServiceFactory
from tests.places import GASPE

pytestmark = pytest.mark.django_db


def versions(row):
    """The versions of a row, the oldest first."""
    table = row._meta.db_table
    return list(
        HistoryRow.objects.filter(table_name=table, row_id=str(row.pk)).order_by("recorded_from")
    )


def some_days_later(days=10):
    """As if all that is written had been written some days ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE geo_historyrow SET recorded_from = recorded_from - make_interval(days => %s), "
            "recorded_to = recorded_to - make_interval(days => %s)",
            [days, days],
        )


def listed_on(day):
    return inputs.directory(day, inputs.known_at(day), Parameters()).services


def test_a_new_row_a_change_and_an_end_are_kept(empty_directory):
    service = ServiceFactory(name={"fr": {"text": "Service inventé", "state": "original"}})
    some_days_later()
    service.status = "temporarily closed"
    service.save()
    some_days_later()
    service_row = Service.objects.get()
    key = service_row.pk
    service_row.delete()

    kept = HistoryRow.objects.filter(row_id=str(key)).order_by("recorded_from")

    assert [row.row["status"] for row in kept] == ["active", "temporarily closed"]
    assert kept[0].recorded_to == kept[1].recorded_from
    assert kept[1].recorded_to is not None


def test_what_is_written_over_in_one_transaction_was_never_known(empty_directory):
    service = ServiceFactory()
    service.status = "defunct"
    service.save()

    assert [row.row["status"] for row in versions(service)] == ["defunct"]


def test_a_change_of_nothing_is_none(empty_directory):
    service = ServiceFactory()
    some_days_later()
    service.save()

    assert len(versions(service)) == 1


def test_many_rows_at_once_are_kept_each(empty_directory):
    ServiceFactory.create_batch(3)
    some_days_later()
    Service.objects.update(status="inactive")

    assert HistoryRow.objects.filter(row__status="inactive", recorded_to=None).count() == 3


def test_a_past_day_is_not_changed_by_what_is_edited_today(empty_directory):
    today = timezone.localdate()
    kept = ServiceFactory(needs=["sante-clinique"], at=GASPE)
    ended = ServiceFactory(needs=["sante-clinique"], at=GASPE)
    some_days_later(10)
    before = listed_on(today - timedelta(days=5))
    ended.status = "defunct"
    ended.save()
    kept.organization.is_public = False
    kept.organization.save()
    ServiceFactory(needs=["sante-clinique"], at=GASPE)

    after = listed_on(today - timedelta(days=5))

    assert after == before
    assert set(after) == {str(kept.pk), str(ended.pk)}
    assert not set(listed_on(today)) & set(after)


def test_a_day_before_the_directory_counts_what_was_attested_by_then(empty_directory):
    HistoryRow.objects.all().delete()
    attested = ServiceFactory(as_of="2021-03", needs=["sante-clinique"], at=GASPE)
    ServiceFactory(as_of="2022", needs=["sante-clinique"], at=GASPE)
    ServiceFactory(as_of="", needs=["sante-clinique"], at=GASPE)

    services = listed_on(date(2021, 6, 30))

    assert list(services) == [str(attested.pk)]
    assert services[str(attested.pk)].is_verified


@pytest.mark.parametrize(
    ("as_of", "assured", "expected"),
    [
        ("2021-03-14", None, date(2021, 3, 14)),
        ("2021-03", None, date(2021, 3, 1)),
        ("2021", None, date(2021, 1, 1)),
        ("", None, None),
        ("2025", None, None),
        ("2019", date(2021, 5, 1), date(2021, 5, 1)),
        ("2021-03", date(2025, 5, 1), date(2021, 3, 1)),
    ],
)
def test_a_source_attests_the_first_day_that_it_may_mean(as_of, assured, expected):
    assert inputs.attested_on(as_of, assured, date(2021, 6, 30)) == expected


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 31)),
        ("2026", date(2026, 12, 31)),
    ],
)
def test_the_last_day_of_a_partial_date(partial, expected):
    assert inputs.last_day(partial) == expected


def test_a_row_that_a_slower_transaction_changes_is_written_over(empty_directory):
    """The clock of a transaction stops at its start: one that began later may have been faster."""
    service = ServiceFactory()
    some_days_later(-1)
    service.status = "defunct"
    service.save()

    assert [row.row["status"] for row in versions(service)] == ["defunct"]
