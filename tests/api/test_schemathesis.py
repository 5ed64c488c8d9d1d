"""The API against its own schema, with inputs that nobody thought of."""

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
    "exportCoverageCsv",
    "exportCoverageXlsx",
    "exportCoverageGeoJson",
    "exportCoverageGpkg",
    "getRegionCoverage",
    "findPlaces",
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
    found = {
        result.ok().definition.raw["operationId"]: result.ok()
        for result in schema.get_all_operations()
    }
    assert set(found) == set(OPERATIONS)
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
