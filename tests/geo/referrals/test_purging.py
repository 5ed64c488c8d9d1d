"""What the network forgets: whole months, their figures first; and nothing stays too long."""

import random
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geo.choices import ReferralStatus as S
from geo.coverage import disclosure
from geo.models import (
    AuditKey,
    Consent,
    Invitation,
    NeedTerm,
    OutboxMail,
    Partner,
    Referral,
    ReferralAudit,
    ReferralEvent,
    ReferralLink,
    ReferralStat,
    Webhook,
    WebhookDelivery,
)
from geo.referrals import purging, statistics
from geo.referrals.figures import Cell
from tests import network
from tests.factories import UserFactory
from tests.geo.referrals.months import MONTH, PURGED_ON, in_the_past
from tests.network import draft, organization

pytestmark = pytest.mark.django_db

ABOUT_REFERRALS = (Referral, ReferralEvent, ReferralLink, Consent, OutboxMail, WebhookDelivery)


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def rows_left() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in ABOUT_REFERRALS}


def a_past_month(sender, receiver, number=12, seed=1):
    """Referrals by chance, in every state that is an end."""
    chance = random.Random(seed)
    others = [organization(code) for code in ("11", "16")]
    needs = list(NeedTerm.objects.filter(code__in=["droits", "sante"]))
    ends = [S.COMPLETED, S.MET, S.ACCEPTED, S.REFUSED, S.LAPSED, S.EXPIRED, S.WITHDRAWN]
    for _number in range(number):
        in_the_past(
            sender,
            chance.choice([receiver, *others]),
            chance.choice(ends),
            day=MONTH + timedelta(days=chance.randrange(31)),
            hours=chance.randrange(1, 90),
            need=chance.choice(needs),
            worker_region=network.region(chance.choice(["11", "06"])),
        )


def test_a_month_is_left_until_its_day(sender, receiver):
    in_the_past(sender, receiver)
    assert purging.purge(PURGED_ON - timedelta(days=1)).referrals == 0
    assert Referral.objects.count() == 1
    assert not ReferralStat.objects.exists()


def test_nothing_of_a_month_is_left_but_figures(sender, receiver):
    Webhook.objects.create(organization=receiver, url="https://logiciel.example.org/a", salt="s")
    for _number in range(5):
        made = in_the_past(sender, receiver)
        ReferralLink.issue(made)
    assert min(rows_left().values()) >= 5

    purged = purging.purge(PURGED_ON)

    assert set(rows_left().values()) == {0}
    assert (purged.months, purged.referrals, purged.consents) == ((MONTH,), 5, 5)
    assert statistics.kept()[MONTH][0].cell == Cell()
    assert statistics.kept()[MONTH][0].count == 5
    assert ReferralAudit.objects.filter(verb="purged").count() == 1


def test_a_second_run_changes_nothing(sender, receiver):
    a_past_month(sender, receiver)
    purging.purge(PURGED_ON)
    figures, lines = statistics.kept(), ReferralAudit.objects.count()

    assert purging.purge(PURGED_ON) == purging.Purged()
    assert (statistics.kept(), ReferralAudit.objects.count()) == (figures, lines)


@pytest.mark.parametrize("seed", range(3))
def test_the_figures_are_the_same_before_and_after(sender, receiver, seed):
    a_past_month(sender, receiver, 25, seed)
    for referral in Referral.objects.filter(status__in=[S.MET, S.ACCEPTED]):
        purging._close(referral)
    before = statistics.published(MONTH)
    assert any(figure.count is None for figure in before)
    assert any(figure.count for figure in before)

    purging.purge(PURGED_ON)

    assert not Referral.objects.exists()
    assert statistics.published(MONTH) == before


def test_a_month_that_is_under_way_has_no_figures(sender, receiver):
    in_the_past(sender, receiver, S.SENT)
    with pytest.raises(statistics.MonthNotOver):
        statistics.published(MONTH)


@pytest.mark.parametrize("status", [S.SENT, S.ACKNOWLEDGED, S.ACCEPTED, S.MET, S.DRAFT])
def test_what_is_still_open_is_closed_and_goes_too(sender, receiver, status):
    in_the_past(sender, receiver, status)
    purging.purge(PURGED_ON)
    assert set(rows_left().values()) == {0}


