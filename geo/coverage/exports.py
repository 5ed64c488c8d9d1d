"""Coverage as files: CSV, spreadsheet, GeoJSON and GeoPackage, each with the method inside."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import get_language
from numpy.typing import NDArray

from geo import translation
from geo.choices import AreaLevel, CoverageBasis, CoverageClass, CoverageStatus, DemandSector
from geo.coverage import method, reading, tables
from geo.coverage.drawing import shapes
from geo.coverage.reading import Matrix, Pair, Row
from geo.coverage.tables import Table
from geo.models import CoverageRun, NeedTerm

LAYER = "coverage"
NOTES_LAYER = "method"

# None is withheld.
WORKERS = {
    "workers": DemandSector.ALL,
    "workers_agricultural": DemandSector.AGRICULTURAL,
    "workers_other": DemandSector.OTHER,
}

# Distances that may be infinite: no road leads to any help. A file has no number for that.
ROAD_KM = ("median_km", "p90_km", "second_median_km")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is about.

    Attributes:
        level: `region` or `mrc`.
        region: code of the region whose MRC are wanted; empty for all.
        need: code of level 1; empty for each of them and for any.
        language: of service; empty for any.
        basis: whose status and figures are given.
    """

    level: str = AreaLevel.REGION
    region: str = ""
    need: str = ""
    language: str = ""
    basis: str = CoverageBasis.VERIFIED


def no_road(measures: Mapping[str, Any]) -> list[str]:
    """The distances of a cell that are infinite, which differs from not known."""
    return [name for name in ROAD_KM if name in measures and measures[name] is None]


