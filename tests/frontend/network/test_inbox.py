"""The lists of an organization, and a referral by its code."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.choices import AuditVerb
from geo.codes import spaced
from geo.models import Referral, ReferralAudit
from tests.frontend.network.signing_in import visit
from tests.network import draft, member, organization, referral, region

pytestmark = pytest.mark.django_db

INBOX, SENT, BY_CODE = (
    reverse(name) for name in ("network-inbox", "network-sent", "referral-by-code")
)


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def listed(client, address=INBOX, **query) -> list[Referral]:
    return list(client.get(address, query).context["page"])


def test_what_waits_comes_first_the_soonest_due_before_the_others(sender, receiver):
    accepted = referral(sender, receiver, "accepted", urgency="today")
    month = referral(sender, receiver, urgency="this_month")
    today = referral(sender, receiver, urgency="today")
    week = referral(sender, receiver, "acknowledged", urgency="this_week")
    ended = referral(sender, receiver, "refused")
    client = visit(member(receiver))

    assert listed(client) == [today, week, month, accepted]
    assert listed(client, ended="1") == [ended]


def test_what_was_not_sent_yet_is_not_received(sender, receiver):
    draft(sender, receiver)
    referral(organization("08"), sender)
    assert listed(visit(member(receiver))) == []


def test_what_is_overdue_by_the_clock_has_ended(sender, receiver):
    made = referral(sender, receiver)
    Referral.objects.filter(pk=made.pk).update(
        sent_at=timezone.now() - timedelta(days=6), due_at=timezone.now()
    )
    client = visit(member(receiver))
    assert listed(client) == []
    assert listed(client, ended="1") == [made]
    assert client.get(INBOX).context["counts"] == [("expired", 1)]


def test_drafts_come_first_among_what_was_sent(sender, receiver):
    waiting = referral(sender, receiver)
    written = draft(sender, receiver)
    client = visit(member(sender))
    assert listed(client, SENT) == [written, waiting]
    assert spaced(written.code) in client.get(SENT).content.decode()
    assert spaced(waiting.code) not in visit(member(receiver)).get(INBOX).content.decode()


def test_the_list_is_narrowed_by_state_need_region_and_urgency(sender, receiver):
    one = referral(sender, receiver, urgency="today", worker_region=region("01"))
    other = referral(sender, receiver, "accepted", urgency="this_month")
    client = visit(member(receiver))
    assert listed(client, urgency="today") == [one]
    assert listed(client, region="01") == [one]
    assert listed(client, status="accepted") == [other]
    assert listed(client, need="droits") == [one, other]
    assert listed(client, need="logement") == []
    assert listed(client, urgency="nonsense") == [one, other]


def test_states_are_counted_without_exercises(sender, receiver):
    referral(sender, receiver)
    referral(sender, receiver, "acknowledged")
    exercise = referral(sender, receiver, sandbox=True)
    page = visit(member(receiver)).get(INBOX)
    assert page.context["counts"] == [("sent", 1), ("acknowledged", 1)]
    assert exercise in list(page.context["page"])
    assert Referral.objects.all().counted_by_state() == {"sent": 1, "acknowledged": 1}


def test_a_long_list_has_pages(sender, receiver):
    made = {referral(sender, receiver) for _number in range(27)}
    client = visit(member(receiver))
    first, second = listed(client), listed(client, page=2)
    assert (len(first), len(second)) == (25, 2)
    assert set(first + second) == made
    assert listed(client, page="nonsense") == first


def test_the_number_of_queries_does_not_grow(sender, receiver, django_assert_max_num_queries):
    client = visit(member(receiver))
    referral(sender, receiver)
    client.get(INBOX)
    for size in (1, 12):
        for _number in range(size):
            referral(organization("08"), receiver)
        with django_assert_max_num_queries(18):
            client.get(INBOX)


def test_each_look_at_a_list_is_one_line_of_the_audit_trail(sender, receiver):
    for _number in range(3):
        referral(sender, receiver)
    user = member(receiver)
    visit(user).get(INBOX)
    lines = ReferralAudit.objects.filter(verb=AuditVerb.LISTED, actor=user.pk)
    assert [line.pseudonym for line in lines] == [None]


def test_a_code_finds_its_referral_under_way_and_ended(sender, receiver):
    made = referral(sender, receiver)
    code = made.code
    client = visit(member(receiver))
    assert client.post(BY_CODE, {"code": spaced(code).lower()}).url == reverse(
        "referral", args=[made.pk]
    )
    made.move_to("withdrawn", by=made.actor(member(sender)))
    assert client.post(BY_CODE, {"code": code}).url == reverse("referral", args=[made.pk])


def test_a_code_of_strangers_and_one_of_nobody_have_the_same_answer(sender, receiver):
    made = referral(sender, receiver)
    client = visit(member(organization("08")))
    theirs = client.post(BY_CODE, {"code": made.code})
    nobodys = client.post(BY_CODE, {"code": "00000000"})
    assert (theirs.status_code, nobodys.status_code) == (422, 422)
    assert theirs.context["error"] == nobodys.context["error"]
    assert made.code not in theirs.content.decode()
    assert ReferralAudit.objects.filter(verb=AuditVerb.CODE_FAILED, ok=False).count() == 2


def test_the_sixth_code_in_a_minute_is_one_too_many(sender, receiver):
    made = referral(sender, receiver)
    client = visit(member(receiver))
    for _attempt in range(5):
        assert client.post(BY_CODE, {"code": "00000000"}).status_code == 422
    sixth = client.post(BY_CODE, {"code": made.code})
    assert (sixth.status_code, sixth["Retry-After"]) == (429, "60")


def test_a_code_in_an_address_is_not_read(sender, receiver):
    made = referral(sender, receiver)
    response = visit(member(receiver)).get(BY_CODE, {"code": made.code})
    assert response.status_code == 200
    assert made.code not in response.content.decode()


def test_a_member_of_another_organization_sees_an_empty_list(sender, receiver):
    referral(sender, receiver)
    stranger = visit(member(organization("08")))
    for address in (INBOX, SENT):
        page = stranger.get(address)
        assert list(page.context["page"]) == []
        assert page.context["counts"] == []
