"""The audit trail cannot be changed, shows it when it was, and forgets whom it is about."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from geo.choices import ReferralStatus as S
from geo.models import AuditKey, ReferralAudit
from geo.referral_states import purge_day
from geo.referrals import audit, purging
from tests.geo.referrals.months import in_the_past
from tests.network import organization

pytestmark = pytest.mark.django_db

LINES = 6


@pytest.fixture
def lines():
    """The numbers of some lines."""
    for _number in range(LINES):
        ReferralAudit.objects.note("seen")
    return list(ReferralAudit.objects.values_list("pk", flat=True))


def as_owner(statement: str, *values) -> None:
    """What somebody does who may switch the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE geo_referralaudit DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE geo_referralaudit ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE geo_referralaudit SET ok = false",
        "DELETE FROM geo_referralaudit",
        "TRUNCATE geo_referralaudit",
    ],
)
def test_the_trail_is_neither_changed_nor_emptied(lines, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ReferralAudit.objects.count() == LINES


def test_an_untouched_chain_holds(lines):
    chain = audit.verify_chain()
    assert (chain.holds, chain.lines) == (True, LINES)
    assert audit.holds_digest(chain.last)


def test_an_empty_trail_holds():
    assert audit.verify_chain() == audit.Chain(lines=0, broken_at=None, last="")


@pytest.mark.parametrize(
    "change", ["verb = 'moved'", "ok = false", "actor = gen_random_uuid()", "at = at + '1 s'"]
)
def test_a_line_that_an_owner_changed_breaks_the_chain_there(lines, change):
    as_owner(f"UPDATE geo_referralaudit SET {change} WHERE id = %s", lines[2])
    assert audit.verify_chain().broken_at == lines[2]


def test_a_line_that_an_owner_took_out_breaks_the_chain_after_it(lines):
    as_owner("DELETE FROM geo_referralaudit WHERE id = %s", lines[2])
    assert audit.verify_chain().broken_at == lines[3]


def test_a_changed_line_with_a_new_digest_breaks_the_chain_after_it(lines):
    as_owner(
        "UPDATE geo_referralaudit AS line SET ok = false, digest = geo_digest_audit("
        "(SELECT digest FROM geo_referralaudit WHERE id = %s), line) WHERE id = %s",
        lines[1],
        lines[2],
    )
    assert audit.verify_chain().broken_at in {lines[2], lines[3]}


def test_lines_taken_off_the_end_show_by_the_digest_that_was_written_down(lines):
    written_down = audit.verify_chain().last
    as_owner("DELETE FROM geo_referralaudit WHERE id = %s", lines[-1])
    assert audit.verify_chain().holds
    assert not audit.holds_digest(written_down)
    with pytest.raises(CommandError, match="not there any more"):
        call_command("check_audit", contains=written_down, stdout=StringIO())


def test_the_chain_holds_after_old_lines_are_erased():
    for days in (400, 380, 100, 90):
        ReferralAudit.objects.create(verb="seen", at=timezone.now() - timedelta(days=days))
    assert purging.purge().audit_lines == 2
    assert audit.verify_chain().holds
    ReferralAudit.objects.note("seen")
    assert audit.verify_chain().holds


def test_the_command_says_how_it_is(lines):
    said = StringIO()
    call_command("check_audit", stdout=said)
    assert f"Lines: {LINES}." in said.getvalue()
    assert audit.verify_chain().last in said.getvalue()

    as_owner("UPDATE geo_referralaudit SET ok = false WHERE id = %s", lines[3])
    with pytest.raises(CommandError, match=str(lines[3])):
        call_command("check_audit", stdout=StringIO())


def test_once_the_key_is_gone_no_line_can_be_joined_to_a_referral():
    today = timezone.localdate()
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_month = quarter.replace(month=quarter.month + 2)
    made = in_the_past(organization(), organization("07"), S.COMPLETED, day=quarter)
    stands_for_it = ReferralAudit.objects.pseudonym(made.pk)
    assert ReferralAudit.objects.filter(pseudonym=stands_for_it).exists()

    purging.purge(purge_day(last_month))

    assert not AuditKey.objects.exists()
    assert ReferralAudit.objects.filter(pseudonym=stands_for_it).exists()
    assert ReferralAudit.objects.pseudonym(made.pk) != stands_for_it
