"""`make test`: every check, one after the other, pytest last.

All checks run even when one fails, so that a developer sees everything at once; the exit code
tells whether all passed. PYTEST_ARGS adds arguments to pytest: PYTEST_ARGS="-k cluster".
"""

import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from config.cluster import ROOT, ClusterError, database
from config.run import RunError, Supervisor, collect_static_files, environment, say

PYTHON = sys.executable

# The settings of a real server, for Django's deployment checks.
PRODUCTION = {
    "DEBUG": "0",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
    "ALLOWED_HOSTS": "repere.example",
    "SECRET_KEY": secrets.token_urlsafe(64),
}


def checks() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Each check but pytest: what it looks at, its command, its added environment."""
    manage = [PYTHON, "manage.py"]
    npm = ["npm", "--prefix", "frontend", "run", "--silent"]
    yield "Python style", [PYTHON, "-m", "ruff", "check", "."], {}
    yield "Python format", [PYTHON, "-m", "ruff", "format", "--check", "."], {}
    # Read whole each time: after a change of a model the plugin of Django cannot find again, from
    # what mypy kept, the managers of models that did not change.
    yield "Types", [PYTHON, "-m", "mypy", "--no-incremental", "geo", "api"], {}
    yield "Import directions", [program("lint-imports")], {}
    yield "Migrations", [*manage, "makemigrations", "--check", "--dry-run"], {}
    yield (
        "Settings of a real server",
        [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    )
    yield "Templates", [PYTHON, "-m", "djlint", "--lint", *template_folders()], {}
    yield "JavaScript style", [*npm, "check"], {}
    yield "JavaScript tests", [*npm, "test"], {}


def template_folders() -> list[str]:
    """The folders of templates that exist, from the root of the checkout."""
    return [
        str(folder.relative_to(ROOT))
        for app in ("geo", "api", "frontend")
        for folder in [ROOT / app / "templates"]
        if folder.is_dir()
    ]


def program(name: str) -> str:
    """A program of the same virtual environment."""
    return str(Path(PYTHON).parent / name)


def run(title: str, command: list[str], added: dict[str, str]) -> bool:
    """Run one check under its header; True when it passed."""
    say(f"\n=== {title} " + "=" * max(0, 92 - len(title)))
    path = os.pathsep.join([str(Path(PYTHON).parent), os.environ.get("PATH", os.defpath)])
    began = time.monotonic()
    try:
        code = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment() | {"PATH": path} | added
        ).returncode
    except FileNotFoundError:
        say(f"{command[0]} is not installed.")
        code = 127
    say(f"--- {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s")
    return code == 0


def main() -> int:
    """Run all checks, then pytest; 0 when everything passed."""
    began = time.monotonic()
    try:
        with database(lambda _text: None):  # pytest's summary must come last
            collect_static_files(Supervisor())
            failed = [title for title, command, added in checks() if not run(title, command, added)]
            say(f"\n=== Summary before the tests, after {time.monotonic() - began:.0f} s ===")
            say("Failed: " + ", ".join(failed) if failed else "All checks passed.")
            say("\n=== Tests " + "=" * 87)
            extra = shlex.split(os.environ.get("PYTEST_ARGS", ""))
            pytest = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "tests", *extra]
            code = subprocess.run(
                pytest, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment()
            ).returncode
    except (ClusterError, RunError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return code or bool(failed)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
