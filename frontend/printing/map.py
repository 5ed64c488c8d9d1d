"""The small maps: numbered pins that match the list of a leaflet, the place of a card."""

from collections.abc import Iterable, Sequence

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from frontend.printing import typeface
from frontend.printing.contents import MOST_TOWNS, Card, Leaflet, Town
from frontend.printing.facts import Entry
from frontend.printing.ground import draw_ground
from frontend.printing.labels import Box, box_at, compressed, grouped, settled
from frontend.printing.projection import Position, Window, window_around

# Points of paper: a pin, the letters, how far a number may stand from its pin.
PIN = 4.2
NUMBERS = 7.5
NAMES = 7
GAPS = (5, 9, 14, 20, 28, 38, 50, 65)

# Pins nearer to each other than this are drawn as one.
TOGETHER = 8

# What the map of a card shows across, kilometres: nearer, the ground is too coarse to help.
SPOT_KM = 36

# Numbers in a line of a label.
IN_A_LINE = 5


class LeafletMap(Flowable):
    """The area of a leaflet with its places.

    Attributes:
        width: points.
        height: points.
    """

    def __init__(self, leaflet: Leaflet, width: float, height: float) -> None:
        """Lay out the map of a leaflet in a frame of so many points."""
        super().__init__()
        self.width, self.height = width, height
        self._leaflet = leaflet
        self.window = window_around(_of_interest(leaflet), width, height)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Its own size."""
        return self.width, self.height

    def draw(self) -> None:
        """Ground, pins, numbers, towns: each avoids those before it."""
        leaflet, window = self._leaflet, self.window
        draw_ground(self.canv, window, leaflet.regions, leaflet.outline)
        frame = Box(2, 2, self.width - 4, self.height - 4)
        entries = [
            entry
            for entry in leaflet.numbered
            if entry.point and window.holds(window.place(*entry.point))
        ]
        taken = _draw_pins(self.canv, entries, window, frame)
        draw_towns(self.canv, leaflet.towns, window, frame, taken)


def _of_interest(leaflet: Leaflet) -> list[Position]:
    """What the map must show: the outline, or the towns and places of an area without one."""
    if leaflet.outline:
        return [position for shape in leaflet.outline for position in shape.positions]
    places = [entry.point for entry in leaflet.numbered if entry.point]
    if found := [town.point for town in leaflet.towns] + places:
        return found
    return [position for region in leaflet.regions for s in region for position in s.positions]


def _draw_pins(canvas: Canvas, entries: Sequence[Entry], window: Window, frame: Box) -> list[Box]:
    """Draw the pins and their numbers; what they cover is given back."""
    positions = [window.place(*entry.point) for entry in entries if entry.point]
    groups = grouped(positions, TOGETHER)
    pins = [box_at(positions[group[0]], PIN + 2) for group in groups]
    taken = list(pins)
    for group, pin in zip(groups, pins, strict=True):
        members = [entries[index] for index in group]
        lines = _lines([entry.number for entry in members])
        size = (
            max(typeface.width_of(line, typeface.STRONG, NUMBERS) for line in lines) + 4,
            len(lines) * NUMBERS + 3,
        )
        others = [box for box in taken if box is not pin]
        box = settled(pin.middle, size, others, frame, GAPS) or Box(*pin.middle, *size)
        taken.append(box)
        draw_leader(canvas, pin.middle, box)
        _draw_pin(canvas, members, pin.middle)
        _draw_numbers(canvas, lines, box)
    return taken


def _lines(numbers: Sequence[int]) -> list[str]:
    words = compressed(numbers)
    return [
        ", ".join(words[start : start + IN_A_LINE]) for start in range(0, len(words), IN_A_LINE)
    ]


def draw_leader(canvas: Canvas, pin: Position, box: Box) -> None:
    """Draw a thin line from a position to the nearest edge of its label."""
    x = min(max(pin[0], box.left), box.right)
    y = min(max(pin[1], box.bottom), box.top)
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(0.5)
    canvas.line(*pin, x, y)


def _draw_pin(canvas: Canvas, members: Sequence[Entry], position: Position) -> None:
    """Filled where one of its places is exact, hollow where all stand for a town or a code."""
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(1)
    if any(entry.is_exact for entry in members):
        canvas.setFillColor(typeface.INK)
    else:
        canvas.setFillGray(1)
    half = PIN / 2
    if all(entry.is_everyday for entry in members):
        canvas.rect(position[0] - half, position[1] - half, PIN, PIN, stroke=1, fill=1)
    else:
        canvas.circle(*position, half, stroke=1, fill=1)


def _draw_numbers(canvas: Canvas, lines: Sequence[str], box: Box) -> None:
    canvas.setFillGray(1)
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(0.5)
    canvas.roundRect(box.left, box.bottom, box.width, box.height, 2, stroke=1, fill=1)
    canvas.setFillColor(typeface.INK)
    canvas.setFont(typeface.STRONG, NUMBERS)
    y = box.top - NUMBERS + 0.4
    for line in lines:
        canvas.drawCentredString(box.middle[0], y, line)
        y -= NUMBERS


def draw_towns(
    canvas: Canvas,
    towns: Iterable[Town],
    window: Window,
    frame: Box,
    taken: list[Box],
    *,
    size: float = NAMES,
    most: int = MOST_TOWNS,
) -> None:
    """Write the names of the first towns for which there is room.

    Args:
        canvas: its origin is the lower left corner of the frame.
        towns: those that matter most first.
        window: what the frame shows.
        frame: where names may stand.
        taken: what they must leave free; each name is added.
        size: of the letters, points.
        most: how many names at most.
    """
    drawn = 0
    for town in towns:
        if drawn == most:
            return
        position = window.place(*town.point)
        if not window.holds(position):
            continue
        across = typeface.width_of(town.name, typeface.PLAIN, size)
        box = settled(position, (across, size), taken, frame, (3, 6))
        if box is None:
            continue
        drawn += 1
        taken.append(box)
        canvas.setFillColor(typeface.MUTED)
        canvas.circle(*position, size / 8, stroke=0, fill=1)
        canvas.setFont(typeface.PLAIN, size)
        canvas.drawString(box.left, box.bottom + size / 5, town.name)


class SpotMap(Flowable):
    """One place among the towns around it."""

    def __init__(self, card: Card, width: float, height: float) -> None:
        """Lay out the map of a card whose place is known exactly."""
        super().__init__()
        self.width, self.height = width, height
        self._card = card
        self.window = window_around([card.spot], width, height, narrowest_km=SPOT_KM)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Its own size."""
        return self.width, self.height

    def draw(self) -> None:
        """Ground, pin, towns."""
        draw_ground(self.canv, self.window, self._card.regions)
        position = self.window.place(*self._card.spot)
        pin = box_at(position, 2 * PIN)
        self.canv.setFillColor(typeface.INK)
        self.canv.setStrokeGray(1)
        self.canv.circle(*position, PIN, stroke=1, fill=1)
        self.canv.setFillGray(1)
        self.canv.circle(*position, PIN / 3, stroke=0, fill=1)
        frame = Box(2, 2, self.width - 4, self.height - 4)
        draw_towns(self.canv, self._card.towns, self.window, frame, [pin])
