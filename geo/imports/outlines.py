"""Outlines of areas from a file that an operator gives: a zipped Shapefile, or GeoJSON.

The file is the operator's own, downloaded from where `docs/data-sources.md` says; it is never an
upload of a visitor. GeoJSON is read as JSON. GDAL reads what begins as a Shapefile, and nothing
else.
"""

import json
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.gis.gdal import CoordTransform, DataSource, GDALException, SpatialReference
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.db import connection, transaction

from geo.choices import AreaLevel, OutlineKind
from geo.errors import UnreadableFile
from geo.models import AdminArea, Source
from geo.spatial import QUEBEC, WGS84

# What a Shapefile is made of; anything else in the archive is left where it is.
_SHAPEFILE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
_SHAPEFILE_START = (9994).to_bytes(4, "big")
MAX_UNPACKED_BYTES = 500_000_000

# Names of the code and of the name of a region in the files that Données Québec publishes.
KNOWN_CODE_FIELDS = ("RES_CO_REG", "code", "CODE", "reg_code")


@dataclass(frozen=True, slots=True)
class Outline:
    """One area of the file. `code` is that of `AdminArea`; the geometry is WGS 84."""

    code: str
    geometry: MultiPolygon


@dataclass
class OutlineReport:
    """What a load changes.

    Attributes:
        replaced: codes whose outline is replaced.
        moved: how many locations lie in another region than before.
        unused: codes of the file that the directory does not know.
    """

    replaced: list[str] = field(default_factory=list)
    moved: int = 0
    unused: list[str] = field(default_factory=list)


def read_outlines(
    path: Path, code_field: str | None, width: int, *, merge: bool = False
) -> list[Outline]:
    """The outlines of a file.

    Args:
        path: `.geojson` or `.json`, or a `.zip` that holds one Shapefile, or a `.shp`.
        code_field: the attribute that holds the official code; looked for if None.
        width: digits of a code; shorter ones are filled with zeros.
        merge: join the rows that bear the same code; they are refused if False.

    Raises:
        UnreadableFile: the file is no such file, has no such attribute, repeats a code, or holds
            something else than valid polygons in Québec.
    """
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path}.")
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        rows = _geojson_rows(path)
    elif suffix == ".zip":
        rows = _zipped_rows(path)
    elif suffix == ".shp":
        rows = _shapefile_rows(path)
    else:
        raise UnreadableFile(
            f"{path.name} is neither GeoJSON nor a Shapefile: give a .geojson, .zip or .shp file."
        )
    outlines = [
        Outline(_code(properties, code_field, width), _clean(geometry, number))
        for number, (properties, geometry) in enumerate(rows, 1)
    ]
    if not outlines:
        raise UnreadableFile(f"{path.name} holds no area.")
    parts: dict[str, list[MultiPolygon]] = {}
    for outline in outlines:
        parts.setdefault(outline.code, []).append(outline.geometry)
    repeated = sorted(code for code, pieces in parts.items() if len(pieces) > 1)
    if repeated and not merge:
        raise UnreadableFile(
            f"These codes stand more than once in {path.name}: {', '.join(repeated)}. If the rows "
            "are parts of one area, add --merge; else remove those that are no area of this level."
        )
    return [Outline(code, _joined(pieces)) for code, pieces in parts.items()]


@transaction.atomic
def load_outlines(
    outlines: Iterable[Outline], level: AreaLevel, *, source: str, write: bool = True
) -> OutlineReport:
    """Put outlines over those of the directory, all or nothing, and find each place's region again.

    Args:
        outlines: one for each area of the level; the file may hold more.
        level: which areas.
        source: the citation of the file, kept with each outline.
        write: False only reports; nothing stays changed.

    Raises:
        UnreadableFile: an area of the level has no outline in the file.
    """
    report = OutlineReport()
    areas = {area.code: area for area in AdminArea.objects.filter(level=level)}
    found = {outline.code: outline for outline in outlines}
    if missing := sorted(set(areas) - set(found)):
        raise UnreadableFile(
            f"The file has no outline for {len(missing)} of {len(areas)} areas: "
            f"{', '.join(missing[:20])}. Nothing was written."
        )
    report.unused = sorted(set(found) - set(areas))
    document, _created = Source.objects.update_or_create(
        key=f"outlines-{level}", defaults={"citation": source}
    )
    for code in sorted(areas):
        areas[code].outline = found[code].geometry
        areas[code].outline_kind = OutlineKind.OFFICIAL
        areas[code].outline_source = document
        report.replaced.append(code)
    AdminArea.objects.bulk_update(areas.values(), ["outline", "outline_kind", "outline_source"])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE geo_location SET region_id = geo_region_at(point) "
            "WHERE point IS NOT NULL AND region_id IS DISTINCT FROM geo_region_at(point)"
        )
        report.moved = cursor.rowcount
    if not write:
        transaction.set_rollback(True)
    return report


