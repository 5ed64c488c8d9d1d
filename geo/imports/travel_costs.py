"""Ways by road that an operator gives: the matrix of a routing engine.

    origin,destination,km,minutes

`origin` is the code of a municipality, `destination` another one or the identifier of a place.
Reading is pure; `load` looks both up and writes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from geo.imports.tables import Issue, Line, read_table
from geo.imports.writing import LoadReport, Provenance, write_rows
from geo.models import AdminArea, Location, TravelCost

COLUMNS = ("origin", "destination", "km", "minutes")
CODE_DIGITS = 5  # of a municipality; a spreadsheet drops the zeros in front

# A road is never shorter than the crow flies. Positions are those of a town hall or a postal code,
# and the Earth is a sphere here (at most 0.6 % off): so much shorter may still be honest.
SHORTER_PART = 0.05
SHORTER_KM = 1.0
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG

Position = tuple[float, float]  # longitude, latitude, degrees


@dataclass(frozen=True, slots=True)
class TravelRecord:
    """A line of the file, checked; one of `area` and `place` is given."""

    line: int
    origin: str
    area: str | None
    place: UUID | None
    km: float
    minutes: float | None


def read_travel_costs(
    path: Path,
    municipalities: Mapping[str, Position | None],
    places: Mapping[UUID, Position | None],
) -> tuple[list[TravelRecord], list[Issue]]:
    """The ways of a file, and what is wrong in it.

    Args:
        path: CSV with `COLUMNS`.
        municipalities: every code, with its position where it has one.
        places: every place of help, likewise.

    Raises:
        UnreadableFile: see `geo.imports.tables.read_table`.
    """
    records: list[TravelRecord] = []
    issues: list[Issue] = []
    seen: dict[tuple, int] = {}
    for line in read_table(path, COLUMNS):
        origin = line.text("origin").zfill(CODE_DIGITS)
        if line.cells["origin"] and origin not in municipalities:
            line.refuse("origin", f"there is no municipality {origin}: look its code up.")
        area, place = _destination(line, municipalities, places)
        km = line.number_of("km")
        minutes = line.number_of("minutes") if line.cells["minutes"] else None
        if km is not None and not line.issues:
            there = municipalities[area] if area else places.get(place) if place else None
            _refuse_shorter_than_the_crow(line, municipalities[origin], there, km)
        identity = (origin, area, place)
        if not line.issues and identity in seen:
            line.refuse("the line", f"is the same way as line {seen[identity]}: keep one.")
        if line.issues or km is None:
            issues.extend(line.issues)
            continue
        seen[identity] = line.number
        records.append(TravelRecord(line.number, origin, area, place, km, minutes))
    return records, issues


def distance_km(one: Position, other: Position) -> float:
    """The great circle between two positions, in kilometres, on a sphere."""
    (west, south), (east, north) = one, other
    low, high = math.radians(south), math.radians(north)
    across = math.radians(east - west)
    chord = (
        math.sin((high - low) / 2) ** 2 + math.cos(low) * math.cos(high) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


def load(path: Path, provenance: Provenance, *, write: bool = True) -> LoadReport:
    """Write the ways of a file, all or nothing; twice is the same as once.

    Args:
        path: CSV with `COLUMNS`.
        provenance: where it is from.
        write: False only reports.

    Raises:
        UnreadableFile: the file as a whole cannot be taken.
    """
    areas = {area.code: area for area in AdminArea.objects.municipalities().only("code", "point")}
    places = {place.pk: place for place in Location.objects.only("point")}
    records, issues = read_travel_costs(
        path,
        {code: _position(area) for code, area in areas.items()},
        {pk: _position(place) for pk, place in places.items()},
    )
    if issues:
        return LoadReport(issues=issues)
    to_areas, to_places = (
        [
            TravelCost(
                origin_id=areas[record.origin].pk,
                destination_area_id=areas[record.area].pk if record.area else None,
                destination_location_id=record.place,
                km=record.km,
                minutes=record.minutes,
            )
            for record in records
            if bool(record.area) is to_area
        ]
        for to_area in (True, False)
    )
    with transaction.atomic():
        reports = [
            write_rows(
                rows,
                provenance,
                identity=("origin_id", destination),
                facts=("km", "minutes"),
                write=write,
            )
            for rows, destination in (
                (to_areas, "destination_area_id"),
                (to_places, "destination_location_id"),
            )
            if rows
        ]
    return LoadReport(
        created=sum(report.created for report in reports),
        updated=sum(report.updated for report in reports),
        unchanged=sum(report.unchanged for report in reports),
    )


def _destination(
    line: Line,
    municipalities: Mapping[str, Position | None],
    places: Mapping[UUID, Position | None],
) -> tuple[str | None, UUID | None]:
    """The municipality or the place that a line leads to; neither if it cannot be told."""
    text = line.text("destination")
    if text.isdecimal() and len(text) <= CODE_DIGITS:
        code = text.zfill(CODE_DIGITS)
        if code in municipalities:
            return code, None
        line.refuse("destination", f"there is no municipality {code}: look its code up.")
    elif text:
        try:
            place = UUID(text)
        except ValueError:
            line.refuse(
                "destination",
                f"“{text}” is neither the code of a municipality (5 digits) nor the identifier "
                "of a place.",
            )
        else:
            if place in places:
                return None, place
            line.refuse("destination", f"there is no place {place}: it may have been deleted.")
    return None, None


def _refuse_shorter_than_the_crow(
    line: Line, one: Position | None, other: Position | None, km: float
) -> None:
    if one is None or other is None:
        return
    crow = distance_km(one, other)
    if km < crow * (1 - SHORTER_PART) - SHORTER_KM:
        line.refuse(
            "km",
            f"{km:g} km is shorter than the {crow:.1f} km of the crow: a road never is. Look "
            "whether the figure is in kilometres and both ends are the right ones.",
        )


def _position(row: AdminArea | Location) -> Position | None:
    return (row.point.x, row.point.y) if row.point else None
