"""The page that an invitation leads to."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geo import membership
from geo.models import Invitation, User
from tests.factories import UserFactory
from tests.network import GASPESIE, coordinator, member, organization, region

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Personne inventée",
    "new_password1": "eight grey herons wade",
    "new_password2": "eight grey herons wade",
}


@pytest.fixture
def ours():
    return organization(name={"fr": {"text": "Maison inventée", "state": "original"}})


@pytest.fixture
def invitation(ours):
    return membership.invite(member(ours, "admin"), "new@example.org", ours, "editor")


def secret_of(invitation) -> str:
    return membership.invitation_secret(invitation)


def look(client, secret):
    return client.get(reverse("network-invitation"), {"t": secret})


def come(client, secret, **values):
    return client.post(reverse("network-invitation"), NEW | {"t": secret} | values)


def test_it_says_where_and_as_what_before_anything_is_asked(client, invitation):
    answer = look(client, secret_of(invitation))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Maison inventée" in shown
    assert str(invitation.get_role_display()) in shown
    assert "no-store" in answer["Cache-Control"]


def test_who_comes_in_is_signed_in_and_the_link_is_used_up(client, invitation, ours):
    answer = come(client, secret_of(invitation))

    person = User.objects.get(email="new@example.org")
    assert answer["Location"] == reverse("network-inbox")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.name == "Personne inventée"
    assert client.get(reverse("network-account")).status_code == 200
    for again in (look(Client(), secret_of(invitation)), come(Client(), secret_of(invitation))):
        assert again.status_code == 410


@pytest.mark.parametrize("how", ["used", "expired", "revoked", "suspended"])
def test_one_that_is_over_shows_nothing_of_itself(client, invitation, ours, how):
    secret = secret_of(invitation)
    earlier = timezone.now() - timedelta(minutes=1)
    column = {"used": "accepted_at", "expired": "expires_at", "revoked": "revoked_at"}.get(how)
    if column:
        Invitation.objects.filter(pk=invitation.pk).update(**{column: earlier})
    else:
        type(ours).objects.filter(pk=ours.pk).update(verified_status="suspended")

    for answer in (look(client, secret), come(client, secret)):
        assert answer.status_code == 410
        assert "Maison inventée" not in answer.content.decode()
        assert "new@example.org" not in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize("change", [lambda s: s[:-1] + "x", lambda s: s.upper(), lambda s: ""])
def test_one_that_was_tampered_with_is_not_there(client, invitation, change):
    secret = change(secret_of(invitation))

    assert look(client, secret).status_code == 404
    assert come(client, secret).status_code == 404


@pytest.mark.parametrize(
    "password", ["short", "new@example.org", "personne inventée", "password1234"]
)
def test_a_poor_password_is_refused_with_its_field(client, invitation, password):
    answer = come(client, secret_of(invitation), new_password1=password, new_password2=password)

    assert answer.status_code == 200
    assert 'id="id_new_password2_error"' in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_open_account_is_asked_to_sign_in_and_stays_as_it_is(client, invitation):
    account = coordinator(GASPESIE, email="New@example.org")
    before = account.password

    answer = come(client, secret_of(invitation))

    assert answer.status_code == 409
    assert "_auth_user_id" not in client.session
    account.refresh_from_db()
    assert account.password == before


def test_its_owner_takes_the_role_with_one_press(client, invitation, ours):
    account = coordinator(GASPESIE, email="new@example.org")
    client.force_login(account)

    shown = look(client, secret_of(invitation)).content.decode()
    answer = client.post(reverse("network-invitation"), {"t": secret_of(invitation)})

    assert "new_password1" not in shown
    assert answer.status_code == 302
    assert account.membership.organization == ours


def test_somebody_else_who_is_signed_in_opens_an_account_of_the_invited(client, invitation):
    stranger = UserFactory()
    client.force_login(stranger)

    come(client, secret_of(invitation))

    person = User.objects.get(email="new@example.org")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert not hasattr(User.objects.get(pk=stranger.pk), "membership")


def test_a_coordinator_who_comes_in_sets_up_the_second_step_first(client):
    by = UserFactory(is_superuser=True, is_staff=True)
    invitation = membership.invite(by, "new@example.org", None, regions=[region(GASPESIE)])
    assert region(GASPESIE).name in look(client, secret_of(invitation)).content.decode()

    answer = come(client, secret_of(invitation))
    after = client.get(answer["Location"], follow=True)

    assert answer["Location"] == reverse("network-coordination")
    assert after.redirect_chain[-1][0].startswith(reverse("network-second-step-new"))
