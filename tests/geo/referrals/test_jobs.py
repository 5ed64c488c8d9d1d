"""Jobs that come again and again: each in its time, one process at a time, none keeps another."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone

from geo.models import JobRun
from geo.referrals import jobs
from geo.referrals.jobs import (
    RETRY_AFTER,
    Job,
    Ran,
    daily,
    each_pass,
    hourly,
    minutely,
    run,
    run_due,
)

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
MONTREAL = ZoneInfo("America/Toronto")
NOON = datetime(2026, 12, 1, 12, tzinfo=MONTREAL)


def counting(is_due, *answers):
    """A job that gives one answer after the other, or raises it."""
    left = list(answers)

    def act():
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Job("counting", is_due, act)


def test_a_job_of_each_pass_runs_at_each_pass():
    job = counting(each_pass, 1, 2)
    assert run(job, NOON) == Ran("counting", 1)
    assert run(job, NOON) == Ran("counting", 2)


def test_an_hourly_job_waits_an_hour():
    job = counting(hourly, 1, 2)
    assert run(job, NOON)
    assert run(job, NOON + timedelta(minutes=59)) is None
    assert run(job, NOON + timedelta(minutes=60))


def test_a_job_of_each_minute_waits_a_minute():
    job = counting(minutely, 1, 2)
    assert run(job, NOON)
    assert run(job, NOON + timedelta(seconds=59)) is None
    assert run(job, NOON + timedelta(seconds=60))


def test_a_daily_job_runs_when_the_day_of_quebec_begins():
    job = counting(daily, 1, 2)
    assert run(job, NOON)
    midnight = datetime(2026, 12, 2, tzinfo=MONTREAL)
    assert run(job, midnight - timedelta(seconds=1)) is None
    assert run(job, midnight)


def test_a_job_that_fails_is_kept_by_its_class_and_keeps_none_of_the_others(caplog):
    fails = Job("fails", each_pass, counting(each_pass, ValueError("Ana")).act)
    ran = run_due((fails, counting(each_pass, 1)), NOON)
    assert ran == [Ran("fails", None, "ValueError"), Ran("counting", 1)]
    kept = JobRun.objects.get(name="fails")
    assert (kept.last_error, kept.last_success_at) == ("ValueError", None)
    assert "The job fails failed: ValueError" in caplog.text
    assert "Ana" not in caplog.text


def test_a_job_that_fails_on_and_on_is_logged_once(caplog):
    job = counting(each_pass, ValueError(), ValueError(), 1, ValueError())
    for _time in range(4):
        run(job, NOON)
    assert caplog.text.count("failed") == 2
    assert JobRun.objects.get().last_success_at == NOON


def test_a_daily_job_that_failed_is_tried_again_after_a_while():
    job = counting(daily, ValueError(), 1)
    run(job, NOON)
    assert run(job, NOON + RETRY_AFTER - timedelta(seconds=1)) is None
    assert run(job, NOON + RETRY_AFTER) == Ran("counting", 1)
    assert JobRun.objects.get().last_error == ""


def test_a_job_that_is_at_work_in_another_process_is_left_to_it():
    with ThreadPoolExecutor(1) as other:
        other.submit(take_lock, "counting").result()
        assert run(counting(each_pass, 1)) is None
        other.submit(give_lock_back).result()
    assert run(counting(each_pass, 1)) == Ran("counting", 1)


def take_lock(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('repere.jobs'), hashtext(%s))", [name])


def give_lock_back():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    connections.close_all()


def test_the_lock_is_given_back_after_a_job_that_failed():
    run(counting(each_pass, ValueError()))
    with ThreadPoolExecutor(1) as other:
        other.submit(take_lock, "counting").result(timeout=5)
        other.submit(give_lock_back).result()


def test_a_database_that_went_away_is_no_failure_of_a_job():
    with pytest.raises(OperationalError):
        run(counting(each_pass, OperationalError()))


def test_every_job_of_the_list_runs_on_an_empty_network():
    ran = run_due(jobs.JOBS)
    assert [one.name for one in ran] == [job.name for job in jobs.JOBS]
    assert [one.error for one in ran] == [""] * len(ran)
    assert len({job.name for job in jobs.JOBS}) == len(jobs.JOBS)


def test_wrong_passwords_are_forgotten_after_a_day():
    for days in (0, 2):
        attempt = AccessAttempt.objects.create(
            username=f"u{days}", ip_address="192.0.2.1", failures_since_start=1
        )
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=timezone.now() - timedelta(days=days)
        )
    jobs._forget_attempts()
    assert AccessAttempt.objects.get().username == "u0"


# --- the command ----------------------------------------------------------------------------------


def test_the_command_tells_what_ran_and_what_was_not_due(capsys):
    call_command("run_jobs")
    first = capsys.readouterr().out
    assert "clock: Ticked(reminded=0" in first
    assert "outbox: Delivered(sent=0" in first
    call_command("run_jobs")
    assert "old-feedback: not due" in capsys.readouterr().out


def test_the_command_does_one_job_even_if_it_is_not_due(capsys):
    call_command("run_jobs")
    capsys.readouterr()
    call_command("run_jobs", only="old-feedback")
    assert capsys.readouterr().out == "old-feedback: 0\n"


@pytest.mark.parametrize(
    "options", [{"only": "nothing"}, {"every": 0}, {"every": 5, "only": "clock"}]
)
def test_the_command_refuses_what_makes_no_sense(options):
    with pytest.raises(CommandError):
        call_command("run_jobs", **options)


def test_the_command_ends_with_an_error_where_a_job_failed(monkeypatch):
    monkeypatch.setattr(jobs, "JOBS", (counting(each_pass, ValueError()),))
    with pytest.raises(CommandError):
        call_command("run_jobs")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_says_nothing_waits_for_a_database_and_ends_when_asked(number):
    # No database answers there: the loop has to live with that.
    nowhere = os.environ | {"DATABASE_URL": "postgis://nobody@127.0.0.1:1/nothing"}
    loop = subprocess.Popen(
        [sys.executable, "manage.py", "run_jobs", "--every", "1"],
        cwd=ROOT,
        env=nowhere | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = loop.stderr.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            loop.wait(2.5)  # two passes more
        loop.send_signal(number)
        said, complained = loop.communicate(timeout=20)
    finally:
        loop.kill()
    assert "The database does not answer" in first
    assert (said, complained, loop.returncode) == ("", "", 0)
