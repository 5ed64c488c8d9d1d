"""The poster: all Québec on A1, or the same on A0; shapes and letters only, no picture."""

import math
from collections.abc import Sequence
from io import BytesIO
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer, Table

from frontend.printing import typeface
from frontend.printing.ground import draw_ground
from frontend.printing.labels import Box, box_at, grouped, settled
from frontend.printing.map import draw_leader, draw_towns
from frontend.printing.page import new_canvas, paragraph
from frontend.printing.poster_contents import Dot, Poster, RegionRow
from frontend.printing.projection import Position, Window, window_around
from frontend.printing.qr import draw_code
from frontend.printing.rights import rights
from frontend.printing.signs import Sign, draw_sign, signs_of

# Every size is that of A1; on A0 the whole is drawn larger.
A1 = (594 * mm, 841 * mm)
SIZES = {"a1": 1.0, "a0": math.sqrt(2)}

MARGIN = 16 * mm
WIDTH = A1[0] - 2 * MARGIN
TITLE = 34 * mm
WHOLE = (226 * mm, 275 * mm)
SIDE = WIDTH - WHOLE[0] - 10 * mm
SOUTH = (WIDTH, 242 * mm)
CODE = 62 * mm

# What is too dense for the map of the south, in its lower right corner; kilometres across.
DENSE = (196 * mm, 84 * mm)
DENSE_KM = 130

# The meridian of both maps, so that the frame of one is a rectangle on the other.
MERIDIAN = -71.0

# A sign, and how far from each other two places are drawn as two, points.
SIGN = 15
APART = 42

# A service that nobody has given a need.
NO_NEED = Sign("", "#111111", 0, 0)

# More services than this at one spot are a number.
MOST_SIGNS = 7


def draw_poster(poster: Poster, size: str) -> bytes:
    """The poster as PDF; the same content gives the same bytes.

    Args:
        poster: what it holds.
        size: `a1` or `a0`.
    """
    factor = SIZES[size]
    file = BytesIO()
    with override(poster.language):
        paper = A1[0] * factor, A1[1] * factor
        canvas = new_canvas(file, paper, f"Repère – {_('Services in Québec')}", poster.language)
        canvas.scale(factor, factor)
        _draw(canvas, poster)
        canvas.showPage()
        canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, poster: Poster) -> None:
    signs = signs_of([code for code, _name in poster.tiles])
    whole, south = _windows(poster)
    top = A1[1] - MARGIN
    _draw_title(canvas, poster, top)
    top -= TITLE
    _at(canvas, MARGIN, top - WHOLE[1], lambda: _draw_whole(canvas, poster, whole, south))
    left = MARGIN + WHOLE[0] + 10 * mm
    side = [*_emergency(poster), *_legend(poster, signs), *_lines(poster)]
    _stack(canvas, side, left, top, SIDE, WHOLE[1])
    top -= WHOLE[1] + 8 * mm
    _at(canvas, MARGIN, top - SOUTH[1], lambda: _draw_south(canvas, poster, south, signs))
    top -= SOUTH[1] + 8 * mm
    _stack(canvas, _end(poster, signs), MARGIN, top, WIDTH, top - MARGIN)


def _at(canvas: Canvas, x: float, y: float, draw) -> None:
    canvas.saveState()
    canvas.translate(x, y)
    draw()
    canvas.restoreState()


def _stack(
    canvas: Canvas, parts: Sequence[Flowable], x: float, top: float, width: float, height: float
) -> None:
    """Draw parts below each other, all smaller together where there are too many."""
    tall = sum(part.wrapOn(canvas, width, height)[1] for part in parts)
    scale = min(1.0, height / tall)
    canvas.saveState()
    canvas.translate(x, top)
    canvas.scale(scale, scale)
    y = 0.0
    for part in parts:
        y -= part.wrapOn(canvas, width, height)[1]
        part.drawOn(canvas, 0, y)
    canvas.restoreState()


def _draw_title(canvas: Canvas, poster: Poster, top: float) -> None:
    canvas.setFillColor(typeface.INK)
    canvas.setFont(typeface.HEAVY, 64)
    canvas.drawString(MARGIN, top - 17 * mm, _("Services in Québec, region by region"))
    canvas.setFont(typeface.PLAIN, 26)
    words = _("As the sources say on %(day)s. Places move and close: call before you go.")
    canvas.drawString(MARGIN, top - 29 * mm, words % {"day": poster.day})


def _windows(poster: Poster) -> tuple[Window, Window]:
    """What the two maps show: all Québec, and the south, where the places are."""
    outlines = [p for row in poster.rows for shape in row.outline for p in shape.positions]
    dots = [dot.point for dot in poster.dots]
    southern = [point for point in dots if point[1] < SOUTH_OF] or dots or outlines
    return (
        window_around(outlines or dots, *WHOLE, meridian=MERIDIAN),
        window_around(southern, *SOUTH, margin=40, meridian=MERIDIAN),
    )


