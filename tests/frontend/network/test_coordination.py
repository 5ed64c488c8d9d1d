"""The page of coordinators: what is held, what is stuck, mails that fail, alarms."""

import re
from datetime import datetime, timedelta
from datetime import time as clock

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from geo.choices import ReferralStatus
from geo.models import OutboxMail, Referral, ReferralAudit
from geo.referrals import alarms
from geo.translation import compose
from tests import network
from tests.network import coordinator, draft, member, organization, referral

pytestmark = pytest.mark.django_db

PAGE = reverse("network-coordination")


def signed_in(client, user):
    """Signed in twice, as coordinators are."""
    device = StaticDevice.objects.create(user=user, name="invented")
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


@pytest.fixture
def montreal(client):
    """A browser of the coordinator of Montréal."""
    return signed_in(client, coordinator("06"))


@pytest.fixture
def sender():
    return organization("06", name=compose({"fr": "Maison inventée"}))


@pytest.fixture
def receiver():
    return organization("07", name=compose({"fr": "Accueil inventé"}))


@pytest.fixture
def held(sender, receiver):
    """A referral to nobody, with a consent for the receiver."""
    made = draft(sender, None, consent=network.consent(receiver))
    made.send(made.actor(made.from_user))
    made.refresh_from_db()
    return made


def of(made) -> str:
    return reverse("coordination-referral", args=[made.pk])


def act(client, made, what, **data):
    return client.post(of(made), {"act": what, **data})


def stands(made) -> str:
    made.refresh_from_db()
    return made.status


def part(client, name) -> str:
    """The section of the page with a name."""
    page = client.get(PAGE).content.decode()
    return re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)[1]


# Who may


def test_only_coordinators_who_signed_in_twice_see_it(client, sender, held):
    client.force_login(member(sender, "admin"))
    for address in [PAGE, of(held)]:
        assert client.get(address).status_code == 403


def test_a_coordinator_of_elsewhere_finds_nothing(client, held):
    elsewhere = signed_in(client, coordinator("10"))
    assert elsewhere.get(of(held)).status_code == 404
    assert act(elsewhere, held, "withdraw").status_code == 404
    assert of(held) not in elsewhere.get(PAGE).content.decode()
    assert stands(held) == "held"


def test_nothing_is_kept_of_the_page_and_opening_is_written_down(montreal, held):
    response = montreal.get(of(held))
    assert "no-store" in response["Cache-Control"]
    montreal.get(PAGE)
    seen = ReferralAudit.objects.get(verb="seen")
    assert bytes(seen.pseudonym) == ReferralAudit.objects.pseudonym(held.pk)
    assert ReferralAudit.objects.filter(verb="listed", actor=seen.actor).exists()


# Held


def test_what_is_held_is_released_within_the_consent(montreal, held, receiver):
    assert of(held) in part(montreal, "held")
    page = montreal.get(of(held)).content.decode()
    assert str(receiver.pk) in page

    response = act(montreal, held, "release", organization=str(receiver.pk))

    assert (response.status_code, response["Location"]) == (303, PAGE)
    assert stands(held) == "sent"
    assert held.to_org == receiver


def test_it_is_not_released_to_whom_the_person_has_not_agreed_to(montreal, held):
    other = organization("08")
    assert str(other.pk) not in montreal.get(of(held)).content.decode()
    for key in [str(other.pk), "", "x"]:
        response = act(montreal, held, "release", organization=key)
        assert response.status_code == 409
        assert 'aria-describedby="problem"' in response.content.decode()
    assert stands(held) == "held"


def test_the_service_that_was_asked_for_stays_with_its_organization(montreal, receiver):
    newcomer = organization("06", verified_status="unverified")
    service = network.service_of(receiver)
    made = draft(newcomer, receiver, to_service=service)
    made.send(made.actor(made.from_user))
    act(montreal, made, "release", organization=str(receiver.pk))
    assert stands(made) == "sent"
    assert made.to_service == service


