"""The page of the person who carries a code."""

import json
import re
import time
from datetime import timedelta
from statistics import median

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from frontend.views.network import code as page_of_code
from geo.choices import ReferralStatus
from geo.models import Referral, ReferralAudit
from geo.personal import refuse_contact_details
from geo.referrals import guesses
from geo.translation import compose
from tests import network
from tests.frontend.test_care import WORDS_THAT_TELL
from tests.network import coordinator, draft, member, organization, referral

pytestmark = pytest.mark.django_db

PAGE = reverse("worker-code")
DONE = reverse("worker-code-done")


@pytest.fixture(autouse=True)
def _nobody_has_tried(monkeypatch):
    """Limits count for the whole process: each test begins with none counted."""
    monkeypatch.setattr(page_of_code, "_minute", page_of_code.Limit(5, 60))
    monkeypatch.setattr(page_of_code, "_hour", page_of_code.HourlyLimit(30))


@pytest.fixture
def sender():
    return organization(name=compose({"fr": "Maison inventée de Montréal"}))


@pytest.fixture
def receiver():
    return organization("07", name=compose({"fr": "Accueil inventé de l’Outaouais"}))


@pytest.fixture
def made(sender, receiver):
    return referral(sender, receiver)


def typed(client, code, **data):
    return client.post(PAGE, {"code": code, **data})


def body(response) -> str:
    return response.content.decode()


def test_the_code_opens_what_is_held(client, made):
    response = typed(client, f"{made.code[:4].lower()} {made.code[4:]}")

    page = body(response)
    assert response.status_code == 200
    for words in [
        str(made.need),
        made.worker_region.name,
        "Maison inventée de Montréal",
        "Accueil inventé de l’Outaouais",
    ]:
        assert words in page
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_address_never_holds_the_code(client, made):
    assert str(made.need) not in body(client.get(PAGE, {"code": made.code}))
    page = body(typed(client, made.code))
    assert [
        part for part in re.findall(r'(?:href|action)="([^"]*)"', page) if made.code in part
    ] == []


@pytest.mark.parametrize(
    "status",
    [ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED, ReferralStatus.ACCEPTED, ReferralStatus.MET],
)
def test_what_is_under_way_is_taken_back_in_one_step(client, sender, receiver, status):
    made = referral(sender, receiver, status)
    code = made.code

    response = typed(client, code, wish="end")

    made.refresh_from_db()
    assert (response.status_code, response["Location"]) == (303, DONE)
    assert made.status == "withdrawn"
    assert made.consent.withdrawn_on == timezone.localdate()
    assert made.events.last().actor_kind == "code"
    assert client.get(DONE).status_code == 200
    assert body(typed(client, code)) == body(typed(client, "22222222"))


def test_what_is_held_is_taken_back(client, receiver):
    newcomer = organization("11", verified_status="unverified")
    made = draft(newcomer, receiver)
    made.send(made.actor(made.from_user))
    assert typed(client, made.code, wish="end").status_code == 303
    made.refresh_from_db()
    assert made.status == "withdrawn"


def test_a_draft_is_deleted(client, sender, receiver):
    made = draft(sender, receiver)
    assert typed(client, made.code).status_code == 200
    assert typed(client, made.code, wish="end").status_code == 303
    assert not Referral.objects.filter(pk=made.pk).exists()


def test_what_moved_at_that_moment_is_said(client, made, monkeypatch):
    code = made.code
    found = page_of_code._under_way(code)
    monkeypatch.setattr(page_of_code, "_under_way", lambda _code: found)
    network.move(made, ReferralStatus.REFUSED)
    response = typed(client, code, wish="end")
    assert response.status_code == 409
    assert 'role="alert"' in body(response)


