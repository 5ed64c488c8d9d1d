"""The page of the people of an organization."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from geo import membership
from geo.models import Invitation, Membership, OutboxMail, User
from tests.network import coordinator, member, organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return organization()


@pytest.fixture
def admin(ours):
    return member(ours, "admin", email="admin@example.org")


@pytest.fixture
def page(client, admin):
    client.force_login(admin)
    return client


def press(client, do, **values):
    return client.post(reverse("network-people"), {"do": do} | values)


def text(answer) -> str:
    return answer.content.decode()


def test_an_admin_sees_the_people_of_the_own_organization_only(page, ours):
    colleague, stranger = member(ours, "viewer"), member(organization())

    shown = text(page.get(reverse("network-people")))

    assert colleague.email in shown
    assert stranger.email not in shown


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_other_members_have_no_such_page(client, ours, role):
    client.force_login(member(ours, role))

    assert client.get(reverse("network-people")).status_code == 403
    assert press(client, "invite", email="x@example.org", role="admin").status_code == 403
    assert not Invitation.objects.exists()


def test_the_link_is_shown_once_and_works(page):
    answer = press(page, "invite", email="new@example.org", role="editor")
    assert answer.status_code == 302

    first, second = (text(page.get(reverse("network-people"))) for _time in range(2))

    link = re.search(r'value="(http[^"]+)"', first)[1].replace("&amp;", "&")
    assert "new@example.org" in second
    assert link not in second
    assert Client().get(link).status_code == 200
    assert OutboxMail.objects.get().invitation == Invitation.objects.get()


def test_what_is_wrong_is_said_with_its_field(page):
    answer = press(page, "invite", email="nobody", role="editor")

    assert answer.status_code == 400
    assert 'aria-describedby="id_email_error"' in text(answer)
    assert 'id="id_email_error"' in text(answer)


def test_what_a_rule_refuses_is_said_on_the_page(page, admin, ours):
    colleague = member(ours, "editor")

    answers = [
        press(page, "invite", email=colleague.email, role="editor"),
        press(page, "role", member=admin.membership.pk, role="viewer"),
        press(page, "remove", member=admin.membership.pk),
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert all('role="alert"' in text(answer) for answer in answers)
    assert Membership.objects.get(user=admin).role == "admin"


def test_a_colleague_gets_another_role_and_is_removed(page, ours):
    colleague = member(ours, "viewer")

    press(page, "role", member=colleague.membership.pk, role="editor")
    assert Membership.objects.get(user=colleague).role == "editor"
    press(page, "remove", member=colleague.membership.pk)

    assert not User.objects.get(pk=colleague.pk).is_active


def test_an_invitation_is_sent_again_and_taken_back(page, ours, admin):
    invitation = membership.invite(admin, "new@example.org", ours, "editor")
    old = membership.invitation_secret(invitation)

    press(page, "again", invitation=invitation.pk)
    invitation.refresh_from_db()
    assert membership.invitation_secret(invitation) != old
    press(page, "revoke", invitation=invitation.pk)

    invitation.refresh_from_db()
    assert invitation.revoked_at
    assert "new@example.org" not in text(page.get(reverse("network-people")))


def test_rows_of_others_are_not_there(page):
    theirs = organization()
    stranger = member(theirs, "admin")
    invitation = membership.invite(stranger, "new@example.org", theirs, "editor")

    answers = [
        press(page, "role", member=stranger.membership.pk, role="viewer"),
        press(page, "remove", member=stranger.membership.pk),
        press(page, "revoke", invitation=invitation.pk),
        press(page, "again", invitation=invitation.pk),
        press(page, "remove", member="nonsense"),
    ]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("sent", [{}, {"do": "explode"}])
def test_a_form_of_ours_is_not_that(page, sent):
    assert page.post(reverse("network-people"), sent).status_code == 400


def test_a_role_that_does_not_exist_is_given_to_nobody(page, ours):
    colleague = member(ours, "viewer")

    answer = press(page, "role", member=colleague.membership.pk, role="owner")

    assert answer.status_code == 400
    assert Membership.objects.get(user=colleague).role == "viewer"


def test_no_other_site_presses_the_buttons(ours):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member(ours, "admin"))

    assert press(strict, "invite", email="x@example.org", role="admin").status_code == 403
    assert not Invitation.objects.exists()


def test_a_coordinator_is_no_member(client):
    client.force_login(coordinator())

    # Asked for the second step first, and then it is not their page.
    assert client.get(reverse("network-people")).status_code == 302
