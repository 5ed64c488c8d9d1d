"""Referrals for the software of partners: each address, each scope, each side."""

import json
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from api.referrals.access import PerKey, WrongKeys
from geo.choices import ReferralStatus, TokenScope
from geo.models import ApiToken, Consent, Referral, ReferralAudit, ServiceCapacity, Webhook
from geo.models.software import LONGEST_KEY
from geo.referrals import webhooks
from tests.network import consent, draft, organization, referral, region, service_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/referrals/"
NOBODY = "00000000-0000-4000-8000-000000000000"
PUBLIC = "93.184.215.14"

# What describes a person, as a member of an object would be called.
PERSONAL = {
    "name",
    "first_name",
    "last_name",
    "surname",
    "initials",
    "nickname",
    "birth",
    "birth_date",
    "age",
    "sex",
    "gender",
    "nationality",
    "country",
    "passport",
    "permit",
    "uci",
    "nas",
    "sin",
    "immigration_status",
    "employer",
    "phone",
    "email",
    "address",
    "contact",
    "note",
    "comment",
    "message",
    "text",
    "description",
    "photo",
    "file",
    "attachment",
    "user",
    "author",
    "from_user",
    "actor_user",
    "written_by",
    "recorded_by",
    "said_by",
    "person",
    "worker",
    "lat",
    "lon",
    "position",
}


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


@pytest.fixture
def sender():
    return organization()


@pytest.fixture
def receiver():
    return organization("07")


@pytest.fixture
def anywhere(monkeypatch):
    monkeypatch.setattr(webhooks, "public_address", lambda _host, _port: PUBLIC)


class Software:
    """The software of an organization, with a key."""

    def __init__(self, client, of, scopes=tuple(TokenScope.values)):
        self.client = client
        self.key, secret = ApiToken.issue(of, "Logiciel inventé", scopes, by=None)
        self.headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, method, path, body=None):
        data = {} if body is None else {"data": json.dumps(body)}
        return self.client.generic(
            method, path, content_type="application/json", headers=self.headers, **data
        )

    def get(self, path, **query):
        return self.client.get(path, query, headers=self.headers)

    def post(self, path, body=None):
        return self.ask("POST", path, body)


def new(receiver, **members):
    return {
        "to_organization": str(receiver.pk),
        "need": "droits",
        "language_needed": "es",
        "worker_region": "11",
        "urgency": "this_week",
        "handover": "worker_calls",
    } | members


def agreed(*organizations, **members):
    return {
        "method": "oral",
        "language": "es",
        "text_version": 1,
        "organizations": [str(one.pk) for one in organizations],
        "expires_on": str(timezone.localdate() + timedelta(days=30)),
    } | members


# --- a whole life ----------------------------------------------------------------------------


def test_two_softwares_take_a_referral_from_its_draft_to_its_outcome(client, sender, receiver):
    ours, theirs = Software(client, sender), Software(client, receiver)

    made = ours.post(URL, new(receiver))
    address = made["Location"]
    code = made.json()["code"]
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    assert theirs.get(address).status_code == 404
    assert ours.post(f"{address}consent/", agreed(receiver)).json()["consent_until"]
    assert ours.post(f"{address}send/").json()["status"] == "sent"

    seen = theirs.get(address).json()
    assert (seen["direction"], seen["code"], seen["status"]) == ("received", None, "sent")
    assert seen["may_become"] == ["acknowledged", "accepted", "refused"]
    assert theirs.post(f"{address}moves/", {"status": "accepted"}).json()["status"] == "accepted"
    met = theirs.post(f"{address}moves/", {"status": "met", "code": code.lower()})
    assert met.json()["status"] == "met"
    done = {"status": "completed", "outcome": "resolved"}
    assert theirs.post(f"{address}moves/", done).json()["outcome"] == "resolved"

    ended = ours.get(address).json()
    assert (ended["status"], ended["code"], ended["may_become"]) == ("completed", None, [])
    trace = ours.get(f"{address}events/").json()["events"]
    assert [event["to_status"] for event in trace] == [
        "draft",
        "sent",
        "accepted",
        "met",
        "completed",
    ]
    assert {event["through"] for event in trace} == {"token"}
    assert theirs.get(f"{address}events/").json()["events"] == trace[1:]


