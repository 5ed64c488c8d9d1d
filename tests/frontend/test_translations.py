"""The interface is whole in French and in Spanish."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = [
    ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"
    for app in ("frontend", "geo")
    for language in ("fr", "es")
]

needs_gettext = pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")


@needs_gettext
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_translated_and_well_formed(catalogue):
    checked = subprocess.run(
        [
            "msgfmt",
            "--check-format",
            "--check-domain",
            "--statistics",
            "-o",
            "/dev/null",
            catalogue,
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )

    assert "translated message" in checked.stderr
    assert "untranslated" not in checked.stderr
    assert "fuzzy" not in checked.stderr


@needs_gettext
@pytest.mark.parametrize("app", ["frontend", "geo"])
def test_the_catalogues_hold_every_text_of_the_code(app, tmp_path):
    """What `makemessages` would add today: nothing."""
    from django.core.management import call_command

    copy = tmp_path / app
    shutil.copytree(
        ROOT / app, copy, ignore=shutil.ignore_patterns("node_modules", "dist", "*.mo", "basemap")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        call_command(
            "makemessages", locale=["fr", "es"], no_wrap=True, add_location="file", verbosity=0
        )

    for language in ("fr", "es"):
        catalogue = (copy / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
        kept = (ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
        assert _texts(catalogue) == _texts(kept)


def _texts(catalogue: str) -> set[str]:
    return {line for line in catalogue.splitlines() if line.startswith(("msgid ", "msgctxt "))}
