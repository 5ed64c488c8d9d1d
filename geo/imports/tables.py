"""Tables of facts that an operator gives as CSV: cells become values, wrong ones become issues.

Pure: knows no model. A reader asks a `Line` for its cells; whatever cannot be taken is noted with
the number of the line, and the reader goes on, so that one look shows every mistake of a file.
"""

import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geo.errors import UnreadableFile

SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong in a line of a file, and what to do about it."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.message}"


@dataclass(slots=True)
class Line:
    """A line of a table.

    Attributes:
        number: as an editor counts, the header being 1.
        cells: text by column, without spaces around it.
        has_decimal_comma: `12,5` may stand for 12.5, since no comma separates the cells.
        issues: what was found wrong so far.
    """

    number: int
    cells: dict[str, str]
    has_decimal_comma: bool = False
    issues: list[Issue] = field(default_factory=list)

    def refuse(self, column: str, message: str) -> None:
        """Note that a cell cannot be taken."""
        self.issues.append(Issue(self.number, column, message))

    def text(self, column: str) -> str:
        """A cell that must not be empty."""
        value = self.cells[column]
        if not value:
            self.refuse(column, "is empty: fill it in.")
        return value

    def one_of(self, column: str, choices: Collection[str]) -> str:
        """A cell that holds one of a few words; empty if it does not."""
        value = self.cells[column]
        if value in choices:
            return value
        self.refuse(column, f"“{value}” is not known: write one of {', '.join(choices)}.")
        return ""

    def day(self, column: str) -> date | None:
        """A cell that holds a day."""
        value = self.cells[column]
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, f"“{value}” is not a day: write it as 2026-03-31.")
            return None

    def whole(self, column: str, *, most: int) -> int | None:
        """A cell that holds a whole number from 0 to `most`."""
        value = self.cells[column]
        if not re.fullmatch(r"[0-9]{1,12}", value):
            self.refuse(
                column, f"“{value}” is not a whole number, zero or more: write digits only."
            )
            return None
        if int(value) > most:
            self.refuse(column, f"{value} is more than {most}: look whether a digit is too many.")
            return None
        return int(value)

    def number_of(self, column: str) -> float | None:
        """A cell that holds a number, zero or more."""
        value = self.cells[column]
        text = value.replace(",", ".") if self.has_decimal_comma else value
        # `float` also takes 1_000, infinity and nan.
        number = float(text) if re.fullmatch(r"[0-9]+(\.[0-9]*)?", text) else math.inf
        if not math.isfinite(number):
            self.refuse(column, f"“{value}” is not a number, zero or more: write it as 12.5.")
            return None
        return number


def read_table(path: Path, columns: Sequence[str]) -> Iterator[Line]:
    """The lines of a CSV file that are not empty.

    Args:
        path: UTF-8, with or without a byte order mark; commas, semicolons or tabs between cells.
        columns: names that the header must have, in any order; other columns are passed over.

    Raises:
        UnreadableFile: there is no such file, it is not UTF-8, its header lacks a column, or a
            quote is never closed. Said when the reading comes to it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableFile(f"There is no file {path} that can be read.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{path.name} is not in UTF-8: save it as “CSV UTF-8” and try again."
        ) from error
    header, _newline, _rest = text.partition("\n")
    separator = max(SEPARATORS, key=header.count)
    # Strict: a quote that is never closed would swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    is_empty = True
    try:
        names = [name.strip() for name in next(reader, [])]
        if missing := [column for column in columns if column not in names]:
            raise UnreadableFile(
                f"{path.name} has no column {', '.join(missing)}. Its first line must name: "
                f"{', '.join(columns)}."
            )
        if repeated := sorted({name for name in names if name and names.count(name) > 1}):
            raise UnreadableFile(f"{path.name} has the column {', '.join(repeated)} twice.")
        before = reader.line_num
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            texts = [cell.strip() for cell in cells]
            line = Line(number, dict.fromkeys(columns, ""), has_decimal_comma=separator != ",")
            line.cells.update(zip(names, texts, strict=False))
            if len(texts) != len(names):
                line.refuse(
                    "the line",
                    f"has {len(texts)} cells where the header has {len(names)}: put a text with "
                    f"“{separator}” in it between double quotes.",
                )
            is_empty = False
            yield line
    except csv.Error as error:
        raise UnreadableFile(
            f"{path.name} cannot be read near line {reader.line_num}: {error}. Look for a double "
            "quote that is never closed."
        ) from error
    if is_empty:
        raise UnreadableFile(f"{path.name} has no line below its header.")
