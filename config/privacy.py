"""What no log may hold: where a person is, and what a person asked.

A position travels in query strings, and database errors repeat the values of a row. Both are
taken out here, for every handler, so that no view has to remember.
"""

import logging
import re
import traceback

# From a question mark to the end of the word: the query string of a path, URI or request line.
_QUERY_STRING = re.compile(r"\?\S*")


def without_query_string(text: str) -> str:
    """The text with each query string replaced by `?…`."""
    return _QUERY_STRING.sub("?…", text)


class NoQueryString(logging.Filter):
    """Writes the message out and takes query strings away; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record` in place."""
        record.msg = without_query_string(record.getMessage())
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
