"""The settings of the site that the browser visits: the real ones, with files of its own."""

import os

from config.settings import *  # noqa: F403
from config.settings import STATICFILES_DIRS as REAL_STATICFILES_DIRS
from config.settings import STORAGES as REAL_STORAGES

STATIC_ROOT = os.environ["BROWSER_TEST_STATIC"]
# Fingerprints as in production; nothing is packed, which would take longer than the tests.
STORAGES = REAL_STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}
# Mails are files, each test run's own.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ.get("BROWSER_TEST_MAIL")
# The build may be another one than that of the checkout, as for a later version of the site.
if dist := os.environ.get("BROWSER_TEST_DIST"):
    STATICFILES_DIRS = [
        dist,
        *(folder for folder in REAL_STATICFILES_DIRS if folder.name != "dist"),
    ]
# The neutral page is this server under its other name: another origin, and no network.
QUICK_EXIT_URLS = dict.fromkeys(
    ["fr", "en", "es"], f"http://localhost:{os.environ.get('PORT', '8000')}/robots.txt"
)

# A test that wants to know all that the server hears names a file here.
if os.environ.get("BROWSER_TEST_REQUESTS"):
    MIDDLEWARE = ["tests.browser.listening.write_down", *MIDDLEWARE]  # noqa: F405
