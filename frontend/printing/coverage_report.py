"""The report of a region on A4, for who pays for help: every figure with what it stands on."""

from collections.abc import Callable, Iterable, Sequence

from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, MultiPolygon, Polygon
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer, Table

from frontend.printing import typeface
from frontend.printing.clipping import drawn_ring
from frontend.printing.coverage_contents import MrcRow, PaintedRegion, Report
from frontend.printing.ground import Shape, draw_ground, land_of
from frontend.printing.hatching import HATCHES, draw_hatch
from frontend.printing.labels import Box, box_at, grouped, settled
from frontend.printing.leaflet import Heading
from frontend.printing.map import GAPS, draw_leader, draw_towns
from frontend.printing.page import FOOT, GAP, MARGIN, WIDTH, build_pages, paragraph
from frontend.printing.projection import Position, Window, window_around

# The map is as high as what stands around it on the first page allows.
LOWEST, HIGHEST = 70 * mm, 150 * mm
PAGE = A4[1] - MARGIN - FOOT - GAP

# How a sign is drawn at the canvas' origin, and its words.
Sign = tuple[Callable[[Canvas], None], str]

# Points of paper: a place of help, the letters on the map.
PLACE = 3.6
SHARES = 8
NUMBERS = 7

# Places nearer to each other than this leave one box free of words, points.
TOGETHER = 5

# How many of the gaps of a label its region may be away.
NEAR_GAPS = 4

# Names of towns on the map.
MOST_TOWNS = 6

# A piece of a region is named where it is at least so wide, points.
LEAST_WIDE = 9

# A title needs so much room below it.
LEAST = 30 * mm

SMALL = 7


def draw_report(report: Report) -> bytes:
    """The report as PDF; the same content gives the same bytes."""
    with override(report.language):
        return build_pages(
            [
                *_first_page(report),
                *_needs(report),
                *_past(report),
                *_end(report),
            ],
            title=f"{_('Coverage report')} – {report.title}, {report.day}",
            language=report.language,
            foot=f"Repère · {report.day} · {report.address}",
            head=lambda canvas: _draw_head(canvas, report),
        )


def _draw_head(canvas: Canvas, report: Report) -> None:
    """Which report it is, for a sheet that was parted from the first."""
    canvas.setFillColor(typeface.MUTED)
    canvas.setFont(typeface.STRONG, 9)
    words = f"{_('Coverage report')} – {report.title}, {report.day}"
    canvas.drawString(MARGIN, A4[1] - MARGIN - 3 * mm, words)


def _first_page(report: Report) -> list[Flowable]:
    """The sentences, the map and the MRC; the map takes the room that is left."""
    above, below = _cover(report), [Legend(_signs(report)), *_mrcs(report)]
    others = sum(part.wrap(WIDTH, PAGE)[1] for part in [*above, *below])
    # Less a hair: a frame that is filled to the last point is too full for the library.
    height = min(max(PAGE - others - 2, LOWEST), HIGHEST)
    return [*above, CoverageMap(report, WIDTH, height), *below]


def _cover(report: Report) -> list[Flowable]:
    size = 22 if len(report.title) < 24 else 18
    muted = typeface.style(8, textColor=typeface.MUTED)
    return [
        paragraph(_("Coverage report"), typeface.style(11, typeface.STRONG)),
        paragraph(report.title, typeface.style(size, typeface.HEAVY, leading=1.15)),
        paragraph(
            _("Help for temporary foreign workers, as of %(day)s") % {"day": report.day},
            typeface.style(11),
        ),
        paragraph(report.run, muted),
        Spacer(0, 2 * mm),
        _sentences(report.sentences),
        Spacer(0, 2 * mm),
        paragraph(report.map_title, typeface.style(9, typeface.STRONG)),
        Spacer(0, 1 * mm),
    ]


