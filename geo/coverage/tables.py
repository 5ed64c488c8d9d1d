"""Tables with their notes inside, as bytes of a file: CSV and spreadsheet.

A file travels alone: it says itself what its figures are, wherever it ends up.
"""

import csv
import io
from collections.abc import Mapping, Sequence
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
    """Rows of plain values, None for what is not known, and what must be said beside them.

    Attributes:
        notes: for a sheet or a layer of their own.
        about: the same for files of one table: columns that say the same in each row.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[Note]
    about: Mapping[str, str]


def guarded(value: Any) -> Any:
    """A value that a spreadsheet shows and does not run."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value


def to_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark; the names of the columns first, and `about` in each row.

    No line of comment stands above the columns: a spreadsheet would take the first one for the
    header, and a `#` in a name would cut a row short in pandas.
    """
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    about = {name: text for name, text in table.about.items() if name not in table.columns}
    said = [guarded(text) for text in about.values()]
    writer.writerow([*table.columns, *about])
    writer.writerows([*map(guarded, row), *said] for row in table.rows)
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
