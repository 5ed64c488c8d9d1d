"""The state machine of referrals: as drawn, in plain values, in the database, on random walks."""

import re
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.choices import ActorKind, ReferralOutcome, ReferralStatus, RefusalReason, Urgency
from geo.errors import DomainError
from geo.models import Referral, ReferralEvent
from geo.models.referrals import Actor
from geo.referral_states import (
    KEPT_DAYS,
    MOVES,
    OPEN,
    TERMINAL,
    Party,
    due,
    half_time,
    moves_from,
    purge_day,
)
from tests import network

PAIRS = list(product(ReferralStatus.values, repeat=2))

# DOMAIN §3.2, row by row, and who. The clock's two moves of docs/adr/0019 stand apart.
DRAWN = {
    ("draft", "sent"): {"sender"},
    ("draft", "held"): {"sender"},
    ("sent", "held"): {"coordinator"},
    ("held", "sent"): {"coordinator"},
    ("sent", "acknowledged"): {"receiver"},
    ("sent", "accepted"): {"receiver"},
    ("acknowledged", "accepted"): {"receiver"},
    ("sent", "refused"): {"receiver"},
    ("acknowledged", "refused"): {"receiver"},
    ("sent", "redirected"): {"receiver", "sender", "coordinator"},
    ("acknowledged", "redirected"): {"receiver", "sender", "coordinator"},
    ("accepted", "met"): {"receiver"},
    ("accepted", "completed"): {"receiver"},
    ("met", "completed"): {"receiver"},
    ("sent", "expired"): {"system"},
    ("acknowledged", "expired"): {"system"},
    ("accepted", "lapsed"): {"system"},
    **{
        (status, "withdrawn"): {"sender", "coordinator", "worker"}
        for status in ("held", "sent", "acknowledged", "accepted", "met")
    },
}
OF_THE_CLOCK = {("held", "withdrawn"), ("met", "completed")}


def test_the_moves_are_those_of_the_design_and_two_of_the_clock():
    drawn = {pair: set(parties) for pair, parties in DRAWN.items()}
    for pair in OF_THE_CLOCK:
        drawn[pair] = drawn[pair] | {"system"}
    assert {(str(a), str(b)): set(parties) for (a, b), parties in MOVES.items()} == drawn


def test_the_database_holds_the_same_moves():
    rules = import_module("geo.migrations.0010_rules_of_referrals")
    written = set(re.findall(r"\('(\w+)', '(\w+)'\)", rules.MOVES))
    assert written == {(str(a), str(b)) for a, b in MOVES}


@pytest.mark.parametrize("status", sorted(TERMINAL))
@pytest.mark.parametrize("party", Party)
def test_nothing_leaves_a_terminal_state(status, party):
    assert moves_from(status, party) == []


def test_every_state_is_a_draft_open_or_terminal_and_each_can_be_reached():
    assert set(ReferralStatus) == {ReferralStatus.DRAFT} | OPEN | TERMINAL
    reached, new = set(), {ReferralStatus.DRAFT}
    while new:
        reached |= new
        new = {b for a, b in MOVES if a in reached} - reached
    assert reached == set(ReferralStatus)


def test_every_open_state_ends_by_the_clock_alone():
    """Held and met at the end of the consent, the others at their due time."""
    for status in OPEN:
        assert moves_from(status, Party.SYSTEM), status


@pytest.mark.parametrize(
    ("urgency", "hours"),
    [(Urgency.TODAY, 24), (Urgency.THIS_WEEK, 5 * 24), (Urgency.THIS_MONTH, 15 * 24)],
)
@pytest.mark.parametrize(
    "sent_at", [datetime(2026, 10, 31, 17, tzinfo=UTC), datetime(2027, 3, 13, 17, tzinfo=UTC)]
)
def test_due_times_count_hours_and_not_what_clocks_show(urgency, hours, sent_at):
    due_at = due(urgency, sent_at)
    assert due_at - sent_at == timedelta(hours=hours)
    assert half_time(sent_at, due_at) - sent_at == timedelta(hours=hours / 2)


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_a_referral_is_erased_after_its_month_and_before_it_is_90_days_old(day):
    erased = purge_day(day)
    assert (day.replace(day=1) + timedelta(days=31)).replace(day=1) < erased
    assert timedelta(days=58) < erased - day <= timedelta(days=KEPT_DAYS)