def _sentences(sentences: Iterable[str]) -> Table:
    """What must be read, numbered, in a frame."""
    words, number = typeface.style(10, leading=1.2), typeface.style(12, typeface.HEAVY)
    return Table(
        [
            [paragraph(str(index), number), paragraph(sentence, words)]
            for index, sentence in enumerate(sentences, 1)
        ],
        colWidths=[8 * mm, WIDTH - 8 * mm],
        style=[
            ("BOX", (0, 0), (-1, -1), 1.2, typeface.INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


class CoverageMap(Flowable):
    """The region and its neighbours in the shades of the legend, with the places of help."""

    def __init__(self, report: Report, width: float, height: float) -> None:
        """Lay out the map of a report in a frame of so many points."""
        super().__init__()
        self.width, self.height = width, height
        self._report = report
        self.window = window_around(_of_interest(report), width, height)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Its own size."""
        return self.width, self.height

    def draw(self) -> None:
        """Ground, places, numbers of MRC, shares, towns: each avoids those before it."""
        report, window, canvas = self._report, self.window, self.canv
        draw_ground(
            canvas,
            window,
            [region.outline for region in report.regions],
            report.outline,
            painted=[(region.outline, HATCHES[region.key]) for region in report.regions],
        )
        frame = Box(2, 2, self.width - 4, self.height - 4)
        taken = self._draw_places()
        own = [region for region in report.regions if region.code == report.code]
        others = [region for region in report.regions if region.code != report.code]
        _draw_numbers(canvas, report.mrcs, window, frame, taken)
        _draw_shares(canvas, [*own, *others], window, frame, taken)
        draw_towns(canvas, report.towns, window, frame, taken, most=MOST_TOWNS)

    def _draw_places(self) -> list[Box]:
        """The places of help; the boxes that words must leave free are given back."""
        window, canvas = self.window, self.canv
        spots = [
            (window.place(*spot.point), spot.is_verified)
            for spot in self._report.spots
            if window.holds(window.place(*spot.point))
        ]
        # What was verified lies over what was not.
        for position, is_verified in sorted(spots, key=lambda spot: spot[1]):
            draw_place(canvas, position, is_verified=is_verified)
        positions = [position for position, _is_verified in spots]
        groups = grouped(positions, TOGETHER)
        return [box_at(positions[group[0]], PLACE + TOGETHER) for group in groups]


def draw_place(canvas: Canvas, position: Position, *, is_verified: bool) -> None:
    """A place of help: filled where something was verified in time, else hollow."""
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(0.9)
    if is_verified:
        canvas.setFillColor(typeface.INK)
    else:
        canvas.setFillGray(1)
    canvas.circle(*position, PLACE / 2, stroke=1, fill=1)


def _of_interest(report: Report) -> list[Position]:
    """What the map must show: the outline, or the towns of a region that nobody drew."""
    if report.outline:
        return [position for shape in report.outline for position in shape.positions]
    return [town.point for town in report.towns]


def _draw_numbers(
    canvas: Canvas, mrcs: Iterable[MrcRow], window: Window, frame: Box, taken: list[Box]
) -> None:
    """The numbers of the MRC, beside the municipality that most of their workers are near."""
    for row in mrcs:
        if row.point is None:
            continue
        position = window.place(*row.point)
        words = str(row.number)
        size = typeface.width_of(words, typeface.STRONG, NUMBERS) + 5, NUMBERS + 3
        box = settled(position, size, taken, frame, GAPS) or Box(*position, *size)
        taken.append(box)
        draw_leader(canvas, position, box)
        _draw_label(canvas, words, box, NUMBERS, is_dark=True)


def _draw_shares(
    canvas: Canvas,
    regions: Iterable[PaintedRegion],
    window: Window,
    frame: Box,
    taken: list[Box],
) -> None:
    """The code of each region with its share, on its land, or beside it with a line to it.

    The first one is written wherever there is room, the others near their land or not at all.
    """
    land = land_of(window)
    gaps: Sequence[float] = GAPS
    for region in regions:
        middle = _roomiest(region.outline, window, land)
        if middle is None:
            continue
        words = f"{region.code} · {region.label}"
        size = typeface.width_of(words, typeface.STRONG, SHARES) + 6, SHARES + 4
        inside = Box(middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size)
        is_free = inside.inside(frame) and not any(inside.shared(box) for box in taken)
        box = inside if is_free else settled(middle, size, taken, frame, gaps)
        gaps = GAPS[:NEAR_GAPS]
        if box is None:
            continue
        taken.append(box)
        if not is_free:
            draw_leader(canvas, middle, box)
        _draw_label(canvas, words, box, SHARES)


def _draw_label(
    canvas: Canvas, words: str, box: Box, size: float, *, is_dark: bool = False
) -> None:
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(0.5)
    canvas.setFillGray(0.15 if is_dark else 1)
    canvas.roundRect(box.left, box.bottom, box.width, box.height, 2, stroke=1, fill=1)
    canvas.setFillGray(1 if is_dark else 0)
    canvas.setFont(typeface.STRONG, size)
    canvas.drawCentredString(
        box.middle[0], box.bottom + (box.height - size) / 2 + size * 0.18, words
    )


def _roomiest(outline: Sequence[Shape], window: Window, land: GEOSGeometry) -> Position | None:
    """A point well inside the largest piece of land of an outline that the frame shows, or None."""
    bounds = window.bounds()
    rings = [drawn_ring(shape.positions, window) for shape in outline if shape.meets(bounds)]
    whole = GeometryCollection([Polygon([*ring, ring[0]]).buffer(0) for ring in rings if ring])
    core = whole.unary_union.intersection(land).buffer(-LEAST_WIDE / 2)
    if core.empty:
        return None
    if isinstance(core, MultiPolygon):
        core = max(core, key=lambda piece: piece.area)
    point = core.centroid if core.contains(core.centroid) else core.point_on_surface
    return point.x, point.y


def _signs(report: Report) -> list[Sign]:
    """What the shades and the signs of the map mean."""

    def shade(key: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            draw_hatch(canvas, HATCHES[key], 14, 8.5)
            canvas.setStrokeColor(typeface.INK)
            canvas.setLineWidth(0.6)
            canvas.rect(0, 0, 14, 8.5, stroke=1, fill=0)

        return draw

    def place(is_verified: bool) -> Callable[[Canvas], None]:
        return lambda canvas: draw_place(canvas, (10, 4.2), is_verified=is_verified)

    signs = [
        *((shade(key), words) for key, words in report.legend),
        (place(True), _("place of help, something verified in time")),
        (place(False), _("place of help, listed and not verified")),
    ]
    if report.mrcs:
        signs.append((_draw_example, _("MRC, as numbered in the table")))
    return signs


def _draw_example(canvas: Canvas) -> None:
    """The number of an MRC, as the map has them."""
    _draw_label(canvas, "1", Box(4, -0.5, 9, 9), NUMBERS, is_dark=True)


class Legend(Flowable):
    """Signs with their words, one after the other, on as many lines as they need."""

    SIZE = 7.4
    LINE = 12.5

    def __init__(self, signs: Sequence[Sign]) -> None:
        """Lay out signs in a column of `WIDTH`."""
        super().__init__()
        self._placed: list[tuple[float, int, Sign]] = []
        x, line = 0.5, 0
        for sign in signs:
            across = 17 + typeface.width_of(sign[1], typeface.PLAIN, self.SIZE)
            if x + across > WIDTH and x > 1:
                x, line = 0.5, line + 1
            self._placed.append((x, line, sign))
            x += across + 9
        self.height = (line + 1) * self.LINE

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """All its lines."""
        return WIDTH, self.height

    def draw(self) -> None:
        """Each sign before its words."""
        canvas = self.canv
        for x, line, (draw, words) in self._placed:
            canvas.saveState()
            canvas.translate(x, self.height - (line + 1) * self.LINE + 2)
            draw(canvas)
            canvas.setFillColor(typeface.INK)
            canvas.setFont(typeface.PLAIN, self.SIZE)
            canvas.drawString(17, 1.8, words)
            canvas.restoreState()


def _table(rows: Sequence[Sequence], widths: Sequence[float], head: int = 1, **options) -> Table:
    """A table whose head is repeated on each page."""
    return Table(
        rows,
        colWidths=widths,
        repeatRows=head,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("VALIGN", (0, 0), (-1, head - 1), "BOTTOM"),
            ("LINEBELOW", (0, head - 1), (-1, head - 1), 1.2, typeface.INK),
            ("LINEBELOW", (0, head), (-1, -1), 0.4, typeface.LINE),
            ("ROWBACKGROUNDS", (0, head), (-1, -1), [None, typeface.SHADE]),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 1.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
            *options.get("more", []),
        ],
    )


def _mrcs(report: Report) -> list[Flowable]:
    """The MRC, in the order of the numbers of the map."""
    if not report.mrcs:
        return []
    plain, strong = typeface.style(SMALL), typeface.style(SMALL, typeface.STRONG)
    head = [
        "",
        _("MRC"),
        _("Workers"),
        _("Any need: class, verified in time"),
        _("Workers with verified help near"),
        _("Class if confirmed"),
        _("Workers with help near, if confirmed"),
    ]
    rows = [[paragraph(words, strong) for words in head]]
    rows += [
        [
            paragraph(str(row.number), strong),
            paragraph(row.name, strong),
            *(
                paragraph(words, plain)
                for words in (row.demand, row.honest, row.honest_middle, row.listed, row.middle)
            ),
        ]
        for row in report.mrcs
    ]
    shares = (6, 42, 22, 45, 24, 45, 24)
    widths = [WIDTH * share / sum(shares) for share in shares]
    title = Heading(_("MRC of the region"))
    note = paragraph(report.mrc_note, typeface.style(SMALL, textColor=typeface.MUTED))
    return [Spacer(0, 2 * mm), title, Spacer(0, 1 * mm), _table(rows, widths), note]


def _needs(report: Report) -> list[Flowable]:
    """Needs by figures."""
    plain, strong = typeface.style(7.2, leading=1.12), typeface.style(7.2, typeface.STRONG)
    muted = typeface.style(6.8, typeface.SLANTED, textColor=typeface.MUTED)
    title = typeface.style(6.8, typeface.STRONG)
    groups = ["", _("Verified in time"), "", _("If everything listed were confirmed")]
    head = [
        _("Need"),
        _("Class"),
        pgettext("distance", "near"),
        _("Class and status"),
        pgettext("distance", "very near"),
        pgettext("distance", "near"),
        pgettext("distance", "long drive"),
        _("second choice"),
        _("half go up to"),
        _("9 in 10 go up to"),
        _("Ratio per 1,000 (95 %)"),
        _("SPAR"),
        _("Robust"),
        _("Lines, by language"),
    ]
    rows: list[list] = [
        [paragraph(words, strong) if words else "" for words in groups] + [""] * 10,
        [paragraph(words, title) for words in head],
    ]
    for row in report.needs:
        rows.append(
            [
                paragraph(row.name, strong),
                paragraph(row.honest, plain),
                paragraph(row.honest_middle, plain),
                [paragraph(row.listed, plain), paragraph(row.status, muted)],
                *(
                    paragraph(words, plain)
                    for words in (
                        row.near,
                        row.middle,
                        row.far,
                        row.second,
                        row.median,
                        row.p90,
                        row.ratio,
                        row.access,
                        row.robust,
                        row.lines,
                    )
                ),
            ]
        )
    shares = (24, 21, 9, 22, 10, 9, 10, 13, 12, 12, 18, 9, 13, 26)
    widths = [WIDTH * share / sum(shares) for share in shares]
    table = _table(
        rows,
        widths,
        head=2,
        more=[
            ("SPAN", (1, 0), (2, 0)),
            ("SPAN", (3, 0), (-1, 0)),
            ("LINEBELOW", (1, 0), (2, 0), 0.6, typeface.INK),
            ("LINEBELOW", (3, 0), (-1, 0), 0.6, typeface.INK),
            ("LINEBEFORE", (1, 0), (1, -1), 0.6, typeface.INK),
            ("LINEBEFORE", (3, 0), (3, -1), 0.6, typeface.INK),
        ],
    )
    note = _(
        "Percentages are workers with somebody in person so near by road: %(bounds)s. Languages: "
        "%(languages)s; ?: language unknown."
    ) % {"bounds": report.bounds, "languages": report.lines_note}
    return [
        PageBreak(),
        Heading(_("Needs")),
        Spacer(0, 1 * mm),
        table,
        Spacer(0, 1 * mm),
        paragraph(note, typeface.style(SMALL, textColor=typeface.MUTED)),
    ]


def _past(report: Report) -> list[Flowable]:
    """Earlier runs, and what changed since the last one."""
    plain, strong = typeface.style(SMALL), typeface.style(SMALL, typeface.STRONG)
    head = [
        _("Day"),
        _("Any need: class, verified in time"),
        _("Needs with verified help in the region"),
        _("Class if confirmed"),
        _("Needs with help in the region, if confirmed"),
        _("Workers with help near, if confirmed"),
        _("Services known in Québec"),
    ]
    rows = [[paragraph(words, strong) for words in head]]
    rows += [
        [
            paragraph(moment.day, strong),
            *(
                paragraph(words, plain)
                for words in (
                    moment.honest,
                    moment.honest_needs,
                    moment.listed,
                    moment.listed_needs,
                    moment.middle,
                    moment.services,
                )
            ),
        ]
        for moment in report.past
    ]
    shares = (28, 32, 24, 28, 26, 24, 24)
    widths = [WIDTH * share / sum(shares) for share in shares]
    return [
        PageBreak(),
        Heading(_("Compared with earlier runs")),
        Spacer(0, 1 * mm),
        _table(rows, widths),
        Spacer(0, 2 * mm),
        *_changes(report),
    ]


def _changes(report: Report) -> list[Flowable]:
    """Needs whose class or services differ from those of the run before."""
    plain, strong = typeface.style(SMALL), typeface.style(SMALL, typeface.STRONG)
    if len(report.past) == 1:
        return [paragraph(_("There is no earlier run to compare with."), plain)]
    if not report.changes:
        return [paragraph(_("Nothing changed since the run before."), plain)]
    head = [
        _("Changed since the run before, if everything listed were confirmed"),
        _("Class before"),
        _("Class now"),
        _("Services gained"),
        _("Services lost"),
    ]
    rows = [[paragraph(words, strong) for words in head]]
    rows += [
        [
            paragraph(row.name, strong),
            *(paragraph(words, plain) for words in (row.before, row.after, row.gained, row.lost)),
        ]
        for row in report.changes
    ]
    shares = (58, 44, 44, 20, 20)
    return [_table(rows, [WIDTH * share / sum(shares) for share in shares])]


def _end(report: Report) -> list[Flowable]:
    """How it was reckoned, what it does not tell, whose data it shows."""
    plain = typeface.style(8, leading=1.18)
    fine = typeface.style(SMALL, textColor=typeface.MUTED, leading=1.15)
    method = Table(
        [
            [paragraph(f"{number}.", plain), paragraph(line, plain)]
            for number, line in enumerate(report.method, 1)
        ],
        colWidths=[6 * mm, WIDTH - 6 * mm],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ],
    )
    return [
        Spacer(0, 3 * mm),
        CondPageBreak(LEAST),
        Heading(_("Method and conventions of this run")),
        Spacer(0, 1 * mm),
        method,
        Spacer(0, 3 * mm),
        CondPageBreak(LEAST),
        Heading(_("What the figures do not tell")),
        Spacer(0, 1 * mm),
        *(paragraph(caveat, plain) for caveat in [*report.caveats, report.small]),
        Spacer(0, 3 * mm),
        CondPageBreak(LEAST),
        Heading(_("Sources")),
        Spacer(0, 1 * mm),
        *(paragraph(source, fine) for source in report.sources),
    ]
