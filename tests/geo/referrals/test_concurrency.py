"""Two people move a referral at the same moment, each on a connection of its own.

What the threads write is committed, as in life, so it is taken out again afterwards; the exercise
counts nowhere. The connection of the test itself is not used at all.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.apps import apps
from django.db import connection, transaction

from geo.choices import ReferralStatus
from geo.errors import TransitionNotAllowed
from geo.models import (
    AuditKey,
    Consent,
    HistoryRow,
    Organization,
    Referral,
    ReferralAudit,
    Source,
    User,
)
from geo.models.referrals import CODE_HOLDER, SYSTEM
from geo.referral_states import TERMINAL
from tests import network

pytestmark = pytest.mark.django_db

# Threads begin together, and who comes first is another one from round to round. Without the lock
# of a row, the first round fails already.
ROUNDS = range(20)
FEWER_ROUNDS = range(6)

WAIT_S = 30


def apart(work: Callable):
    """What `work` gives, done in a thread with its own connection, which commits."""

    def alone():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(alone).result(WAIT_S)


def at_once(*works: Callable) -> list[str]:
    """How each of some works ended, begun together: `done` or `refused`."""
    start = Barrier(len(works))

    def run(work: Callable) -> str:
        try:
            connection.ensure_connection()
            start.wait(WAIT_S)
            work()
        except TransitionNotAllowed:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result(WAIT_S) for each in [threads.submit(run, work) for work in works]]


class Stage:
    """A sender, a receiver and two others, committed; and the referrals of the test."""

    def __init__(self) -> None:
        self.kept_keys = list(AuditKey.objects.values_list("pk", flat=True))
        self.kept_history = list(HistoryRow.objects.values_list("pk", flat=True))
        self.kept_sources = list(Source.objects.values_list("pk", flat=True))
        self.last_line = ReferralAudit.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.sender, self.receiver, *self.others = [
            network.organization(code) for code in ("06", "07", "08", "11")
        ]
        self.people = [network.member(each) for each in (self.sender, self.receiver)]

    def referral(self) -> Referral:
        """One that was sent, and may go to anybody here."""
        agreed = network.consent(self.receiver, *self.others)
        return network.referral(self.sender, self.receiver, consent=agreed, sandbox=True)

    @transaction.atomic
    def clear(self) -> None:
        """Leave the database as it was found, the lines of the trail too."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL repere.purging = 'on'")
        ours = Referral.objects.filter(from_org=self.sender)
        for each in ours.exclude(status__in=[*TERMINAL, ReferralStatus.DRAFT]):
            each.move_to(ReferralStatus.WITHDRAWN, by=each.actor(self.people[0]))
        consents = list(ours.exclude(consent=None).values_list("consent", flat=True))
        ours.update(redirect_of=None)
        ours.delete()
        Consent.objects.filter(pk__in=consents).delete()
        User.objects.filter(pk__in=[person.pk for person in self.people]).delete()
        organizations = [self.sender, self.receiver, *self.others]
        Organization.objects.filter(pk__in=[each.pk for each in organizations]).delete()
        HistoryRow.objects.exclude(pk__in=self.kept_history).delete()
        Source.objects.exclude(pk__in=self.kept_sources).delete()
        with connection.cursor() as cursor:
            # Only whoever owns the table can; the lines are the last of the chain.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE geo_referralaudit DISABLE TRIGGER referralaudit_is_final")
            cursor.execute("DELETE FROM geo_referralaudit WHERE id > %s", [self.last_line or 0])
            cursor.execute("ALTER TABLE geo_referralaudit ENABLE TRIGGER referralaudit_is_final")
        AuditKey.objects.exclude(pk__in=self.kept_keys).delete()


def rows() -> dict[str, int]:
    """How many rows each table of the project holds."""
    return {
        model.__name__: model.objects.count() for model in apps.get_app_config("geo").get_models()
    }


@pytest.fixture
def stage(db) -> Iterator[Stage]:
    before = apart(rows)
    made = apart(Stage)
    yield made
    apart(made.clear)
    assert apart(rows) == before


def story(made: Referral) -> list[str]:
    """The states that a referral came to, one after the other, as they were traced."""
    return apart(lambda: list(made.events.values_list("to_status", flat=True)))


def now_of(made: Referral) -> Referral:
    return apart(lambda: Referral.objects.get(pk=made.pk))


def mover(made: Referral, status: ReferralStatus, **given) -> Callable:
    """Move it as its receiver, who read the page a moment ago."""
    return lambda: made.move_to(status, by=made.actor_of_link(), **given)


