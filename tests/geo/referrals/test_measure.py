"""How referring goes: an organization's own numbers, and what everybody may know."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from geo.choices import ReferralStatus as S
from geo.models import Referral, ReferralStat
from geo.referrals import measure
from geo.referrals.measure import Number
from tests import network
from tests.geo.referrals.months import MONTH, in_the_past
from tests.network import organization, referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def keep(month: date, count: int | None, **cell) -> None:
    region = cell.pop("from_region", None)
    ReferralStat.objects.create(
        month=month, count=count, from_region=region and network.region(region), **cell
    )


def test_an_organization_sees_what_it_sent_as_it_is(sender, receiver):
    for hours in (2, 4, 30):
        in_the_past(sender, receiver, S.COMPLETED, hours=hours)
    in_the_past(sender, receiver, S.REFUSED, hours=100)
    referral(sender, receiver, S.SENT)

    sent = measure.sent_by(sender)

    assert sent.total.sent == Number(5)
    assert sent.total.ends["accepted"] == Number(3)
    assert (sent.total.accepted, sent.total.waiting) == (0.75, 1)
    assert sent.total.median_hours == 17
    assert [line.key for line in sent.needs] == ["droits"]
    assert [line.key for line in sent.to_regions] == ["07"]
    assert sent.reasons == [("no_capacity", Number(1))]
    assert measure.received_by(sender).total is None


def test_what_was_received_is_counted_apart(sender, receiver):
    in_the_past(sender, receiver)
    in_the_past(receiver, sender, S.REFUSED)
    assert measure.received_by(receiver).total.ends["accepted"] == Number(1)
    assert measure.sent_by(receiver).total.ends["refused"] == Number(1)


def test_drafts_held_ones_and_exercises_are_not_counted(sender, receiver):
    network.draft(sender, receiver)
    in_the_past(sender, receiver, sandbox=True)
    assert measure.sent_by(sender).total is None


def test_what_is_overdue_counts_as_expired_before_the_clock_says_so(sender, receiver):
    made = referral(sender, receiver)
    ago = timezone.now() - timedelta(days=9)
    Referral.objects.filter(pk=made.pk).update(sent_at=ago, due_at=ago + timedelta(days=5))
    assert measure.sent_by(sender).total.ends["expired"] == Number(1)


def test_nobody_else_sees_a_live_referral(sender, receiver):
    for _number in range(9):
        in_the_past(sender, receiver)
    assert measure.months() == []
    assert measure.network(MONTH, MONTH).total is None


def test_the_network_is_what_was_published_of_a_month():
    keep(MONTH, 20, median_hours=30)
    keep(MONTH, 12, outcome="accepted")
    keep(MONTH, 8, outcome="refused")
    keep(MONTH, 8, outcome="refused", refusal_reason="hours")
    keep(MONTH, None, need="droits")

    found = measure.network(MONTH, MONTH)

    assert (found.total.sent, found.total.accepted, found.total.median_hours) == (
        Number(20), 0.6, 30
    )  # fmt: skip
    assert found.reasons == [("hours", Number(8))]
    (rights,) = found.needs
    assert rights.sent == Number(0, is_exact=False)


def test_a_withheld_end_leaves_no_share():
    keep(MONTH, 20)
    keep(MONTH, 12, outcome="accepted")
    keep(MONTH, None, outcome="refused")
    assert measure.network(MONTH, MONTH).total.accepted is None


def test_over_months_what_is_told_is_summed_and_the_rest_is_more():
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    for month, accepted, expired in ((MONTH, 10, 10), (april, 30, None), (may, 20, 0)):
        keep(month, accepted, outcome="accepted")
        if expired != 0:
            keep(month, expired, outcome="expired")

    found = measure.network(MONTH, may)

    assert found.total.ends["accepted"] == Number(60)
    assert found.total.ends["expired"] == Number(10, is_exact=False)
    assert found.total.accepted == 30 / 40
    assert found.total.median_hours is None
    assert measure.network(april, may).total.ends["accepted"] == Number(50)


def test_measuring_asks_as_much_for_many_as_for_one(
    sender, receiver, django_assert_max_num_queries
):
    for _number in range(4):
        in_the_past(sender, receiver)
    with django_assert_max_num_queries(2):
        measure.sent_by(sender)