def test_what_software_looks_at_stands_in_the_audit_trail(client, sender, receiver):
    made = referral(sender, receiver)
    before = ReferralAudit.objects.count()

    Software(client, receiver).get(f"{URL}{made.pk}/")
    Software(client, receiver).get(URL)

    lines = ReferralAudit.objects.order_by("pk")[before:]
    assert [(line.verb, line.actor, line.organization) for line in lines] == [
        ("seen", None, receiver.pk),
        ("listed", None, receiver.pk),
    ]


# --- keys ------------------------------------------------------------------------------------

OPERATIONS = [
    ("GET", URL, "referrals:read"),
    ("POST", URL, "referrals:write"),
    ("GET", "{referral}", "referrals:read"),
    ("DELETE", "{referral}", "referrals:write"),
    ("POST", "{referral}consent/", "referrals:write"),
    ("POST", "{referral}send/", "referrals:write"),
    ("POST", "{referral}moves/", "referrals:write"),
    ("POST", "{referral}redirect/", "referrals:write"),
    ("GET", "{referral}events/", "referrals:read"),
    ("PUT", "/api/v1/capacity/{service}/", "capacity:write"),
    ("GET", "/api/v1/webhooks/", "webhooks:write"),
    ("POST", "/api/v1/webhooks/", "webhooks:write"),
    ("DELETE", "/api/v1/webhooks/{webhook}/", "webhooks:write"),
    ("POST", "/api/v1/webhooks/{webhook}/test/", "webhooks:write"),
]
each_operation = pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)


def address_of(path, owner, other):
    made = referral(owner, other)
    hook = Webhook.objects.create(organization=owner, url="https://example.org/a", salt="a")
    return path.format(referral=f"{URL}{made.pk}/", service=service_of(owner).pk, webhook=hook.pk)


