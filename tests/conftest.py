"""What every test stands on: a database with the project's own fixtures, and no network."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.gis.gdal import SpatialReference
from django.db import connection

from geo.coverage import runs
from geo.imports import fixtures
from geo.models import CoverageRun, Location, Organization, Program, Service

ROOT = Path(__file__).resolve().parent.parent

# The team's shared data lies beside the checkout where there is one; tests that read it skip
# aloud where it is absent.
SHARED = Path(os.environ.get("REPERE_SHARED", ROOT.parent / "shared" / "data"))


def shared_file(name: str) -> Path:
    """A file of the team's shared data; skips the test where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"SKIPPED ALOUD: the shared file {name} is not on this machine")
    return path


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, with the areas, needs, programmes and directory of `fixtures/`."""
    with django_db_blocker.unblock():
        fixtures.load(settings.BASE_DIR / "fixtures")
        # GeoDjango asks for an SRID once a process: without this the first test that draws a
        # geometry counts one query more than the others.
        SpatialReference(4326)
        connection.ops.spatial_ref_sys().objects.filter(srid=4326).exists()
    return django_db_setup


@pytest.fixture(scope="session")
def coverage_run(django_db_setup, django_db_blocker):
    """A published run of today from the project's own fixtures, computed once and kept.

    The database refuses to delete it: a test that wants none takes `no_coverage_run`.
    """
    with django_db_blocker.unblock():
        if CoverageRun.objects.current() is None:
            runs.store(runs.compute(runs.today()))
        return CoverageRun.objects.current()


@pytest.fixture
def no_coverage_run(db):
    """As before the first run."""
    with connection.cursor() as cursor:
        # What no row may, a whole table may: and the test takes it back when it ends.
        cursor.execute("TRUNCATE geo_coveragerun CASCADE")


@pytest.fixture
def empty_directory(db):
    """Areas and needs, and nothing offered: for tests that make their own services."""
    from geo.models import FundingAward, Project, ProjectIndicator

    FundingAward.objects.all().delete()
    ProjectIndicator.objects.all().delete()
    Project.objects.all().delete()
    Service.objects.all().delete()
    Location.objects.all().delete()
    Program.objects.all().delete()
    Organization.objects.update(parent=None)
    Organization.objects.all().delete()
