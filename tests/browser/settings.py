"""The settings of the site that the browser visits: the real ones, with files of its own."""

import os

from config.settings import *  # noqa: F403
from config.settings import STORAGES as REAL_STORAGES

STATIC_ROOT = os.environ["BROWSER_TEST_STATIC"]
# Fingerprints as in production; nothing is packed, which would take longer than the tests.
STORAGES = REAL_STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}