def is_problem(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert "no-store" in response["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response
    return response.json()


def test_every_address_that_wants_a_key_is_tried_here(client):
    document = client.get("/api/schema/").json()
    documented = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation.get("security")
    }
    tried = {
        (
            method,
            path.format(referral=f"{URL}{{id}}/", service="{service_id}", webhook="{id}"),
        )
        for method, path, _scope in OPERATIONS
    }
    assert documented == tried


@each_operation
def test_without_a_key_nothing_opens(client, sender, receiver, method, path, scope):
    response = client.generic(
        method, address_of(path, sender, receiver), content_type="application/json"
    )
    is_problem(response, 401)
    assert response["WWW-Authenticate"] == 'Bearer realm="Repere"'


@each_operation
def test_a_key_with_all_the_other_scopes_does_not_open(
    client, sender, receiver, method, path, scope
):
    others = [each for each in TokenScope.values if each != scope]
    software = Software(client, sender, others)
    told = is_problem(software.ask(method, address_of(path, sender, receiver), {}), 403)
    assert scope in told["detail"]


@each_operation
def test_a_key_with_the_scope_alone_is_let_in(
    client, sender, receiver, monkeypatch, method, path, scope
):
    monkeypatch.setattr(webhooks, "call", lambda _call: "204")
    software = Software(client, sender, [scope])
    response = software.ask(method, address_of(path, sender, receiver))
    assert response.status_code in {200, 204, 400, 409}


@pytest.mark.parametrize(
    ("method", "path", "scope"), [each for each in OPERATIONS if "{" in each[1]]
)
def test_what_is_another_organizations_is_not_there(client, sender, receiver, method, path, scope):
    stranger = Software(client, organization("08"))
    body = {
        "send/": None,
        "consent/": agreed(receiver),
        "moves/": {"status": "withdrawn"},
        "redirect/": {"to_organization": str(receiver.pk)},
    }.get(path.removeprefix("{referral}"), {"level": "low", "is_accepting": True})
    theirs = stranger.ask(method, address_of(path, sender, receiver), body)
    nobodys = stranger.ask(
        method, path.format(referral=f"{URL}{NOBODY}/", service=NOBODY, webhook=NOBODY), body
    )
    assert is_problem(theirs, 404) == is_problem(nobodys, 404)


@pytest.mark.parametrize("how", ["revoked", "expired", "not admitted", "suspended", "unknown"])
def test_a_key_that_is_no_good_opens_nothing_and_does_not_say_why(client, how):
    ours = organization(
        admitted=how != "not admitted",
        verified_status="suspended" if how == "suspended" else "verified",
    )
    software = Software(client, ours)
    if how == "revoked":
        software.key.revoke()
    if how == "expired":
        ApiToken.objects.filter(pk=software.key.pk).update(expires_at=timezone.now())
    if how == "unknown":
        software.headers = {"Authorization": "Bearer rep_unknown"}

    told = is_problem(software.get(URL), 401)

    assert told == is_problem(client.get(URL), 401)


def test_a_key_keeps_the_day_it_was_used_on_and_nothing_else(client, sender):
    software = Software(client, sender)
    software.get(URL)
    software.key.refresh_from_db()
    assert software.key.last_used_on == timezone.localdate()


def test_a_key_lives_for_a_year_at_most(sender):
    with pytest.raises(ValueError, match="year"):
        ApiToken.issue(sender, "a", ["referrals:read"], by=None, life=LONGEST_KEY * 2)


def test_the_secret_of_a_key_is_kept_nowhere_and_logged_nowhere(client, sender, caplog):
    caplog.set_level(logging.DEBUG)
    software = Software(client, sender)
    secret = software.headers["Authorization"].removeprefix("Bearer ")
    software.get(URL)
    software.get(URL, unknown="1")
    software.key.refresh_from_db()
    assert secret not in caplog.text
    assert secret not in repr(software.key.__dict__)


def test_who_asks_too_often_waits(client, sender, monkeypatch):
    monkeypatch.setattr(PerKey, "rate", "2/min")
    software = Software(client, sender)
    assert [software.get(URL).status_code for _time in range(3)] == [200, 200, 429]
    assert 0 < int(software.get(URL)["Retry-After"]) <= 60
    assert Software(client, sender).get(URL).status_code == 200


def test_who_tries_keys_waits_and_addresses_that_are_claimed_do_not_help(
    client, sender, monkeypatch
):
    monkeypatch.setattr(WrongKeys, "rate", "2/min")
    answers = [
        client.get(URL, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(3)
    ]
    assert answers == [401, 401, 429]
    assert Software(client, sender).get(URL).status_code == 200


def test_no_cookie_opens_anything(client, sender):
    from tests.network import member

    client.force_login(member(sender))
    is_problem(client.get(URL), 401)


# --- writing ---------------------------------------------------------------------------------


def test_the_sender_is_the_organization_of_the_key_and_cannot_be_chosen(client, sender, receiver):
    software = Software(client, sender)
    forged = new(receiver, from_org=str(receiver.pk), status="accepted")

    told = is_problem(software.post(URL, forged), 400)

    assert {error["parameter"] for error in told["errors"]} == {"from_org", "status"}
    assert not Referral.objects.exists()


@pytest.mark.parametrize("member", ["name", "note", "phone", "passport", "employer"])
def test_a_member_about_a_person_is_refused_and_what_it_said_is_not_repeated(
    client, sender, receiver, member
):
    response = Software(client, sender).post(URL, new(receiver, **{member: "MARQUEUR-SECRET"}))

    told = is_problem(response, 400)
    (error,) = told["errors"]
    assert error["parameter"] == member
    assert "No personal data is accepted" in error["detail"]
    assert "MARQUEUR" not in response.content.decode()


@pytest.mark.parametrize(
    "member",
    [
        "to_organization",
        "to_service",
        "need",
        "language_needed",
        "interpreter_needed",
        "worker_region",
        "urgency",
        "handover",
        "sandbox",
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(client, sender, receiver, member):
    response = Software(client, sender).post(URL, new(receiver, **{member: "MARQUEUR"}))

    told = is_problem(response, 400)
    assert [error["parameter"] for error in told["errors"]] == [member]
    assert "MARQUEUR" not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("consent/", {"method": "MARQUEUR"}),
        ("consent/", {"organizations": ["MARQUEUR"]}),
        ("consent/", {"expires_on": "MARQUEUR"}),
        ("moves/", {"status": "MARQUEUR"}),
        ("moves/", {"status": "refused", "refusal_reason": "MARQUEUR"}),
        ("moves/", {"status": "met", "code": "MARQUEUR-MARQUEUR-MARQUEUR"}),
        ("redirect/", {"to_organization": "MARQUEUR"}),
        ("send/", {"note": "MARQUEUR"}),
    ],
)
def test_no_address_repeats_what_was_sent(client, sender, receiver, path, body):
    made = referral(sender, receiver)
    response = Software(client, sender).post(f"{URL}{made.pk}/{path}", body)
    is_problem(response, 400)
    assert "MARQUEUR" not in response.content.decode()


def test_json_without_end_is_a_mistake_of_the_sender(client, sender):
    software = Software(client, sender)
    response = client.post(
        URL, "[" * 100_000, content_type="application/json", headers=software.headers
    )
    is_problem(response, 400)


def test_a_need_is_of_level_1_so_that_less_is_told(client, sender, receiver):
    told = is_problem(Software(client, sender).post(URL, new(receiver, need="sante-general")), 400)
    assert [error["parameter"] for error in told["errors"]] == ["need"]


def test_a_service_is_one_of_the_receivers(client, sender, receiver):
    software = Software(client, sender)
    ours, theirs = service_of(sender, covering=["11"]), service_of(receiver, covering=["11"])
    assert software.post(URL, new(receiver, to_service=str(ours.pk))).status_code == 400
    made = software.post(URL, new(receiver, to_service=str(theirs.pk)))
    assert made.json()["to_service"] == str(theirs.pk)


def test_an_exercise_is_marked(client, sender, receiver):
    made = Software(client, sender).post(URL, new(receiver, sandbox=True)).json()
    assert made["sandbox"] is True
    assert Referral.objects.get().sandbox


def test_who_only_receives_writes_nothing(client, receiver):
    quiet = Software(client, organization(referral_role="receive"))
    is_problem(quiet.post(URL, new(receiver)), 409)


def test_nothing_is_sent_without_a_live_consent(client, sender, receiver):
    software = Software(client, sender)
    address = software.post(URL, new(receiver))["Location"]
    is_problem(software.post(f"{address}send/"), 409)
    software.post(f"{address}consent/", agreed(organization("08")))
    told = is_problem(software.post(f"{address}send/"), 409)
    assert "ask again" in told["detail"]


def test_a_new_consent_takes_the_place_of_the_one_before(client, sender, receiver):
    software = Software(client, sender)
    address = software.post(URL, new(receiver))["Location"]
    software.post(f"{address}consent/", agreed(receiver))
    software.post(f"{address}consent/", agreed(receiver, method="written"))
    assert [kept.method for kept in Consent.objects.all()] == ["written"]


def test_a_consent_ends_in_time_and_is_for_a_draft(client, sender, receiver):
    software = Software(client, sender)
    address = f"{URL}{draft(sender, receiver).pk}/"
    late = str(timezone.localdate() + timedelta(days=91))
    is_problem(software.post(f"{address}consent/", agreed(receiver, expires_on=late)), 400)
    software.post(f"{address}send/")
    is_problem(software.post(f"{address}consent/", agreed(receiver)), 409)


def test_without_a_receiver_it_is_held_for_the_coordinator(client, sender, receiver):
    software = Software(client, sender)
    address = software.post(URL, new(receiver, to_organization=None))["Location"]
    software.post(f"{address}consent/", agreed(receiver))
    assert software.post(f"{address}send/").json()["status"] == "held"


def test_a_draft_is_deleted_and_what_was_sent_is_not(client, sender, receiver):
    software = Software(client, sender)
    address = software.post(URL, new(receiver))["Location"]
    assert software.ask("DELETE", address).status_code == 204
    assert software.get(address).status_code == 404
    sent = referral(sender, receiver)
    is_problem(software.ask("DELETE", f"{URL}{sent.pk}/"), 409)


# --- moving ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"status": "refused"}, "refusal_reason"),
        ({"status": "completed"}, "outcome"),
        ({"status": "met"}, "code"),
        ({"status": "accepted", "code": "K7QM002R"}, "code"),
        ({"status": "expired"}, "status"),
        ({"status": "sent"}, "status"),
    ],
)
def test_a_move_has_what_it_wants_and_nothing_else(client, sender, receiver, body, member):
    made = referral(sender, receiver)
    told = is_problem(Software(client, receiver).post(f"{URL}{made.pk}/moves/", body), 400)
    assert [error["parameter"] for error in told["errors"]] == [member]


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_each_side_makes_its_own_moves(client, sender, receiver, side):
    made = referral(sender, receiver)
    ours = {"sender": "withdrawn", "receiver": "acknowledged"}
    theirs = {"sender": "accepted", "receiver": "withdrawn"}
    software = Software(client, sender if side == "sender" else receiver)
    is_problem(software.post(f"{URL}{made.pk}/moves/", {"status": theirs[side]}), 409)
    moved = software.post(f"{URL}{made.pk}/moves/", {"status": ours[side]})
    assert moved.json()["status"] == ours[side]


