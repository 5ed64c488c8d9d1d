"""`make run`: the database, the site's tables and files, then the web server and its jobs.

    python -m config.run         until Ctrl-C
    python -m config.run stop    stop the one that runs, and the database
    python -m config.run health  exit code 0 when the first page answers (for containers)

HOST and PORT choose the address, 127.0.0.1:8000 otherwise.
"""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from config.cluster import (
    ROOT,
    Cluster,
    ClusterError,
    Lock,
    database,
    die_with_parent,
    processes,
)

VAR = ROOT / "var"
RUN_LOCK = VAR / "run.lock"
SECRET_KEY = VAR / "secret-key"
STATIC = VAR / "static"
MAIL = VAR / "mail"
STATIC_STAMP = VAR / "static.stamp"
FIRST_PAGE = "/fr/"
GUNICORN = "python:config.gunicorn"
JOBS = ["manage.py", "run_jobs", "--every", "10"]  # seconds between two passes
READY_LIMIT = 60  # seconds
STOP_LIMIT = 15  # seconds
ORPHAN_LIMIT = 5  # seconds that a server left behind has to end by itself
HEARTBEAT = 10  # seconds between two signs of life of a long step
LOOK_EVERY = 1  # seconds between two looks at the children
START_AGAIN_AFTER = 5  # seconds at least between two starts of the jobs


class RunError(Exception):
    """The site cannot be started; the message says what to do."""


class StopAsked(BaseException):
    """Ctrl-C, `make stop` or the system asked to stop."""


def say(text: str) -> None:
    """Print a line at once, whatever the output is connected to."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Supervisor:
    """Runs the steps, then the server and its jobs, and ends them when asked."""

    def __init__(self) -> None:
        self.children: list[subprocess.Popen] = []
        self.stopping = False

    def listen(self) -> None:
        """Have signals end the run: the first cleanly, the second at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            say("Stopping at once.")
            for child in self.children:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
            os._exit(130)  # the database's keeper notices, and stops it
        self.stopping = True
        raise StopAsked

    def start(self, command: list[str], **options: object) -> subprocess.Popen:
        """Start a child that ends with us, in a session of its own: Ctrl-C is ours alone."""
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment(),
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
            **options,
        )
        self.children.append(child)
        return child

    def end_children(self) -> None:
        """Stop the children together, gently, then not."""
        for child in self.children:
            with suppress(ProcessLookupError):
                child.terminate()
        deadline = time.monotonic() + STOP_LIMIT
        for child in self.children:
            try:
                child.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.children.clear()

    def stay(self, server: subprocess.Popen, jobs: list[str]) -> int:
        """Run the jobs beside the server until it ends, and start them again when they do.

        Returns:
            The exit code of the server.
        """
        loop, began = self.start(jobs), time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                code = server.wait(LOOK_EVERY)
                self.children.remove(server)
                return code
            if loop.poll() is None or time.monotonic() - began < START_AGAIN_AFTER:
                continue
            say(f"The jobs ended unexpectedly (code {loop.returncode}); they start again.")
            self.children.remove(loop)
            loop, began = self.start(jobs), time.monotonic()

    def step(self, title: str, *arguments: str) -> None:
        """Run one management command, and say how long it took.

        Raises:
            RunError: the command failed.
        """
        say(f"→ {title}")
        began = time.monotonic()
        with heartbeat(began):
            child = self.start([sys.executable, "manage.py", *arguments])
            code = child.wait()
        self.children.remove(child)
        if code:
            raise RunError(f"`manage.py {arguments[0]}` failed; its message is above.")
        say(f"  {time.monotonic() - began:.1f} s")


@contextmanager
def heartbeat(began: float) -> Iterator[None]:
    """Print the time gone by, every few seconds, while the block runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT):
            say(f"  … {time.monotonic() - began:.0f} s")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


def environment() -> dict[str, str]:
    """The children's environment: libpq's own variables would redirect them elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"PYTHONUNBUFFERED": "1", "HOST": host(), "PORT": str(port())}


