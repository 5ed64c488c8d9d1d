"""What visitors tell us: heard, read, and traced to nobody."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from frontend import rate
from frontend.rate import HourlyLimit, address_of
from frontend.views import feedback as view
from geo.choices import FeedbackReason
from geo.models import Feedback
from geo.models.feedback import MOST_A_DAY
from tests.factories import ServiceFactory, UserFactory
from tests.network import verified_login
from tests.places import GASPE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory", "patient")]

JSON = {"accept": "application/json"}


@pytest.fixture
def patient(monkeypatch):
    """A server that has not been written to before."""
    monkeypatch.setattr(view, "_limit", HourlyLimit(30))


@pytest.fixture
def service():
    return ServiceFactory(at=GASPE)


def address(service, language="en") -> str:
    with override(language):
        return reverse("feedback", args=[service.pk])


def tell(client, service, headers=None, **values):
    return client.post(address(service), {"kind": "wrong"} | values, headers=headers)


def test_the_columns_hold_no_person_no_address_and_no_time():
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "geo_feedback")

    assert sorted(column.name for column in table) == [
        "comment",
        "day",
        "id",
        "kind",
        "language",
        "outcome",
        "reasons",
        "service_id",
        "status",
    ]
    assert Feedback._meta.get_field("day").get_internal_type() == "DateField"


def test_something_wrong_is_written_down_and_thanked_for(client, service):
    response = tell(client, service, reasons=["phone", "hours"], comment="Fermé le lundi")

    assert response.status_code == 302
    with override("en"):
        assert response["Location"] == reverse("feedback-thanks", args=[service.pk])
    message = Feedback.objects.get()
    assert (message.service, message.kind, message.outcome) == (service, "wrong", "")
    assert message.reasons == ["phone", "hours"]
    assert (message.comment, message.language) == ("Fermé le lundi", "en")
    assert (message.day, message.status) == (timezone.localdate(), "new")
    assert not response.cookies
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("outcome", ["yes", "partly", "no", "no_answer"])
def test_did_you_get_help_is_one_answer(client, service, outcome):
    response = client.post(address(service, "es"), {"kind": "helped", "outcome": outcome})

    assert response.status_code == 302
    message = Feedback.objects.get()
    assert (message.kind, message.outcome, message.reasons) == ("helped", outcome, [])
    assert message.language == "es"


def test_the_page_of_a_service_asks_both_questions_without_scripts(client, service):
    with override("en"):
        page = client.get(reverse("resource", args=[service.pk])).content.decode()

    assert page.count(f'method="post" action="{address(service)}"') == 2
    assert "csrfmiddlewaretoken" not in page
    for reason in FeedbackReason.values:
        assert f'value="{reason}"' in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "reasons"),
        ({"reasons": ["nothing-known"]}, "reasons"),
        ({"kind": "helped"}, "outcome"),
        ({"kind": "helped", "outcome": "maybe"}, "outcome"),
        ({"kind": "praise", "reasons": ["phone"]}, "kind"),
        ({"reasons": ["phone"], "comment": "x" * 501}, "comment"),
        ({"reasons": ["phone"], "comment": "Rappelez-moi : 418 555-0123"}, "comment"),
        ({"reasons": ["phone"], "comment": "moi@example.org"}, "comment"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_as_a_problem(
    client, service, values, field
):
    page = tell(client, service, **values)
    problem = tell(client, service, JSON, **values)

    assert page.status_code == problem.status_code == 400
    if field != "kind":
        assert 'class="errorlist"' in page.content.decode()
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 400
    assert {error["parameter"] for error in problem.json()["errors"]} == {field}
    assert problem.json()["detail"]
    assert not Feedback.objects.exists()


def test_what_was_ticked_and_written_is_still_there_after_a_mistake(client, service):
    page = tell(client, service, reasons=["fee"], comment="Appelez 418 555-0123").content.decode()

    assert 'value="fee" checked' in page
    assert "Appelez 418 555-0123</textarea>" in page


def test_a_script_is_answered_in_json(client, service):
    response = tell(client, service, JSON, reasons=["closed"])

    assert response.status_code == 201
    assert response.json()["detail"]
    assert Feedback.objects.count() == 1


def test_a_machine_that_fills_the_hidden_field_is_thanked_and_not_heard(client, service):
    response = tell(client, service, reasons=["phone"], website="https://spam.test")

    assert response.status_code == 302
    assert not Feedback.objects.exists()


def test_no_other_site_can_write_through_a_visitor(client, service):
    response = tell(client, service, {"sec-fetch-site": "cross-site"}, reasons=["phone"])

    assert response.status_code == 403
    assert not Feedback.objects.exists()


def test_nothing_is_heard_of_a_service_that_the_public_does_not_see(client):
    hidden = ServiceFactory(at=GASPE, hidden=True)

    assert client.get(address(hidden)).status_code == 404
    assert tell(client, hidden, reasons=["phone"]).status_code == 404


def test_one_address_is_heard_so_often_an_hour_and_others_still_are(client, service, monkeypatch):
    monkeypatch.setattr(view, "_limit", HourlyLimit(2))
    sent = [tell(client, service, JSON, reasons=["phone"]).status_code for _ in range(3)]

    page = tell(client, service, reasons=["phone"])
    elsewhere = client.post(
        address(service), {"kind": "wrong", "reasons": ["phone"]}, REMOTE_ADDR="192.0.2.7"
    )

    assert sent == [201, 201, 429]
    assert page.status_code == 429
    assert page["Retry-After"] == "3600"
    assert "call 211" in page.content.decode()
    assert elsewhere.status_code == 302


def test_a_service_is_told_of_so_often_a_day_whoever_writes(client, service):
    Feedback.objects.bulk_create(
        Feedback(service=service, kind="helped", outcome="yes", language="fr")
        for _ in range(MOST_A_DAY)
    )

    refused = tell(client, service, JSON, reasons=["phone"])
    other = tell(client, ServiceFactory(at=GASPE), JSON, reasons=["phone"])

    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert other.status_code == 201


def test_the_limit_keeps_no_address_and_forgets_every_hour(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(rate.time, "monotonic", lambda: now[0])
    limit = HourlyLimit(1)

    assert [limit.allows("192.0.2.1"), limit.allows("192.0.2.1")] == [True, False]
    kept, key = repr(vars(limit)), limit._key
    now[0] += 3600

    assert "192.0.2.1" not in kept
    assert limit.allows("192.0.2.1")
    assert limit._key != key


def test_a_flood_of_addresses_fills_no_memory(monkeypatch):
    monkeypatch.setattr(rate, "MOST_VISITORS", 3)
    limit = HourlyLimit(2)

    allowed = [limit.allows(f"192.0.2.{number}") for number in range(8)]

    assert allowed == [True] * 5 + [False] * 3
    assert len(limit._counts) <= 4


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "expected"),
    [
        (False, "203.0.113.5", "127.0.0.1"),
        (True, "203.0.113.5", "203.0.113.5"),
        (True, "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        (True, "", "127.0.0.1"),
    ],
)
def test_only_the_word_of_our_own_proxy_is_believed(
    rf, settings, behind_proxy, forwarded, expected
):
    settings.BEHIND_PROXY = behind_proxy

    request = rf.post("/", headers={"x-forwarded-for": forwarded})

    assert address_of(request) == expected


def test_the_database_refuses_a_message_that_says_nothing(service):
    for broken in [
        {"kind": "wrong", "reasons": []},
        {"kind": "wrong", "reasons": ["unheard-of"]},
        {"kind": "helped", "outcome": ""},
        {"kind": "helped", "outcome": "yes", "reasons": ["phone"]},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Feedback.objects.create(service=service, language="fr", **broken)


def test_old_words_are_forgotten_and_what_was_ticked_stays(service, capsys):
    today = timezone.localdate()
    for days in (91, 90, 1):
        Feedback.objects.create(
            service=service,
            kind="wrong",
            reasons=["hours"],
            comment="Fermé",
            language="fr",
            day=today - timedelta(days=days),
        )

    call_command("purge_feedback")
    call_command("purge_feedback")

    words = Feedback.objects.order_by("day").values_list("comment", flat=True)
    assert list(words) == ["", "Fermé", "Fermé"]
    assert Feedback.objects.filter(reasons=["hours"]).count() == 3
    assert capsys.readouterr().out.splitlines() == [
        "Messages that lost their words: 1",
        "Messages that lost their words: 0",
    ]


def test_editors_read_messages_deal_with_them_and_change_nothing(client, service):
    message = Feedback.objects.create(
        service=service, kind="wrong", reasons=["hours", "fee"], comment="Fermé", language="fr"
    )
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    listed = reverse("admin:geo_feedback_changelist")

    assert "Fermé" in client.get(listed, {"reason": "fee"}).content.decode()
    assert "Fermé" not in client.get(listed, {"reason": "phone"}).content.decode()
    form = client.get(reverse("admin:geo_feedback_change", args=[message.pk]))
    assert set(form.context["adminform"].form.fields) == {"status"}
    client.post(listed, {"action": "mark_as_dealt_with", "_selected_action": [message.pk]})

    message.refresh_from_db()
    assert message.status == "done"
