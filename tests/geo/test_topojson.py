import copy

import pytest

from geo.imports.topojson import decode

# Two unit squares side by side. Arc 0 is the side they share, upwards; arcs 1 and 2 are
# the rest of the left and of the right one.
TWO_SQUARES = {
    "type": "Topology",
    "objects": {
        "squares": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"code": "left"}},
                {"type": "Polygon", "arcs": [[-1, 2]], "properties": {"code": "right"}},
            ],
        },
        "border": {"type": "LineString", "arcs": [0]},
        "both": {"type": "MultiPolygon", "arcs": [[[0, 1]], [[-1, 2]]]},
        "sides": {"type": "MultiLineString", "arcs": [[0], [1]]},
        "corner": {"type": "Point", "coordinates": [1, 0]},
        "corners": {"type": "MultiPoint", "coordinates": [[1, 0], [1, 1]]},
    },
    "arcs": [
        [[1, 0], [1, 1]],
        [[1, 1], [0, 1], [0, 0], [1, 0]],
        [[1, 0], [2, 0], [2, 1], [1, 1]],
    ],
}

LEFT = [(1, 0), (1, 1), (0, 1), (0, 0), (1, 0)]
RIGHT = [(1, 1), (1, 0), (2, 0), (2, 1), (1, 1)]


def changed(**members):
    return {**copy.deepcopy(TWO_SQUARES), **members}


def test_neighbours_share_an_arc_that_one_of_them_runs_backwards():
    left, right = decode(TWO_SQUARES, "squares")

    assert left == {
        "geometry": {"type": "Polygon", "coordinates": [LEFT]},
        "properties": {"code": "left"},
    }
    assert right["geometry"]["coordinates"] == [RIGHT]


def test_quantized_positions_are_summed_scaled_and_moved():
    quantized = changed(
        transform={"scale": [0.5, 0.25], "translate": [-80, 44]},
        arcs=[[[2, 4], [0, 4], [-2, 0]]],
        objects={
            "line": {"type": "LineString", "arcs": [0]},
            "point": {"type": "Point", "coordinates": [2, 4]},
        },
    )

    (line,) = decode(quantized, "line")
    (point,) = decode(quantized, "point")

    assert line["geometry"]["coordinates"] == [(-79, 45), (-79, 46), (-80, 46)]
    assert point["geometry"]["coordinates"] == (-79, 45)


@pytest.mark.parametrize(
    ("name", "coordinates"),
    [
        ("border", [(1, 0), (1, 1)]),
        ("both", [[LEFT], [RIGHT]]),
        ("sides", [[(1, 0), (1, 1)], [(1, 1), (0, 1), (0, 0), (1, 0)]]),
        ("corner", (1, 0)),
        ("corners", [(1, 0), (1, 1)]),
    ],
)
def test_a_single_geometry_is_one_feature_without_properties(name, coordinates):
    (feature,) = decode(TWO_SQUARES, name)

    assert feature["geometry"]["type"] == TWO_SQUARES["objects"][name]["type"]
    assert feature["geometry"]["coordinates"] == coordinates
    assert feature["properties"] == {}


def test_the_topology_is_left_as_it_was():
    before = copy.deepcopy(TWO_SQUARES)

    decode(TWO_SQUARES, "squares")

    assert before == TWO_SQUARES


@pytest.mark.parametrize(
    ("topology", "message"),
    [
        ({"type": "FeatureCollection"}, "not a TopoJSON topology"),
        (changed(objects={"lakes": {}}), "it has: lakes"),
        (changed(objects={"squares": {"type": None}}), "cannot be decoded"),
        (changed(objects={"squares": {"type": "Circle", "arcs": []}}), "'Circle'"),
        (changed(objects={"squares": {"type": "LineString", "arcs": [7]}}), "arc 7 does not exist"),
        (changed(objects={"squares": {"type": "LineString", "arcs": [-9]}}), "arc 8 does not"),
        (changed(objects={"squares": {"type": "LineString", "arcs": [0, 2]}}), "does not start"),
        (changed(objects={"squares": {"type": "Polygon", "arcs": [[1]]}}), "does not close"),
    ],
)
def test_what_cannot_be_decoded_is_said(topology, message):
    with pytest.raises(ValueError, match=message):
        decode(topology, "squares")