def test_where_nobody_who_was_agreed_to_receives_the_page_says_so(montreal, sender):
    closed = organization("08", referral_role="none")
    made = draft(sender, None, consent=network.consent(closed))
    made.send(made.actor(made.from_user))
    page = montreal.get(of(made)).content.decode()
    assert "<select" not in page
    assert act(montreal, made, "withdraw").status_code == 303
    assert stands(made) == "withdrawn"


def test_by_the_channel_of_the_consulate_consulates_come_first(montreal, sender):
    near = organization("11", name=compose({"fr": "Aaa inventé"}))
    consulate = organization("06", kind="consulate", name=compose({"fr": "Zzz inventé"}))
    for handover, first in [("consulate_channel", consulate), ("worker_calls", near)]:
        made = draft(sender, None, consent=network.consent(near, consulate), handover=handover)
        made.send(made.actor(made.from_user))
        offered = re.findall(r'<option value="([^"]+)"', montreal.get(of(made)).content.decode())
        assert offered[0] == str(first.pk)


def test_what_the_sandbox_holds_is_marked(montreal, sender):
    made = draft(sender, None, consent=network.consent(), sandbox=True)
    made.send(made.actor(made.from_user))
    section = part(montreal, "held")
    assert of(made) in section
    assert "<strong>" in section.split(of(made))[1].split("</li>")[0].split("small")[1]


# Stuck


def part_at(moment, client, user, name) -> str:
    """The section at a moment; whoever signed in today is signed out by then."""
    with time_machine.travel(moment):
        return part(signed_in(client, user), name)


def test_what_waits_beyond_half_of_its_time_is_listed(client, sender, receiver):
    made, user = referral(sender, receiver), coordinator("06")
    minute = timedelta(minutes=1)
    assert of(made) not in part_at(made.reminder_at() - minute, client, user, "slow")
    assert of(made) in part_at(made.reminder_at() + minute, client, user, "slow")
    assert of(made) not in part_at(made.due_at + minute, client, user, "slow")
    assert of(made) in part_at(made.due_at + minute, client, user, "unanswered")


def test_what_nobody_answered_is_listed_after_the_clock_came_too(montreal, sender, receiver):
    made = referral(sender, receiver, ReferralStatus.EXPIRED)
    assert of(made) in part(montreal, "unanswered")
    page = montreal.get(of(made)).content.decode()
    assert 'name="act"' not in page


def test_what_nobody_came_for_is_listed(client, sender, receiver):
    made, user = referral(sender, receiver, ReferralStatus.LAPSED), coordinator("06")
    late = referral(sender, receiver, ReferralStatus.ACCEPTED)
    today = part(signed_in(client, user), "not_come")
    assert of(made) in today
    assert of(late) not in today
    later = late.answered_at + timedelta(days=30, minutes=1)
    assert of(late) in part_at(later, client, user, "not_come")


def test_what_waits_is_given_to_another_organization(montreal, sender, receiver):
    other = organization("08")
    made = referral(sender, receiver, consent=network.consent(receiver, other))
    code = made.code

    assert act(montreal, made, "reassign", organization=str(other.pk)).status_code == 303

    assert stands(made) == "redirected"
    child = Referral.objects.get(redirect_of=made)
    assert (child.to_org, child.status, child.code) == (other, "sent", code)


def test_what_was_sent_is_held_back(montreal, sender, receiver):
    made = referral(sender, receiver)
    assert act(montreal, made, "hold").status_code == 303
    assert stands(made) == "held"


def test_what_a_rule_refuses_is_said(montreal, sender, receiver):
    made = referral(sender, receiver, ReferralStatus.ACCEPTED)
    response = act(montreal, made, "hold")
    assert response.status_code == 409
    assert 'role="alert"' in response.content.decode()
    assert act(montreal, made, "erase").status_code == 400
    assert stands(made) == "accepted"


# Mails


