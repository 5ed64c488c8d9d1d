"""Writing a referral, its page, and its moves by buttons."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from geo.choices import AuditVerb
from geo.codes import spaced
from geo.models import AdminArea, NeedTerm, PartnerContact, Referral, ReferralAudit, ReferralEvent
from tests.factories import ServiceAreaFactory, ServiceFactory
from tests.frontend.network.signing_in import visit
from tests.network import consent, draft, member, organization, referral, region

pytestmark = pytest.mark.django_db

WRITE = reverse("referral-write")

FILLED = {
    "need": "droits",
    "language": "es",
    "region": "11",
    "urgency": "this_week",
    "handover": "worker_calls",
}


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


def page_of(made: Referral) -> str:
    return reverse("referral", args=[made.pk])


def move(client, made: Referral, to: str, **said):
    return client.post(reverse("referral-move", args=[made.pk]), {"to": to} | said)


def public_service(of, **columns):
    service = ServiceFactory(organization=of, needs=["droits"], **columns)
    ServiceAreaFactory(service=service, area=AdminArea.objects.get(level="province"))
    return service


def test_the_form_is_filled_in_with_what_was_searched_for(sender, receiver):
    service = public_service(receiver)
    asked = FILLED | {"organization": receiver.pk, "service": service.pk}

    page = visit(member(sender)).get(WRITE, asked)

    text = page.content.decode()
    assert re.search(r'<input type="radio" name="need" value="droits"[^>]* checked', text)
    assert '<option value="es" selected>' in text
    assert f'value="{receiver.pk}" checked' in text
    assert f'<option value="{service.pk}" selected>' in text
    assert page["Cache-Control"] == "private, no-store"


def test_the_form_takes_choices_only_and_nothing_written_freely(sender):
    text = visit(member(sender)).get(WRITE).content.decode()
    form = text[text.index("<form") : text.rindex("</form>")]
    kinds = set(re.findall(r'<input type="(\w+)"', form))
    assert kinds <= {"radio", "checkbox", "hidden"}
    assert "<textarea" not in form


def test_a_referral_is_written_as_a_draft_and_the_person_is_asked_next(sender, receiver):
    user = member(sender)
    service = public_service(receiver)
    said = FILLED | {"organization": receiver.pk, "service": service.pk, "sandbox": "on"}

    response = visit(user).post(WRITE, said)

    made = Referral.objects.get()
    assert response.url == reverse("referral-consent", args=[made.pk])
    assert (made.status, made.from_org, made.to_org) == ("draft", sender, receiver)
    assert (made.need.code, made.language_needed, made.worker_region.code) == ("droits", "es", "11")
    assert (made.to_service, made.sandbox, made.from_user) == (service, True, user)


def test_another_region_is_offered_and_what_was_filled_in_stays(sender):
    there = organization("12")
    response = visit(member(sender)).post(
        WRITE, {"show": "1", "near": "12", "urgency": "today", "need": "sante"}
    )
    assert response.status_code == 200
    assert [row.organization for row in response.context["offer"].partners] == [there]
    text = response.content.decode()
    assert re.search(r'name="urgency" value="today"[^>]* checked', text)
    assert re.search(r'name="need" value="sante"[^>]* checked', text)
    assert "errorlist" not in text
    assert not Referral.objects.exists()


def test_what_a_form_forges_is_not_heard(sender, receiver):
    said = FILLED | {"from_org": receiver.pk, "status": "sent", "public_code": "00000000"}
    visit(member(sender)).post(WRITE, said)
    made = Referral.objects.get()
    assert (made.from_org, made.to_org, made.status) == (sender, None, "draft")
    assert made.public_code != "00000000"


@pytest.mark.parametrize("lacks", FILLED)
def test_what_lacks_is_said_beside_its_field(sender, lacks):
    said = {name: value for name, value in FILLED.items() if name != lacks}
    response = visit(member(sender)).post(WRITE, said)
    assert response.status_code == 400
    assert f'id="{lacks}_error"' in response.content.decode()
    assert not Referral.objects.exists()


def test_a_leaf_of_the_taxonomy_is_too_fine_for_a_referral(sender):
    leaf = NeedTerm.objects.exclude(parent=None).first()
    assert visit(member(sender)).post(WRITE, FILLED | {"need": leaf.code}).status_code == 400


def test_a_service_of_another_organization_is_none(sender, receiver):
    service = public_service(organization("08"))
    said = FILLED | {"organization": receiver.pk, "service": service.pk}
    visit(member(sender)).post(WRITE, said)
    assert Referral.objects.get().to_service is None


def test_an_organization_that_only_receives_is_told_why(receiver):
    only = organization("08", referral_role="receive")
    response = visit(member(only)).post(WRITE, FILLED)
    assert response.status_code == 409
    assert 'role="alert"' in response.content.decode()


def test_a_viewer_writes_none(sender):
    assert visit(member(sender, "viewer")).get(WRITE).status_code == 403


def test_the_sender_sees_the_code_and_the_receiver_never_does(sender, receiver):
    for status in ("sent", "acknowledged", "accepted", "met"):
        made = referral(sender, receiver, status)
        code = spaced(made.code)
        theirs = visit(member(receiver)).get(page_of(made)).content.decode()
        ours = visit(member(sender)).get(page_of(made)).content.decode()
        assert code in ours
        assert code not in theirs
        assert made.code not in theirs


def test_strangers_get_404_whatever_they_ask(sender, receiver):
    made = referral(sender, receiver)
    client = visit(member(organization("08"), "admin"))
    for name in ("", "-move", "-redirect", "-consent", "-paper"):
        assert client.get(reverse(f"referral{name}", args=[made.pk])).status_code == 404
    for name in ("-move", "-redirect", "-consent", "-discard"):
        said = {"to": "withdrawn", "organization": receiver.pk}
        assert client.post(reverse(f"referral{name}", args=[made.pk]), said).status_code == 404
    made.refresh_from_db()
    assert made.status == "sent"


def test_a_draft_and_a_held_one_are_unknown_to_their_receiver(sender, receiver):
    user = member(receiver)
    made = draft(sender, receiver)
    assert visit(user).get(page_of(made)).status_code == 404
    newcomer = organization("08", verified_status="unverified")
    held = draft(newcomer, receiver)
    held.send(held.actor(held.from_user))
    assert visit(user).get(page_of(held)).status_code == 404


def test_looking_moves_nothing_and_is_noted(sender, receiver):
    made = referral(sender, receiver)
    user = member(receiver)
    before = ReferralEvent.objects.filter(referral=made).count()

    visit(user).get(page_of(made))

    made.refresh_from_db()
    assert made.status == "sent"
    assert ReferralEvent.objects.filter(referral=made).count() == before
    line = ReferralAudit.objects.filter(verb=AuditVerb.SEEN).get()
    assert (line.actor, line.organization) == (user.pk, receiver.pk)


def test_the_receiver_goes_through_the_whole_life_by_its_buttons(sender, receiver):
    made = referral(sender, receiver)
    client = visit(member(receiver))
    for to, said in [
        ("acknowledged", {}),
        ("accepted", {}),
        ("met", {"code": spaced(made.code).lower()}),
        ("completed", {"outcome": "resolved"}),
    ]:
        assert f'value="{to}"' in client.get(page_of(made)).content.decode()
        response = move(client, made, to, **said)
        assert (response.status_code, response.url) == (302, page_of(made))
        made.refresh_from_db()
        assert made.status == to
    assert 'name="to"' not in client.get(page_of(made)).content.decode()


def test_only_buttons_of_allowed_moves_are_there(sender, receiver):
    made = referral(sender, receiver)
    ours = visit(member(sender)).get(page_of(made)).content.decode()
    theirs = visit(member(receiver)).get(page_of(made)).content.decode()
    reading = visit(member(receiver, "viewer")).get(page_of(made)).content.decode()
    assert set(re.findall(r'name="to" value="(\w+)"', ours)) == {"withdrawn"}
    assert set(re.findall(r'name="to" value="(\w+)"', theirs)) == {
        "accepted",
        "acknowledged",
        "refused",
    }
    assert 'name="to"' not in reading


def test_a_refusal_without_a_reason_is_409_beside_its_choices(sender, receiver):
    made = referral(sender, receiver)
    response = move(visit(member(receiver)), made, "refused")
    assert response.status_code == 409
    assert "<details open>" in response.content.decode()
    made.refresh_from_db()
    assert made.status == "sent"


def test_a_move_that_another_hand_made_first_is_said_with_409(sender, receiver):
    made = referral(sender, receiver, "withdrawn")
    response = move(visit(member(receiver)), made, "accepted")
    assert response.status_code == 409
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("to", ["sent", "held", "draft", "redirected", "expired", "nonsense", ""])
def test_buttons_lead_to_no_other_state(sender, receiver, to):
    made = draft(sender, receiver)
    assert move(visit(member(sender)), made, to).status_code == 400
    made.refresh_from_db()
    assert made.status == "draft"


def test_a_wrong_code_is_422_noted_and_the_sixth_in_a_minute_is_429(sender, receiver):
    made = referral(sender, receiver, "accepted")
    client = visit(member(receiver))
    for _attempt in range(5):
        response = move(client, made, "met", code="00000000")
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert ReferralAudit.objects.filter(verb=AuditVerb.CODE_FAILED, ok=False).count() == 5

    sixth = move(client, made, "met", code=made.code)

    assert (sixth.status_code, sixth["Retry-After"]) == (429, "60")
    made.refresh_from_db()
    assert made.status == "accepted"


def test_after_a_refusal_the_sender_is_offered_another_try_once(sender, receiver):
    made = referral(sender, receiver, "refused")
    third, fourth = organization("08"), organization("09")
    client = visit(member(sender))
    pass_on = reverse("referral-redirect", args=[made.pk])
    assert pass_on in client.get(page_of(made)).content.decode()

    client.post(pass_on, {"organization": third.pk})

    assert pass_on not in client.get(page_of(made)).content.decode()
    assert client.post(pass_on, {"organization": fourth.pk}).status_code == 409


def test_within_the_consent_it_is_passed_on_at_once_with_its_code(sender, receiver):
    third = organization("08")
    made = referral(sender, receiver, consent=consent(receiver, third))
    code = made.code

    response = visit(member(sender)).post(
        reverse("referral-redirect", args=[made.pk]), {"organization": third.pk}
    )

    child = Referral.objects.get(redirect_of=made)
    assert response.url == page_of(child)
    assert (child.status, child.to_org, child.code) == ("sent", third, code)


def test_a_receiver_that_passes_it_on_does_not_learn_of_the_new_draft(sender, receiver):
    made = referral(sender, receiver)
    third = organization("08")
    client = visit(member(receiver))

    response = client.post(reverse("referral-redirect", args=[made.pk]), {"organization": third.pk})

    child = Referral.objects.get(redirect_of=made)
    assert child.status == "draft"
    assert response.url == page_of(made)
    assert str(child.pk) not in client.get(page_of(made)).content.decode()


def test_nobody_is_no_receiver(sender, receiver):
    made = referral(sender, receiver)
    client = visit(member(sender))
    url = reverse("referral-redirect", args=[made.pk])
    for said in ({}, {"organization": "x"}, {"organization": sender.pk}):
        assert client.post(url, said).status_code == 400
    made.refresh_from_db()
    assert made.status == "sent"


def test_the_trace_names_sides_and_no_people(sender, receiver):
    somebody = member(receiver, name="Invented Name", email="invented.name@example.org")
    made = referral(sender, receiver, "withdrawn")
    page = visit(member(sender)).get(page_of(made))
    sides = [event["side"] for event in page.context["events"]]
    assert sides == ["sender", "sender", "sender"]
    refused = referral(sender, receiver)
    move(visit(somebody), refused, "refused", reason="hours")
    page = visit(member(sender)).get(page_of(refused))
    assert page.context["events"][-1]["side"] == "receiver"
    assert "Invented Name" not in page.content.decode()
    assert "invented.name" not in page.content.decode()


def test_ways_to_reach_the_other_side_are_shown_once_it_was_sent(sender, receiver):
    PartnerContact.objects.create(organization=receiver, phone="+14185550199")
    waiting = draft(sender, receiver)
    made = referral(sender, receiver)
    client = visit(member(sender))
    assert "tel:+14185550199" not in client.get(page_of(waiting)).content.decode()
    assert "tel:+14185550199" in client.get(page_of(made)).content.decode()


def test_by_the_clock_an_overdue_referral_is_over_before_its_job_says_so(sender, receiver):
    made = referral(sender, receiver)
    Referral.objects.filter(pk=made.pk).update(
        sent_at=timezone.now() - timezone.timedelta(days=6), due_at=timezone.now()
    )
    page = visit(member(receiver)).get(page_of(made))
    assert page.context["state"] == "expired"
    assert 'name="to"' not in page.content.decode()
    assert move(visit(member(receiver)), made, "accepted").status_code == 409


def test_a_draft_is_deleted_and_a_sent_one_is_not(sender, receiver):
    client = visit(member(sender))
    made, gone = referral(sender, receiver), draft(sender, receiver)
    assert client.post(reverse("referral-discard", args=[gone.pk])).status_code == 302
    client.post(reverse("referral-discard", args=[made.pk]))
    assert list(Referral.objects.all()) == [made]


def test_nothing_is_moved_by_get(sender, receiver):
    made = referral(sender, receiver)
    client = visit(member(receiver))
    response = client.get(reverse("referral-move", args=[made.pk]), {"to": "accepted"})
    assert response.url == page_of(made)
    assert client.get(reverse("referral-discard", args=[made.pk])).status_code == 405
    made.refresh_from_db()
    assert made.status == "sent"


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_each_page_is_there_in_each_language_and_kept_by_nobody(sender, receiver, language):
    client = visit(member(sender))
    made, waiting = referral(sender, receiver), draft(sender, receiver)
    with override(language):
        addresses = [
            reverse("network-inbox"),
            reverse("network-sent"),
            reverse("referral-by-code"),
            reverse("referral-write"),
            reverse("referral", args=[made.pk]),
            reverse("referral-redirect", args=[made.pk]),
            reverse("referral-paper", args=[made.pk]),
            reverse("referral-consent", args=[waiting.pk]),
        ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert 'name="robots" content="noindex"' in response.content.decode()


def test_the_region_of_the_person_is_all_that_is_said_of_where(sender, receiver):
    made = referral(sender, receiver, worker_region=region("11"))
    page = visit(member(receiver)).get(page_of(made))
    assert made.worker_region.name in page.content.decode()
