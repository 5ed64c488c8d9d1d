"""The life of a referral, move by move, on the real database."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from geo.choices import ReferralStatus, RefusalReason
from geo.errors import NoConsent, NotAdmitted, TransitionNotAllowed, WrongCode
from geo.models import OutboxMail, Referral, ReferralAudit, SearchGap
from tests import network
from tests.network import draft, member, organization, referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


@pytest.mark.parametrize("status", network.PATHS)
def test_a_referral_comes_to_each_state_by_its_moves_and_each_is_traced(sender, receiver, status):
    made = referral(sender, receiver, status)
    assert made.status == status
    steps = list(made.events.values_list("from_status", "to_status"))
    assert steps[0] == ("", "draft")
    assert [step[0] for step in steps[1:]] == [step[1] for step in steps[:-1]]
    assert steps[-1][1] == status


def test_a_draft_without_a_consent_is_not_sent(sender, receiver):
    made = draft(sender, receiver, agreed=False)
    with pytest.raises(NoConsent):
        made.send(made.actor(made.from_user))
    made.refresh_from_db()
    assert made.status == "draft"


def test_a_consent_for_another_organization_is_none(sender, receiver):
    made = draft(sender, receiver, consent=network.consent(organization()))
    with pytest.raises(NoConsent):
        made.send(made.actor(made.from_user))


def test_an_unverified_organization_waits_for_the_coordinator(receiver):
    newcomer = organization("11", verified_status="unverified")
    made = draft(newcomer, receiver)
    assert made.send(made.actor(made.from_user)) == "held"
    made.refresh_from_db()
    by = made.actor(network.coordinator("11"))
    made.release(by, receiver, None)
    assert made.status == "sent"


def test_an_organization_that_only_receives_writes_none(receiver):
    quiet = organization(referral_role="receive")
    with pytest.raises(NotAdmitted):
        draft(quiet, receiver)


def test_a_refusal_says_why_and_counts_as_a_need_that_was_not_met(sender, receiver):
    made = referral(sender, receiver)
    by = made.actor(member(receiver))
    with pytest.raises(TransitionNotAllowed):
        made.move_to(ReferralStatus.REFUSED, by=by)
    made.move_to(ReferralStatus.REFUSED, by=by, reason=RefusalReason.NO_LANGUAGE)
    gap = SearchGap.objects.get(kind="refused")
    assert (gap.region.code, gap.need, gap.language, gap.count) == ("11", "droits", "es", 1)
    assert gap.month == timezone.localdate().replace(day=1)


def test_who_meets_the_person_shows_the_code(sender, receiver):
    made = referral(sender, receiver, ReferralStatus.ACCEPTED)
    by = made.actor(member(receiver))
    with pytest.raises(WrongCode):
        made.move_to(ReferralStatus.MET, by=by, code="22222222")
    assert ReferralAudit.objects.filter(verb="code_failed", ok=False).count() == 1
    made.move_to(ReferralStatus.MET, by=by, code=f"{made.code[:4].lower()}-{made.code[4:]}")
    assert made.status == "met"


def test_a_redirect_within_the_consent_takes_the_code_along(sender, receiver):
    other = organization("08")
    made = referral(sender, receiver, consent=network.consent(receiver, other))
    code = made.code
    child = made.redirect(made.actor(member(receiver)), other)
    made.refresh_from_db()
    assert (made.status, made.code) == ("redirected", None)
    assert (child.status, child.code, child.redirect_of) == ("sent", code, made)


def test_a_redirect_outside_of_the_consent_waits_for_a_new_one(sender, receiver):
    made = referral(sender, receiver)
    child = made.redirect(made.actor(member(receiver)), organization("08"))
    assert (child.status, child.consent, child.from_org) == ("draft", None, sender)


def test_what_was_refused_stays_refused_and_is_passed_on_once(sender, receiver):
    other = organization("08")
    made = referral(
        sender, receiver, ReferralStatus.REFUSED, consent=network.consent(receiver, other)
    )
    by = made.actor(member(sender))
    child = made.redirect(by, other)
    made.refresh_from_db()
    assert made.status == "refused"
    assert child.status == "sent"
    with pytest.raises(TransitionNotAllowed):
        made.redirect(by, other)


def test_nothing_is_answered_after_its_time_even_before_the_clock_comes(sender, receiver):
    made = referral(sender, receiver)
    late = made.due_at
    assert made.shown_status(late) == "expired"
    with pytest.raises(TransitionNotAllowed):
        made.move_to(ReferralStatus.ACCEPTED, by=made.actor(member(receiver)), now=late)


def test_the_database_refuses_a_move_that_is_not_drawn(sender, receiver):
    made = referral(sender, receiver, ReferralStatus.ACCEPTED)
    with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
        Referral.objects.filter(pk=made.pk).update(status="sent")


def test_the_database_refuses_a_move_without_its_trace(sender, receiver):
    made = referral(sender, receiver)
    with transaction.atomic(), connection.cursor() as cursor:
        Referral.objects.filter(pk=made.pk).update(status="acknowledged")
        with pytest.raises(IntegrityError, match="nobody wrote down"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_the_receiver_is_told_that_one_waits(sender, receiver):
    member(receiver)
    made = referral(sender, receiver)
    assert OutboxMail.objects.filter(referral=made, kind="referral_waits").count() == 1