def columns_of(
    matrix: Matrix, row: Row, need: NeedTerm | None, pair: Pair, basis: str
) -> dict[str, Any]:
    """A cell as one flat row; None where there is no figure."""
    cell = pair.on(basis)
    measures = cell.measures
    within, second = measures.get("within", {}), measures.get("second_within", {})
    ratio = measures.get("ratio") or [None, None, None]
    language = get_language() or "fr"
    region = row.area.parent if row.area.level == AreaLevel.MRC else row.area
    return {
        "level": row.area.level,
        "code": row.area.code,
        "name": row.area.name,
        "region_code": region.code if region else "",
        "need": cell.need or "any",
        "need_name": str(translation.wording(need.name, language) or "") if need else "",
        "language": cell.language or "any",
        "basis": basis,
        **{name: row.seen.demand[sector] for name, sector in WORKERS.items()},
        "class": pair.honest.coverage_class,
        "class_label": str(CoverageClass(pair.honest.coverage_class).label),
        "class_if_confirmed": pair.listed.coverage_class,
        "class_if_confirmed_label": str(CoverageClass(pair.listed.coverage_class).label),
        "status": cell.status,
        "status_label": str(CoverageStatus(cell.status).label),
        "status_by_distance": measures["status_by_distance"] or "",
        "is_robust": cell.is_robust,
        "reasons": " ".join(measures["reasons"]),
        "sites": measures["sites"],
        "lines": measures["lines"]["count"],
        "verified_share": measures["verified_share"],
        "within_near": within.get("near"),
        "within_middle": within.get("middle"),
        "within_far": within.get("far"),
        "second_within_middle": second.get("middle"),
        "on_foot": measures.get("on_foot"),
        "unreachable": measures.get("unreachable"),
        **{name: measures.get(name) for name in ROAD_KM},
        "no_road": " ".join(no_road(measures)),
        "per_1000_workers": ratio[0],
        "per_1000_workers_low": ratio[1],
        "per_1000_workers_high": ratio[2],
        "spar": measures.get("spar"),
        "e2sfca": measures.get("e2sfca"),
        "m2sfca": measures.get("m2sfca"),
        "gini": measures.get("gini"),
        "hoover": measures.get("hoover"),
        "as_of": matrix.run.as_of.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Export:
    """The cells of a run that were asked for, flat, each with the key of its area."""

    run: CoverageRun
    asked: Asked
    records: list[dict[str, Any]]
    areas: list[Any]

    @property
    def table(self) -> Table:
        """The records as a table with its notes."""
        columns = list(self.records[0]) if self.records else []
        return Table(
            columns, [list(record.values()) for record in self.records], method.notes(self.run)
        )


def export(run: CoverageRun, asked: Asked) -> Export:
    """What was asked for, in the active language."""
    matrix = reading.matrix(run, language=asked.language, level=asked.level, region=asked.region)
    found = list(_flat(matrix, asked))
    return Export(run, asked, [record for _area, record in found], [area for area, _ in found])


def _flat(matrix: Matrix, asked: Asked) -> Iterator[tuple[Any, dict[str, Any]]]:
    for row in matrix.rows:
        for need, pair in zip([None, *matrix.needs], row.cells, strict=True):
            if not asked.need or pair.honest.need == asked.need:
                yield row.area.pk, columns_of(matrix, row, need, pair, asked.basis)


def to_csv(found: Export) -> bytes:
    """Comma-separated values, notes first."""
    return tables.to_csv(found.table)


def to_xlsx(found: Export) -> bytes:
    """A workbook of two sheets."""
    return tables.to_xlsx(found.table)


def to_geojson(found: Export) -> bytes:
    """A FeatureCollection: one feature for each area and need, the notes in `method`."""
    drawn = shapes(found.run, found.asked.level)
    return json.dumps(
        {
            "type": "FeatureCollection",
            "name": LAYER,
            "as_of": found.run.as_of.isoformat(),
            "parameters": found.run.parameters,
            "sources": found.run.vintages["demand"]["sources"],
            "caveats": method.caveats(found.run),
            "method": [{"label": label, "text": text} for label, text in method.notes(found.run)],
            "features": [
                {"type": "Feature", "geometry": drawn.get(area), "properties": record}
                for area, record in zip(found.areas, found.records, strict=True)
            ],
        },
        ensure_ascii=False,
        allow_nan=False,
    ).encode()


def to_gpkg(found: Export) -> bytes:
    """A GeoPackage: the layer `coverage`, the table `method`, and the notes in its metadata."""
    drawn = shapes(found.run, found.asked.level)
    binary = {area: GEOSGeometry(json.dumps(shape)).wkb for area, shape in drawn.items() if shape}
    notes = method.notes(found.run)
    labels, texts = zip(*notes, strict=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.gpkg"
        _write(
            path,
            LAYER,
            found.table.columns,
            list(zip(*found.table.rows, strict=True)),
            geometry=np.array(
                [bytes(binary[area]) if area in binary else None for area in found.areas],
                dtype=object,
            ),
            metadata=dict(_numbered(notes)),
        )
        _write(path, NOTES_LAYER, ["label", "text"], [labels, texts], append=True)
        return path.read_bytes()


def _numbered(notes: Sequence[method.Note]) -> Iterator[tuple[str, str]]:
    """The notes by names that differ, as metadata wants them."""
    for number, (label, text) in enumerate(notes, 1):
        yield f"{number:02} {label}", text


def _write(
    path: Path,
    layer: str,
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    *,
    geometry: NDArray[Any] | None = None,
    metadata: dict[str, str] | None = None,
    append: bool = False,
) -> None:
    fields = [_column(values) for values in columns]
    pyogrio.raw.write(
        str(path),
        geometry,
        field_data=[values for values, _mask in fields],
        field_mask=[mask for _values, mask in fields],
        fields=np.array(names, dtype=object),
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown" if geometry is not None else None,
        crs="EPSG:4326" if geometry is not None else None,
        dataset_metadata=metadata,
        append=append,
    )


def _column(values: Sequence[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The values of a field, and which of them are not known."""
    mask = np.array([value is None for value in values], dtype=bool)
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return np.array([bool(value) for value in values]), mask
    if known and all(isinstance(value, int) for value in known):
        return np.array([0 if value is None else value for value in values], dtype=np.int64), mask
    if all(isinstance(value, int | float) for value in known):
        return np.array([np.nan if value is None else value for value in values], float), mask
    return np.array([None if value is None else str(value) for value in values], object), mask


FORMATS: Mapping[str, Callable[[Export], bytes]] = {
    "csv": to_csv,
    "xlsx": to_xlsx,
    "geojson": to_geojson,
    "gpkg": to_gpkg,
}
