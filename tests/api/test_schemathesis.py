"""The API against its own schema, with inputs that nobody thought of."""

from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from api.referrals.access import PerKey
from api.referrals.software import Outgoing
from geo.choices import TokenScope
from geo.models import ApiToken, Webhook
from geo.referrals import webhooks
from tests.network import draft, organization, service_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("coverage_run")]

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
]
OPERATIONS = [
    "listResources",
    "listPins",
    "getResource",
    "listRegions",
    "getRegion",
    "listNeeds",
    "listOrganizations",
    "getOrganization",
    "listStops",
    "listTours",
    "listAlerts",
    "getCoverage",
    "listCoverageAreas",
    "listCoverageRuns",
    "compareCoverage",
    "tryCoverage",
    "listPresences",
    "exportPresencesCsv",
    "exportPresencesXlsx",
    "listUnmetNeeds",
    "listReferralFigures",
    "exportCoverageCsv",
    "exportCoverageXlsx",
    "exportCoverageGeoJson",
    "exportCoverageGpkg",
    "getRegionCoverage",
    "findPlaces",
]
# Those that want a key. What they are asked about is there, so that they get further than a 404.
WITH_A_KEY = [
    "listReferrals",
    "writeReferral",
    "getReferral",
    "deleteReferral",
    "recordConsent",
    "sendReferral",
    "moveReferral",
    "redirectReferral",
    "listReferralEvents",
    "sayCapacity",
    "listWebhooks",
    "addWebhook",
    "removeWebhook",
    "testWebhook",
]


@pytest.fixture
def operations(db):
    # As Django's own test client does: a request must not close the connection of the test.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield _operations()
    for signal in signals:
        signal.connect(close_old_connections)


def _operations():
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    # The key is the test's own: what opens with a wrong one is asked in test_referrals_api.py.
    schema.config.generation.with_security_parameters = False
    found = {
        result.ok().definition.raw["operationId"]: result.ok()
        for result in schema.get_all_operations()
    }
    assert set(found) == {*OPERATIONS, *WITH_A_KEY}
    return found


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_input_breaks_the_schema(operations, name, mode):
    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operations[name].as_strategy(generation_mode=mode))
    def ask(case):
        # The in-process transport does not unzip.
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

    ask()


@pytest.fixture
def key(db, monkeypatch):
    """A key that opens all, as often as it takes; nobody is called."""
    for throttle in (PerKey, Outgoing):
        monkeypatch.setattr(throttle, "rate", "100000/min")
    monkeypatch.setattr(webhooks, "call", lambda _call: "204")
    monkeypatch.setattr(webhooks, "public_address", lambda _host, _port: "93.184.215.14")
    return ApiToken.issue(organization(), "Logiciel inventé", TokenScope.values, by=None)


def _subject(name, ours):
    """What an operation is about, by the name of its parameter in the path."""
    if name == "sayCapacity":
        return {"service_id": str(service_of(ours).pk)}
    if "Webhook" in name:
        hook, _new = Webhook.objects.get_or_create(
            organization=ours, url="https://example.org/a", defaults={"salt": "a"}
        )
        return {"id": str(hook.pk)}
    return {"id": str(draft(ours, organization("07")).pk)}


POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, POSITIVE) for name in WITH_A_KEY]
    # What takes nothing cannot be given anything wrong.
    + [(name, NEGATIVE) for name in WITH_A_KEY if name != "listWebhooks"],
    ids=str,
)
def test_no_input_breaks_the_schema_of_what_wants_a_key(operations, key, name, mode):
    token, secret = key
    told = Counter()

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operations[name].as_strategy(generation_mode=mode))
    def ask(case):
        if case.path_parameters and mode == POSITIVE:
            case.path_parameters = _subject(name, token.organization)
        headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {secret}"}
        response = case.call_and_validate(checks=CHECKS, headers=headers)
        told[response.status_code] += 1

    ask()
    assert told
    assert not told.keys() & {401, 403, 429}
