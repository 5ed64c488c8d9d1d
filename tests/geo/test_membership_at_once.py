"""Two people decide at the same instant: rows that other connections see, and taken away again."""

import threading

import pytest
from django.db import connection

from geo import membership
from geo.errors import DomainError
from geo.models import Membership, OutboxMail
from tests.factories import OrganizationFactory
from tests.network import MONTREAL, member, organization, region


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Collects what a test really commits, and deletes it."""
    made = []
    with django_db_blocker.unblock():
        yield made
        for row in made:
            row.delete()
        connection.close()


@pytest.fixture
def committed_proposal(committed):
    """A proposed organization, and members of two that may endorse it."""
    organizations = [organization(), organization()]
    endorsers = [member(each) for each in organizations]
    asked = OrganizationFactory()
    partner = membership.propose(
        endorsers[0],
        asked,
        region(MONTREAL),
        mailbox="boite@example.org",
        first_admin="first@example.org",
    )
    committed += [*endorsers, asked, *organizations]
    return partner, endorsers


@pytest.fixture
def committed_admins(committed):
    """The two administrators of an organization."""
    ours = organization()
    admins = [member(ours, "admin"), member(ours, "admin")]
    committed += [*admins, ours]
    return admins


def test_of_two_organizations_that_endorse_at_once_exactly_one_admits(committed_proposal):
    partner, endorsers = committed_proposal

    outcomes = at_once([lambda by=by: membership.endorse(by, partner) for by in endorsers])

    assert sorted(bool(outcome.admitted_at) for outcome in outcomes) == [False, True]
    assert OutboxMail.objects.filter(invitation__organization=partner.organization).count() == 1


def test_of_two_admins_who_leave_at_once_one_stays(committed_admins):
    first, second = committed_admins

    outcomes = at_once(
        [lambda of=of: membership.remove(of, of.membership) for of in (first, second)]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastAdmin", "NoneType"]
    assert Membership.objects.filter(user__in=[first, second]).count() == 1


def at_once(acts) -> list:
    """Run each act in a thread with a connection of its own; what each gave or raised."""
    outcomes = []
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=30)
            outcomes.append(act())
        except DomainError as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
