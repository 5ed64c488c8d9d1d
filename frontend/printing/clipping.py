"""Shapes cut to a frame, so that a file holds no more than its page shows. Pure."""

from collections.abc import Iterable, Sequence

from frontend.printing.projection import Position, Window

# What is kept beyond the frame, points: the frame itself is cut by the page.
BLEED = 4

# Vertices nearer to each other than this cannot be told apart on paper, points.
FINEST = 0.6


def drawn_ring(ring: Iterable[Position], window: Window) -> list[Position]:
    """A ring of longitudes and latitudes as points of the frame; empty where it lies outside."""
    points = _thinned([window.place(*position) for position in ring])
    for axis, limit, sign in (
        (0, -BLEED, 1),
        (0, window.width + BLEED, -1),
        (1, -BLEED, 1),
        (1, window.height + BLEED, -1),
    ):
        points = _cut(points, axis, limit, sign)
    return points if len(points) >= 3 else []


def drawn_lines(line: Iterable[Position], window: Window) -> list[list[Position]]:
    """The parts of a line that the frame shows."""
    points = _thinned([window.place(*position) for position in line])
    parts: list[list[Position]] = [[]]
    for before, after in zip(points, points[1:], strict=False):
        if _misses(before, after, window):
            parts.append([])
            continue
        if not parts[-1]:
            parts[-1].append(before)
        parts[-1].append(after)
    return [part for part in parts if part]


def _misses(before: Position, after: Position, window: Window) -> bool:
    """A segment lies beyond one side of the frame."""
    return (
        max(before[0], after[0]) < -BLEED
        or min(before[0], after[0]) > window.width + BLEED
        or max(before[1], after[1]) < -BLEED
        or min(before[1], after[1]) > window.height + BLEED
    )


def _thinned(points: Sequence[Position]) -> list[Position]:
    kept = list(points[:1])
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= FINEST:
            kept.append(point)
    if len(points) > 1 and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def _cut(points: list[Position], axis: int, limit: float, sign: int) -> list[Position]:
    """One side of a rectangle cuts a ring.

    Source:
        Sutherland & Hodgman (1974), Reentrant polygon clipping, CACM 17(1).
    """
    kept: list[Position] = []
    for before, after in zip(points[-1:] + points[:-1], points, strict=True):
        is_in, was_in = sign * (after[axis] - limit) >= 0, sign * (before[axis] - limit) >= 0
        if is_in != was_in:
            share = (limit - before[axis]) / (after[axis] - before[axis])
            kept.append(
                (
                    before[0] + share * (after[0] - before[0]),
                    before[1] + share * (after[1] - before[1]),
                )
            )
        if is_in:
            kept.append(after)
    return kept
