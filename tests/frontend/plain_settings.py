"""The real settings, for a server of its own in a test: files need no build."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES as REAL_STORAGES

STORAGES = REAL_STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