def test_what_is_held_goes_too_and_was_never_sent(receiver):
    held = draft(organization("11", verified_status="unverified"), receiver)
    held.send(held.actor(held.from_user))
    Referral.objects.filter(pk=held.pk).update(created_on=MONTH, purge_on=PURGED_ON)
    Consent.objects.update(given_on=MONTH, expires_on=PURGED_ON)

    purged = purging.purge(PURGED_ON)

    assert purged.referrals == 1
    assert set(rows_left().values()) == {0}
    assert not ReferralStat.objects.exists()


def test_exercises_go_too_and_count_nowhere(sender, receiver):
    for _number in range(6):
        in_the_past(sender, receiver, sandbox=True)
    assert purging.purge(PURGED_ON).referrals == 6
    assert not ReferralStat.objects.exists()


def test_other_months_stay(sender, receiver):
    in_the_past(sender, receiver)
    later = in_the_past(sender, receiver, day=date(2026, 4, 1))
    assert purging.purge(PURGED_ON).referrals == 1
    assert list(Referral.objects.all()) == [later]


def test_what_was_passed_on_in_a_later_month_stays_without_its_parent(sender, receiver):
    parent = in_the_past(sender, receiver, S.REFUSED)
    child = in_the_past(sender, receiver, day=date(2026, 4, 3), redirect_of=parent)
    Referral.objects.filter(pk=child.pk).update(redirect_of=parent)
    purging.purge(PURGED_ON)
    child.refresh_from_db()
    assert child.redirect_of is None


def test_a_consent_that_a_later_referral_needs_says_nobody_any_more(sender, receiver):
    parent = in_the_past(sender, receiver, S.REFUSED)
    child = in_the_past(sender, receiver, day=date(2026, 5, 20))
    Referral.objects.filter(pk=child.pk).update(consent=parent.consent)

    purging.purge(PURGED_ON + timedelta(days=1))

    kept = Consent.objects.get()
    assert (kept.recorded_by, list(kept.organizations.all())) == (None, [])


def test_drafts_are_deleted_after_seven_days(sender, receiver):
    made = draft(sender, receiver)
    assert purging.purge(made.created_on + timedelta(days=6)).drafts == 0
    assert purging.purge(made.created_on + timedelta(days=7)).drafts == 1
    assert (Referral.objects.count(), Consent.objects.count()) == (0, 0)


@pytest.mark.parametrize("days", [31, 91])
def test_nothing_is_older_than_it_may_be(sender, receiver, days):
    for status in [*network.PATHS, S.DRAFT]:
        in_the_past(sender, receiver, status)
        in_the_past(sender, receiver, status, day=MONTH + timedelta(days=30))
    day = MONTH + timedelta(days=days)

    purging.purge(day)

    oldest = day - timedelta(days=90)
    assert not Referral.objects.filter(created_on__lte=oldest).exists()
    assert not Consent.objects.filter(given_on__lt=oldest).exists()
    assert not Referral.objects.filter(status=S.DRAFT, created_on__lt=day - timedelta(7)).exists()
    if days == 91:
        assert set(rows_left().values()) == {0}


def test_a_month_of_which_nothing_may_be_published_is_erased_all_the_same(
    sender, receiver, monkeypatch
):
    in_the_past(sender, receiver, S.SENT)

    def gives_up(*args, **kwargs):
        raise disclosure.Unprotected("No table hides it.")

    monkeypatch.setattr("geo.referrals.figures.disclosure.protect", gives_up)
    with pytest.raises(CommandError, match="2026-03"):
        call_command("purge_referrals", as_of=PURGED_ON, stdout=StringIO())
    assert not Referral.objects.exists()
    assert not ReferralStat.objects.exists()
    assert set(rows_left().values()) == {0}
    assert purging.purge(PURGED_ON).uncounted == ()


def test_a_month_that_was_counted_is_not_counted_again(sender, receiver):
    for _number in range(5):
        in_the_past(sender, receiver)
    purging.purge(PURGED_ON)
    in_the_past(sender, receiver)
    with pytest.raises(purging.CountedAlready):
        purging.purge(PURGED_ON)
    assert Referral.objects.count() == 1


def test_after_the_purge_the_database_refuses_to_erase_as_before(sender, receiver):
    in_the_past(sender, receiver)
    later = in_the_past(sender, receiver, day=date(2026, 4, 1))
    purging.purge(PURGED_ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=later.pk).delete()