def test_nothing_leaves_an_end(client, sender, receiver):
    made = referral(sender, receiver, ReferralStatus.REFUSED)
    is_problem(
        Software(client, receiver).post(f"{URL}{made.pk}/moves/", {"status": "accepted"}), 409
    )


def test_a_wrong_code_is_told_and_the_sixth_within_a_minute_waits(client, sender, receiver):
    made = referral(sender, receiver, ReferralStatus.ACCEPTED)
    software = Software(client, receiver)
    wrong = {"status": "met", "code": "22222222" if made.code != "22222222" else "33333333"}
    address = f"{URL}{made.pk}/moves/"
    for _time in range(5):
        is_problem(software.post(address, wrong), 422)
    # Also with the right one, or the answer would tell.
    waits = software.post(address, {"status": "met", "code": made.code})
    is_problem(waits, 429)
    assert waits["Retry-After"] == "60"
    made.refresh_from_db()
    assert made.status == "accepted"


def test_the_receiver_passes_it_on_and_does_not_hear_which_one_it_became(client, sender, receiver):
    other = organization("08")
    made = referral(sender, receiver, consent=consent(receiver, other))
    passed = Software(client, receiver).post(
        f"{URL}{made.pk}/redirect/", {"to_organization": str(other.pk)}
    )
    assert passed.status_code == 201
    assert passed.json()["referral"]["status"] == "redirected"
    assert passed.json()["redirected_to"] is None
    (child,) = Software(client, other).get(URL).json()["referrals"]
    assert (child["status"], child["redirect_of"]) == ("sent", None)