def test_all_that_is_held_can_be_saved(client, made, sender, receiver):
    made.move_to(ReferralStatus.ACCEPTED, by=made.actor(member(receiver)))
    made.refresh_from_db()

    response = typed(client, made.code, wish="file")

    held = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="repere.json"'
    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]
    assert held["need"]["code"] == "droits"
    assert held["language"]["code"] == "es"
    assert held["region"]["code"] == "11"
    assert (held["from"], held["to"]) == (sender.name["fr"]["text"], receiver.name["fr"]["text"])
    assert held["status"]["code"] == "accepted"
    assert held["kept_until"] == made.purge_on.isoformat()
    assert held["consent"]["expires_on"] == made.consent.expires_on.isoformat()
    assert held["consent"]["organizations"] == [receiver.name["fr"]["text"]]
    assert [row["day"] for row in held["history"]] == [timezone.localdate().isoformat()] * 3


def test_the_file_names_no_account_and_holds_no_code(client, made):
    text = typed(client, made.code, wish="file").content.decode()
    assert made.code not in text
    assert made.from_user.email not in text
    assert str(made.pk) not in text
    assert "@" not in text
    with pytest.raises(ValidationError):
        refuse_contact_details(f"{text} 418 555-0123")


def test_who_opened_it_is_said_by_party_and_never_by_name(client, made, sender, receiver):
    somebody = member(receiver, name="Persona Inventada")
    ReferralAudit.objects.note("seen", user=somebody.pk, organization=receiver.pk, referral=made.pk)
    ReferralAudit.objects.note("seen", organization=receiver.pk, referral=made.pk)
    ReferralAudit.objects.note("seen", user=coordinator("11").pk, referral=made.pk)
    typed(client, made.code)

    held = json.loads(typed(client, made.code, wish="file").content)

    with override("fr"):
        assert [row["what"] for row in held["opened_by"]] == sorted(
            [str(page_of_code.held._BY_RECEIVER), str(page_of_code.held._BY_COORDINATOR)]
        )
    assert "Persona" not in body(typed(client, made.code))


# Codes that open nothing


@pytest.fixture
def closed_codes(sender, receiver):
    """Codes of referrals in every state that is over, by the state."""
    codes = {}
    for status in [
        ReferralStatus.REFUSED,
        ReferralStatus.COMPLETED,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.EXPIRED,
        ReferralStatus.LAPSED,
    ]:
        made = draft(sender, receiver)
        codes[status] = made.code
        made.send(made.actor(made.from_user))
        made.refresh_from_db()
        for step in network.PATHS[status]:
            network.move(made, step)
    purged = referral(sender, receiver)
    codes["purged"] = purged.code
    network.move(purged, ReferralStatus.WITHDRAWN)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL repere.purging = 'on'")
        Referral.objects.filter(pk=purged.pk).delete()
        cursor.execute("SET LOCAL repere.purging = 'off'")
    late = draft(sender, receiver, urgency="today")
    codes["late"] = late.code
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        late.send(late.actor(late.from_user))
    return codes


NOTHING = ["22222222", "K7QM", "", "contraseña", "' OR 1=1", "\x00", "9" * 20]


def test_whatever_opens_nothing_gets_one_answer(client, closed_codes, monkeypatch):
    monkeypatch.setattr(page_of_code, "_minute", page_of_code.Limit(100, 60))
    # A header tells the second of the answer.
    with time_machine.travel(timezone.now(), tick=False):
        answers = {code: typed(client, code) for code in [*NOTHING, *closed_codes.values()]}

    assert {response.status_code for response in answers.values()} == {200}
    assert len({response.content for response in answers.values()}) == 1
    assert len({frozenset(response.headers.items()) for response in answers.values()}) == 1
    failures = ReferralAudit.objects.filter(verb="code_failed", ok=False, pseudonym=None)
    assert failures.count() == len(answers)


def test_whatever_opens_nothing_asks_the_database_the_same(client, closed_codes, monkeypatch):
    monkeypatch.setattr(page_of_code, "_minute", page_of_code.Limit(100, 60))
    asked = set()
    typed(client, "22222222")
    for code in [*NOTHING, *closed_codes.values()]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            typed(client, code)
        asked.add(tuple(re.sub(r"'[^']*'", "'…'", query["sql"]) for query in queries))
    assert len(asked) == 1