def test_a_run_that_dies_leaves_the_month_as_it_was(sender, receiver, monkeypatch):
    """The last step of the month fails: figures are not there, rows are."""
    in_the_past(sender, receiver)
    before = rows_left()

    def dies(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr("geo.querysets.audit.ReferralAuditQuerySet.note", dies)
    with pytest.raises(ConnectionError):
        purging.purge(PURGED_ON)
    assert rows_left() == before
    assert not ReferralStat.objects.exists()


def test_addresses_of_invitations_that_are_over_are_erased(sender):
    now = timezone.now()
    long_ago, just_now = now - timedelta(days=9), now - timedelta(days=2)
    ends = {
        "accepted": {"accepted_at": long_ago, "expires_at": now},
        "revoked": {"revoked_at": long_ago, "expires_at": now},
        "expired": {"expires_at": long_ago},
        "just-accepted": {"accepted_at": just_now, "expires_at": now},
        "live": {"expires_at": now + timedelta(days=3)},
    }
    for name, moments in ends.items():
        Invitation.objects.create(
            email=f"{name}@example.org", organization=sender, role="editor", token_digest=name,
            **moments,
        )  # fmt: skip
    assert purging.purge().invitations == 3
    left = set(Invitation.objects.exclude(email="").values_list("token_digest", flat=True))
    assert left == {"just-accepted", "live"}
    assert purging.purge().invitations == 0


def test_old_mails_about_anything_else_are_erased():
    now = timezone.now()
    person = UserFactory()
    for sent_at in (now - timedelta(days=92), now - timedelta(days=80), None):
        OutboxMail.objects.create(kind="watch", user=person, sent_at=sent_at)
    assert purging.purge().mails == 1
    assert OutboxMail.objects.count() == 2


def test_lines_of_the_audit_trail_go_after_twelve_months():
    for days in (400, 380, 100):
        ReferralAudit.objects.create(verb="seen", at=timezone.now() - timedelta(days=days))
    assert purging.purge().audit_lines == 2
    assert ReferralAudit.objects.count() == 1
    assert purging.purge().audit_lines == 0


def test_no_line_is_taken_out_of_the_middle():
    for days in (400, 100, 380, 90):
        ReferralAudit.objects.create(verb="seen", at=timezone.now() - timedelta(days=days))
    assert purging.purge().audit_lines == 1


def test_a_key_goes_with_the_last_referral_of_its_quarter(sender, receiver):
    AuditKey.objects.create(quarter=date(2026, 1, 1), key=b"k" * 32)
    in_the_past(sender, receiver)
    assert purging.purge(PURGED_ON - timedelta(days=1)).keys == 0
    assert purging.purge(PURGED_ON).keys == 1
    assert not AuditKey.objects.filter(quarter=date(2026, 1, 1)).exists()


def test_the_key_of_the_quarter_that_runs_stays():
    ReferralAudit.objects.pseudonym(UserFactory().pk)
    assert purging.purge().keys == 0
    assert AuditKey.objects.count() == 1


def test_the_command_says_what_went_and_a_rehearsal_takes_it_back(sender, receiver):
    in_the_past(sender, receiver)
    before = rows_left()
    said = StringIO()
    call_command("purge_referrals", "--dry-run", f"--as-of={PURGED_ON}", stdout=said)
    assert "Referrals erased: 1\n" in said.getvalue()
    assert "Nothing was erased." in said.getvalue()
    assert rows_left() == before

    said = StringIO()
    call_command("purge_referrals", stdout=said)
    assert "only figures are left: 2026-03" in said.getvalue()
    assert set(rows_left().values()) == {0}


def test_only_a_rehearsal_looks_ahead():
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(CommandError, match="dry-run"):
        call_command("purge_referrals", f"--as-of={tomorrow}")


def test_a_receiver_that_left_the_network_takes_the_regions_of_receivers_with_it(sender, receiver):
    for _number in range(6):
        in_the_past(sender, receiver)
    Partner.objects.filter(organization=receiver).delete()
    purging.purge(PURGED_ON)
    assert not ReferralStat.objects.filter(to_region__isnull=False).exists()
    assert ReferralStat.objects.filter(from_region__isnull=False).exists()


def test_a_purge_asks_a_bounded_number_of_questions(sender, receiver):
    """Twice the referrals, not one question more."""
    asked = []
    for day, number in ((date(2026, 1, 5), 3), (date(2026, 2, 5), 6)):
        for _number in range(number):
            in_the_past(sender, receiver, day=day)
        with CaptureQueriesContext(connection) as queries:
            purging._purge_month(day.replace(day=1))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_second_run_waits_for_the_first(sender, receiver):
    in_the_past(sender, receiver)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('geo.referrals.purging'))")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            purging.purge(PURGED_ON)
    finally:
        other.close()
    assert purging.purge(PURGED_ON).referrals == 1