# The places north of this parallel are few and far apart: they stand on the map of all Québec.
SOUTH_OF = 50.3


def _draw_whole(canvas: Canvas, poster: Poster, window: Window, south: Window) -> None:
    """All Québec, each place a dot, and the frame of the other map."""
    draw_ground(canvas, window, [row.outline for row in poster.rows])
    frame = Box(4, 4, window.width - 8, window.height - 8)
    scale = window.scale / south.scale
    corner = (
        (south.west - window.west) * window.scale,
        (south.south - window.south) * window.scale,
    )
    right = min(corner[0] + south.width * scale, window.width)
    top = corner[1] + south.height * scale
    left, bottom = max(corner[0], 0), max(corner[1], 0)
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(2)
    canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
    spots = [window.place(*dot.point) for dot in poster.dots]
    canvas.setStrokeGray(1)
    canvas.setLineWidth(0.8)
    canvas.setFillColor(typeface.INK)
    for spot in spots:
        canvas.circle(*spot, 4, stroke=1, fill=1)
    taken = [box_at(spot, 8) for spot in spots]
    # Those that the other map shows are named there.
    northern = [
        row for row in poster.rows if row.centre and not south.holds(south.place(*row.centre))
    ]
    _draw_regions(canvas, northern, window, frame, taken, 15)
    draw_towns(canvas, poster.towns, window, frame, taken, size=11, most=12)


def _draw_regions(
    canvas: Canvas,
    rows: Sequence[RegionRow],
    window: Window,
    frame: Box,
    taken: list[Box],
    size: float,
) -> None:
    """The names of the regions inside their outlines, where there is room."""
    for row in rows:
        if row.centre is None:
            continue
        name = f"{row.code} {row.name}"
        across = typeface.width_of(name, typeface.HEAVY, size)
        position = window.place(*row.centre)
        middle = Box(position[0] - across / 2, position[1] - size / 2, across, size)
        free = middle.inside(frame) and not any(middle.shared(box) for box in taken)
        gaps = [size * step / 2 for step in range(1, 20)]
        box = middle if free else settled(position, (across, size), taken, frame, gaps)
        if box is None or not window.holds(position):
            continue
        if math.dist(position, box.middle) > across / 2 + 2 * size and not any(
            box_at(position, 1).shared(other) for other in taken
        ):
            draw_leader(canvas, position, box)
        taken.append(box)
        canvas.setFont(typeface.HEAVY, size)
        canvas.setFillColor(typeface.MUTED)
        canvas.drawString(box.left, box.bottom + size / 5, name)


def _draw_south(canvas: Canvas, poster: Poster, window: Window, signs: dict[str, Sign]) -> None:
    """The south, and in its corner what is too dense to be seen on it."""
    corner = Box(window.width - DENSE[0], 0, *DENSE)
    dense = _dense_window(poster, window)
    spots = [window.place(*dot.point) for dot in poster.dots]
    has_room = not any(box_at(spot, SIGN).shared(corner) for spot in spots)
    taken = [corner] if dense and has_room else []
    _draw_signs(canvas, poster, window, signs, taken)
    if dense and has_room:
        canvas.setStrokeColor(typeface.INK)
        canvas.setLineWidth(1.5)
        west, south = dense.bounds()[:2]
        east, north = dense.bounds()[2:]
        left, bottom = window.place(west, south)
        right, top = window.place(east, north)
        canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
        _at(canvas, corner.left, 0, lambda: _draw_signs(canvas, poster, dense, signs, []))
        canvas.setLineWidth(2)
        canvas.rect(corner.left, 0, *DENSE, stroke=1, fill=0)


def _dense_window(poster: Poster, window: Window) -> Window | None:
    """What lies around the spot with the most services, if they are too many to be drawn."""
    dots = [dot for dot in poster.dots if window.holds(window.place(*dot.point))]
    groups = grouped([window.place(*dot.point) for dot in dots], APART)
    densest = max(groups, key=len, default=[])
    if len(densest) <= MOST_SIGNS:
        return None
    middle = dots[densest[0]].point
    return window_around([middle], *DENSE, narrowest_km=DENSE_KM)


def _draw_signs(
    canvas: Canvas, poster: Poster, window: Window, signs: dict[str, Sign], taken: list[Box]
) -> None:
    """Each service a sign, or a number where there are many at one spot; then the names."""
    draw_ground(canvas, window, [row.outline for row in poster.rows])
    frame = Box(4, 4, window.width - 8, window.height - 8)
    dots = [dot for dot in poster.dots if window.holds(window.place(*dot.point))]
    positions = [window.place(*dot.point) for dot in dots]
    groups = []
    for group in grouped(positions, APART):
        centre = (
            sum(positions[index][0] for index in group) / len(group),
            sum(positions[index][1] for index in group) / len(group),
        )
        groups.append(([dots[index] for index in group], centre))
        taken.append(box_at(centre, 2 * _reach(len(group))))
    _draw_regions(canvas, poster.rows, window, frame, taken, 19)
    draw_towns(canvas, poster.towns, window, frame, taken, size=12, most=50)
    # Over the lines that lead to the names.
    for members, centre in groups:
        _draw_group(canvas, members, centre, signs)