def test_a_closed_code_takes_as_long_as_an_invented_one(client, closed_codes, monkeypatch):
    monkeypatch.setattr(page_of_code, "_minute", page_of_code.Limit(1000, 60))
    monkeypatch.setattr(page_of_code, "_hour", page_of_code.HourlyLimit(1000))

    def took(code: str) -> float:
        start = time.perf_counter()
        typed(client, code)
        return time.perf_counter() - start

    took("22222222")
    pairs = [(took(closed_codes["withdrawn"]), took("33333333")) for _each in range(25)]
    closed, invented = (median(times) for times in zip(*pairs, strict=True))
    # Alike to a fifth; other work of the machine comes on top.
    assert closed == pytest.approx(invented, rel=0.2, abs=0.01)


# Guessing


def test_the_sixth_failure_in_a_minute_waits_and_so_does_the_right_code_then(client, made):
    for _try in range(5):
        assert typed(client, "22222222").status_code == 200
    sixth = typed(client, made.code)
    assert sixth.status_code == 429
    assert sixth["Retry-After"] == "60"
    assert str(made.need) not in body(sixth)


def test_who_has_the_code_is_not_counted(client, made):
    for _try in range(8):
        assert typed(client, made.code).status_code == 200


def test_another_address_is_counted_apart(client, made):
    for _try in range(6):
        typed(client, "22222222")
    response = client.post(PAGE, {"code": made.code}, REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 200
    assert str(made.need) in body(response)


def test_one_address_alone_cannot_bring_about_the_pause_of_all(client, monkeypatch):
    monkeypatch.setattr(page_of_code, "_minute", page_of_code.Limit(1000, 60))
    statuses = [typed(client, "22222222").status_code for _try in range(32)]
    assert statuses == [200] * 30 + [429] * 2


def fail(times: int) -> None:
    ReferralAudit.objects.bulk_create(
        [ReferralAudit(verb="code_failed", ok=False, at=timezone.now()) for _each in range(times)]
    )


def test_after_three_hundred_failures_in_an_hour_codes_rest_for_fifteen_minutes(client, made):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        fail(299)
        assert typed(client, made.code).status_code == 200
        fail(1)
        paused = typed(client, made.code)
        assert paused.status_code == 503
        assert paused["Retry-After"] == "900"
        assert str(made.need) not in body(paused)
    with time_machine.travel(start + timedelta(minutes=14, seconds=59)):
        assert typed(client, made.code).status_code == 503
    with time_machine.travel(start + timedelta(minutes=15, seconds=1), tick=False):
        assert typed(client, made.code).status_code == 200
        # The hour is still full: one more failure, one more pause.
        typed(client, "22222222")
        assert typed(client, made.code).status_code == 503


def test_three_hundred_failures_over_more_than_an_hour_are_no_reason_to_rest(client, made):
    with time_machine.travel(timezone.now() - timedelta(minutes=61)):
        fail(150)
    fail(150)
    assert guesses.pause_ends() is None


def test_another_site_cannot_try(client, made):
    response = client.post(PAGE, {"code": made.code}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


# What others see


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_page_is_neutral_and_can_be_left(client, made, language):
    with override(language):
        page, done = reverse("worker-code"), reverse("worker-code-done")
    for response in [
        client.get(page),
        client.post(page, {"code": "22222222"}),
        client.post(page, {"code": made.code}),
        client.get(done),
    ]:
        text = body(response)
        head = text[: text.index("</head>")]
        said = re.findall(r"<title>(.*?)</title>", head)
        said += re.findall(r'<meta (?:name|property)="[^"]+" content="([^"]*)"', head)
        assert "Repère" in said[0]
        assert [words for words in said if WORDS_THAT_TELL.search(words)] == []
        assert 'id="leave"' in text
        assert not response.cookies


def test_the_privacy_page_leads_there(client):
    with override("fr"):
        privacy = reverse("privacy")
    assert f'href="{PAGE}"' in body(client.get(privacy))
