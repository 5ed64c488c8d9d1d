"""What a stranger runs: lock files, set-up, containers, and the page that explains them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.contrib.gis.gdal import GDAL_VERSION

from config.run import JOBS

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"]
SCRIPTS = ["config/setup.sh", "config/docker-database.sh", ".ci/run"]


def pinned(lock: str) -> dict[str, str]:
    """Package to version, of a lock file."""
    return dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;]+)", (ROOT / lock).read_text()))


def version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_host_and_no_path_of_a_machine(lock):
    text = (ROOT / lock).read_text()

    assert (
        re.findall(r"https?:|file:|--(?:extra-)?index|--find-links|@ |/(?!\w+\.toml)", text) == []
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_file_has_hashes(lock):
    packages = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / lock).read_text())[1:]

    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_developers_have_the_versions_that_visitors_have():
    developers = pinned("requirements-dev.lock")

    assert {name: developers.get(name) for name in pinned("requirements.lock")} == pinned(
        "requirements.lock"
    )


@pytest.mark.parametrize(
    ("package", "floor"), [("django", "5.2.19"), ("djangorestframework", "3.18.2")]
)
def test_versions_with_known_holes_stay_out(package, floor):
    assert version(pinned("requirements.lock")[package]) >= version(floor)


def test_gdal_is_one_that_django_can_keep_from_opening_files():
    assert GDAL_VERSION >= (3, 9)


def test_the_front_end_lock_names_no_host():
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())

    packages = {path: package for path, package in lock["packages"].items() if path}
    assert packages
    assert [path for path, package in packages.items() if "resolved" in package] == []
    assert [path for path, package in packages.items() if "integrity" not in package] == []


def test_npm_runs_no_script_of_a_package():
    lines = (ROOT / "frontend/.npmrc").read_text().splitlines()

    assert "ignore-scripts=true" in lines
    assert not [line for line in lines if "registry=" in line or "_auth" in line]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_read_by_bash_and_is_executable(script):
    answer = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True)

    assert answer.stderr == ""
    assert (ROOT / script).stat().st_mode & 0o111


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shellcheck_finds_nothing():
    answer = subprocess.run(["shellcheck", *SCRIPTS], cwd=ROOT, capture_output=True, text=True)

    assert answer.stdout == ""


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not installed")
def test_hadolint_finds_nothing():
    answer = subprocess.run(["hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True)

    assert answer.stdout == ""


def test_make_lists_every_command_it_has():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    targets = re.findall(r"(?m)^([a-z][a-z-]*):", (ROOT / "Makefile").read_text())

    assert targets
    assert [target for target in targets if f"make {target} " not in listed] == []


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_only_the_site_is_published_and_only_to_this_machine(compose):
    published = {name: service.get("ports") for name, service in compose["services"].items()}

    assert published == {
        "db": None,
        "jobs": None,
        "prepare": None,
        "web": ["${PUBLISH:-127.0.0.1:8000}:8000"],
    }


def test_every_secret_is_asked_for_and_none_has_a_default(compose):
    values = json.dumps(compose["services"])

    for name in ("POSTGRES_PASSWORD", "DATABASE_PASSWORD", "SECRET_KEY"):
        uses = re.findall(r"\$\{" + name + r"[^}]*\}", values)
        assert uses
        assert all(use.startswith("${" + name + ":?") for use in uses)


def test_the_site_waits_for_a_healthy_database_and_its_tables(compose):
    services = compose["services"]

    assert services["db"]["healthcheck"]["test"][1] == "pg_isready"
    assert services["prepare"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in ("web", "jobs"):
        assert services[name]["depends_on"]["prepare"] == {
            "condition": "service_completed_successfully"
        }


def test_the_jobs_of_containers_are_those_of_make_run(compose):
    assert compose["services"]["jobs"]["command"] == ["python", *JOBS]


def test_the_site_runs_without_privileges(compose):
    for name in ("prepare", "web", "jobs"):
        assert compose["services"][name]["read_only"] is True
        assert compose["services"][name]["cap_drop"] == ["ALL"]
    assert re.search(r"(?m)^USER 1\d+:", (ROOT / "Dockerfile").read_text())


def test_the_image_holds_what_it_copies():
    kept = (ROOT / ".dockerignore").read_text().splitlines()

    for source in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text()):
        for path in source.split():
            assert (ROOT / path).exists(), path
            assert f"!{Path(path).parts[0]}" in kept


def test_the_page_for_operators_lists_the_variables_that_are_read():
    read = set()
    for path in (ROOT / "config").glob("*.py"):
        read |= set(
            re.findall(
                r'(?:os\.environ\.get|os\.environ\[|_flag|_words)\(?"([A-Z_]+)"', path.read_text()
            )
        )
    read -= {"PATH", "MAKELEVEL", "DJANGO_SETTINGS_MODULE"}
    page = (ROOT / "docs/operations.md").read_text()

    assert set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", page)) == read


def test_the_page_for_operators_lists_the_commands_of_make():
    page = (ROOT / "docs/operations.md").read_text()
    targets = re.findall(r"(?m)^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text())

    assert [
        name for name in targets if f"`make {name}" not in page and name not in {"help", "setup"}
    ] == []
