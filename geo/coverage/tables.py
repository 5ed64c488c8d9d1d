"""Tables with their notes inside, as bytes of a file: CSV and spreadsheet.

A file travels alone: the notes say what the figures are wherever it ends up.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

from geo.coverage.method import Note

# A spreadsheet runs a text that begins with one of these as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

# Without it, spreadsheets take UTF-8 for an old encoding, and accents break.
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

DATA_SHEET = "data"
METHOD_SHEET = "method"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values, None for what is not known, and what must be said beside them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[Note]


def guarded(value: Any) -> Any:
    """A value that a spreadsheet shows and does not run."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value


def to_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark: the notes on lines that begin with `#`, then the table."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    for label, text in table.notes:
        # One line each, whatever a source has in its name.
        out.write(f"# {label}: {' '.join(text.split())}\r\n")
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([guarded(value) for value in row] for row in table.rows)
    return out.getvalue().encode()


def to_xlsx(table: Table) -> bytes:
    """A workbook of two sheets, `data` and `method`."""
    book = Workbook(write_only=True)
    data = book.create_sheet(DATA_SHEET)
    data.freeze_panes = "A2"
    data.append(list(table.columns))
    for row in table.rows:
        data.append([guarded(value) for value in row])
    method = book.create_sheet(METHOD_SHEET)
    for label, text in table.notes:
        method.append([guarded(label), guarded(text)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
