"""Positions on paper: the projection, the frame, and labels that keep clear of each other."""

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from frontend.printing.clipping import BLEED, drawn_lines, drawn_ring
from frontend.printing.labels import Box, around, compressed, grouped, settled
from frontend.printing.projection import Lambert, Window, window_around

MONTREAL, QUEBEC = (-73.57, 45.50), (-71.21, 46.81)

quebec = st.tuples(st.floats(-79.7, -57.2), st.floats(45.0, 62.5))
points = st.tuples(st.floats(-500, 900), st.floats(-500, 900))


def flat_window(size: float = 400) -> Window:
    """A window whose place is known: 1 km is 1 point."""
    lambert = Lambert(-71)
    x, y = lambert.project(*QUEBEC)
    return Window(lambert, x - size / 2, y - size / 2, 1.0, size, size)


@given(quebec)
def test_a_position_comes_back_from_paper(position):
    lambert = Lambert(-71)

    assert lambert.unproject(*lambert.project(*position)) == pytest.approx(position, abs=1e-9)


@given(quebec, st.floats(0, 2 * math.pi))
def test_distances_on_paper_are_those_on_the_ground_within_three_in_a_hundred(position, angle):
    longitude, latitude = position
    other = longitude + 0.1 * math.cos(angle), latitude + 0.1 * math.sin(angle)
    lambert = Lambert(-71)
    ground = Geodesic.WGS84.Inverse(latitude, longitude, other[1], other[0])["s12"] / 1000

    paper = math.dist(lambert.project(*position), lambert.project(*other))

    assert paper == pytest.approx(ground, rel=0.03)


def test_north_is_up_at_the_meridian():
    lambert = Lambert(-71)

    (x, south), (same, north) = lambert.project(-71, 46), lambert.project(-71, 50)

    assert (x, same) == pytest.approx((0, 0))
    assert north > south


@given(st.lists(quebec, min_size=1, max_size=20))
def test_a_window_shows_all_that_it_is_made_for(positions):
    window = window_around(positions, 500, 300)

    for position in positions:
        assert window.holds(window.place(*position))
    west, south, east, north = window.bounds()
    for longitude, latitude in positions:
        assert west <= longitude <= east
        assert south <= latitude <= north


def test_one_place_has_its_surroundings():
    window = window_around([MONTREAL], 500, 300, narrowest_km=40)

    assert window.place(*MONTREAL) == pytest.approx((250, 150))
    assert window.width / window.scale == pytest.approx(40)


def test_a_window_on_nothing_is_refused():
    with pytest.raises(ValueError, match="position"):
        window_around([], 500, 300)


def test_a_ring_around_the_frame_becomes_the_frame_and_one_beside_it_nothing():
    window = flat_window()
    large = [(-90.0, 40.0), (-50.0, 40.0), (-50.0, 60.0), (-90.0, 60.0)]

    ring = drawn_ring(large, window)

    assert {round(x) for x, _y in ring} == {-BLEED, 400 + BLEED}
    assert {round(y) for _x, y in ring} == {-BLEED, 400 + BLEED}
    assert drawn_ring([(-50, 45), (-49, 45), (-49, 46)], window) == []


@given(st.lists(quebec, min_size=3, max_size=30))
def test_what_is_cut_lies_in_the_frame(ring):
    for x, y in drawn_ring(ring, flat_window()):
        assert -BLEED - 1e-6 <= x <= 400 + BLEED + 1e-6
        assert -BLEED - 1e-6 <= y <= 400 + BLEED + 1e-6


def test_a_line_that_leaves_the_frame_and_comes_back_has_two_parts():
    window = flat_window()
    lambert = window.projection
    corners = [(50, 50), (50, 900), (60, 900), (60, 50)]
    line = [lambert.unproject(window.west + x, window.south + y) for x, y in corners]

    assert len(drawn_lines(line, window)) == 2


@given(st.lists(points, max_size=40), st.floats(0.5, 60))
def test_every_position_is_in_one_group_near_its_first(positions, distance):
    groups = grouped(positions, distance)

    assert sorted(index for group in groups for index in group) == list(range(len(positions)))
    for group in groups:
        for index in group[1:]:
            assert math.dist(positions[group[0]], positions[index]) < distance


@given(points, st.floats(1, 80), st.floats(1, 20), st.floats(2, 40))
def test_a_label_beside_a_position_does_not_cover_it(anchor, width, height, gap):
    for box in around(anchor, width, height, gap):
        assert not (box.left < anchor[0] < box.right and box.bottom < anchor[1] < box.top)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300)), max_size=25))
def test_labels_never_cover_each_other(anchors):
    frame, taken = Box(0, 0, 400, 300), []
    for anchor in anchors:
        box = settled(anchor, (40, 8), taken, frame, (3, 10, 30))
        if box is not None:
            assert box.inside(frame)
            assert not any(box.shared(other) for other in taken)
            taken.append(box)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], []),
        ([3], ["3"]),
        ([2, 1], ["1", "2"]),
        ([1, 2, 3, 4, 9, 12, 13], ["1–4", "9", "12", "13"]),
    ],
)
def test_three_numbers_in_a_row_are_a_range(numbers, words):
    assert compressed(numbers) == words