def test_the_sender_finds_what_it_passed_on(client, sender, receiver):
    other = organization("08")
    made = referral(sender, receiver, consent=consent(receiver, other))
    software = Software(client, sender)
    passed = software.post(f"{URL}{made.pk}/redirect/", {"to_organization": str(other.pk)})
    child = software.get(passed["Location"]).json()
    assert child["id"] == passed.json()["redirected_to"]
    assert child["redirect_of"] == str(made.pk)
    assert child["code"] == made.code


# --- the list --------------------------------------------------------------------------------


@pytest.fixture
def six(sender, receiver):
    """By the status that is shown; one was written by the receiver, to the sender."""
    found = {
        status.value: referral(sender, receiver, status)
        for status in (ReferralStatus.SENT, ReferralStatus.ACCEPTED, ReferralStatus.REFUSED)
    }
    found["draft"] = draft(sender, receiver)
    found["back"] = referral(
        receiver, sender, urgency="today", worker_region=region("06"), sandbox=True
    )
    late = referral(sender, receiver)
    Referral.objects.filter(pk=late.pk).update(
        sent_at=timezone.now() - timedelta(days=6), due_at=timezone.now() - timedelta(days=1)
    )
    found["late"] = late
    return found


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"sent", "accepted", "refused", "draft", "back", "late"}),
        ({"direction": "sent"}, {"sent", "accepted", "refused", "draft", "late"}),
        ({"direction": "received"}, {"back"}),
        ({"status": "sent"}, {"sent", "back"}),
        ({"status": "expired"}, {"late"}),
        ({"status": "refused"}, {"refused"}),
        ({"urgency": "today"}, {"back"}),
        ({"region": "06"}, {"back"}),
        ({"need": "sante"}, set()),
        ({"since": "2099-01-01T00:00:00Z"}, set()),
        ({"since": "2020-01-01T00:00:00Z", "status": "draft"}, {"draft"}),
    ],
)
def test_the_list_is_narrowed(client, sender, six, asked, expected):
    found = Software(client, sender).get(URL, **asked).json()["referrals"]
    names = {str(made.pk): name for name, made in six.items()}
    assert {names[each["id"]] for each in found} == expected


def test_the_receiver_sees_no_draft_and_nobody_else_anything(client, receiver, six):
    theirs = Software(client, receiver).get(URL).json()["referrals"]
    assert str(six["draft"].pk) not in {each["id"] for each in theirs}
    assert Software(client, organization("08")).get(URL).json()["referrals"] == []