def host() -> str:
    """The address to listen on, of HOST."""
    return os.environ.get("HOST") or "127.0.0.1"


def port() -> int:
    """The port of PORT, 8000 otherwise.

    Raises:
        RunError: it is not a port number.
    """
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise RunError(
            f"PORT is {text!r}: give a number from 1 to 65535, as in make run PORT=8001."
        )
    return int(text)


def address() -> str:
    """Where a person on this machine finds the site."""
    name = "127.0.0.1" if host() in {"0.0.0.0", "::", ""} else host()
    return f"http://{name}:{port()}{FIRST_PAGE}"


@contextmanager
def terminal_to_ourselves() -> Iterator[None]:
    """Ctrl-C in the terminal reaches this process only, not `make`, which would call it an error.

    Does nothing without a terminal, or when another program has it.
    """
    terminal = None
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    if terminal is None:
        yield
        return
    before = None
    try:
        with suppress(OSError):
            if os.tcgetpgrp(terminal) == os.getpgrp() and os.getpid() != os.getpgrp():
                before = os.getpgrp()
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # the shell would not see us stop
                os.setpgid(0, 0)
                os.tcsetpgrp(terminal, os.getpgrp())
        yield
    finally:
        if before is not None:
            with suppress(OSError):
                os.tcsetpgrp(terminal, before)
        os.close(terminal)


def end_orphans() -> None:
    """End a web server of this checkout, and jobs, that outlived their `make run`."""
    ours = (GUNICORN, " ".join(JOBS))
    orphans = [
        process
        for process, folder, command in processes()
        if folder == ROOT and process != os.getpid() and any(name in command for name in ours)
    ]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in orphans:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)
        deadline = time.monotonic() + ORPHAN_LIMIT
        while orphans and time.monotonic() < deadline:
            alive = {process for process, _folder, _command in processes()}
            orphans = [process for process in orphans if process in alive]
            time.sleep(0.1)


def check_port_is_free() -> None:
    """Raise RunError when another program has the port."""
    family = socket.AF_INET6 if ":" in host() else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), port()))
        except PermissionError:
            raise RunError(f"Port {port()} is reserved for root: use make run PORT=8001.") from None
        except OSError as error:
            raise RunError(
                f"Port {port()} of {host()} is taken by another program ({error.strerror}). "
                f"Choose another: make run PORT={port() + 1}"
            ) from None


def static_files_state() -> str:
    """A digest that changes when the files that collectstatic reads may have changed."""
    digest = hashlib.sha256()
    for name in ("requirements.lock", "config/settings.py"):
        digest.update((ROOT / name).read_bytes())
    for folder in ("frontend/dist", "frontend/static", "geo/static", "api/static"):
        for path in sorted((ROOT / folder).rglob("*")):
            status = path.stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static_files(supervisor: Supervisor) -> None:
    """Bring `var/static` up to date; `make run` and `make test` may both want to."""
    lock = Lock(VAR / "static.lock")
    try:
        lock.take()
        state = static_files_state()
        if STATIC.is_dir() and STATIC_STAMP.exists() and STATIC_STAMP.read_text() == state:
            return
        # Without --clear: a site that runs keeps the files that its pages name.
        supervisor.step(
            "Collecting the static files", "collectstatic", "--noinput", "--verbosity", "0"
        )
        STATIC_STAMP.write_text(state)
    finally:
        lock.close()


def name_of_the_site() -> str:
    """A host name that the site accepts: the first of ALLOWED_HOSTS, else this machine's."""
    names = os.environ.get("ALLOWED_HOSTS", "").split(",")
    name = names[0].strip().lstrip(".")
    return name if name and name != "*" else f"127.0.0.1:{port()}"


