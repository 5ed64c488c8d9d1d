"""What no log and no cache may hold: where a person is, and what a person asked.

A position travels in query strings, and database errors repeat the values of a row. Both are
taken out here, for every handler, so that no view has to remember.
"""

import logging
import re
import traceback
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

# From a question mark to the end of the word: the query string of a path, URI or request line.
_QUERY_STRING = re.compile(r"\?\S*")

# A decimal number in a path is a coordinate until proven otherwise: no address of ours has one.
_DECIMAL = re.compile(r"\d+(?:\.|%2[eE])\d{2,}")


class PositionNotStored:
    """Keeps answers about a position out of every cache: others may read the phone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the rest of the site."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say that the answer is not to be kept."""
        response = self.get_response(request)
        if "lat" in request.GET or "lon" in request.GET:
            patch_cache_control(response, private=True, no_store=True)
        return response


def private_text(text: str) -> str:
    """The text without query strings and without what may be a coordinate."""
    return _DECIMAL.sub("…", _QUERY_STRING.sub("?…", text))


class NoPosition(logging.Filter):
    """Writes the message out without what may tell a position; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record` in place."""
        record.msg = private_text(record.getMessage())
        record.args = None
        return True


class PrivateFormatter(logging.Formatter):
    """Tracebacks as frames and exception classes; what the exception said is left out.

    The text of a database error repeats the statement and the row; that of a parsing error, the
    input. The frames are enough to find the line.
    """

    def formatException(self, ei) -> str:  # noqa: N802 (the name is logging's)
        """Frames of the whole chain of exceptions, without their messages."""
        _kind, error, _frames = ei
        lines: list[str] = []
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines = [
                f"{type(error).__module__}.{type(error).__qualname__}",
                *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
                *lines,
            ]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
