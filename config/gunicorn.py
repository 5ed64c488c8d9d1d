"""How gunicorn serves the site, and what it may write down.

A position travels in the query string, and sometimes elsewhere when a request is malformed. No
log holds a query string, a header, an address of a visitor, or the text of a refused request.

    gunicorn --config python:config.gunicorn config.wsgi
"""

import json
import os
import re
import signal
import socket
from http import HTTPStatus
from logging import Formatter, LogRecord
from pathlib import Path

from gunicorn import util
from gunicorn.glogging import Logger

from config.cluster import die_with_parent
from config.privacy import PrivateFormatter, private_text

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST_PATH = 200  # characters of a path that are logged


def loggable_path(path: str) -> str:
    """A path as the access log may hold it: one line, not endless, no coordinate."""
    return private_text(_CONTROL.sub("�", path))[:LONGEST_PATH]


class PrivateErrorFormatter(PrivateFormatter):
    """Gunicorn's own messages without what the visitor sent."""

    def format(self, record: LogRecord) -> str:
        """Say that a request was refused or failed, never what it held."""
        message = record.getMessage()
        if message.startswith("Invalid request from"):
            message = "A malformed request was refused."
        elif message.startswith("Error handling request"):
            message = "A request failed in the server."
        elif record.exc_info and isinstance(record.msg, Exception):
            message = type(record.msg).__name__
        private = LogRecord(
            record.name,
            record.levelno,
            record.pathname,
            record.lineno,
            private_text(message),
            None,
            record.exc_info,
        )
        private.created, private.process = record.created, record.process
        return super().format(private)


class PrivateLogger(Logger):
    """Gunicorn's logger, which forgets who asked what."""

    def setup(self, cfg) -> None:
        """Install the formatters that leave visitors' data out."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(PrivateErrorFormatter(self.error_fmt, self.datefmt))
        for handler in self.access_log.handlers:
            handler.setFormatter(Formatter(self.access_fmt))

    def atoms(self, resp, req, environ, request_time) -> dict[str, object]:
        """Only the atoms that `access_log_format` names."""
        atoms = super().atoms(resp, req, environ, request_time)
        kept = {name: atoms[name] for name in ("t", "m", "s", "B", "M")}
        return kept | {"U": loggable_path(environ.get("PATH_INFO") or "-")}


def write_problem(sock: socket.socket, status: int, _reason: str, _message: str) -> None:
    """Refuse what never reaches Django in the one shape of every error (RFC 9457).

    Takes the place of gunicorn's own answer, which is HTML and repeats what was sent. An address
    that is too long is a bad request like any other.
    """
    if status == HTTPStatus.REQUEST_URI_TOO_LONG:
        status = HTTPStatus.BAD_REQUEST
        detail = f"The address is too long: at most {limit_request_line} bytes."
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = "Something broke on our side; it was written down."
    else:
        detail = "The request cannot be read: check its first line and its headers."
    title = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": int(status),
        "detail": detail,
        "errors": [{"parameter": "request", "detail": detail}],
    }
    content = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {int(status)} {title}\r\nConnection: close\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + content)


util.write_error = write_problem


def post_fork(_server, _worker) -> None:
    """A worker ends with its master, even when the master is killed."""
    die_with_parent(signal.SIGTERM, parent=os.getppid())()


# The most that gunicorn takes; the default of 4,094 would refuse questions that we answer.
limit_request_line = 8190
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
chdir = str(Path(__file__).resolve().parent.parent)
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
timeout = 60  # seconds
graceful_timeout = 5  # seconds that a running request has when the server is stopped
keepalive = 5  # seconds
# A crawler or a leak costs one worker's restart; the jitter keeps them from restarting together.
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
control_socket_disable = True
logger_class = PrivateLogger
accesslog = "-"
errorlog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)s"
