"""The ground of a printed map: water, land, borders, the outlines of the regions."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, Polygon
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from frontend.printing import typeface
from frontend.printing.clipping import drawn_lines, drawn_ring
from frontend.printing.hatching import Hatch, draw_hatch
from frontend.printing.projection import Position, Window
from geo.imports.topojson import decode
from geo.models import AdminArea

# The base map is true to about this much, kilometres (see its PROVENANCE.md) ...
GROUND_KM = 0.4
# ... so beyond so many points of error the outline of a region is the better coast.
MOST_ERROR = 2

# Land that is smaller has no room for a word, square points.
LEAST_LAND = 200

Ring = list[Position]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A ring or a line with the rectangle around it, degrees."""

    positions: Ring
    bounds: Bounds

    def meets(self, other: Bounds) -> bool:
        """The rectangles of both touch."""
        west, south, east, north = self.bounds
        return west <= other[2] and east >= other[0] and south <= other[3] and north >= other[1]


def _shape(positions: Iterable[Sequence[float]]) -> Shape:
    ring = [(longitude, latitude) for longitude, latitude, *_ in positions]
    longitudes, latitudes = zip(*ring, strict=True)
    return Shape(ring, (min(longitudes), min(latitudes), max(longitudes), max(latitudes)))


@cache
def _ground() -> dict[str, list[Shape]]:
    """The layers of the base map as the browser draws it, decoded once a process."""
    path = Path(settings.BASE_DIR) / "frontend" / "basemap" / "basemap.topojson"
    topology = json.loads(path.read_text())
    return {
        name: [
            _shape(line)
            for feature in decode(topology, name)
            for line in _lines(feature["geometry"]["coordinates"])
        ]
        for name in ("land", "lakes", "coast", "borders")
    }


def _lines(coordinates: Any) -> Iterable[Any]:
    """The rings and lines of a geometry of any kind, holes among them."""
    if isinstance(coordinates[0][0], (int, float)):
        yield coordinates
    else:
        for part in coordinates:
            yield from _lines(part)


def outline_of(area: AdminArea) -> list[Shape]:
    """The rings of a region's outline; none where it has no outline."""
    return [_shape(ring) for polygon in area.outline or [] for ring in polygon.coords]


def land_of(window: Window) -> GEOSGeometry:
    """The land that a frame shows, points of paper; without what is too small for a word."""
    bounds = window.bounds()
    rings = [
        drawn_ring(shape.positions, window) for shape in _ground()["land"] if shape.meets(bounds)
    ]
    # Without a width, `buffer` mends a ring that the cutting has made to touch itself.
    pieces = [Polygon([*ring, ring[0]]).buffer(0) for ring in rings if ring]
    large = [piece for piece in pieces if piece.area >= LEAST_LAND]
    return GeometryCollection(large).unary_union


def draw_ground(
    canvas: Canvas,
    window: Window,
    regions: Iterable[Sequence[Shape]],
    own: Sequence[Shape] = (),
    *,
    painted: Sequence[tuple[Sequence[Shape], Hatch]] = (),
) -> None:
    """Draw the ground in a frame whose lower left corner is the canvas' origin.

    Args:
        canvas: what is drawn on.
        window: what the frame shows.
        regions: outlines of regions, drawn as thin lines.
        own: the outline of the area that the page is about: its land is white, its border thick.
        painted: outlines with what their land is filled with.
    """
    canvas.saveState()
    frame = canvas.beginPath()
    frame.rect(0, 0, window.width, window.height)
    canvas.clipPath(frame, stroke=0, fill=0)
    canvas.setFillColor(typeface.WATER)
    canvas.rect(0, 0, window.width, window.height, stroke=0, fill=1)
    _fill(canvas, window, _ground()["land"], typeface.LAND)
    is_coarse = GROUND_KM * window.scale > MOST_ERROR
    if own and not is_coarse:
        canvas.saveState()
        canvas.clipPath(_path(canvas, window, own), stroke=0, fill=0, fillMode=0)
        _fill(canvas, window, _ground()["land"], typeface.OWN_LAND)
        canvas.restoreState()
    if painted and not is_coarse:
        canvas.saveState()
        canvas.clipPath(_path(canvas, window, _ground()["land"]), stroke=0, fill=0, fillMode=0)
        _paint(canvas, window, painted)
        canvas.restoreState()
    _fill(canvas, window, _ground()["lakes"], typeface.WATER)
    _stroke(canvas, window, _ground()["coast"], 0.4, typeface.SHORE)
    if own and is_coarse:
        _fill(canvas, window, own, typeface.OWN_LAND)
    if is_coarse:
        _paint(canvas, window, painted)
    for region in regions:
        _stroke(canvas, window, region, 0.4, typeface.LINE, dash=(2, 2))
    _stroke(canvas, window, _ground()["borders"], 0.8, typeface.MUTED, dash=(5, 2))
    if own:
        _stroke(canvas, window, own, 1.3, typeface.INK)
    canvas.restoreState()
    canvas.setStrokeColor(typeface.LINE)
    canvas.setLineWidth(0.6)
    canvas.rect(0, 0, window.width, window.height, stroke=1, fill=0)


def _paint(
    canvas: Canvas, window: Window, painted: Iterable[tuple[Sequence[Shape], Hatch]]
) -> None:
    """Fill outlines, each with its own ground."""
    for shapes, hatch in painted:
        path = _path(canvas, window, shapes)
        # To be cut by nothing at all is, for some readers, not to be cut.
        if not path.getCode():
            continue
        canvas.saveState()
        canvas.clipPath(path, stroke=0, fill=0, fillMode=0)
        draw_hatch(canvas, hatch, window.width, window.height)
        canvas.restoreState()


def _path(canvas: Canvas, window: Window, shapes: Iterable[Shape]):
    """One path of all the rings that a frame shows; holes are cut by the even-odd rule."""
    path = canvas.beginPath()
    bounds = window.bounds()
    for shape in shapes:
        if not shape.meets(bounds):
            continue
        if ring := drawn_ring(shape.positions, window):
            path.moveTo(*_fine(ring[0]))
            for position in ring[1:]:
                path.lineTo(*_fine(position))
            path.close()
    return path


def _fill(canvas: Canvas, window: Window, shapes: Iterable[Shape], colour: Color) -> None:
    canvas.setFillColor(colour)
    canvas.drawPath(_path(canvas, window, shapes), stroke=0, fill=1, fillMode=0)


def _stroke(
    canvas: Canvas,
    window: Window,
    shapes: Iterable[Shape],
    width: float,
    colour: Color,
    dash: Sequence[float] = (),
) -> None:
    canvas.saveState()
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(width)
    canvas.setLineJoin(1)
    if dash:
        canvas.setDash(*dash)
    path = canvas.beginPath()
    bounds = window.bounds()
    for shape in shapes:
        if not shape.meets(bounds):
            continue
        for line in drawn_lines(shape.positions, window):
            path.moveTo(*_fine(line[0]))
            for position in line[1:]:
                path.lineTo(*_fine(position))
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def _fine(position: Position) -> Position:
    """To a hundredth of a point: a printer knows no better, and files stay small."""
    return round(position[0], 2), round(position[1], 2)
