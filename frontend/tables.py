"""Tables to download, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What a spreadsheet takes for a formula, and would run.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence]) -> HttpResponse:
    """A CSV file (RFC 4180) named `name`, with the names of its columns in the first line.

    It begins with a byte order mark: Excel takes a file without one for Windows-1252 and breaks
    every accent; pandas and R pass over the mark. There are no lines of comment above the columns:
    a spreadsheet would take the first for the header, and a `#` in a name would cut a line in
    pandas. What a reader must know is in columns.
    """
    response = HttpResponse("\N{BYTE ORDER MARK}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows([safe(value) for value in row] for row in rows)
    return response


def safe(value: object) -> object:
    """A value that no spreadsheet runs: an apostrophe stands before what looks like a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value