def _reach(number: int) -> float:
    """How far so many services at one spot extend from it, points."""
    if number > MOST_SIGNS:
        return SIGN * (0.75 + 0.1 * math.sqrt(number))
    return max(math.hypot(x, y) for x, y in _flower(number)) + SIGN / 2


def _draw_group(
    canvas: Canvas, members: Sequence[Dot], centre: Position, signs: dict[str, Sign]
) -> None:
    """The services at one spot: their signs, or how many they are."""
    if len(members) > MOST_SIGNS:
        radius = _reach(len(members))
        canvas.setFillColor(typeface.INK)
        canvas.setStrokeGray(1)
        canvas.setLineWidth(2)
        canvas.circle(*centre, radius, stroke=1, fill=1)
        canvas.setFillGray(1)
        canvas.setFont(typeface.HEAVY, radius)
        canvas.drawCentredString(centre[0], centre[1] - radius * 0.34, str(len(members)))
        return
    for member, (x, y) in zip(members, _flower(len(members)), strict=True):
        draw_sign(canvas, signs.get(member.tile, NO_NEED), centre[0] + x, centre[1] + y, SIGN)


def _flower(number: int) -> list[Position]:
    """Where so many signs stand around a spot without covering each other."""
    if number == 1:
        return [(0.0, 0.0)]
    ring = number if number < 6 else number - 1
    radius = max(SIGN * 0.55 / math.sin(math.pi / ring), SIGN * 0.55)
    petals = [
        (
            radius * math.cos(2 * math.pi * step / ring),
            radius * math.sin(2 * math.pi * step / ring),
        )
        for step in range(ring)
    ]
    return petals if number < 6 else [(0.0, 0.0), *petals]


def _emergency(poster: Poster) -> list[Flowable]:
    cells = [
        [
            paragraph(
                number, typeface.style(46 if len(number) < 5 else 32, typeface.HEAVY), link=link
            ),
            paragraph(label, typeface.style(15)),
        ]
        for number, link, label in poster.emergency
    ]
    shares = [3 if len(number) < 5 else 5 for number, *_rest in poster.emergency]
    table = Table(
        [cells],
        colWidths=[SIDE * share / sum(shares) for share in shares],
        style=[
            ("BOX", (0, 0), (-1, -1), 3, typeface.INK),
            ("INNERGRID", (0, 0), (-1, -1), 1, typeface.INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
        ],
    )
    return [table, Spacer(0, 6 * mm)]


class SignCell(Flowable):
    """The sign of a need in a table."""

    def __init__(self, sign: Sign, size: float) -> None:
        """Lay out one sign, `size` points across."""
        super().__init__()
        self._sign, self._size = sign, size

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """A square."""
        return self._size * 1.3, self._size * 1.3

    def draw(self) -> None:
        """In its middle."""
        draw_sign(self.canv, self._sign, self._size * 0.65, self._size * 0.65, self._size)


class NumberCell(Flowable):
    """The sign of many services at one spot."""

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """A square."""
        return 28, 28

    def draw(self) -> None:
        """With a number for an example."""
        self.canv.setFillColor(typeface.INK)
        self.canv.circle(14, 14, 13, stroke=0, fill=1)
        self.canv.setFillGray(1)
        self.canv.setFont(typeface.HEAVY, 15)
        self.canv.drawCentredString(14, 9, "12")


def _legend(poster: Poster, signs: dict[str, Sign]) -> list[Flowable]:
    words = typeface.style(17, leading=1.1)
    cells = [[SignCell(signs[code], 22), paragraph(name, words)] for code, name in poster.tiles]
    cells.append([NumberCell(), paragraph(_("So many services around here"), words)])
    half = (len(cells) + 1) // 2
    rows = [
        list(chain.from_iterable(cells[index::half][:2])) + [""] * (2 - len(cells[index::half])) * 2
        for index in range(half)
    ]
    table = Table(
        rows,
        colWidths=[12 * mm, SIDE / 2 - 12 * mm] * 2,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ],
    )
    note = _("Each sign is a service at a place, under the need it is best known for.")
    return [
        _heading(_("What the signs mean")),
        table,
        paragraph(note, typeface.style(13, textColor=typeface.MUTED)),
        Spacer(0, 6 * mm),
    ]