def fresh(made: Referral) -> Referral:
    """What another person has on the screen: the same row, another object."""
    return apart(lambda: Referral.objects.get(pk=made.pk))


def test_of_an_acceptance_and_a_refusal_at_once_exactly_one_wins(stage):
    for _round in ROUNDS:
        made = apart(stage.referral)

        ends = at_once(
            mover(made, ReferralStatus.ACCEPTED),
            mover(fresh(made), ReferralStatus.REFUSED, reason="hours"),
        )

        assert sorted(ends) == ["done", "refused"]
        won = "accepted" if ends[0] == "done" else "refused"
        assert story(made) == ["draft", "sent", won]
        assert now_of(made).status == won


def test_of_two_redirects_at_once_exactly_one_makes_a_child(stage):
    first, second = stage.others
    for _round in FEWER_ROUNDS:
        made = apart(stage.referral)
        other = fresh(made)

        ends = at_once(
            lambda made=made: made.redirect(made.actor_of_link(), first),
            lambda other=other: other.redirect(other.actor_of_link(), second),
        )

        assert sorted(ends) == ["done", "refused"]
        assert story(made) == ["draft", "sent", "redirected"]
        children = apart(lambda made=made: list(Referral.objects.filter(redirect_of=made)))
        assert [child.to_org_id for child in children] == [
            first.pk if ends[0] == "done" else second.pk
        ]
        assert story(children[0]) == ["draft", "sent"]


def test_of_two_redirects_of_what_was_refused_exactly_one_makes_a_child(stage):
    first, second = stage.others
    for _round in FEWER_ROUNDS:
        made = apart(stage.referral)
        apart(mover(made, ReferralStatus.REFUSED, reason="hours"))
        one, other = fresh(made), fresh(made)

        ends = at_once(
            lambda one=one: one.redirect(one.actor_of_link(), first),
            lambda other=other: other.redirect(other.actor_of_link(), second),
        )

        assert sorted(ends) == ["done", "refused"]
        assert apart(lambda made=made: Referral.objects.filter(redirect_of=made).count()) == 1


def test_of_an_acceptance_and_the_clock_exactly_one_wins(stage):
    for _round in FEWER_ROUNDS:
        made = apart(stage.referral)
        clock = fresh(made)

        ends = at_once(
            mover(made, ReferralStatus.ACCEPTED),
            lambda clock=clock: clock.move_to(ReferralStatus.EXPIRED, by=SYSTEM, now=clock.due_at),
        )

        assert sorted(ends) == ["done", "refused"]
        won = "accepted" if ends[0] == "done" else "expired"
        assert story(made) == ["draft", "sent", won]


def test_who_takes_it_back_always_wins_whatever_is_accepted_at_once(stage):
    for _round in FEWER_ROUNDS:
        made = apart(stage.referral)
        worker = fresh(made)

        ends = at_once(
            mover(made, ReferralStatus.ACCEPTED),
            lambda worker=worker: worker.move_to(ReferralStatus.WITHDRAWN, by=CODE_HOLDER),
        )

        assert ends[1] == "done"
        accepted = ["accepted"] if ends[0] == "done" else []
        assert story(made) == ["draft", "sent", *accepted, "withdrawn"]
        last = now_of(made)
        assert (last.status, last.code) == ("withdrawn", None)


def test_of_a_sending_and_a_taking_back_of_a_draft_none_is_lost(stage):
    for _round in FEWER_ROUNDS:
        agreed = apart(lambda: network.consent(stage.receiver))
        made = apart(
            lambda agreed=agreed: network.draft(
                stage.sender, stage.receiver, consent=agreed, sandbox=True
            )
        )
        worker, by = fresh(made), apart(lambda made=made: made.actor(stage.people[0]))

        ends = at_once(lambda made=made, by=by: made.send(by), worker.take_back)

        assert sorted(ends) == ["done", "refused"]
        left = apart(lambda made=made: Referral.objects.filter(pk=made.pk).count())
        assert left == (1 if ends[0] == "done" else 0)


def test_the_trail_holds_one_line_a_move_and_its_chain_is_whole(stage):
    made = apart(stage.referral)
    before = apart(lambda: ReferralAudit.objects.filter(verb="moved").count())
    at_once(*[mover(fresh(made), ReferralStatus.ACCEPTED) for _each in range(6)])
    assert apart(lambda: ReferralAudit.objects.filter(verb="moved").count()) == before + 1
