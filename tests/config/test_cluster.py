"""The private cluster: it starts anywhere, is shared, survives kills, and writes nothing down."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from config import cluster as module
from config.cluster import PORT, SOCKET_PATH_LIMIT, Cluster, ClusterError, Lock

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="DATABASE_URL: no private cluster here"
    ),
]


def quiet(_text: str) -> None:
    """Say nothing."""


def connect(cluster: Cluster, database: str = "repere") -> psycopg.Connection:
    return psycopg.connect(
        host=str(cluster.socket_folder), port=PORT, user="repere", dbname=database, autocommit=True
    )


def server_process(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture(scope="module")
def made():
    """A cluster that was made once; each test starts and stops it."""
    root = Path(tempfile.mkdtemp(prefix="repere-test-"))
    cluster = Cluster(root)
    yield cluster
    cluster.remove()
    shutil.rmtree(root)


def test_the_role_can_make_databases_that_have_postgis(made):
    with made.running(say=quiet), connect(made) as connection:
        connection.execute("CREATE DATABASE copied")
        with connect(made, "copied") as copied:
            names = {name for (name,) in copied.execute("SELECT extname FROM pg_extension")}
            is_superuser = copied.execute("SHOW is_superuser").fetchone()[0]
        connection.execute("DROP DATABASE copied")

    assert names >= {"postgis", "pg_trgm", "unaccent", "btree_gist"}
    assert is_superuser == "off"


def test_the_last_to_leave_stops_the_server(made):
    with ExitStack() as second:
        with made.running(say=quiet):
            second.enter_context(made.running(say=quiet))
        assert made.is_running()
        with connect(made) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not made.is_running()


def test_a_killed_server_is_started_again_for_those_who_use_it(made):
    with made.running(say=quiet):
        killed = server_process(made)
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with connect(made):
                    break
            except psycopg.OperationalError:
                time.sleep(0.1)

        assert server_process(made) != killed


def test_a_killed_keeper_takes_the_server_with_it_and_the_next_start_works(made):
    with made.running(say=quiet):
        os.kill(int(made.keeper_lock.read_text()), signal.SIGKILL)
        deadline = time.monotonic() + 20
        while made.is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not made.is_running()

    with made.running(say=quiet), connect(made) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_stale_number_in_postmaster_pid_does_not_block_the_start(made):
    with made.running(say=quiet):
        stale = (made.data / "postmaster.pid").read_text().splitlines()
    owner = made.owner()
    pretender = subprocess.Popen(["sleep", "60"], **owner.run_as())
    stale[0] = str(pretender.pid)
    (made.data / "postmaster.pid").write_text("\n".join(stale))

    with made.running(say=quiet), connect(made) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    pretender.kill()
    pretender.wait()


def test_no_statement_and_no_value_reaches_the_log(made):
    with made.running(say=quiet), connect(made) as connection:
        connection.execute("CREATE TEMPORARY TABLE place (id int UNIQUE, near text)")
        connection.execute("INSERT INTO place VALUES (48428, 'MARKER')")
        for statement in (
            "SELECT 'MARKER 48.42871'::float",
            "SELECT ST_GeomFromText('POINT(MARKER 48.42871)')",
            "INSERT INTO place VALUES (48428, 'MARKER')",
            "SELECT MARKER_48_42871",
            "SELECT pg_sleep(0.2), 'MARKER'",
            "SELECT 'MARKER', pg_terminate_backend(pg_backend_pid())",
        ):
            try:
                connection.execute(statement)
            except psycopg.Error:
                continue

    written = made.log.read_text()
    assert "ready to accept connections" in written
    assert "MARKER" not in written
    assert "48428" not in written


def test_the_server_has_no_tcp_port_unless_one_is_asked_for(made):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with made.running(say=quiet), connect(made) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        with pytest.raises(ClusterError, match="make stop"):
            made.ensure(tcp_port=port, say=quiet)

    with made.running(tcp_port=port, say=quiet):
        with connect(made) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert made.password.stat().st_mode & 0o777 == 0o600
        password = made.password.read_text()
        address = {"host": "127.0.0.1", "port": port, "user": "repere", "dbname": "repere"}
        with psycopg.connect(**address, password=password) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**address, password="wrong")


def test_an_initdb_cut_short_is_done_again():
    root = Path(tempfile.mkdtemp(prefix="repere-test-"))
    cluster = Cluster(root)
    cluster.var.mkdir()
    cluster._prepare_folder(quiet)
    for name in ("data.unfinished", "data"):
        (cluster.folder / name).mkdir()
        (cluster.folder / name / "half-made").touch()

    with cluster.running(say=quiet), connect(cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    cluster.remove()
    shutil.rmtree(root)


def test_a_long_path_gets_a_short_socket_folder(tmp_path):
    root = tmp_path / ("a-long-name-" * 12)

    folder = Cluster(root).socket_folder

    assert len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT
    assert folder.parent == Path("/tmp")
    assert folder != Cluster(root / "other").socket_folder


def test_an_absent_postgresql_is_said_with_the_packages_to_install(monkeypatch):
    monkeypatch.setattr(module, "_bin_folders", lambda: iter(()))

    with pytest.raises(ClusterError, match="apt-get install .*postgis"):
        module.find_programs()


@pytest.mark.parametrize("text", ["80", "five", "70000", "-1"])
def test_a_wrong_db_port_is_refused_with_its_bounds(text, monkeypatch):
    monkeypatch.setenv("DB_PORT", text)

    with pytest.raises(ClusterError, match="1024 to 65535"):
        module.tcp_port_asked()


def test_a_lock_is_given_back_when_its_holder_is_closed(tmp_path):
    holder, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")

    assert holder.take(shared=True)
    assert other.take(shared=True, wait=False)
    other.close()
    assert not Lock.is_free(tmp_path / "lock")
    holder.close()
    assert Lock.is_free(tmp_path / "lock")
