"""Where words and numbers stand on a map without covering each other. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frontend.printing.projection import Position


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of paper, points from the lower left corner of the frame."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Its upper side."""
        return self.bottom + self.height

    @property
    def middle(self) -> Position:
        """Its centre."""
        return self.left + self.width / 2, self.bottom + self.height / 2

    def shared(self, other: "Box") -> float:
        """The area that two boxes have in common, square points."""
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return across * up if across > 0 and up > 0 else 0.0

    def inside(self, other: "Box") -> bool:
        """It lies wholly in another."""
        return (
            self.left >= other.left
            and self.bottom >= other.bottom
            and self.right <= other.right
            and self.top <= other.top
        )


def box_at(position: Position, size: float) -> Box:
    """The square around a position."""
    return Box(position[0] - size / 2, position[1] - size / 2, size, size)


def grouped(positions: Sequence[Position], distance: float) -> list[list[int]]:
    """The indexes of positions that lie so near that they are drawn as one.

    Each group gathers what lies within `distance` points of its first member, in order; so the
    same positions always give the same groups.
    """
    groups: list[list[int]] = []
    for index, position in enumerate(positions):
        for group in groups:
            if math.dist(positions[group[0]], position) < distance:
                group.append(index)
                break
        else:
            groups.append([index])
    return groups


def around(anchor: Position, width: float, height: float, gap: float) -> Iterable[Box]:
    """Places for a box beside an anchor, the best first: right, left, above, below, corners."""
    x, y = anchor
    level, centred = y - height / 2, x - width / 2
    right, left, above, below = x + gap, x - gap - width, y + gap, y - gap - height
    slant = gap * 0.7
    yield Box(right, level, width, height)
    yield Box(left, level, width, height)
    yield Box(centred, above, width, height)
    yield Box(centred, below, width, height)
    yield Box(x + slant, y + slant, width, height)
    yield Box(x + slant, y - slant - height, width, height)
    yield Box(x - slant - width, y + slant, width, height)
    yield Box(x - slant - width, y - slant - height, width, height)


def settled(
    anchor: Position,
    size: tuple[float, float],
    taken: Sequence[Box],
    frame: Box,
    gaps: Sequence[float],
) -> Box | None:
    """The first place beside an anchor that is free and in the frame, or None.

    Args:
        anchor: what the box belongs to.
        size: width and height of the box, points.
        taken: boxes that must stay free of it.
        frame: the box must lie in it.
        gaps: distances from the anchor to try, the nearest first, points.
    """
    for gap in gaps:
        for box in around(anchor, *size, gap):
            if box.inside(frame) and not any(box.shared(other) for other in taken):
                return box
    return None


def compressed(numbers: Iterable[int]) -> list[str]:
    """Numbers in order, three or more in a row as a range: `1–4`, `9`, `12`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        if len(run) > 2:
            words.append(f"{run[0]}–{run[-1]}")
        else:
            words.extend(str(number) for number in run)
    return words