def _heading(words: str) -> Flowable:
    return paragraph(words, typeface.style(26, typeface.HEAVY, leading=1.4))


def _lines(poster: Poster) -> list[Flowable]:
    """The lines of the whole province, which no region may call its own."""
    if not poster.lines:
        return []
    name, number = typeface.style(14.5, leading=1.08), typeface.style(17, typeface.HEAVY)
    cells = [
        [paragraph(line.name, name), paragraph(line.call.number, number, link=line.call.address)]
        for line in poster.lines
    ]
    half = (len(cells) + 1) // 2
    rows = [
        list(chain.from_iterable(cells[index::half][:2])) + [""] * (2 - len(cells[index::half])) * 2
        for index in range(half)
    ]
    table = Table(
        rows,
        colWidths=[SIDE / 2 - 47 * mm, 47 * mm] * 2,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEABOVE", (0, 0), (-1, -1), 0.6, typeface.LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ],
    )
    return [_heading(_("By phone, everywhere in Québec")), table]


def _end(poster: Poster, signs: dict[str, Sign]) -> list[Flowable]:
    """The table, and what it stands on."""
    return [_table(poster, signs), Spacer(0, 5 * mm), FootRow(poster)]


def _table(poster: Poster, signs: dict[str, Sign]) -> Table:
    """Services by region and need. A line of the whole province fills no cell of a region."""
    small = typeface.style(11.5, leading=1.05, alignment=1)
    strong = typeface.style(15, typeface.STRONG)
    head = [
        [paragraph(_("Services at places"), typeface.style(15, typeface.HEAVY))],
        *([SignCell(signs[code], 18), paragraph(name, small)] for code, name in poster.tiles),
        [paragraph(_("All places"), small)],
        [paragraph(_("Everyday places"), small)],
        [paragraph(_("Lines and visits of the region"), small)],
    ]
    body = []
    for row in poster.rows:
        counts = dict(row.counts)
        body.append(
            [
                paragraph(f"{row.code} {row.name}", strong),
                *(_figure(counts.get(code, 0)) for code, _name in poster.tiles),
                _figure(row.places),
                _figure(row.everyday),
                _figure(row.lines),
            ]
        )
    wide = dict(poster.wide)
    body.append(
        [
            paragraph(_("By phone or online, everywhere in Québec"), strong),
            *(_figure(wide.get(code, 0)) for code, _name in poster.tiles),
            "",
            "",
            "",
        ]
    )
    first = 84 * mm
    other = (WIDTH - first) / (len(poster.tiles) + 3)
    last = len(body)
    return Table(
        [head, *body],
        colWidths=[first, *[other] * (len(poster.tiles) + 3)],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("ALIGN", (1, 0), (-1, -1), "CENTER"),
            ("FONT", (1, 1), (-1, -1), typeface.STRONG, 15),
            ("LINEBELOW", (0, 0), (-1, 0), 2, typeface.INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.5, typeface.LINE),
            ("LINEABOVE", (0, last), (-1, last), 2, typeface.INK),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [None, typeface.SHADE]),
            ("LINEBEFORE", (-3, 0), (-3, -1), 1, typeface.INK),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _figure(number: int) -> str:
    """A count; nothing known is a dash, which nobody takes for a service."""
    return str(number) if number else "–"


class FootRow(Flowable):
    """The code of the site, and whose data these are."""

    def __init__(self, poster: Poster) -> None:
        """Lay out what ends a poster."""
        super().__init__()
        self._page = poster.page
        fine = typeface.style(10, textColor=typeface.MUTED, leading=1.12)
        self._parts = [
            paragraph(_("Up to date, with the sources:"), typeface.style(18, typeface.STRONG)),
            paragraph(poster.page, typeface.style(22, typeface.HEAVY), link=poster.page),
            Spacer(0, 2 * mm),
            paragraph(
                _(
                    "A service counts for each need it answers. A dash means that nothing is "
                    "listed yet; other help may exist: call 211. * Machine translation that no "
                    "person has read over."
                ),
                typeface.style(13),
            ),
            Spacer(0, 2 * mm),
            paragraph(rights(), fine),
            paragraph(poster.outline_note, fine),
            paragraph(
                _("Read in %(number)s sources; the list is on the site.")
                % {"number": poster.sources},
                fine,
            ),
        ]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As high as the code, or the words if they need more."""
        across = WIDTH - CODE - 6 * mm
        self.height = max(CODE, sum(part.wrap(across, height)[1] for part in self._parts))
        return WIDTH, self.height

    def draw(self) -> None:
        """The code on the left."""
        draw_code(self.canv, self._page, 0, self.height - CODE, CODE)
        top = self.height
        for part in self._parts:
            top -= part.wrap(WIDTH - CODE - 6 * mm, self.height)[1]
            part.drawOn(self.canv, CODE + 6 * mm, top)
