"""Where mails go, by the environment; and that tests send none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["EMAIL_BACKEND", "EMAIL_HOST_PASSWORD", "EMAIL_PORT", "EMAIL_USE_TLS", "SITE_URL"]
OURS = {*NAMES, "DEFAULT_FROM_EMAIL", "EMAIL_HOST", "EMAIL_HOST_PASSWORD_FILE", "PORT"}


def settings_with(**environment):
    """The settings of a new process with some variables set, and no other of mails."""
    program = (
        "import json; from config import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {NAMES}}}))"
    )
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def test_tests_send_nothing():
    assert settings.EMAIL_BACKEND == "django.core.mail.backends.locmem.EmailBackend"


def test_without_a_server_mails_become_files_and_links_lead_to_this_machine():
    asked = settings_with(PORT="8001")

    assert asked["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert asked["SITE_URL"] == "http://127.0.0.1:8001"


def test_with_a_server_mails_are_encrypted_on_their_way():
    asked = settings_with(EMAIL_HOST="mail.example", SITE_URL="https://repere.example/")

    assert asked["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (asked["EMAIL_USE_TLS"], asked["EMAIL_PORT"]) == (True, 587)
    assert asked["SITE_URL"] == "https://repere.example"


def test_a_server_on_the_same_machine_needs_no_encryption():
    asked = settings_with(EMAIL_HOST="127.0.0.1", EMAIL_USE_TLS="0")

    assert (asked["EMAIL_USE_TLS"], asked["EMAIL_PORT"]) == (False, 25)


@pytest.mark.parametrize("ending", ["", "\n"])
def test_the_password_comes_from_a_file(tmp_path, ending):
    (tmp_path / "password").write_text(f"invented{ending}")

    asked = settings_with(EMAIL_HOST_PASSWORD_FILE=str(tmp_path / "password"))

    assert asked["EMAIL_HOST_PASSWORD"] == "invented"