@pytest.fixture
def failing(sender, receiver):
    """A mail to the mailbox of the sender, given up after some tries."""
    return OutboxMail.objects.create(
        kind="referral_moved",
        partner=sender.partner,
        referral=referral(sender, receiver),
        attempts=7,
        error="SMTPServerDisconnected",
        given_up_at=timezone.now(),
    )


def test_a_mail_that_was_given_up_is_shown_and_tried_again(montreal, failing):
    section = part(montreal, "mails")
    for words in ["Maison inventée", "SMTPServerDisconnected", "7"]:
        assert words in section
    assert failing.partner.mailbox not in section

    response = montreal.post(reverse("coordination-mail", args=[failing.pk]))

    assert (response.status_code, response["Location"]) == (303, f"{PAGE}#mails")
    assert list(OutboxMail.objects.to_deliver().filter(pk=failing.pk)) == [failing]
    assert not OutboxMail.objects.failing().exists()


def test_a_mail_to_a_person_shows_the_organization_only(montreal, sender):
    person = member(sender, name="Persona Inventada")
    OutboxMail.objects.create(kind="referral_moved", user=person, attempts=1, error="OSError")
    section = part(montreal, "mails")
    assert "Maison inventée" in section
    assert "Persona" not in section
    assert person.email not in section


def test_mails_of_other_regions_are_not_shown_and_not_touched(client, failing):
    elsewhere = signed_in(client, coordinator("10"))
    assert "SMTPServerDisconnected" not in elsewhere.get(PAGE).content.decode()
    address = reverse("coordination-mail", args=[failing.pk])
    assert elsewhere.post(address).status_code == 404
    failing.refresh_from_db()
    assert failing.given_up_at is not None


def test_a_mail_to_somebody_who_coordinates_many_regions_is_listed_once(client):
    somebody = coordinator("06", "07", "08")
    OutboxMail.objects.create(kind="referral_held", user=somebody, attempts=2, error="OSError")
    assert part(signed_in(client, somebody), "mails").count("OSError") == 1


def test_what_was_sent_is_not_sent_again(montreal, failing):
    OutboxMail.objects.filter(pk=failing.pk).update(given_up_at=None, sent_at=timezone.now())
    assert montreal.post(reverse("coordination-mail", args=[failing.pk])).status_code == 404


# Organizations


def test_an_organization_whose_referrals_are_held_is_verified(montreal, receiver):
    newcomer = organization(
        "06", verified_status="unverified", name=compose({"fr": "Nouvelle inventée"})
    )
    quiet = organization("06", verified_status="unverified", name=compose({"fr": "Autre inventée"}))
    made = draft(newcomer, receiver)
    made.send(made.actor(made.from_user))
    section = part(montreal, "to-verify")
    assert "Nouvelle inventée" in section
    assert "Autre inventée" not in section

    response = montreal.post(reverse("coordination-verify", args=[newcomer.partner.pk]))

    assert (response.status_code, response["Location"]) == (303, f"{PAGE}#to-verify")
    newcomer.refresh_from_db()
    assert newcomer.verified_status == "verified"
    quiet.refresh_from_db()
    assert quiet.verified_status == "unverified"


def test_a_suspended_organization_is_not_let_back_in_this_way(montreal):
    suspended = organization("06", verified_status="suspended")
    address = reverse("coordination-verify", args=[suspended.partner.pk])
    assert montreal.post(address).status_code == 404
    assert not suspended.partner.verify()


def test_an_organization_of_another_region_is_not_ones_to_verify(montreal):
    newcomer = organization("10", verified_status="unverified")
    address = reverse("coordination-verify", args=[newcomer.partner.pk])
    assert montreal.post(address).status_code == 404


# Alarms


def lines(verb, times, *, of, user, at=None, step=timedelta(0), distinct=False):
    """Lines of the trail, made by an account, one every `step`."""
    at = at or timezone.now()
    pseudonyms = [f"{place:032}".encode() if distinct else b"0" * 32 for place in range(times)]
    ReferralAudit.objects.bulk_create(
        [
            ReferralAudit(
                verb=verb,
                actor=user.pk,
                organization=of.pk if of else None,
                pseudonym=pseudonym,
                at=at + place * step,
            )
            for place, pseudonym in enumerate(pseudonyms)
        ]
    )


