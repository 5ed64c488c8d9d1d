"""The private PostGIS cluster of this checkout: start, stop, status.

PostgreSQL runs from `var/cluster` on a unix socket of its own, without a TCP port unless one
is asked for. It runs as the unprivileged user `postgres` when root starts it, and otherwise as
whoever starts it. Only the standard library is used: the settings import this module.

Who stops it. Everyone who needs the cluster holds a shared lock on `var/cluster.lock`; the
kernel takes it back when the process ends, however it ends. One process, the keeper, is the
parent of PostgreSQL and waits for the exclusive lock: it gets it when nobody is left, and stops
the server. PostgreSQL itself holds the lock on `var/cluster/keeper.lock`, which therefore tells
the truth even after a kill -9, and across containers.

    python -m config.cluster start | stop | status | remove
    python -m config.cluster with COMMAND…      the cluster is up while COMMAND runs
"""

import argparse
import ctypes
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
UNPACKED = ROOT / "var" / "system"  # what config/setup.sh installed without root
DATABASE = "repere"
ROLE = "repere"
PORT = 5432  # names the socket file; `PGPORT` of the environment must not change it

SOCKET_PATH_LIMIT = 107  # bytes; the kernel's sun_path has 108, the last is a zero
OLDEST_POSTGRESQL = 14  # major version
START_LIMIT = 60  # seconds; a crash recovery may take a while on a slow disk
STOP_LIMIT = 30  # seconds
LOG_LIMIT = 5_000_000  # bytes; a longer log is set aside at the next start
EXTENSIONS = ["postgis", "pg_trgm", "unaccent", "btree_gist"]
PREPARED = "1"  # raise it when PREPARE changes, and old clusters are prepared again

PACKAGES = (
    "Install PostgreSQL and PostGIS, then run this again: on Debian 12 "
    "`apt-get install --no-install-recommends postgresql-15-postgis-3`, on Fedora "
    "`dnf install postgresql-server postgis`, on macOS `brew install postgresql@17 postgis`. "
    "Or set DATABASE_URL to a PostGIS database that you already have."
)

