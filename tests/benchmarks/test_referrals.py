"""The benchmark of referrals: what it invents is what the rules of the database allow."""

import pytest
from django.db import connection

from benchmarks.referrals import STATES, Measure, fill, table
from geo.choices import ReferralStatus
from geo.models import Referral

pytestmark = pytest.mark.django_db


def test_every_state_is_invented_and_the_rules_hold():
    assert sum(STATES.values()) == 1000
    assert set(STATES) == set(ReferralStatus.values)
    fill(10, 3000)

    assert Referral.objects.count() == 3000
    assert set(Referral.objects.values_list("status", flat=True)) == set(STATES)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Triggers are on again.
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal")
        assert cursor.fetchone() == (0,)


def test_a_page_is_a_line_with_its_growth():
    columns = [[Measure("inbox", 12, 20.0)], [Measure("inbox", 12, 30.0)]]
    *_head, line = table(["a", "b"], columns, markdown=True)
    assert line == "| inbox | 12, 20 | 12, 30 | 1.5 |"
