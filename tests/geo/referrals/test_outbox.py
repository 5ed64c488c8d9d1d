"""Mails that wait: sent once, lost never, and they say nothing of anybody."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as site
from django.core import mail as postman
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone, translation

from geo import codes
from geo.choices import MailFrequency, MailKind, ReferralStatus
from geo.models import (
    Bulletin,
    Invitation,
    Membership,
    OutboxMail,
    Partner,
    Referral,
    ReferralLink,
    SavedSearch,
    User,
)
from geo.referrals import mails, outbox
from geo.referrals.outbox import Delivered, deliver, last_digest, pause
from tests.geo.referrals.mail_server import mail_server
from tests.network import coordinator, draft, member, move, organization, referral, region

pytestmark = pytest.mark.django_db

MONTREAL = ZoneInfo("America/Toronto")
ADDRESS = re.compile(r"https?://\S+")


@pytest.fixture
def sender():
    return organization(name="Accueil inventé des Érables")


@pytest.fixture
def receiver():
    return organization("07", name="Carrefour inventé du Castor")


def waiting():
    return OutboxMail.objects.get(sent_at=None, given_up_at=None)


def question(body):
    """The secret of the link of a mail."""
    return re.search(r"\?t=(\S+)", body)[1]


# --- to whom, and what ----------------------------------------------------------------------------


def test_a_member_hears_that_an_item_waits_with_its_code_and_its_page(sender, receiver):
    reader = member(receiver, language="es")
    made = referral(sender, receiver)

    assert deliver() == Delivered(sent=1)

    (sent,) = postman.outbox
    assert sent.to == [reader.email]
    assert codes.spaced(made.code) in sent.body
    with translation.override("es"):
        page = reverse("referral", args=[made.pk])
    assert ADDRESS.findall(sent.body) == [f"{site.SITE_URL}{page}"]
    assert deliver() == Delivered()


def test_a_mailbox_gets_a_link_that_opens_the_referral(sender, receiver):
    made = referral(sender, receiver)

    deliver()

    (sent,) = postman.outbox
    assert sent.to == [receiver.partner.mailbox]
    link = ReferralLink.objects.of_secret(question(sent.body)).get()
    assert link.referral == made
    assert link.is_live()


def test_the_mailbox_of_the_sender_gets_no_link_that_acts_for_the_receiver(sender, receiver):
    made = referral(sender, receiver)
    Membership.objects.filter(organization=sender).delete()
    move(made, ReferralStatus.ACCEPTED)

    deliver()

    (sent,) = (one for one in postman.outbox if one.to == [sender.partner.mailbox])
    assert "?t=" not in sent.body


def test_an_ended_referral_is_told_without_a_code(sender, receiver):
    writer = member(sender)
    made = referral(sender, receiver, by=writer)
    code = made.code
    move(made, ReferralStatus.REFUSED)

    deliver()

    (sent,) = (one for one in postman.outbox if one.to == [writer.email])
    assert codes.spaced(code) not in sent.body
    assert made.public_code not in sent.body


def test_an_invitation_holds_the_link_that_its_digest_is_kept_of(sender):
    invitation = invited("nouvelle@example.org", sender)
    secret = mails.invitation_secret(invitation)
    Invitation.objects.update(token_digest=codes.digest("invitation", secret, site.SECRET_KEY))

    assert deliver() == Delivered(sent=1)

    (sent,) = postman.outbox
    assert sent.to == ["nouvelle@example.org"]
    assert question(sent.body) == secret


def invited(email, organization, **columns):
    now = timezone.now()
    invitation = Invitation.objects.create(
        email=email,
        organization=organization,
        role="editor",
        token_digest=codes.new_secret(),
        expires_at=now + timedelta(days=7),
        **columns,
    )
    OutboxMail.objects.create(kind=MailKind.INVITATION, invitation=invitation)
    return invitation


# Every kind of mail and every reader of it: each makes one row of the outbox, and no other.
def _waits(sender, receiver, language):
    member(receiver, language=language)
    referral(sender, receiver)


def _waits_by_link(sender, receiver, language):
    Partner.objects.filter(organization=receiver).update(language=language)
    referral(sender, receiver)


def _reminder(sender, receiver, language):
    made = referral(sender, receiver)
    OutboxMail.objects.all().delete()
    OutboxMail.objects.create(
        kind=MailKind.REMINDER, referral=made, user=member(receiver, language=language)
    )


def _moved(sender, receiver, language):
    made = referral(sender, receiver, by=member(sender, language=language))
    move(made, ReferralStatus.ACCEPTED)
    OutboxMail.objects.exclude(kind=MailKind.REFERRAL_MOVED).delete()


def _held(sender, receiver, language):
    coordinator("11", language=language)
    sender.verified_status = "unverified"
    sender.save()
    made = draft(sender, receiver)
    made.send(made.actor(made.from_user))


def _link_renewed(sender, receiver, language):
    Partner.objects.filter(organization=receiver).update(language=language)
    made = referral(sender, receiver)
    OutboxMail.objects.all().delete()
    partner = Partner.objects.get(organization=receiver)
    OutboxMail.objects.create(kind=MailKind.LINK_RENEWED, referral=made, partner=partner)


def _invitation(sender, receiver, language):
    invited("nouvelle@example.org", receiver, invited_by=member(sender, language=language))


def _bulletin(sender, receiver, language):
    bulletin = Bulletin.objects.create(
        organization=sender,
        text={"fr": "Comptoir inventé fermé"},
        expires_at=timezone.now() + timedelta(days=3),
    )
    OutboxMail.objects.create(
        kind=MailKind.BULLETIN, bulletin=bulletin, user=member(receiver, language=language)
    )


def _watch(sender, receiver, language):
    reader = member(receiver, language=language)
    search = SavedSearch.objects.create(user=reader, region=region("11"))
    OutboxMail.objects.create(kind=MailKind.WATCH, saved_search=search, user=reader)


SITUATIONS = {
    _waits: MailKind.REFERRAL_WAITS,
    _waits_by_link: MailKind.REFERRAL_WAITS,
    _reminder: MailKind.REMINDER,
    _moved: MailKind.REFERRAL_MOVED,
    _held: MailKind.REFERRAL_HELD,
    _link_renewed: MailKind.LINK_RENEWED,
    _invitation: MailKind.INVITATION,
    _bulletin: MailKind.BULLETIN,
    _watch: MailKind.WATCH,
}


def test_every_kind_of_mail_is_looked_at():
    assert set(SITUATIONS.values()) == set(MailKind) == set(mails.SENTENCES) == set(mails.SUBJECTS)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__[1:])
def test_a_mail_holds_a_code_and_a_link_and_nothing_that_tells(
    sender, receiver, situation, language
):
    situation(sender, receiver, language)
    assert OutboxMail.objects.count() == 1

    assert deliver() == Delivered(sent=1)

    (sent,) = postman.outbox
    made = Referral.objects.first()
    (link,) = ADDRESS.findall(sent.body)
    assert link.startswith(f"{site.SITE_URL}/{language}/")
    code = codes.spaced(made.code) if made else ""
    assert code in sent.body
    with translation.override(language):
        assert sent.subject == str(mails.SUBJECTS[SITUATIONS[situation]])
        assert str(mails.SENTENCES[SITUATIONS[situation]]) in sent.body
    assert told(sent.subject + sent.body.replace(link, "").replace(code, "")) == []


def told(text):
    """What a text tells: a need, a region, an organization, a status, an account."""
    organizations = ["Érables", "Castor", "inventé", "boite-"]
    needs = ["droits", "Droits", "rights", "derechos", "Comptoir"]
    regions = ["Gaspésie", "Montréal", "Outaouais"]
    codes_and_states = ["worker_calls", "this_week", *ReferralStatus.values, "@"]
    people = [user.name for user in User.objects.exclude(name="")]
    return [
        word
        for word in [*organizations, *needs, *regions, *codes_and_states, *people]
        if re.search(rf"\b{re.escape(word)}\b" if word.isalpha() else re.escape(word), text)
    ]


def test_the_needle_of_the_test_above_is_found_in_a_mail_that_tells():
    assert told("Droits du travail en Gaspésie") == ["Droits", "Gaspésie"]


# --- who has no right any more --------------------------------------------------------------------


def test_a_mail_to_a_closed_account_is_dropped_without_an_error(sender, receiver):
    reader = member(receiver)
    referral(sender, receiver)
    reader.is_active = False
    reader.save()

    assert deliver() == Delivered(given_up=1)

    assert postman.outbox == []
    dropped = OutboxMail.objects.get()
    assert dropped.error == ""
    assert dropped.given_up_at
    assert not OutboxMail.objects.failing().exists()


def test_who_left_the_organization_hears_nothing(sender, receiver):
    reader = member(receiver)
    referral(sender, receiver)
    Membership.objects.filter(user=reader).delete()

    assert deliver() == Delivered(given_up=1)
    assert postman.outbox == []


def test_a_suspended_organization_hears_nothing(sender, receiver):
    referral(sender, receiver)
    receiver.verified_status = "suspended"
    receiver.save()

    assert deliver() == Delivered(given_up=1)


def test_what_does_not_wait_any_more_is_not_said_to_wait(sender, receiver):
    made = referral(sender, receiver)
    move(made, ReferralStatus.WITHDRAWN)
    OutboxMail.objects.exclude(kind=MailKind.REFERRAL_WAITS).delete()

    assert deliver() == Delivered(given_up=1)


def test_an_invitation_that_was_taken_back_is_not_sent(sender):
    invitation = invited("nouvelle@example.org", sender)
    invitation.revoked_at = timezone.now()
    invitation.save()

    assert deliver() == Delivered(given_up=1)


def test_who_wants_no_mails_any_more_gets_none(sender, receiver):
    reader = member(receiver)
    referral(sender, receiver)
    reader.mail_frequency = MailFrequency.NEVER
    reader.save()

    assert deliver() == Delivered(given_up=1)


# --- a server that does not want ------------------------------------------------------------------


@pytest.mark.enable_socket
def test_a_mail_server_takes_a_mail(sender, receiver, settings):
    made = referral(sender, receiver)
    with mail_server(settings) as server:
        assert deliver() == Delivered(sent=1)
    (taken,) = server.taken
    assert codes.spaced(made.code) in taken
    assert "Auto-Submitted: auto-generated" in taken
    assert "@127.0.0.1>" in taken  # the site's own name, not the machine's


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("refuses", "SMTPRecipientsRefused"),
        ("drops", "SMTPServerDisconnected"),
        ("hangs", "SMTPServerDisconnected"),  # so smtplib calls a server that says nothing
    ],
)
def test_a_mail_that_was_not_taken_waits_and_is_sent_later(
    sender, receiver, settings, behaviour, error
):
    referral(sender, receiver)
    now = timezone.now()
    with mail_server(settings, behaviour):
        assert deliver(now) == Delivered(failed=1)
    kept = waiting()
    assert (kept.error, kept.attempts) == (error, 1)
    assert kept.due_at == now + timedelta(minutes=1)

    with mail_server(settings) as server:
        assert deliver(now + timedelta(seconds=59)) == Delivered()
        assert deliver(now + timedelta(minutes=1)) == Delivered(sent=1)
    assert len(server.taken) == 1
    assert OutboxMail.objects.get().error == ""


@pytest.mark.enable_socket
def test_no_server_at_all_loses_nothing_and_costs_the_others_no_try(sender, receiver, settings):
    for _number in range(3):
        referral(sender, receiver)
    with mail_server(settings):
        pass  # and it is gone again
    assert deliver() == Delivered(failed=1)
    tries = OutboxMail.objects.values_list("attempts", flat=True)
    assert sorted(tries) == [0, 0, 1]
    assert deliver() == Delivered(failed=1)

    with mail_server(settings) as server:
        assert deliver(timezone.now() + timedelta(minutes=2)) == Delivered(sent=3)
        assert server.calls == 1
    assert len(server.taken) == 3


@pytest.mark.enable_socket
def test_a_mailbox_that_is_refused_keeps_no_other_from_its_mail(sender, receiver, settings):
    referral(sender, receiver)
    referral(sender, organization("07"))
    with mail_server(settings, "refuses"):
        assert deliver() == Delivered(failed=2)


@pytest.mark.enable_socket
def test_a_mail_that_the_server_took_without_saying_so_comes_twice_and_both_open(
    sender, receiver, settings
):
    made = referral(sender, receiver)
    with mail_server(settings, "drops after") as first:
        assert deliver() == Delivered(failed=1)
    with mail_server(settings) as second:
        deliver(timezone.now() + timedelta(minutes=2))
    secrets = [
        question(re.sub(r"=\n", "", taken.replace("\r\n", "\n"))).replace("=3D", "=")
        for taken in first.taken + second.taken
    ]
    assert len(secrets) == 2
    for secret in secrets:
        assert ReferralLink.objects.of_secret(secret).get().referral == made


class Broken(EmailBackend):
    """No server, as long as it is asked."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("Ana, ana@example.org")