def test_pages_follow_one_another_and_repeat_nothing(client, sender, six):
    Referral.objects.filter(pk__in=[six["sent"].pk, six["late"].pk]).update(
        created_on=timezone.localdate() - timedelta(days=1)
    )
    software = Software(client, sender)
    seen, page = [], software.get(URL, limit=2, sandbox="x")
    assert page.status_code == 400
    page = software.get(URL, limit=2).json()
    while True:
        seen += [each["id"] for each in page["referrals"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        page = client.get(following[0], headers=software.headers).json()
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "101"},
        {"after": "2026-11-24"},
        {"after": "2026-11-24.x"},
        {"since": "yesterday"},
        {"status": "unknown"},
        {"lang": "fr"},
    ],
)
def test_a_bad_question_is_named(client, sender, asked):
    told = is_problem(Software(client, sender).get(URL, **asked), 400)
    assert [error["parameter"] for error in told["errors"]] == list(asked)


@pytest.mark.parametrize("many", [1, 6])
def test_the_number_of_queries_does_not_grow(
    client, sender, receiver, django_assert_max_num_queries, many
):
    software = Software(client, sender)
    software.get(URL)
    for _time in range(many):
        referral(sender, receiver)
    # The key, the page, and the line of the audit trail.
    with django_assert_max_num_queries(3):
        assert len(software.get(URL).json()["referrals"]) == many


# --- room and webhooks -----------------------------------------------------------------------


def test_the_room_of_a_service_is_said_and_said_again(client, sender):
    software = Software(client, sender)
    address = f"/api/v1/capacity/{service_of(sender).pk}/"
    software.ask("PUT", address, {"level": "high", "is_accepting": True})
    told = software.ask("PUT", address, {"level": "low", "is_accepting": False}).json()
    assert (told["level"], told["is_accepting"]) == ("low", False)
    said = ServiceCapacity.objects.get()
    assert (said.level, said.said_by) == ("low", None)


def test_a_webhook_is_added_its_secret_told_once_and_removed(client, sender, anywhere):
    software = Software(client, sender)
    made = software.post("/api/v1/webhooks/", {"url": "https://example.org/repere"})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    (listed,) = software.get("/api/v1/webhooks/").json()["webhooks"]
    assert "secret" not in listed
    assert software.ask("DELETE", made["Location"]).status_code == 204
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("url", ["http://example.org/", "https://127.0.0.1/", "ftp://a", "a"])
def test_a_webhook_that_is_not_public_and_secret_is_refused(client, sender, url):
    is_problem(Software(client, sender).post("/api/v1/webhooks/", {"url": url}), 422)


def test_a_test_says_what_came_back_and_is_rare(client, sender, monkeypatch):
    monkeypatch.setattr(webhooks, "call", lambda _call: "404")
    hook = Webhook.objects.create(organization=sender, url="https://example.org/a", salt="a")
    software = Software(client, sender)
    answers = [software.post(f"/api/v1/webhooks/{hook.pk}/test/") for _time in range(7)]
    assert answers[0].json() == {"answer": "404", "arrived": False}
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]


# --- the schema ------------------------------------------------------------------------------


def components_of(document, part, found):
    """All objects that a part of the schema is made of, with their members."""
    if isinstance(part, dict):
        reference = part.get("$ref", "")
        if reference.startswith("#/components/schemas/") and reference not in found:
            name = reference.rsplit("/", 1)[-1]
            found[reference] = document["components"]["schemas"][name]
            components_of(document, found[reference], found)
        for value in part.values():
            components_of(document, value, found)
    elif isinstance(part, list):
        for value in part:
            components_of(document, value, found)
    return found


def test_no_object_has_a_member_about_a_person(client):
    document = client.get("/api/schema/").json()
    found = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            if operation.get("security"):
                components_of(document, operation, found)
    members = {member for component in found.values() for member in component.get("properties", {})}
    assert {"need", "text_version", "secret"} <= members
    assert members & PERSONAL == set()


def test_the_schema_says_which_addresses_want_a_key(client):
    document = client.get("/api/schema/").json()
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["paths"][URL]["get"]["security"] == [{"key": []}]
    assert "security" not in document["paths"]["/api/v1/resources/"]["get"]


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "PUT"])
def test_no_other_method_is_there(client, sender, method):
    software = Software(client, sender)
    assert software.ask(method, URL).status_code == 405
    assert software.ask(method, f"{URL}{uuid4()}/").status_code == 405
