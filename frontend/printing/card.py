"""The card: one service on A6, or twice as large on A4 for a wall."""

from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4, A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer, Table

from frontend.printing import typeface
from frontend.printing.contents import Card
from frontend.printing.facts import Telling, both, each
from frontend.printing.map import SpotMap
from frontend.printing.page import new_canvas, paragraph
from frontend.printing.qr import draw_code

# Every size is that of an A6 card; on A4 the whole is drawn twice as large.
MARGIN = 7 * mm
WIDTH = A6[0] - 2 * MARGIN
CODE = 25 * mm
ROOM = A6[1] - 2 * MARGIN - CODE - 2 * mm
MAP = 30 * mm

SIZES = {"a6": (A6, 1.0), "a4": (A4, A4[0] / A6[0])}

# How a card fills its side: large letters; a long one smaller letters, then no map, then two
# sides.
ATTEMPTS = (
    *((scale, True) for scale in (1.25, 1.12, 1.0, 0.92, 0.86)),
    *((scale, False) for scale in (0.92, 0.86, 0.8)),
)
SMALLER = (1.0, 0.92, 0.86, 0.8, 0.72, 0.64, 0.56, 0.48)


def draw_card(card: Card, size: str) -> bytes:
    """A card as PDF, one side or two; the same content gives the same bytes.

    Args:
        card: what it holds.
        size: `a6` or `a4`.
    """
    paper, factor = SIZES[size]
    file = BytesIO()
    canvas = new_canvas(file, paper, card.entry.told[0].name, card.languages[0])
    for face in _faces(card):
        canvas.saveState()
        canvas.scale(factor, factor)
        _draw_face(canvas, face)
        _draw_foot(canvas, card)
        canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _faces(card: Card) -> list[list[Flowable]]:
    """What stands on each side: one side where it fits."""
    for scale, with_map in ATTEMPTS:
        face = [*_head(card, scale), *_map(card, with_map), _body(card, scale)]
        if _fits(face):
            return [face]
    return [
        next(
            face for scale in SMALLER if _fits(face := _head(card, scale)) or scale == SMALLER[-1]
        ),
        next(
            face for scale in SMALLER if _fits(face := [_body(card, scale)]) or scale == SMALLER[-1]
        ),
    ]


def _fits(face: list[Flowable]) -> bool:
    return sum(part.wrap(WIDTH, ROOM)[1] for part in face) <= ROOM


def _head(card: Card, scale: float) -> list[Flowable]:
    """Who it is, and how to reach it."""
    first, second = card.entry.told
    strong = typeface.style(13.5 * scale, typeface.HEAVY, leading=1.08)
    plain = typeface.style(9 * scale)
    faint = typeface.style(7.8 * scale, textColor=typeface.MUTED)
    names = [paragraph(first.name, strong)]
    # A name that exists in one language only bears a mark in the other.
    if second.name.partition(" [")[0] != first.name.partition(" [")[0]:
        names.append(paragraph(second.name, typeface.style(11 * scale, typeface.STRONG)))
    names += [paragraph(by, plain) for by in dict.fromkeys((first.by, second.by)) if by]
    calls: list[Flowable] = []
    for call in card.entry.calls:
        number = typeface.style(20 * scale, typeface.HEAVY, leading=1.12)
        calls.append(paragraph(call.number, number, link=call.address))
        calls += [paragraph(note, faint) for note in each(call.notes)]
    if not card.entry.calls and not card.entry.names_a_line:
        nothing = both(card.languages, lambda: _("No number is known: call 211"))
        calls += [paragraph(words, plain) for words in each(nothing)]
    at = [paragraph(card.entry.at, plain)] if card.entry.at else []
    at += [paragraph(note, faint) for note in each(card.entry.at_notes)]
    return [*names, Spacer(0, 3 * scale), *calls, Spacer(0, 2 * scale), *at, Spacer(0, 4 * scale)]


def _map(card: Card, with_map: bool) -> list[Flowable]:
    if not with_map or not card.entry.is_exact:
        return []
    return [SpotMap(card, WIDTH, MAP), Spacer(0, 4)]


def _body(card: Card, scale: float) -> Table:
    """What is known, a column for each language."""
    return Table(
        [[_column(told, scale) for told in card.entry.told]],
        colWidths=[WIDTH / 2, WIDTH / 2],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("LEFTPADDING", (1, 0), (1, -1), 6),
            ("RIGHTPADDING", (0, 0), (0, -1), 6),
            ("RIGHTPADDING", (1, 0), (1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ("LINEBEFORE", (1, 0), (1, -1), 0.4, typeface.LINE),
        ],
    )


def _column(told: Telling, scale: float) -> list[Flowable]:
    plain = typeface.style(8.4 * scale, spaceAfter=1.5)
    faint = typeface.style(7.2 * scale, textColor=typeface.MUTED)
    parts: list[Flowable] = [paragraph(told.needs, typeface.style(8.4 * scale, typeface.STRONG))]
    parts += [paragraph(fact, plain) for fact in told.facts]
    if told.description:
        parts.append(paragraph(told.description, plain))
    if told.alert:
        parts.append(paragraph(f"▲ {told.alert}", typeface.style(8 * scale, typeface.SLANTED)))
    parts += [paragraph(words, faint) for words in (told.unknown, told.source) if words]
    return parts


def _draw_face(canvas: Canvas, face: list[Flowable]) -> None:
    top = A6[1] - MARGIN
    for part in face:
        _width, height = part.wrapOn(canvas, WIDTH, ROOM)
        top -= height
        part.drawOn(canvas, MARGIN, top)


def _draw_foot(canvas: Canvas, card: Card) -> None:
    """The code of the page, and of what day this is."""
    canvas.setStrokeColor(typeface.INK)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, MARGIN + CODE + 2, MARGIN + WIDTH, MARGIN + CODE + 2)
    draw_code(canvas, card.entry.page, MARGIN - 2 * mm, MARGIN - 2 * mm, CODE)
    words = both(
        card.languages,
        lambda: _("As the sources say on %(day)s. Call before you go. Details and sources:"),
    )
    fine = typeface.style(7.6)
    top = MARGIN + CODE - 1 * mm
    across = WIDTH - CODE
    for text, day in zip(words, card.day, strict=True):
        part = paragraph(text % {"day": day}, fine)
        _width, height = part.wrapOn(canvas, across, ROOM)
        top -= height + 2
        part.drawOn(canvas, MARGIN + CODE, top)
    canvas.setFont(typeface.STRONG, 8)
    canvas.setFillColor(typeface.INK)
    canvas.drawString(MARGIN + CODE, MARGIN + 0.5 * mm, "Repère")
