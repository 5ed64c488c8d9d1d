"""Pages are tested without the build: static addresses are not fingerprinted."""

import pytest


@pytest.fixture(autouse=True)
def _static_files_without_manifest(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