def in_quebec(hour, minute=0):
    """Yesterday at an hour of Québec."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return timezone.make_aware(datetime.combine(yesterday, clock(hour, minute)))


def test_twenty_wrong_codes_within_an_hour_ring_whenever_the_hour_begins(sender):
    calm, loud = member(sender), member(sender)
    minutes = timedelta(minutes=3)
    lines("code_failed", 20, of=sender, user=loud, at=in_quebec(9, 30), step=minutes)
    lines("code_failed", 19, of=sender, user=calm, at=in_quebec(9, 30), step=minutes)

    assert alarms.raised() == [alarms.Alarm(alarms.AlarmKind.CODES, sender.pk, 20)]


def test_twenty_wrong_codes_over_a_day_do_not_ring(sender):
    slow = member(sender)
    lines("code_failed", 22, of=sender, user=slow, at=in_quebec(8), step=timedelta(minutes=4))
    assert alarms.raised() == []


def test_more_than_fifteen_different_referrals_in_a_day_ring(sender):
    many, few, again = member(sender), member(sender), member(sender)
    lines("seen", 16, of=sender, user=many, at=in_quebec(10), distinct=True)
    lines("seen", 15, of=sender, user=few, at=in_quebec(10), distinct=True)
    lines("seen", 40, of=sender, user=again, at=in_quebec(10))

    assert alarms.raised() == [alarms.Alarm(alarms.AlarmKind.MANY, sender.pk, 16)]


@pytest.mark.parametrize(
    ("hour", "minute", "rings"),
    [(21, 59, False), (22, 0, True), (2, 0, True), (5, 59, True), (6, 0, False)],
)
def test_openings_by_night_ring_by_the_clock_of_quebec(sender, hour, minute, rings):
    lines("seen", 1, of=sender, user=member(sender), at=in_quebec(hour, minute))
    assert bool(alarms.raised()) is rings


def test_what_is_older_than_a_week_rings_no_more(sender):
    lines("seen", 1, of=sender, user=member(sender), at=in_quebec(23) - timedelta(days=7))
    assert alarms.raised() == []


def test_each_alarm_is_one_question(sender, django_assert_num_queries):
    for _each in range(3):
        lines("seen", 20, of=sender, user=member(sender), at=in_quebec(23), distinct=True)
    with django_assert_num_queries(3):
        assert len(alarms.raised()) == 6


def test_the_page_names_the_organization_of_an_alarm_and_no_person(montreal, sender):
    person = member(sender, name="Persona Inventada")
    lines("seen", 1, of=sender, user=person, at=in_quebec(23))
    lines("seen", 1, of=organization("10"), user=member(organization("10")), at=in_quebec(23))
    section = part(montreal, "alarms")
    assert "Maison inventée" in section
    assert section.count("<li>") == 1
    assert "Persona" not in section
    assert person.email not in section


def test_the_page_says_that_the_entry_of_codes_rests(montreal):
    assert 'role="alert"' not in montreal.get(PAGE).content.decode()
    ReferralAudit.objects.bulk_create(
        [ReferralAudit(verb="code_failed", ok=False) for _each in range(300)]
    )
    assert 'role="alert"' in montreal.get(PAGE).content.decode()


def test_the_number_of_questions_does_not_grow(
    montreal, sender, receiver, django_assert_num_queries
):
    def fill():
        for _each in range(2):
            made = draft(sender, None, consent=network.consent(receiver))
            made.send(made.actor(made.from_user))
            person = member(sender)
            OutboxMail.objects.create(kind="watch", user=person, attempts=1, error="OSError")
            lines("seen", 1, of=sender, user=person, at=in_quebec(23))

    fill()
    montreal.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        montreal.get(PAGE)
    fill()
    with django_assert_num_queries(len(before)):
        montreal.get(PAGE)
