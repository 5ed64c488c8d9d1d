"""The signed link: one referral, for the receiver, without an account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from geo.choices import ReferralStatus, VerifiedStatus
from geo.models import (
    Membership,
    NeedTerm,
    Organization,
    OutboxMail,
    Referral,
    ReferralAudit,
    ReferralLink,
)
from geo.models.referrals import SYSTEM
from geo.translation import LANGUAGES, compose
from tests import network
from tests.network import coordinator, organization, referral

pytestmark = pytest.mark.django_db

PAGE = reverse("referral-link")
ADDRESSES = []
for language in LANGUAGES:
    with override(language):
        ADDRESSES.append(reverse("referral-link"))
PREFIXES = [address.rsplit("/", 2)[0] for address in ADDRESSES]


@pytest.fixture
def receiver():
    return organization("07", name=compose({"fr": "Accueil inventé de l’Outaouais"}))


@pytest.fixture
def made(receiver):
    return referral(organization(), receiver, handover="worker_shows_code")


@pytest.fixture
def secret(made):
    return ReferralLink.issue(made)


def get(client, secret):
    return client.get(PAGE, {"t": secret})


def post(client, secret, to, **data):
    return client.post(PAGE, {"t": secret, "to": to, **data})


def stands(made) -> str:
    made.refresh_from_db()
    return made.status


def tells(response, made) -> bool:
    """The page tells something of the referral."""
    page = response.content.decode()
    need = str(NeedTerm.objects.get(pk=made.need_id))
    code = made.code or "never"
    facts = [need, code, code[:4], str(made.pk), made.worker_region.name, "Accueil inventé"]
    return any(fact in page for fact in facts)


def test_a_live_link_shows_the_referral_and_moves_nothing(client, made, secret):
    response = get(client, secret)

    page = response.content.decode()
    assert response.status_code == 200
    assert str(made.need) in page
    assert made.worker_region.name in page
    assert made.code not in page
    assert stands(made) == "sent"
    assert made.events.count() == 2


def test_a_link_leaves_nothing_behind(client, made, secret):
    client.post(PAGE, {"t": secret, "to": "acknowledged"})
    for response in [get(client, secret), post(client, secret, "refused")]:
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
        assert "Cookie" not in response.get("Vary", "")
        assert f"/{made.pk}/" not in response.content.decode()


def test_the_page_leads_to_no_other_page_of_the_network(client, secret):
    page = get(client, secret).content.decode()
    links = re.findall(r'<a [^>]*href="([^"]*)"', page)
    inside = {link for link in links if any(network in link for network in PREFIXES)}
    assert inside == {f"{address}?t={secret}" for address in ADDRESSES}


@pytest.mark.parametrize("given", ["", "x", "\x00", "é" * 500])
def test_an_unknown_link_is_a_page_that_does_not_exist(client, made, secret, given):
    unknown = get(client, given)
    nowhere = client.get("/fr/nowhere/")
    assert unknown.status_code == 404
    assert post(client, given, "accepted").status_code == 404
    assert post(client, given, "renew").status_code == 404
    assert unknown.templates[0].name == nowhere.templates[0].name == "404.html"


def test_a_link_with_one_sign_changed_is_unknown(client, secret):
    other = ("B" if secret[0] == "A" else "A") + secret[1:]
    assert get(client, other).status_code == 404


def test_after_eight_days_it_is_gone_and_nothing_is_shown(client, made, secret):
    with time_machine.travel(timezone.now() + timedelta(days=8, seconds=1)):
        for response in [get(client, secret), post(client, secret, "accepted")]:
            assert response.status_code == 410
            assert not tells(response, made)
    assert stands(made) == "sent"


def test_what_is_held_back_is_gone_for_the_receiver(client, made, secret):
    made.move_to(ReferralStatus.HELD, by=made.actor(coordinator("11")))
    for response in [get(client, secret), post(client, secret, "accepted")]:
        assert response.status_code == 410
        assert not tells(response, made)


def test_what_is_sent_again_to_another_does_not_open_to_the_first(client, receiver):
    other = organization("08")
    made = referral(organization(), receiver, consent=network.consent(receiver, other))
    secret = ReferralLink.issue(made)
    by = made.actor(coordinator("11"))
    made.move_to(ReferralStatus.HELD, by=by)
    made.release(by, other, None)

    assert get(client, secret).status_code == 410
    assert post(client, secret, "accepted").status_code == 410
    assert stands(made) == "sent"
    assert get(client, ReferralLink.issue(made)).status_code == 200
    assert not ReferralLink.objects.of_secret(secret).get().renew()


def test_the_link_of_a_suspended_organization_is_gone(client, made, secret, receiver):
    Organization.objects.filter(pk=receiver.pk).update(verified_status=VerifiedStatus.SUSPENDED)
    for response in [get(client, secret), post(client, secret, "accepted")]:
        assert response.status_code == 410
        assert not tells(response, made)
    assert stands(made) == "sent"


def test_what_has_ended_says_only_how(client, made, secret):
    code = made.code
    network.move(made, ReferralStatus.WITHDRAWN)
    response = get(client, secret)
    assert response.status_code == 200
    assert not tells(response, made)
    assert code not in response.content.decode()
    assert str(ReferralStatus.WITHDRAWN.label) in response.content.decode()


def test_what_the_clock_has_ended_shows_nothing_before_its_job_comes(client, made, receiver):
    with time_machine.travel(made.due_at - timedelta(hours=1)):
        secret = ReferralLink.issue(made)
    with time_machine.travel(made.due_at + timedelta(minutes=1)):
        response = get(client, secret)
        refused = post(client, secret, "accepted")
    assert response.status_code == 200
    assert not tells(response, made)
    assert refused.status_code == 409


# Answering


def test_seen_then_accepted_then_met_then_completed(client, made, secret):
    code = made.code
    steps = [
        ("acknowledged", {}),
        ("accepted", {}),
        ("met", {"code": f" {code[:4].lower()}-{code[4:]}"}),
        ("completed", {"outcome": "resolved"}),
    ]
    for to, data in steps:
        response = post(client, secret, to, **data)
        assert response.status_code == 303
        assert response["Location"] == f"{PAGE}?t={secret}"
        assert stands(made) == to
    assert made.outcome == "resolved"
    assert set(made.events.exclude(to_status__in=["draft", "sent"]).values_list("actor_kind")) == {
        ("link",)
    }


def test_a_refusal_says_why(client, made, secret):
    silent = post(client, secret, "refused")
    assert silent.status_code == 409
    assert 'aria-describedby="problem"' in silent.content.decode()
    assert stands(made) == "sent"

    assert post(client, secret, "refused", reason="no_language").status_code == 303
    assert (stands(made), made.refusal_reason) == ("refused", "no_language")


def test_it_is_passed_on_to_an_organization_that_receives(client, made, secret):
    other = organization("08")
    response = post(client, secret, "redirected", organization=str(other.pk))
    assert response.status_code == 303
    assert stands(made) == "redirected"
    child = Referral.objects.get(redirect_of=made)
    assert (child.to_org, child.status) == (other, "draft")
    assert not tells(get(client, secret), made)


@pytest.mark.parametrize("whom", ["sender", "receiver", "quiet", "suspended", "nobody", "words"])
def test_it_is_not_passed_on_to_whom_the_list_does_not_hold(client, made, secret, whom):
    keys = {
        "sender": made.from_org_id,
        "receiver": made.to_org_id,
        "quiet": organization(referral_role="none").pk,
        "suspended": organization(verified_status="suspended").pk,
        "nobody": "",
        "words": "x",
    }
    organization("08")

    response = post(client, secret, "redirected", organization=str(keys[whom]))

    assert response.status_code == 409
    assert stands(made) == "sent"
    assert 'id="organization" name="organization" required aria-invalid="true"' in (
        response.content.decode()
    )


@pytest.mark.parametrize("to", ["withdrawn", "held", "expired", "sent", "lapsed", "draft"])
def test_what_is_not_the_receivers_to_do_is_refused(client, made, secret, to):
    assert post(client, secret, to).status_code == 409
    assert stands(made) == "sent"


def test_a_move_that_does_not_exist_is_no_question(client, made, secret):
    assert post(client, secret, "").status_code == 400
    assert post(client, secret, "erased").status_code == 400


def test_who_comes_second_is_told(client, made, secret):
    post(client, secret, "accepted")
    response = post(client, secret, "refused", reason="hours")
    assert response.status_code == 409
    assert 'role="alert"' in response.content.decode()
    assert stands(made) == "accepted"


def test_another_site_cannot_answer(client, made, secret):
    data = {"t": secret, "to": "accepted"}
    response = client.post(PAGE, data, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert stands(made) == "sent"


def test_a_mail_program_that_opens_it_from_elsewhere_is_let_in(client, secret):
    response = client.get(PAGE, {"t": secret}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200


def test_after_five_wrong_codes_in_a_minute_the_right_one_waits_too(client, made, secret):
    code = made.code
    post(client, secret, "accepted")
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        for _try in range(5):
            assert post(client, secret, "met", code="22222222").status_code == 409
        sixth = post(client, secret, "met", code=code)
    assert sixth.status_code == 429
    assert sixth["Retry-After"] == "60"
    assert stands(made) == "accepted"
    with time_machine.travel(start + timedelta(seconds=61)):
        assert post(client, secret, "met", code=code).status_code == 303
    assert stands(made) == "met"


# The trail


def test_issuing_opening_and_guessing_are_written_down(client, made, secret, receiver):
    post(client, secret, "accepted")
    get(client, secret)
    post(client, secret, "met", code="22222222")
    lines = ReferralAudit.objects.filter(pseudonym=ReferralAudit.objects.pseudonym(made.pk))
    for verb, ok in [("link_issued", True), ("seen", True), ("code_failed", False)]:
        line = lines.get(verb=verb)
        assert (line.organization, line.actor, line.ok) == (receiver.pk, None, ok)


# A new link


def renewals(made):
    return OutboxMail.objects.filter(kind="link_renewed", referral=made)


def test_a_new_link_goes_to_the_mailbox_once_an_hour(client, made, secret, receiver):
    start = timezone.now() + timedelta(days=8, seconds=1)
    made.move_to(ReferralStatus.ACCEPTED, by=made.actor_of_link())
    with time_machine.travel(start):
        first = post(client, secret, "renew")
        again = post(client, secret, "renew")
        after = client.get(first["Location"])
    assert first.status_code == again.status_code == 303
    assert first["Location"] == again["Location"] == f"{PAGE}?t={secret}&sent=1"
    assert after.status_code == 410
    assert 'role="status"' in after.content.decode()
    mail = renewals(made).get()
    assert (mail.partner, mail.user) == (receiver.partner, None)
    with time_machine.travel(start + timedelta(hours=1, seconds=1)):
        post(client, secret, "renew")
    assert renewals(made).count() == 2


@pytest.mark.parametrize("why", ["over", "no_mailbox", "suspended"])
def test_asking_for_a_new_link_is_answered_alike_where_none_is_sent(client, made, receiver, why):
    secret = ReferralLink.issue(made)
    if why == "over":
        made.move_to(ReferralStatus.EXPIRED, by=SYSTEM, now=made.due_at)
    if why == "no_mailbox":
        receiver.partner.mailbox = ""
        receiver.partner.save()
    if why == "suspended":
        Organization.objects.filter(pk=receiver.pk).update(verified_status="suspended")
    with time_machine.travel(timezone.now() + timedelta(days=8, seconds=1)):
        response = post(client, secret, "renew")
    assert (response.status_code, response["Location"]) == (303, f"{PAGE}?t={secret}&sent=1")
    assert not renewals(made).exists()


def test_a_link_needs_no_member(client, made, secret, receiver):
    Membership.objects.filter(organization=receiver).delete()
    assert post(client, secret, "accepted").status_code == 303


def test_the_number_of_questions_does_not_grow_with_the_network(
    client, secret, django_assert_max_num_queries
):
    for _each in range(5):
        organization("08")
    get(client, secret)
    with django_assert_max_num_queries(16):
        get(client, secret)
