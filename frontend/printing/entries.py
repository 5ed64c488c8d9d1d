"""The list of services on paper: rows in two languages that never break in the middle."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph

from frontend.printing import typeface
from frontend.printing.contents import Group
from frontend.printing.facts import Entry, Pair, Telling, each, joined
from frontend.printing.page import WIDTH, paragraph

# Columns of a row: number, first language, second language, how to reach it.
NUMBER = 8 * mm
CONTACT = 40 * mm
COLUMN_GAP = 3.5 * mm
TEXT = (WIDTH - NUMBER - CONTACT - 2 * COLUMN_GAP) / 2
SECOND = NUMBER + TEXT + COLUMN_GAP
THIRD = SECOND + TEXT + COLUMN_GAP

ROW_GAP = 1.4 * mm

# A warning no longer than this is the letter of a note, as `(a)`.
LETTER = 3


def name_style():
    """The name of a service."""
    return typeface.style(9, typeface.STRONG, leading=1.1)


def text_style():
    """What is known of it."""
    return typeface.style(8, leading=1.12)


def faint_style():
    """What is not known of it, and when it was read."""
    return typeface.style(7.2, textColor=typeface.MUTED, leading=1.12)


def phone_style():
    """A number to call, the largest thing of a row."""
    return typeface.style(13, typeface.STRONG, leading=1.1)


def telling(told: Telling) -> list[Paragraph]:
    """A service in one language; what nobody knows is said once for the whole list."""
    parts = [paragraph(told.name, name_style())]
    if told.by:
        parts.append(paragraph(told.by, text_style()))
    if told.facts:
        parts.append(paragraph(" · ".join(told.facts), text_style()))
    faint = ". ".join(words for words in (told.needs, told.source) if words)
    if len(told.alert) > LETTER:
        parts.append(paragraph(f"▲ {told.alert}", typeface.style(7.8, typeface.SLANTED)))
    elif told.alert:
        faint = f"▲ {told.alert} {faint}"
    parts.append(paragraph(faint, faint_style()))
    return parts


def contact(entry: Entry, nothing: Pair) -> list[Paragraph]:
    """How to reach a service: numbers, then where it is.

    Args:
        entry: the service.
        nothing: what to do where no number is known, in both languages.
    """
    parts = []
    for call in entry.calls:
        parts.append(paragraph(call.number, phone_style(), link=call.address))
        parts.extend(paragraph(note, faint_style()) for note in each(call.notes))
    if not entry.calls and not entry.names_a_line:
        parts.extend(paragraph(note, faint_style()) for note in each(nothing))
    if entry.at:
        parts.append(paragraph(entry.at, text_style()))
    parts.extend(paragraph(note, faint_style()) for note in each(entry.at_notes))
    return parts


class Row(Flowable):
    """One service: its number, its words in both languages, how to reach it."""

    def __init__(self, entry: Entry, nothing: Pair) -> None:
        """Lay out an entry; see `contact` for `nothing`."""
        super().__init__()
        self.entry = entry
        self._cells = [
            (NUMBER, TEXT, telling(entry.told[0])),
            (SECOND, TEXT, telling(entry.told[1])),
            (THIRD, CONTACT, contact(entry, nothing)),
        ]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As high as its highest cell."""
        self.height = ROW_GAP + max(
            sum(part.wrap(across, height)[1] for part in parts)
            for _left, across, parts in self._cells
        )
        return WIDTH, self.height

    def draw(self) -> None:
        """A line above, then the cells."""
        canvas = self.canv
        canvas.setStrokeColor(typeface.LINE)
        canvas.setLineWidth(0.3)
        canvas.line(0, self.height, WIDTH, self.height)
        if self.entry.number:
            draw_number(canvas, self.entry, NUMBER / 2 - 1, self.height - ROW_GAP - 5)
        for left, _across, parts in self._cells:
            top = self.height - ROW_GAP / 2
            for part in parts:
                top -= part.height
                part.drawOn(canvas, left, top)


def draw_number(canvas, entry: Entry, x: float, y: float) -> None:
    """The number of a place, as its pin has it: round, or square for everyday places."""
    size = 6.2
    canvas.setFillColor(typeface.INK)
    if entry.is_everyday:
        canvas.rect(x - size, y - size, 2 * size, 2 * size, stroke=0, fill=1)
    else:
        canvas.circle(x, y, size, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.setFont(typeface.STRONG, 8)
    canvas.drawCentredString(x, y - 2.8, str(entry.number))


class Section(Flowable):
    """The services for one need; split between services only, and its name said again."""

    def __init__(
        self,
        group: Group,
        rows: Sequence[Row],
        also: str,
        continued: Pair,
        *,
        goes_on: bool = False,
    ) -> None:
        """Lay out a need.

        Args:
            group: the need and its services.
            rows: those that are still to be drawn.
            also: which other numbers help too; may be empty.
            continued: "continued" in both languages.
            goes_on: its beginning is on the page before.
        """
        super().__init__()
        self._parts = group, also, continued
        self._rows = list(rows)
        title = joined(group.name)
        if goes_on:
            title += f"  ({joined(continued)})"
        self._head = [paragraph(title, typeface.style(11, typeface.HEAVY, leading=1.2))]
        self._foot = [paragraph(also, faint_style())] if also else []
        self.spaceBefore = 1.8 * mm

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The sum of its rows."""
        self._heights = [row.wrap(WIDTH, height)[1] for row in self._rows]
        self._head_height = sum(part.wrap(WIDTH, height)[1] for part in self._head) + 2
        self._foot_height = sum(part.wrap(WIDTH, height)[1] + 3 for part in self._foot)
        self.height = self._head_height + sum(self._heights) + self._foot_height
        return WIDTH, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """What fits, and the rest; nothing where not even one service fits."""
        self.wrap(width, height)
        room = height - self._head_height
        fitting = 0
        for tall in self._heights:
            if tall > room:
                break
            room -= tall
            fitting += 1
        # The last service takes the line that follows it along.
        fitting = min(fitting, len(self._rows) - 1)
        if fitting < 1:
            return []
        group, also, continued = self._parts
        begun = Section(group, self._rows[:fitting], "", continued)
        begun._head = self._head
        rest = Section(group, self._rows[fitting:], also, continued, goes_on=True)
        return [begun, rest]

    def draw(self) -> None:
        """The name of the need in a shaded band, then its services."""
        canvas = self.canv
        top = self.height
        canvas.setFillColor(typeface.SHADE)
        band = self._head_height - 2
        canvas.rect(0, top - band, WIDTH, band, stroke=0, fill=1)
        for part in self._head:
            top -= part.height
            part.drawOn(canvas, 2 * mm, top + 1)
        top -= 2
        for row in self._rows:
            top -= row.height
            row.drawOn(canvas, 0, top)
        for part in self._foot:
            top -= part.height + 1.5
            part.drawOn(canvas, NUMBER, top)


def sections(groups: Sequence[Group], nothing: Pair, continued: Pair, also: Pair) -> list[Section]:
    """The needs of a part of the leaflet.

    Args:
        groups: the needs with their services.
        nothing: what to do where no number is known, in both languages.
        continued: the word for a section that goes on, in both languages.
        also: before the numbers of other entries that help too, in both languages.
    """
    return [
        Section(
            group,
            [Row(entry, nothing) for entry in group.entries],
            _also(group, also),
            continued,
        )
        for group in groups
    ]


def _also(group: Group, also: Pair) -> str:
    if not group.also:
        return ""
    numbers = ", ".join(str(number) for number in group.also)
    return f"{joined(also)} {numbers}"
