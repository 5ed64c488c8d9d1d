"""TopoJSON to GeoJSON-like features. Pure: no Django, nothing outside the standard library.

TopoJSON stores each line that two areas share once, as an arc; an area is a list
of arc numbers. The outline of the regions in `fixtures/areas/` is such a file.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

Position = tuple[float, ...]


class Geometry(TypedDict):
    """A GeoJSON geometry other than a collection; positions are [longitude, latitude]."""

    type: str
    coordinates: Any


class Feature(TypedDict):
    """One geometry of the object and its properties, empty where it has none."""

    geometry: Geometry
    properties: dict[str, Any]


def decode(topology: Mapping[str, Any], object_name: str) -> list[Feature]:
    """Turn one object of a topology into features, in the order of the file.

    Args:
        topology: a parsed TopoJSON document, quantized (with a `transform`) or not.
        object_name: the member of `objects` to decode, a GeometryCollection or a
            single geometry.

    Returns:
        A feature for each Point, MultiPoint, LineString, MultiLineString, Polygon
        or MultiPolygon. Positions are degrees where the file's are. Rings are
        closed and turn as in the file.

    Raises:
        ValueError: this is not a topology, it has no such object, a geometry has
            no or an unknown type, an arc that is named does not exist, arcs that
            should follow one another do not touch, or a ring does not close.

    Source:
        The TopoJSON Format Specification 1.0, sections 2.1.1 to 2.2.
    """
    if topology.get("type") != "Topology":
        raise ValueError("not a TopoJSON topology")
    objects = topology.get("objects", {})
    if object_name not in objects:
        known = ", ".join(sorted(objects)) or "none"
        raise ValueError(f"no object {object_name!r} in the topology; it has: {known}")
    transform = topology.get("transform")
    arcs = [_arc(arc, transform) for arc in topology.get("arcs", [])]
    outer = objects[object_name]
    members = outer["geometries"] if outer.get("type") == "GeometryCollection" else [outer]
    return [
        {
            "geometry": _geometry(member, arcs, transform),
            "properties": dict(member.get("properties") or {}),
        }
        for member in members
    ]


def _arc(arc: Sequence[Sequence[float]], transform: Mapping[str, Any] | None) -> list[Position]:
    if transform is None:
        return [tuple(position) for position in arc]
    positions = []
    x = y = 0.0
    for step_x, step_y, *_ in arc:  # quantized positions are differences from the one before
        x, y = x + step_x, y + step_y
        positions.append(_place((x, y), transform))
    return positions


def _place(position: Sequence[float], transform: Mapping[str, Any] | None) -> Position:
    if transform is None:
        return tuple(position)
    (scale_x, scale_y), (origin_x, origin_y) = transform["scale"], transform["translate"]
    return (position[0] * scale_x + origin_x, position[1] * scale_y + origin_y)


def _geometry(
    member: Mapping[str, Any], arcs: list[list[Position]], transform: Mapping[str, Any] | None
) -> Geometry:
    kind = member.get("type")
    content = member.get("coordinates") if kind in ("Point", "MultiPoint") else member.get("arcs")
    if content is None:
        raise ValueError(f"a geometry of type {kind!r} cannot be decoded")
    match kind:
        case "Point":
            coordinates: Any = _place(content, transform)
        case "MultiPoint":
            coordinates = [_place(position, transform) for position in content]
        case "LineString":
            coordinates = _line(content, arcs)
        case "MultiLineString":
            coordinates = [_line(numbers, arcs) for numbers in content]
        case "Polygon":
            coordinates = [_ring(numbers, arcs) for numbers in content]
        case "MultiPolygon":
            coordinates = [[_ring(numbers, arcs) for numbers in polygon] for polygon in content]
        case _:
            raise ValueError(f"a geometry of type {kind!r} cannot be decoded")
    return {"type": kind, "coordinates": coordinates}


def _line(numbers: Sequence[int], arcs: list[list[Position]]) -> list[Position]:
    line: list[Position] = []
    for number in numbers:
        # ~n, that is -1 - n, is arc n run backwards.
        index = number if number >= 0 else ~number
        if index >= len(arcs):
            raise ValueError(f"arc {index} does not exist; there are {len(arcs)}")
        arc = arcs[index] if number >= 0 else arcs[index][::-1]
        if line and line[-1] != arc[0]:
            raise ValueError(f"arc {number} does not start where the one before it ends")
        line.extend(arc[1:] if line else arc)
    return line


def _ring(numbers: Sequence[int], arcs: list[list[Position]]) -> list[Position]:
    ring = _line(numbers, arcs)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError(f"the ring of arcs {list(numbers)} does not close")
    return ring
