"""Figures of demand that an operator gives: a partner's estimate, permits, a new list.

    level,code,sector,measure,period_starts_on,period_ends_on,value,method,caveat_fr,caveat_en,caveat_es

Reading is pure; `load` looks the areas up and writes. What a figure does not tell must be said in
the three languages: it is printed wherever the figure serves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from geo.choices import AreaLevel, DemandMeasure, DemandSector
from geo.imports.fixtures import demand_key
from geo.imports.tables import Issue, read_table
from geo.imports.writing import LoadReport, Provenance, write_rows
from geo.models import AdminArea, DemandEstimate
from geo.translation import LANGUAGES, compose

COLUMNS = (
    "level",
    "code",
    "sector",
    "measure",
    "period_starts_on",
    "period_ends_on",
    "value",
    "method",
    *(f"caveat_{language}" for language in LANGUAGES),
)
# Digits of the official codes: a spreadsheet drops the zeros in front.
WIDTHS = {AreaLevel.REGION: 2, AreaLevel.MRC: 3, AreaLevel.MUNICIPALITY: 5}

# More than all temporary workers of Québec: a larger figure has a digit too many.
MOST_WORKERS = 1_000_000

Area = tuple[str, str]  # level and code
Counted = tuple[UUID, str, date, date]  # area, measure, first and last day


@dataclass(frozen=True, slots=True)
class DemandRecord:
    """A line of the file, checked. `value` is in workers or positions, `caveat` by language."""

    line: int
    level: str
    code: str
    sector: str
    measure: str
    starts_on: date
    ends_on: date
    value: int
    method: str
    caveat: dict[str, str]

    @property
    def area(self) -> Area:
        """Level and code."""
        return self.level, self.code


def read_demand(path: Path, areas: Collection[Area]) -> tuple[list[DemandRecord], list[Issue]]:
    """The figures of a file, and what is wrong in it.

    Args:
        path: CSV with `COLUMNS`.
        areas: level and code of every area that there is.

    Raises:
        UnreadableFile: see `geo.imports.tables.read_table`.
    """
    records: list[DemandRecord] = []
    issues: list[Issue] = []
    seen: dict[tuple, int] = {}
    for line in read_table(path, COLUMNS):
        level = line.one_of("level", [str(level) for level in WIDTHS])
        code = line.text("code")
        if level and code:
            code = code.zfill(WIDTHS[AreaLevel(level)])
            if (level, code) not in areas:
                line.refuse("code", f"there is no {level} {code}: look its official code up.")
        sector = line.one_of("sector", DemandSector.values)
        measure = line.one_of("measure", DemandMeasure.values)
        starts_on, ends_on = line.day("period_starts_on"), line.day("period_ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            line.refuse(
                "period_ends_on",
                f"{ends_on} lies before {starts_on}: give the first day, then the last.",
            )
        value = line.whole("value", most=MOST_WORKERS)
        caveat = {language: line.text(f"caveat_{language}") for language in LANGUAGES}
        identity = (level, code, sector, measure, starts_on, ends_on)
        if not line.issues and identity in seen:
            line.refuse("the line", f"says the same as line {seen[identity]}: keep one of the two.")
        if line.issues or value is None or starts_on is None or ends_on is None:
            issues.extend(line.issues)
            continue
        seen[identity] = line.number
        records.append(
            DemandRecord(
                line.number,
                level,
                code,
                sector,
                measure,
                starts_on,
                ends_on,
                value,
                line.cells["method"],
                caveat,
            )
        )
    return records, issues


def load(path: Path, provenance: Provenance, *, write: bool = True) -> LoadReport:
    """Write the figures of a file, all or nothing; twice is the same as once.

    Args:
        path: CSV with `COLUMNS`.
        provenance: where it is from.
        write: False only reports.

    Raises:
        UnreadableFile: the file as a whole cannot be taken.
    """
    areas = {
        (level, code): pk
        for level, code, pk in AdminArea.objects.filter(level__in=WIDTHS).values_list(
            "level", "code", "pk"
        )
    }
    records, issues = read_demand(path, areas.keys())
    issues.extend(_totals_beside_parts(records, areas))
    if issues:
        return LoadReport(issues=sorted(issues, key=lambda issue: issue.line))
    rows = [
        DemandEstimate(
            id=demand_key(
                record.measure,
                record.level,
                record.code,
                record.sector,
                record.starts_on.isoformat(),
                record.ends_on.isoformat(),
            ),
            area_id=areas[record.area],
            measure=record.measure,
            sector=record.sector,
            period_starts_on=record.starts_on,
            period_ends_on=record.ends_on,
            value=record.value,
            method=record.method,
            caveat=compose(record.caveat),
        )
        for record in records
    ]
    return write_rows(
        rows,
        provenance,
        identity=("area_id", "measure", "sector", "period_starts_on", "period_ends_on"),
        facts=("value", "method", "caveat"),
        write=write,
    )


def _totals_beside_parts(
    records: Iterable[DemandRecord], areas: Mapping[Area, UUID]
) -> list[Issue]:
    """Figures of all work that would come beside one of a part of it, and be counted twice."""
    stored: dict[Counted, set[str]] = defaultdict(set)
    for area, measure, sector, starts_on, ends_on in DemandEstimate.objects.values_list(
        "area_id", "measure", "sector", "period_starts_on", "period_ends_on"
    ):
        stored[area, measure, starts_on, ends_on].add(sector)

    together: dict[Counted, list[DemandRecord]] = defaultdict(list)
    for record in records:
        counted = areas[record.area], record.measure, record.starts_on, record.ends_on
        together[counted].append(record)
    issues: list[Issue] = []
    for counted, group in together.items():
        sectors = stored[counted] | {record.sector for record in group}
        if DemandSector.ALL not in sectors or len(sectors) == 1:
            continue
        issues.extend(
            Issue(
                record.line,
                "sector",
                "for this area, measure and period there would be a figure of all work beside one "
                "of farm or other work, and people would be counted twice: give either the two "
                "parts or the whole.",
            )
            for record in group
            # The lists of 2017 to 2019 split a few positions only: their rows may be corrected.
            if record.sector not in stored[counted]
        )
    return issues