def test_a_mail_is_given_up_after_five_days_of_trying_and_says_only_what_kind_of_error(
    sender, receiver, settings, caplog
):
    referral(sender, receiver, urgency="this_month")
    began = timezone.now()
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    tries = 0
    while not OutboxMail.objects.filter(given_up_at__isnull=False):
        due = waiting().due_at
        deliver(due)
        tries += 1
    kept = OutboxMail.objects.get()
    assert kept.error == "ConnectionRefusedError"
    assert "Ana" not in caplog.text
    assert timedelta(days=4, hours=18) < kept.given_up_at - began < timedelta(days=5)
    assert tries == kept.attempts == 28
    assert deliver(due + timedelta(days=1)) == Delivered()


def test_pauses_double_from_a_minute_to_six_hours():
    pauses = [pause(attempts) for attempts in range(1, 12)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses[-3:] == [timedelta(minutes=256), timedelta(hours=6), timedelta(hours=6)]
    assert pause(1_000_000) == timedelta(hours=6)


def test_a_mail_that_cannot_be_made_keeps_none_of_the_others(sender, receiver, monkeypatch):
    first, second = referral(sender, receiver), referral(sender, organization("07"))
    issue = ReferralLink.issue

    def fails_for_one(made):
        if made == first:
            raise LookupError("Ana")
        return issue(made)

    monkeypatch.setattr(ReferralLink, "issue", fails_for_one)
    assert deliver() == Delivered(sent=1, failed=1)
    assert waiting().error == "LookupError"
    assert codes.spaced(second.code) in postman.outbox[0].body


# --- killed in between ----------------------------------------------------------------------------


def test_a_process_killed_before_it_sent_leaves_the_mail_for_the_next_one(
    sender, receiver, monkeypatch
):
    referral(sender, receiver)
    now = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_send", killed)
        with pytest.raises(Killed):
            deliver(now)
    assert deliver(now + outbox.CLAIM - timedelta(seconds=1)) == Delivered()
    assert deliver(now + outbox.CLAIM) == Delivered(sent=1)
    assert len(postman.outbox) == 1


def test_a_process_killed_between_the_server_and_the_mark_sends_one_mail_twice_and_no_more(
    sender, receiver, monkeypatch
):
    referral(sender, receiver)
    now = timezone.now()
    send = outbox._send

    def killed_after(message, server):
        send(message, server)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_send", killed_after)
        with pytest.raises(Killed):
            deliver(now)
    assert deliver(now + outbox.CLAIM) == Delivered(sent=1)
    assert deliver(now + timedelta(days=1)) == Delivered()
    assert len(postman.outbox) == 2


def test_a_database_that_goes_away_is_no_fault_of_the_mail(sender, receiver, monkeypatch):
    referral(sender, receiver)
    now = timezone.now()

    def away(_mails):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(mails, "compose", away)
        with pytest.raises(OperationalError):
            deliver(now)
    assert waiting().error == ""
    assert deliver(now + outbox.CLAIM) == Delivered(sent=1)


class Killed(BaseException):
    """As a process that is killed: nothing after it is done."""


def killed(*_arguments):
    raise Killed


# --- daily mails ----------------------------------------------------------------------------------


def test_a_daily_mail_comes_once_at_seven_with_a_line_for_each_item(sender, receiver):
    member(receiver, mail_frequency=MailFrequency.DAILY)
    other = member(receiver, mail_frequency=MailFrequency.DAILY)
    with time_machine.travel(datetime(2026, 12, 1, 15, tzinfo=MONTREAL), tick=False):
        made = [referral(sender, receiver) for _number in range(3)]
        assert deliver() == Delivered()
    seven = datetime(2026, 12, 2, 7, tzinfo=MONTREAL)
    assert deliver(seven - timedelta(seconds=1)) == Delivered()

    assert deliver(seven) == Delivered(sent=6)

    assert len(postman.outbox) == 2
    (sent,) = (one for one in postman.outbox if one.to == [other.email])
    for one in made:
        assert codes.spaced(one.code) in sent.body
    assert len(ADDRESS.findall(sent.body)) == 3
    assert told(sent.body) == []
    assert deliver(seven + timedelta(hours=1)) == Delivered()


def test_what_comes_after_seven_is_for_the_next_day(sender, receiver):
    member(receiver, mail_frequency=MailFrequency.DAILY)
    with time_machine.travel(datetime(2026, 12, 2, 7, 0, 1, tzinfo=MONTREAL), tick=False):
        referral(sender, receiver)
        assert deliver() == Delivered()
    assert deliver(datetime(2026, 12, 2, 23, tzinfo=MONTREAL)) == Delivered()
    assert deliver(datetime(2026, 12, 3, 7, tzinfo=MONTREAL)) == Delivered(sent=1)


def test_a_daily_mail_that_failed_is_tried_again_as_one(sender, receiver, settings):
    member(receiver, mail_frequency=MailFrequency.DAILY)
    with time_machine.travel(datetime(2026, 12, 1, 15, tzinfo=MONTREAL), tick=False):
        referral(sender, receiver)
        referral(sender, receiver)
    seven = datetime(2026, 12, 2, 7, tzinfo=MONTREAL)
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    assert deliver(seven) == Delivered(failed=2)
    settings.EMAIL_BACKEND = works
    assert deliver(seven + timedelta(minutes=1)) == Delivered(sent=2)
    assert len(postman.outbox) == 1


def test_what_was_said_twice_since_yesterday_is_one_line(sender, receiver):
    writer = member(sender, mail_frequency=MailFrequency.DAILY)
    made = referral(sender, receiver, by=writer)
    for status in (ReferralStatus.ACCEPTED, ReferralStatus.MET):
        move(made, status)
    OutboxMail.objects.exclude(user=writer).delete()
    assert OutboxMail.objects.count() == 2
    deliver(timezone.now() + timedelta(days=1))
    assert len(ADDRESS.findall(postman.outbox[0].body)) == 1


@pytest.mark.parametrize("day", [(2027, 3, 14), (2027, 11, 7), (2027, 7, 1)])
def test_daily_mails_come_at_seven_on_days_that_clocks_change_too(day):
    seven = datetime(*day, 7, tzinfo=MONTREAL)
    before = datetime.fromtimestamp(seven.timestamp() - 1, tz=MONTREAL)
    assert last_digest(seven) == seven
    assert last_digest(before).hour == 7
    assert last_digest(before).date() == seven.date() - timedelta(days=1)


# --- two at once ---------------------------------------------------------------------------------


@pytest.fixture
def committed_mails(worker):
    """Mails that other connections see: six to one account each, and six for one daily mail."""

    def write():
        since_yesterday = timezone.now() - timedelta(days=1, minutes=1)
        readers = [coordinator("11") for _number in range(7)]
        searches = [
            SavedSearch.objects.create(user=reader, region=region("11")) for reader in readers
        ]
        for number in range(12):
            is_daily = number >= 6
            one = 6 if is_daily else number
            OutboxMail.objects.create(
                kind=MailKind.WATCH,
                user=readers[one],
                saved_search=searches[one],
                in_digest=is_daily,
                created_at=since_yesterday,
            )
        return readers

    readers = worker(write)
    yield readers
    worker(lambda: User.objects.filter(pk__in=[reader.pk for reader in readers]).delete())


@pytest.fixture
def worker(db):
    """Does something in a thread with a connection of its own, and gives what comes out."""

    def work(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        yield lambda act: pool.submit(work, act).result()


def test_three_processes_at_once_send_each_mail_once(worker, committed_mails):
    together = Barrier(3)

    def work():
        together.wait()
        return deliver()

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _number: worker(work), range(3)))

    addresses = [one.to[0] for one in postman.outbox]
    assert sorted(addresses) == sorted(reader.email for reader in committed_mails)
    assert sum(one.sent for one in done) == 12


def test_what_a_process_sends_at_the_moment_is_not_sent_by_another(
    worker, committed_mails, monkeypatch
):
    send = outbox._send
    during = []

    def send_and_look(message, server):
        if not during:
            during.append(None)
            during.append(worker(deliver))
        send(message, server)

    monkeypatch.setattr(outbox, "_send", send_and_look)
    first = worker(deliver)

    assert first.sent == 1  # one mail was its own when the other came
    assert during[1].sent == 11
    assert len(postman.outbox) == 7
