"""`make run` keeps the server's jobs at work, and ends both."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

from config import run as module
from config.run import JOBS, Supervisor

ROOT = Path(__file__).resolve().parents[2]

# Leaves a line for each start, and ends as it is told.
JOB = """
import pathlib, sys, time
path = pathlib.Path(sys.argv[1])
path.write_text((path.read_text() if path.exists() else "") + "started\\n")
if sys.argv[2] == "ends":
    sys.exit(3)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(module, "START_AGAIN_AFTER", 0.2)


@pytest.fixture
def supervisor():
    made = Supervisor()
    yield made
    made.end_children()


def job(path, behaviour):
    return [sys.executable, "-c", JOB, str(path), behaviour]


def server(seconds, code=0):
    return [sys.executable, "-c", f"import sys, time; time.sleep({seconds}); sys.exit({code})"]


def test_jobs_that_end_are_started_again_and_it_is_said(supervisor, tmp_path, capsys):
    code = supervisor.stay(supervisor.start(server(3, 7)), job(tmp_path / "starts", "ends"))

    assert code == 7
    assert (tmp_path / "starts").read_text().count("started") >= 2
    assert "The jobs ended unexpectedly (code 3)" in capsys.readouterr().out


def test_jobs_that_run_are_left_alone_and_nothing_is_said(supervisor, tmp_path, capsys):
    supervisor.stay(supervisor.start(server(2)), job(tmp_path / "starts", "runs"))

    assert (tmp_path / "starts").read_text() == "started\n"
    assert capsys.readouterr().out == ""


def test_jobs_end_with_the_site(supervisor, tmp_path):
    supervisor.stay(supervisor.start(server(1)), job(tmp_path / "starts", "runs"))
    (jobs,) = supervisor.children

    supervisor.end_children()

    assert jobs.returncode == -signal.SIGTERM
    assert supervisor.children == []


def test_what_does_not_end_when_asked_is_ended(supervisor, monkeypatch):
    monkeypatch.setattr(module, "STOP_LIMIT", 0.5)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"
    child = supervisor.start([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    child.stdout.readline()

    supervisor.end_children()

    assert child.returncode == -signal.SIGKILL
    child.stdout.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children")
def test_a_killed_supervisor_takes_the_jobs_with_it(tmp_path):
    starts = tmp_path / "starts"
    program = (
        "from config.run import Supervisor\n"
        f"made = Supervisor()\nchild = made.start({job(starts, 'runs')!r})\n"
        "print(child.pid, flush=True)\nchild.wait()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    ended = os.pidfd_open(child)

    parent.kill()
    parent.communicate()

    assert select([ended], [], [], 10)[0]
    os.close(ended)


def test_the_jobs_are_a_command_of_ours():
    answer = subprocess.run(
        [sys.executable, *JOBS[:2], "--help"], cwd=ROOT, capture_output=True, text=True
    )

    assert JOBS[2] in answer.stdout
