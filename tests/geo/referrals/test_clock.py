"""What becomes of referrals when nobody does anything."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from geo.choices import MailKind, ReferralStatus
from geo.models import OutboxMail, Referral
from geo.models.referrals import SYSTEM
from geo.referral_states import OPEN, TERMINAL
from geo.referrals import clock
from geo.referrals.clock import Ticked, tick
from tests import network
from tests.network import draft, member, organization, referral

pytestmark = pytest.mark.django_db

MONTREAL = ZoneInfo("America/Toronto")


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def status_of(made):
    made.refresh_from_db()
    return made.status


def test_what_nobody_answered_is_shown_as_expired_before_the_job_says_so(sender, receiver):
    made = referral(sender, receiver, urgency="today")
    with time_machine.travel(made.due_at + timedelta(minutes=1)):
        assert made.shown_status() == "expired"
        assert status_of(made) == "sent"
        assert made.moves(made.actor(member(receiver))) == []

        assert tick().expired == 1

        assert status_of(made) == "expired"
        assert made.events.last().actor_kind == "system"


def test_a_second_before_its_time_nothing_happens(sender, receiver):
    made = referral(sender, receiver)
    assert tick(made.due_at - timedelta(seconds=1)).expired == 0
    assert status_of(made) == "sent"


def test_who_does_not_come_in_thirty_days_lets_it_lapse(sender, receiver):
    made = referral(sender, receiver, ReferralStatus.ACCEPTED)
    assert tick(made.answered_at + timedelta(days=30)) == Ticked(lapsed=1)
    assert status_of(made) == "lapsed"


def test_the_receiver_is_reminded_once_at_half_time(sender, receiver):
    made = referral(sender, receiver)
    member(receiver)
    half = made.reminder_at()
    assert tick(half - timedelta(seconds=1)) == Ticked()
    assert tick(half) == Ticked(reminded=1)
    assert tick(half + timedelta(minutes=1)) == Ticked()
    reminder = OutboxMail.objects.get(kind=MailKind.REMINDER)
    assert reminder.user.membership.organization == receiver


def test_a_receiver_without_accounts_is_reminded_by_its_mailbox(sender, receiver):
    made = referral(sender, receiver)
    tick(made.reminder_at())
    assert OutboxMail.objects.get(kind=MailKind.REMINDER).partner.organization == receiver


def test_a_receiver_that_answered_is_not_reminded(sender, receiver):
    made = referral(sender, receiver, ReferralStatus.REFUSED)
    assert tick(made.sent_at + timedelta(days=4)) == Ticked()


def test_nobody_to_remind_is_no_reminder(sender, receiver):
    made = referral(sender, receiver)
    member(receiver, mail_frequency="never")
    assert tick(made.reminder_at()) == Ticked()


def test_another_receiver_is_reminded_although_the_first_one_was(sender, receiver):
    second = organization("07")
    made = referral(sender, receiver, consent=network.consent(receiver, second))
    tick(made.reminder_at())
    by = made.actor(network.coordinator())
    made.move_to(ReferralStatus.HELD, by=by)
    made.release(by, second, None)
    assert tick(made.reminder_at()) == Ticked(reminded=1)
    reminded = OutboxMail.objects.filter(kind=MailKind.REMINDER)
    assert {mail.partner.organization for mail in reminded} == {receiver, second}


def test_an_old_draft_is_deleted_on_the_day_that_its_page_names(sender, receiver):
    made = draft(sender, receiver)
    noon = timezone.make_aware(datetime.combine(made.draft_ends_on(), datetime.min.time()))
    assert tick(noon - timedelta(hours=1)) == Ticked()
    assert tick(noon + timedelta(hours=12)) == Ticked(drafts_deleted=1)
    assert not Referral.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("held", "withdrawn", "withdrawn"),
        ("sent", "expired", "expired"),
        ("acknowledged", "expired", "expired"),
        ("accepted", "lapsed", "lapsed"),
        ("met", "completed", "completed"),
    ],
)
def test_a_referral_ends_with_its_consent(sender, receiver, before, after, column):
    # A month to answer: the consent is over before the referral is.
    agreed = network.consent(receiver, expires_on=timezone.localdate() + timedelta(days=2))
    made = made_in(before, sender, receiver, urgency="this_month", consent=agreed)
    last_day = timezone.make_aware(datetime.combine(agreed.expires_on, datetime.max.time()))

    assert tick(last_day) == Ticked()
    assert tick(last_day + timedelta(seconds=1)) == Ticked(**{column: 1})
    assert status_of(made) == after


def made_in(status, sender, receiver, **columns):
    """A referral in a state; a held one waits since its sender is not verified."""
    if status != "held":
        return referral(sender, receiver, ReferralStatus(status), **columns)
    sender.verified_status = "unverified"
    sender.save()
    made = draft(sender, receiver, **columns)
    made.send(made.actor(made.from_user))
    made.refresh_from_db()
    assert made.status == "held"
    return made


def test_whatever_is_to_be_erased_is_over_on_that_day(receiver):
    for status in [*sorted(OPEN), "draft"]:
        sender = organization()
        made_in(status, sender, receiver)
    day = Referral.objects.latest("purge_on").purge_on

    done = clock.close_for_purge(day, timezone.now())

    assert set(Referral.objects.values_list("status", flat=True)) <= TERMINAL
    assert Referral.objects.count() == len(OPEN)
    assert sum(done.values()) == len(OPEN) + 1


def test_one_that_fails_keeps_none_of_the_others(sender, receiver, monkeypatch, caplog):
    good, bad = referral(sender, receiver), referral(sender, receiver)
    move_to = Referral.move_to

    def fails_for_one(self, *arguments, **options):
        if self.pk == bad.pk:
            raise ValueError("Ana, 514 555-0123")
        move_to(self, *arguments, **options)

    monkeypatch.setattr(Referral, "move_to", fails_for_one)
    assert tick(good.due_at + timedelta(hours=1)) == Ticked(expired=1)
    assert status_of(good) == "expired"
    assert status_of(bad) == "sent"
    assert f"{bad.pk}: ValueError" in caplog.text
    assert "Ana" not in caplog.text


def test_the_clock_changes_nothing_that_was_answered_in_the_meantime(sender, receiver):
    made = referral(sender, receiver)
    late = made.due_at + timedelta(hours=1)
    overdue = Referral.objects.overdue(late)
    assert list(overdue) == [made]

    def answer_first(_referral):
        raise AssertionError("it is not overdue any more")

    made.move_to(ReferralStatus.ACCEPTED, by=made.actor(member(receiver)), now=made.sent_at)
    assert not clock._each(overdue, answer_first)


@pytest.mark.parametrize("night", [(2027, 3, 13), (2027, 11, 6)])
def test_a_day_to_answer_is_24_hours_in_the_nights_that_clocks_change(sender, receiver, night):
    evening = datetime(*night, 22, tzinfo=MONTREAL)
    with time_machine.travel(evening, tick=False):
        referral(sender, receiver, urgency="today")
    end = datetime.fromtimestamp(evening.timestamp() + 24 * 3600, tz=MONTREAL)
    assert end.hour != 22
    half = datetime.fromtimestamp(evening.timestamp() + 12 * 3600, tz=MONTREAL)
    member(receiver)
    assert tick(half - timedelta(microseconds=1)) == Ticked()
    assert tick(half).reminded == 1
    assert tick(end - timedelta(microseconds=1)).expired == 0
    assert tick(end).expired == 1


def test_two_ticks_at_the_same_moment_are_one(sender, receiver):
    made = referral(sender, receiver)
    late = made.due_at + timedelta(hours=1)
    assert tick(late).expired == 1
    assert tick(late) == Ticked()
    assert made.events.filter(to_status="expired").count() == 1


def test_the_system_withdraws_only_what_is_held(sender, receiver):
    made = referral(sender, receiver)
    assert ReferralStatus.WITHDRAWN not in made.moves(SYSTEM)