def _geojson_rows(path: Path) -> list[tuple[dict[str, Any], GEOSGeometry]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features = document["features"]
        return [
            (feature["properties"] or {}, GEOSGeometry(json.dumps(feature["geometry"]), WGS84))
            for feature in features
        ]
    except (ValueError, KeyError, TypeError, RecursionError, GEOSException, GDALException) as error:
        raise UnreadableFile(
            f"{path.name} is not a GeoJSON FeatureCollection of polygons in longitude and latitude."
        ) from error


def _zipped_rows(path: Path) -> list[tuple[dict[str, Any], GEOSGeometry]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                member
                for member in archive.infolist()
                if Path(member.filename).suffix.lower() in _SHAPEFILE_PARTS
            ]
            shapes = [m for m in members if m.filename.lower().endswith(".shp")]
            if len(shapes) != 1:
                raise UnreadableFile(
                    f"{path.name} holds {len(shapes)} Shapefiles: give an archive with one."
                )
            stem = Path(shapes[0].filename).with_suffix("")
            parts = [m for m in members if Path(m.filename).with_suffix("") == stem]
            if sum(member.file_size for member in parts) > MAX_UNPACKED_BYTES:
                raise UnreadableFile(f"{path.name} unpacks to more than 500 MB.")
            with tempfile.TemporaryDirectory() as folder:
                for member in parts:
                    # A name of our own: the archive's may lead out of the folder.
                    target = Path(folder) / f"areas{Path(member.filename).suffix.lower()}"
                    target.write_bytes(archive.read(member))
                return _shapefile_rows(Path(folder) / "areas.shp")
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"{path.name} is not a ZIP archive, or is damaged.") from error


def _shapefile_rows(path: Path) -> list[tuple[dict[str, Any], GEOSGeometry]]:
    # GDAL looks at the content, whatever the name: a text that it takes for a virtual layer would
    # make it open other files. Only what begins as a Shapefile reaches it.
    with path.open("rb") as start:
        if start.read(4) != _SHAPEFILE_START:
            raise UnreadableFile(f"{path.name} is not a Shapefile.")
    try:
        layer = DataSource(path)[0]
        if layer.srs is None:
            raise UnreadableFile(
                f"{path.name} does not say its coordinate system: its .prj file is missing."
            )
        to_wgs84 = CoordTransform(layer.srs, SpatialReference(WGS84))
        rows = []
        for feature in layer:
            geometry = feature.geom
            geometry.transform(to_wgs84)
            # `geos` keeps the axis order of the file's geometry: x is the longitude.
            outline = GEOSGeometry(geometry.wkb, srid=WGS84)
            rows.append(({name: feature.get(name) for name in feature.fields}, outline))
        return rows
    except (GDALException, GEOSException) as error:
        raise UnreadableFile(f"{path.name} cannot be read as a Shapefile.") from error


def _code(properties: dict[str, Any], code_field: str | None, width: int) -> str:
    names = [code_field] if code_field else [n for n in KNOWN_CODE_FIELDS if n in properties]
    if not names or names[0] not in properties:
        raise UnreadableFile(
            f"The file has no field {code_field or 'for the code'}; it has: "
            f"{', '.join(sorted(properties))}. Name the right one with --code-field."
        )
    value = properties[names[0]]
    text = str(int(value)) if isinstance(value, float) else str(value)
    return text.strip().zfill(width)


def _joined(pieces: list[MultiPolygon]) -> MultiPolygon:
    if len(pieces) == 1:
        return pieces[0]
    whole = MultiPolygon([polygon for piece in pieces for polygon in piece]).unary_union
    return whole if isinstance(whole, MultiPolygon) else MultiPolygon(whole, srid=WGS84)


def _clean(geometry: GEOSGeometry, number: int) -> MultiPolygon:
    if isinstance(geometry, Polygon):
        geometry = MultiPolygon(geometry, srid=WGS84)
    if not isinstance(geometry, MultiPolygon) or geometry.empty:
        raise UnreadableFile(f"Area {number} of the file is not a polygon.")
    if not geometry.valid:
        raise UnreadableFile(
            f"The outline of area {number} crosses itself: {geometry.valid_reason}. "
            "Mend it in a GIS (QGIS: Fix geometries) and try again."
        )
    west, south, east, north = geometry.extent
    if not (QUEBEC[0] <= west and QUEBEC[1] <= south and east <= QUEBEC[2] and north <= QUEBEC[3]):
        raise UnreadableFile(
            f"Area {number} lies outside Québec (from {west:.2f} {south:.2f} to {east:.2f} "
            f"{north:.2f}): the file must be in longitude and latitude (WGS 84), or say its system."
        )
    return geometry