def answer_of_the_site() -> int:
    """HTTP status of the first page, 0 while nothing answers."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host(), host())
    connection = http.client.HTTPConnection(name, port(), timeout=10)
    try:
        # As a proxy in front would ask: otherwise HTTPS=1 answers with a redirection.
        headers = {"Host": name_of_the_site(), "X-Forwarded-Proto": "https"}
        connection.request("GET", FIRST_PAGE, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def wait_until_ready(server: subprocess.Popen) -> None:
    """Return once the first page answers 200, or say what it answers instead.

    Raises:
        RunError: the server ended, or nothing answers.
    """
    began = time.monotonic()
    status = 0
    while time.monotonic() - began < READY_LIMIT:
        if server.poll() is not None:
            raise RunError("The web server did not start; its message is above.")
        status = answer_of_the_site()
        if status == 200:
            say(f"Repère is ready: {address()}")
            return
        if status and time.monotonic() - began > 10:
            break
        time.sleep(0.1)
    if not status:
        raise RunError(f"The web server does not answer after {READY_LIMIT} seconds.")
    say(f"The web server runs, but {address()} answers {status} instead of 200.")


def serve(supervisor: Supervisor) -> None:
    """Bring everything up and stay until stopped."""
    supervisor.step("Bringing the tables up to date", "migrate", "--noinput", "--verbosity", "1")
    supervisor.step("Loading the directory", "load_fixtures")
    supervisor.step("Measuring coverage", "compute_coverage", "--missing", "--verbosity=0")
    collect_static_files(supervisor)
    MAIL.mkdir(mode=0o700, exist_ok=True)  # mails hold links that open something
    say("→ Starting the web server")
    server = supervisor.start(
        [sys.executable, "-m", "gunicorn", "--config", GUNICORN, "config.wsgi"]
    )
    wait_until_ready(server)
    code = supervisor.stay(server, [sys.executable, *JOBS])
    raise RunError(f"The web server ended unexpectedly (code {code}). Start again with `make run`.")


def run() -> int:
    """Start the site and stay until asked to stop; 0 when it was asked."""
    VAR.mkdir(exist_ok=True)
    lock = Lock(RUN_LOCK)
    if not lock.take_soon():
        process, _space, where = lock.read().partition(" ")
        say(f"Repère already runs: {where} (process {process}). `make stop` stops it.")
        return 0
    lock.write(f"{os.getpid()} {address()}")
    if "MAKELEVEL" in os.environ:  # when `make` is killed, so is what it started
        die_with_parent(signal.SIGTERM, parent=os.getppid())()
    supervisor = Supervisor()
    supervisor.listen()
    try:
        end_orphans()
        check_port_is_free()
        began = time.monotonic()
        say("→ Starting the database")
        with database(say):
            say(f"  {time.monotonic() - began:.1f} s")
            try:
                serve(supervisor)
            finally:
                supervisor.stopping = True
                supervisor.end_children()
    except StopAsked:
        say("Repère is stopped.")
        return 0
    finally:
        lock.close()
    return 0


def stop() -> int:
    """Stop the site that runs, then the database."""
    if not Lock.is_free(RUN_LOCK):
        lock = Lock(RUN_LOCK)
        process = lock.read().partition(" ")[0]
        lock.close()
        if process.isdigit():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGTERM)
        deadline = time.monotonic() + 2 * STOP_LIMIT
        while not Lock.is_free(RUN_LOCK) and time.monotonic() < deadline:
            time.sleep(0.1)
        say("Repère is stopped.")
    end_orphans()
    if Cluster().stop():
        say("The database is stopped.")
    return 0


def main(arguments: list[str]) -> int:
    """Run, or stop what runs; what went wrong becomes one sentence."""
    if arguments not in ([], ["stop"], ["health"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        if arguments == ["health"]:
            return 0 if answer_of_the_site() in {200, 301} else 1
        if arguments == ["stop"]:
            return stop()
        with terminal_to_ourselves():
            return run()
    except (RunError, ClusterError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