@pytest.mark.django_db
def test_the_database_allows_exactly_the_moves_that_are_drawn():
    """Every pair of states, by plain SQL: the trigger is asked, not the program."""
    made = network.referral(network.organization(), network.organization("07"))
    with connection.cursor() as cursor:
        # Other rules would refuse most states first: only the one about moves is asked here.
        cursor.execute("CREATE TEMPORARY TABLE pair (LIKE geo_referral)")
        cursor.execute(
            "CREATE TRIGGER moves BEFORE UPDATE OF status ON pair "
            "FOR EACH ROW EXECUTE FUNCTION geo_check_referral_move()"
        )
        allowed = set()
        for start, end in PAIRS:
            cursor.execute("DELETE FROM pair")
            cursor.execute("INSERT INTO pair SELECT * FROM geo_referral WHERE id = %s", [made.pk])
            cursor.execute("ALTER TABLE pair DISABLE TRIGGER USER")
            cursor.execute("UPDATE pair SET status = %s", [start])
            cursor.execute("ALTER TABLE pair ENABLE TRIGGER USER")
            try:
                with transaction.atomic():
                    cursor.execute("UPDATE pair SET status = %s", [end])
            except IntegrityError:
                continue
            if start != end:
                allowed.add((start, end))
    assert allowed == {(str(a), str(b)) for a, b in MOVES}


ATTEMPTS = st.lists(
    st.tuples(
        st.sampled_from(ReferralStatus.values),
        st.sampled_from(list(Party)),
        st.booleans(),  # with what the move asks for, or without
    ),
    max_size=12,
)


class _Undone(Exception):
    """Takes back what an example did."""


@pytest.mark.django_db
@given(ATTEMPTS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_walks_keep_every_promise(attempts):
    with pytest.raises(_Undone):
        _walk(attempts)


@transaction.atomic
def _walk(attempts):
    sender, receiver = network.organization(), network.organization("07")
    made = network.draft(sender, receiver)
    code = made.code
    for status, party, is_complete in attempts:
        before = Referral.objects.get(pk=made.pk)
        traces = made.events.count()
        kind = ActorKind.SYSTEM if party == Party.SYSTEM else ActorKind.USER
        try:
            made.move_to(
                ReferralStatus(status),
                by=Actor(kind, frozenset({party})),
                reason=RefusalReason.HOURS if is_complete else "",
                outcome=ReferralOutcome.PARTLY if is_complete else "",
                code=code if is_complete else "",
            )
        except DomainError:
            after = Referral.objects.get(pk=made.pk)
            assert (after.status, made.events.count()) == (before.status, traces)
        else:
            after = Referral.objects.get(pk=made.pk)
            assert after.status == status
            assert before.status not in TERMINAL
            assert party in MOVES[before.status, status]
            assert made.events.count() == traces + 1
        _check(after, code)
    steps = list(
        ReferralEvent.objects.filter(referral=made).values_list("from_status", "to_status")
    )
    assert [step[0] for step in steps] == ["", *(step[1] for step in steps[:-1])]
    assert steps[-1][1] == Referral.objects.get(pk=made.pk).status
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    raise _Undone


def _check(referral: Referral, code: str) -> None:
    is_over = referral.status in TERMINAL
    assert (referral.closed_at is not None) == is_over
    assert referral.code == (None if is_over else code)
    assert bool(referral.refusal_reason) == (referral.status == ReferralStatus.REFUSED)
    assert bool(referral.outcome) == (referral.status == ReferralStatus.COMPLETED)
    if referral.status == ReferralStatus.WITHDRAWN:
        assert referral.consent.withdrawn_on is not None
    if referral.sent_at:
        assert referral.due_at == due(referral.urgency, referral.sent_at)