# Nothing that a person typed may reach a log: no statement, no parameter, no error text
# (messages of level ERROR quote values; `log` keeps LOG, FATAL and PANIC only).
CONFIGURATION = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 80
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 1GB
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
log_destination = 'stderr'
log_statement = 'none'
log_min_messages = log
log_min_error_statement = panic
log_min_duration_statement = -1
log_min_duration_sample = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
log_connections = off
log_disconnections = off
log_lock_waits = off
log_temp_files = -1
log_autovacuum_min_duration = -1
track_activity_query_size = 1024
"""
CONFIGURATION_MARK = (
    "# --- written by config/cluster.py at each start; not kept below this line ---\n"
)

PREPARE = f"""\
SELECT 'CREATE ROLE {ROLE} LOGIN' WHERE NOT EXISTS
    (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
ALTER ROLE {ROLE} NOSUPERUSER CREATEDB NOCREATEROLE;
ALTER ROLE {ROLE} SET max_parallel_workers_per_gather = 0;
SELECT 'CREATE DATABASE {DATABASE} OWNER {ROLE}' WHERE NOT EXISTS
    (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""


class ClusterError(Exception):
    """The cluster cannot do what was asked; the message says what to do about it."""


@dataclass(frozen=True)
class Owner:
    """The operating system's user that PostgreSQL runs as."""

    uid: int
    gid: int
    name: str

    def run_as(self) -> dict[str, object]:
        """Arguments of `subprocess` that make a child run as this user."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


class Lock:
    """A lock on a whole file, which the kernel takes back when its holders end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self.descriptor = os.open(path, os.O_RDWR | flags, 0o644)
        except PermissionError:  # somebody else's file: reading is enough to lock it
            self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; False when it is taken and `wait` is False."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self.descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_soon(self) -> bool:
        """Take the lock within a second: somebody may just be looking whether it is free."""
        deadline = time.monotonic() + 1
        while not self.take(wait=False):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def write(self, text: str) -> None:
        """Leave a note for those who find the lock taken."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text.encode(), 0)

    def read(self) -> str:
        """The note that the holder left."""
        return os.pread(self.descriptor, 4096, 0).decode(errors="replace")

    def close(self) -> None:
        """Give the lock back."""
        os.close(self.descriptor)

    @classmethod
    def is_free(cls, path: Path, *, shared: bool = False) -> bool:
        """Whether the lock could be taken now."""
        if not path.exists():
            return True
        lock = cls(path)
        try:
            return lock.take(shared=shared, wait=False)
        finally:
            lock.close()


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `number` to the child when its parent ends (Linux).

    `parent` is this process, unless the arrangement is made by the child itself.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None).prctl  # found before the fork: afterwards only plain calls are safe
    parent = parent or os.getpid()

    def arrange() -> None:
        prctl(1, int(number), 0, 0, 0)  # 1 is PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it ended before the call above
            os.kill(os.getpid(), number)

    return arrange


def processes() -> Iterator[tuple[int, Path, str]]:
    """Each visible process as (id, working folder, command line); nothing without /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            folder = (entry / "cwd").readlink()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            yield int(entry.name), folder, command


def _bin_folders() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, most wanted first."""
    unpacked = UNPACKED / "usr" / "lib" / "postgresql"
    for base in (unpacked, Path("/usr/lib/postgresql")):
        yield from sorted(base.glob("*/bin"), key=_version_in, reverse=True)
    for pattern in ("usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin"):
        yield from sorted(Path("/").glob(pattern), key=_version_in, reverse=True)
    for base in ("usr/local/opt", "Applications/Postgres.app/Contents/Versions"):
        yield from sorted(Path("/").glob(f"{base}/*/bin"), key=_version_in, reverse=True)
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _version_in(path: Path) -> int:
    numbers = re.findall(r"\d+", path.parent.name)
    return int(numbers[0]) if numbers else 0


def _extension_folders(bin_folder: Path, major: int) -> list[Path]:
    """Where PostGIS's control file may lie for the programs of `bin_folder`."""
    shares = [
        bin_folder.parents[3] / "share" / "postgresql" / str(major)  # Debian
        if len(bin_folder.parents) > 3
        else bin_folder,
        bin_folder.parent / "share",
        bin_folder.parent / "share" / "postgresql",
        bin_folder.parent / "share" / "pgsql",
        Path(f"/opt/homebrew/share/postgresql@{major}"),
    ]
    return [share / "extension" for share in shares]


def find_programs(major: int | None = None) -> Path:
    """The folder of a PostgreSQL that has PostGIS, of version `major` when one is given.

    Raises:
        ClusterError: there is none.
    """
    without_postgis = None
    for folder in _bin_folders():
        if not all((folder / name).exists() for name in ("postgres", "initdb", "psql")):
            continue
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            env=_environment(),
        )
        version = re.search(r"(\d+)", answer.stdout)
        if answer.returncode or not version:
            continue
        number = int(version[1])
        if number < OLDEST_POSTGRESQL or (major and number != major):
            continue
        if any(
            (place / "postgis.control").exists() for place in _extension_folders(folder, number)
        ):
            return folder
        without_postgis = folder
    if major:
        raise ClusterError(
            f"The database of this checkout was made by PostgreSQL {major}, which is not on this "
            f"system with PostGIS. Install version {major} again, or throw the database away: "
            "`make reset-database CONFIRM=yes`."
        )
    if without_postgis:
        raise ClusterError(f"PostgreSQL is in {without_postgis}, but not PostGIS. {PACKAGES}")
    raise ClusterError(f"PostgreSQL {OLDEST_POSTGRESQL} or newer was not found. {PACKAGES}")


def _environment() -> dict[str, str]:
    """Environment of PostgreSQL's programs: nothing of the person's own settings."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C" if sys.platform == "darwin" else "C.UTF-8",
        "PGAPPNAME": "repere",
    }
    if UNPACKED.is_dir():
        folders = [*UNPACKED.glob("usr/lib/*-linux-gnu*"), *UNPACKED.glob("lib/*-linux-gnu*")]
        environment["LD_LIBRARY_PATH"] = ":".join(str(folder) for folder in folders)
        environment["PROJ_LIB"] = environment["PROJ_DATA"] = str(UNPACKED / "usr/share/proj")
    return environment


class Cluster:
    """The PostGIS cluster of the checkout at `root`."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.var = root / "var"
        self.link = self.var / "cluster"
        self.lock = self.var / "cluster.lock"
        self.start_lock = self.var / "cluster-start.lock"
        self.stay = self.var / "cluster.stay"  # there after `start`: nobody holds it, yet it runs
        self.password = self.var / "database-password"

    @property
    def folder(self) -> Path:
        """Where the cluster lies: `var/cluster`, or where this link leads."""
        return Path(os.path.realpath(self.link))

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What PostgreSQL itself writes; nothing of the site's visitors."""
        return self.folder / "log"

    @property
    def keeper_lock(self) -> Path:
        """Held as long as the keeper or any process of the server lives."""
        return self.folder / "keeper.lock"

    @property
    def elsewhere(self) -> str:
        """Name of what belongs to this checkout and cannot lie inside it."""
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()
        return f"repere-{digest[:8]}"

    @property
    def socket_folder(self) -> Path:
        """Folder of the unix socket; a short one when the checkout's path is too long."""
        folder = self.folder / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return folder
        return Path("/tmp") / f"{self.elsewhere}-{self.owner().uid}"

    def owner(self) -> Owner:
        """Who PostgreSQL runs as: who has the data, else `postgres` for root, else oneself.

        Raises:
            ClusterError: the data is somebody else's, or root has nobody to run it as.
        """
        me = os.geteuid()
        try:
            uid = (self.data / "PG_VERSION").stat().st_uid
        except PermissionError:
            uid = self.folder.stat().st_uid
        except FileNotFoundError:
            uid = me
            if me == 0:
                try:
                    uid = pwd.getpwnam("postgres").pw_uid
                except KeyError:
                    raise ClusterError(
                        "PostgreSQL refuses to run as root, and the user `postgres` does not "
                        "exist. Make it with `useradd --system postgres`, or run this as an "
                        "ordinary user."
                    ) from None
        if uid != me and me != 0:
            raise ClusterError(
                f"The database in {self.link} belongs to another user (uid {uid}). Run this with "
                "sudo as before, or use a checkout of your own."
            )
        try:
            user = pwd.getpwuid(uid)
        except KeyError:  # a container's user without a name
            return Owner(uid, os.getegid(), str(uid))
        return Owner(uid, user.pw_gid, user.pw_name)

    # --- what users of the cluster call

    @contextmanager
    def running(self, tcp_port: int | None = None, say: Callable[[str], None] = print) -> Iterator:
        """Have the cluster up inside the `with` block; the last to leave stops it."""
        self.var.mkdir(exist_ok=True)
        lock = Lock(self.lock)
        try:
            if not lock.take(shared=True, wait=False):
                say("The database is being stopped; it will be started again.")
                lock.take(shared=True)
            self.ensure(tcp_port, say)
            yield self
        finally:
            lock.close()
            self._wait_for_the_end(say)

    def ensure(self, tcp_port: int | None = None, say: Callable[[str], None] = print) -> None:
        """Start the cluster unless it runs. The caller holds the shared lock.

        Raises:
            ClusterError: it does not start, or runs without the TCP port asked for.
        """
        start_lock = Lock(self.start_lock)
        try:
            start_lock.take()
            programs = find_programs(self._version_of_data())
            if self._answers(programs):
                self._check_tcp_port(tcp_port)
            else:
                self._prepare_folder(say)
                self._make_data(programs, say)
                self._start_keeper(programs, tcp_port, say)
            self._prepare_databases(programs, tcp_port, say)
        finally:
            start_lock.close()

    def stop(self) -> bool:
        """Stop the cluster, whoever uses it; False when it was not running."""
        self.stay.unlink(missing_ok=True)
        if Lock.is_free(self.keeper_lock):
            return False
        keeper = Lock(self.keeper_lock)
        number = keeper.read().strip()
        keeper.close()
        if number.isdigit():
            with suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGTERM)
        deadline = time.monotonic() + STOP_LIMIT + 5
        while time.monotonic() < deadline:
            if Lock.is_free(self.keeper_lock):
                return True
            time.sleep(0.1)
        self._end_orphans(signal.SIGKILL)
        return True

    def is_running(self) -> bool:
        """Whether the keeper or the server is alive."""
        return not Lock.is_free(self.keeper_lock)

    def remove(self) -> None:
        """Throw the database away. What lies elsewhere is found through the link."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.link.is_symlink():
            self.link.unlink()
        self.password.unlink(missing_ok=True)

    # --- how it is made

    def _version_of_data(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except (FileNotFoundError, PermissionError, ValueError):
            return None

    def _prepare_folder(self, say: Callable[[str], None]) -> None:
        """Have `var/cluster` and the socket's folder, both closed to everyone else."""
        owner = self.owner()
        if not self.link.is_symlink() and not self.link.exists():
            if _may_enter(owner, self.var):
                self.link.mkdir(mode=0o700)
            else:
                target = Path("/var/lib") / self.elsewhere
                say(f"The user {owner.name} may not enter {self.var}: the database is in {target}.")
                self.link.symlink_to(target)
        for folder in (self.folder, self.socket_folder):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700, parents=True)
            status = folder.lstat()
            if folder.is_symlink() or status.st_uid not in (os.geteuid(), owner.uid):
                raise ClusterError(f"{folder} belongs to somebody else; remove it, then try again.")
            os.chown(folder, owner.uid, owner.gid)
            folder.chmod(0o700)

    def _make_data(self, programs: Path, say: Callable[[str], None]) -> None:
        """Run initdb beside `data` and rename: a half-made folder never bears the name."""
        if self._version_of_data() is None:
            say("Making the database cluster (once, about 10 seconds).")
            unfinished = self.folder / "data.unfinished"
            for folder in (unfinished, self.data):
                if folder.exists():
                    shutil.rmtree(folder)
            locale = "C" if sys.platform == "darwin" else "C.UTF-8"
            self._call(
                [programs / "initdb", "--pgdata", unfinished, "--username", "postgres"]
                + ["--encoding", "UTF8", "--locale", locale, "--data-checksums"]
                + ["--auth-local", "peer", "--auth-host", "scram-sha-256"]
            )
            unfinished.rename(self.data)
            (self.folder / "prepared").unlink(missing_ok=True)
        owner = self.owner()
        configuration = (self.data / "postgresql.conf").read_text()
        kept = configuration.split(CONFIGURATION_MARK)[0]
        self._write("postgresql.conf", kept + CONFIGURATION_MARK + CONFIGURATION)
        self._write(
            "pg_hba.conf",
            "local all all peer map=repere\n"
            f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n"
            f"host all {ROLE} ::1/128 scram-sha-256\n",
        )
        me = pwd.getpwuid(os.geteuid()).pw_name if _has_name(os.geteuid()) else owner.name
        names = dict.fromkeys(["root", "postgres", owner.name, me])
        lines = [f'repere "{name}" {ROLE}\n' for name in names]
        self._write("pg_ident.conf", "".join([*lines, f'repere "{owner.name}" postgres\n']))

    def _write(self, name: str, text: str) -> None:
        """Write a file of the data folder, by way of a new one so that it is never half there."""
        owner = self.owner()
        new = self.data / f"{name}.new"
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            os.fchown(descriptor, owner.uid, owner.gid)
        new.rename(self.data / name)

    def _prepare_databases(
        self, programs: Path, tcp_port: int | None, say: Callable[[str], None]
    ) -> None:
        """Create role, database and extensions; test databases copy template1's extensions."""
        marker = self.folder / "prepared"
        if not marker.exists() or marker.read_text() != PREPARED:
            say("Preparing the database: PostGIS, role and extensions.")
            extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {e};\n" for e in EXTENSIONS)
            for database, script in (
                ("template1", extensions),
                ("postgres", PREPARE),
                (DATABASE, extensions),
            ):
                self._psql(programs, database, script)
            marker.write_text(PREPARED)
        if tcp_port:
            if not self.password.exists():
                descriptor = os.open(self.password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_urlsafe(24))
            password = self.password.read_text().strip()
            self._psql(programs, "postgres", f"ALTER ROLE {ROLE} PASSWORD '{password}';\n")

    def _psql(self, programs: Path, database: str, script: str) -> None:
        self._call(
            [programs / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
            + ["--host", self.socket_folder, "--port", str(PORT)]
            + ["--username", "postgres", "--dbname", database],
            script,
        )

    def _call(self, command: list[Path | str], text: str = "") -> None:
        """Run one of PostgreSQL's programs as the cluster's owner.

        Raises:
            ClusterError: it failed; with what it said.
        """
        answer = subprocess.run(
            [str(word) for word in command],
            input=text,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=_environment(),
            preexec_fn=die_with_parent(signal.SIGTERM),
            **self.owner().run_as(),
        )
        if answer.returncode:
            said = (answer.stderr or answer.stdout).strip()
            raise ClusterError(f"{Path(command[0]).name} failed in {self.folder}:\n{said}")

    # --- how it is started and found

    def _answers(self, programs: Path) -> bool:
        if not self.socket_folder.is_dir():
            return False
        answer = subprocess.run(
            [programs / "pg_isready", "--quiet", "--host", self.socket_folder, "--port", str(PORT)]
            + ["--username", ROLE, "--dbname", DATABASE],
            env=_environment(),
        )
        return answer.returncode == 0

    def _check_tcp_port(self, tcp_port: int | None) -> None:
        if tcp_port and not _listens(tcp_port):
            raise ClusterError(
                f"The database already runs, without the TCP port {tcp_port}. Stop what uses it "
                "(`make stop`), then start again."
            )

    def _start_keeper(
        self, programs: Path, tcp_port: int | None, say: Callable[[str], None]
    ) -> None:
        """Start the keeper and wait until PostgreSQL answers."""
        if tcp_port and _listens(tcp_port):
            raise ClusterError(
                f"The TCP port {tcp_port} is taken by another program; choose another DB_PORT."
            )
        began = time.monotonic()
        told = 0.0
        keeper: subprocess.Popen | None = None
        while not self._answers(programs):
            waited = time.monotonic() - began
            if keeper and keeper.poll() is not None:
                raise ClusterError(
                    f"PostgreSQL did not start. The end of {self.log}:\n{self._end_of_log()}"
                )
            if keeper is None and Lock.is_free(self.keeper_lock):
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "config.cluster", "keep", "--root", self.root]
                    + ["--programs", programs]
                    + (["--tcp-port", str(tcp_port)] if tcp_port else []),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=ROOT,
                    start_new_session=True,
                )
            elif keeper is None and waited > 5:
                self._end_orphans(signal.SIGKILL)
            if waited > START_LIMIT:
                raise ClusterError(
                    f"PostgreSQL does not answer after {START_LIMIT} seconds. The end of "
                    f"{self.log}:\n{self._end_of_log()}"
                )
            if waited - told > 10:
                told = waited
                say(f"Waiting for the database, {waited:.0f} seconds so far.")
            time.sleep(0.05)

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        except OSError:
            return "(no log)"

    def _end_orphans(self, number: signal.Signals) -> None:
        """End server processes that outlived their keeper: those that work in our data folder."""
        for process, folder, _command in processes():
            if folder == self.data:
                with suppress(ProcessLookupError):
                    os.kill(process, number)

    def _wait_for_the_end(self, say: Callable[[str], None]) -> None:
        """Return once the server is stopped, or at once when somebody else uses it."""
        deadline = time.monotonic() + STOP_LIMIT
        while self.is_running() and not self.stay.exists() and time.monotonic() < deadline:
            nobody = Lock.is_free(self.lock)
            if not nobody and Lock.is_free(self.lock, shared=True):
                say("The database stays up: another command is using it.")
                return
            time.sleep(0.3)

    # --- the keeper's own process

    def keep(self, programs: Path, tcp_port: int | None) -> int:
        """Run PostgreSQL until nobody holds the shared lock. For the keeper's process."""
        keeper_lock = Lock(self.keeper_lock)
        if not keeper_lock.take_soon():
            return 0
        keeper_lock.write(str(os.getpid()))
        users = Lock(self.lock)
        asked_to_stop = False

        def stop(_number: int, _frame: FrameType | None) -> None:
            nonlocal asked_to_stop
            asked_to_stop = True

        signal.signal(signal.SIGTERM, stop)
        failures = 0
        while failures < 5:
            began = time.monotonic()
            server = self._start_server(programs, tcp_port, keeper_lock.descriptor)
            while server.poll() is None:
                alone = not self.stay.exists() and users.take(wait=False)
                if alone or asked_to_stop:
                    self._stop_server(server)
                    return 0
                time.sleep(0.2)
            # Somebody killed it. A server that had run is started again for those who use it.
            failures = 0 if time.monotonic() - began > 30 else failures + 1
            time.sleep(0.5)
        return 1

    def _start_server(
        self, programs: Path, tcp_port: int | None, lock_descriptor: int
    ) -> subprocess.Popen:
        self._end_orphans(signal.SIGQUIT)
        # We hold the keeper's lock, which servers inherit: no server is alive on this data. Left
        # alone, the file stops the start when its number meanwhile names another process.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.rename(self.log.with_suffix(".1"))
        options = [f"unix_socket_directories={self.socket_folder}", f"port={PORT}"]
        if tcp_port:
            # One number names both the socket file and the TCP port: the settings' name stays.
            options[1] = f"port={tcp_port}"
            options.append("listen_addresses=127.0.0.1")
        name = self.socket_folder / f".s.PGSQL.{PORT}"
        if name.is_symlink() or tcp_port:
            name.unlink(missing_ok=True)
        if tcp_port and tcp_port != PORT:
            name.symlink_to(f".s.PGSQL.{tcp_port}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        log = os.open(self.log, flags, 0o600)
        try:
            return subprocess.Popen(
                [programs / "postgres", "-D", self.data]
                + [word for option in options for word in ("-c", option)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=_environment(),
                pass_fds=[lock_descriptor],
                preexec_fn=die_with_parent(signal.SIGINT),
                **self.owner().run_as(),
            )
        finally:
            os.close(log)

    def _stop_server(self, server: subprocess.Popen) -> None:
        """Fast shutdown, then immediate, then kill."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            server.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                server.wait(STOP_LIMIT / 2)
                return


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _may_enter(owner: Owner, folder: Path) -> bool:
    """Whether `owner` may pass through `folder` and everything above it."""
    if owner.uid == os.geteuid():
        return True
    answer = subprocess.run(["test", "-x", folder], cwd="/", **owner.run_as())
    return answer.returncode == 0


def _listens(port: int) -> bool:
    """Whether something answers on this TCP port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tcp_port_asked() -> int | None:
    """The TCP port of `DB_PORT`, if one is asked for.

    Raises:
        ClusterError: it is not a port number.
    """
    text = os.environ.get("DB_PORT", "")
    if not text:
        return None
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise ClusterError(f"DB_PORT is {text!r}: give a number from 1024 to 65535.")
    return int(text)


def socket_folder() -> Path:
    """The folder that the settings name as HOST."""
    return Cluster().socket_folder


@contextmanager
def database(say: Callable[[str], None] = print) -> Iterator[None]:
    """Have a database inside the `with` block: the one of DATABASE_URL, else the cluster."""
    if os.environ.get("DATABASE_URL"):
        say("Using the database of DATABASE_URL.")
        yield
        return
    with Cluster().running(tcp_port_asked(), say):
        yield


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, do what it says, and turn what went wrong into one sentence."""
    parser = argparse.ArgumentParser(prog="python -m config.cluster", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("start", "stop", "status", "remove", "programs"):
        commands.add_parser(name)
    commands.add_parser("with").add_argument("words", nargs=argparse.REMAINDER)
    keeper = commands.add_parser("keep")
    keeper.add_argument("--root", type=Path, required=True)
    keeper.add_argument("--programs", type=Path, required=True)
    keeper.add_argument("--tcp-port", type=int)
    asked = parser.parse_args(arguments)

    cluster = Cluster()
    try:
        match asked.command:
            case "keep":
                return Cluster(asked.root).keep(asked.programs, asked.tcp_port)
            case "programs":
                _say(str(find_programs()))
            case "start":
                with cluster.running(tcp_port_asked(), _say):
                    cluster.stay.touch()
                _say(f"The database runs; its socket is in {cluster.socket_folder}.")
            case "stop":
                stopped = cluster.stop()
                _say("The database is stopped." if stopped else "The database was not running.")
            case "remove":
                cluster.remove()
                _say("The database is gone; `make run` makes a new one.")
            case "status":
                running = cluster.is_running()
                _say(f"{'running' if running else 'stopped'}: {cluster.folder}")
                return 0 if running else 3
            case "with":
                with database(_say):
                    return subprocess.run(asked.words).returncode
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
