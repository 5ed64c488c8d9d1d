"""The leaflet: A4 sheets in two languages, for any printer."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table

from frontend.printing import typeface
from frontend.printing.contents import Group, Leaflet
from frontend.printing.entries import NUMBER, SECOND, THIRD, sections
from frontend.printing.facts import Pair, both, each, joined
from frontend.printing.map import LeafletMap
from frontend.printing.page import MARGIN, WIDTH, build_pages, paragraph
from frontend.printing.qr import draw_code
from frontend.printing.rights import rights
from frontend.templatetags.repere import LANGUAGE_NAMES

MAP_HEIGHT = 100 * mm
CODE = 28 * mm
# A title needs so much room below it, for itself and the first service.
LEAST = 42 * mm

HALF = (WIDTH - 6 * mm) / 2


def draw_leaflet(leaflet: Leaflet) -> bytes:
    """A leaflet as PDF; the same content gives the same bytes."""
    first, _second = leaflet.languages
    with override(first):
        title = f"{leaflet.title} – {_('Services and places near you')}"
    return build_pages(
        [*_cover(leaflet), *_list(leaflet), *_end(leaflet)],
        title=title,
        language=first,
        foot=f"Repère · {leaflet.title} · {joined(leaflet.day)}",
        head=lambda canvas: _draw_head(canvas, leaflet),
    )


def _draw_head(canvas: Canvas, leaflet: Leaflet) -> None:
    """The columns of the list, at the head of a page."""
    canvas.saveState()
    canvas.translate(MARGIN, A4[1] - MARGIN - 4 * mm)
    _draw_columns(canvas, leaflet)
    canvas.restoreState()


def _draw_columns(canvas: Canvas, leaflet: Leaflet) -> None:
    first, second = leaflet.languages
    contact = both(leaflet.languages, lambda: _("Phone"))
    canvas.setFillColor(typeface.INK)
    canvas.setFont(typeface.STRONG, 9)
    canvas.drawString(NUMBER, 0, LANGUAGE_NAMES[first])
    canvas.drawString(SECOND, 0, LANGUAGE_NAMES[second])
    canvas.drawString(THIRD, 0, joined(contact))


class Columns(Flowable):
    """The columns of the list, where it begins in the middle of a page."""

    def __init__(self, leaflet: Leaflet) -> None:
        """Lay out the head of the list of a leaflet."""
        super().__init__()
        self._leaflet = leaflet

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """One line, with a space above."""
        return WIDTH, 6 * mm

    def draw(self) -> None:
        """As at the head of the other pages."""
        _draw_columns(self.canv, self._leaflet)


class Legend(Flowable):
    """What the pins of the map mean, in both languages."""

    def __init__(self, *meanings: Pair) -> None:
        """Lay out the words for exact, approximate and everyday places, in this order."""
        super().__init__()
        self._words = [joined(words) for words in meanings]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """One line."""
        return WIDTH, 4 * mm

    def draw(self) -> None:
        """Each sign before its words."""
        canvas, x = self.canv, 2.0
        letters = sum(typeface.width_of(words, typeface.PLAIN, 1) for words in self._words)
        size = min(7.4, (WIDTH - len(self._words) * 17) / letters)
        for index, words in enumerate(self._words):
            canvas.setStrokeColor(typeface.INK)
            canvas.setFillGray(1 if index == 1 else 0)
            if index == 2:
                canvas.rect(x, 3, 4.6, 4.6, stroke=1, fill=1)
            else:
                canvas.circle(x + 2.3, 5.3, 2.3, stroke=1, fill=1)
            canvas.setFillColor(typeface.MUTED)
            canvas.setFont(typeface.PLAIN, size)
            canvas.drawString(x + 7, 2.8, words)
            x += 17 + typeface.width_of(words, typeface.PLAIN, size)


def _cover(leaflet: Leaflet) -> list[Flowable]:
    say = leaflet.languages
    legend = [
        both(say, lambda: _("exact place")),
        both(say, lambda: _("near there: town or postal code")),
        both(say, lambda: _("everyday place")),
    ]
    who = both(
        say,
        lambda: _(
            "These organizations are not your employer, and community organizations are not "
            "immigration officers. You may ask before you give your name."
        ),
    )
    check = both(
        say,
        lambda: _("As the sources say on %(day)s. Places move and close: call before you go."),
    )
    check = check[0] % {"day": leaflet.day[0]}, check[1] % {"day": leaflet.day[1]}
    fresh = both(say, lambda: _("This page, up to date, with the sources:"))
    size = 26 if len(leaflet.title) < 30 else 21
    return [
        paragraph(leaflet.title, typeface.style(size, typeface.HEAVY, leading=1.1)),
        _two(leaflet.subtitle, typeface.style(11)),
        Spacer(0, 3 * mm),
        _emergency(leaflet),
        Spacer(0, 3 * mm),
        _two(who, typeface.style(9)),
        Spacer(0, 3 * mm),
        LeafletMap(leaflet, WIDTH, MAP_HEIGHT),
        Spacer(0, 1 * mm),
        Legend(*legend),
        Spacer(0, 2 * mm),
        CodeRow(leaflet.page, fresh, check),
    ]


def _two(words: Pair, style) -> Table:
    """A text in both languages, side by side."""
    return _columns([[paragraph(word, style) for word in words]], [WIDTH - HALF - 0.1, HALF])


def _columns(rows: Sequence[Sequence], widths: Sequence[float]) -> Table:
    return Table(
        rows,
        colWidths=widths,
        style=[
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ],
    )


def _emergency(leaflet: Leaflet) -> Table:
    """The numbers that everybody must have, in boxes."""
    cells = []
    for number, link, label in leaflet.emergency:
        size = 21 if len(number) < 5 else 15.5
        cells.append(
            [
                paragraph(number, typeface.style(size, typeface.HEAVY, leading=1.05), link=link),
                *(paragraph(words, typeface.style(8)) for words in each(label)),
            ]
        )
    short = [3 if len(number) < 5 else 4.4 for number, *_rest in leaflet.emergency]
    return Table(
        [cells],
        colWidths=[WIDTH * share / sum(short) for share in short],
        style=[
            ("BOX", (0, 0), (-1, -1), 1.2, typeface.INK),
            ("INNERGRID", (0, 0), (-1, -1), 0.6, typeface.INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ],
    )


class CodeRow(Flowable):
    """The code of a page, with its address and what to know of the date."""

    def __init__(self, page: str, fresh: Pair, check: Pair) -> None:
        """Lay out the address of `page` with what is said of it in both languages."""
        super().__init__()
        self._page = page
        plain, strong = typeface.style(9), typeface.style(9, typeface.STRONG)
        address = urlsplit(page)
        self._parts: list[Paragraph] = [
            *(paragraph(words, strong) for words in each(check)),
            *(paragraph(words, plain) for words in each(fresh)),
            paragraph(f"{address.netloc}{address.path}", plain, link=page),
        ]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As high as the code, or the words if they need more."""
        across = WIDTH - CODE - 4 * mm
        words = sum(part.wrap(across, height)[1] + 2 for part in self._parts)
        self.height = max(CODE, words)
        return WIDTH, self.height

    def draw(self) -> None:
        """The code on the left."""
        draw_code(self.canv, self._page, 0, self.height - CODE, CODE)
        top = self.height - 3 * mm
        for part in self._parts:
            top -= part.height
            part.drawOn(self.canv, CODE + 4 * mm, top)
            top -= 2


def _part(words: Pair) -> list[Flowable]:
    """The title of a part of the list."""
    title = joined(words)
    return [CondPageBreak(LEAST), Spacer(0, 3 * mm), Heading(title)]


class Heading(Flowable):
    """The title of a part."""

    def __init__(self, title: str) -> None:
        """Lay out one title."""
        super().__init__()
        self._title = paragraph(title, typeface.style(13.5, typeface.HEAVY, leading=1.15))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """A line or two, and a thick rule below."""
        self.height = self._title.wrap(WIDTH, height)[1] + 4
        return WIDTH, self.height

    def draw(self) -> None:
        """The rule keeps parts apart in black and white."""
        self._title.drawOn(self.canv, 0, 4)
        self.canv.setLineWidth(2)
        self.canv.setStrokeColor(typeface.INK)
        self.canv.line(0, 1, WIDTH, 1)


def _list(leaflet: Leaflet) -> list[Flowable]:
    say = leaflet.languages
    nothing = both(say, lambda: _("No number is known: call 211"))
    continued = both(say, lambda: _("continued"))
    also = both(say, lambda: _("They help too: no."))
    unsaid = both(
        say,
        lambda: _("No hours, languages or cost written? We do not know them: ask."),
    )
    flow: list[Flowable] = [
        Spacer(0, 2 * mm),
        _two(unsaid, typeface.style(8.5, typeface.STRONG)),
        *_notes(leaflet),
        CondPageBreak(LEAST),
        Columns(leaflet),
    ]

    def part(words: Pair, groups: Sequence[Group]) -> None:
        if groups:
            first, *rest = sections(groups, nothing, continued, also)
            flow.extend([*_part(words), first, *rest])

    part(both(say, lambda: _("Places to go to")), leaflet.places)
    if not leaflet.places and not leaflet.everyday:
        flow.extend(_empty(leaflet))
    part(both(say, lambda: _("By phone or for the whole area")), leaflet.lines)
    part(both(say, lambda: _("By phone, everywhere in Québec")), leaflet.wide_lines)
    part(both(say, lambda: _("Everyday places")), leaflet.everyday)
    flow.extend(_online(leaflet))
    flow.extend(_missing(leaflet))
    return flow


def _notes(leaflet: Leaflet) -> list[Flowable]:
    """The warnings that many services share."""
    if not leaflet.notes:
        return []
    rows = [
        [paragraph(f"▲ ({letter})", typeface.style(8, typeface.STRONG))]
        + [paragraph(words, typeface.style(8)) for words in alert]
        for letter, alert in leaflet.notes
    ]
    return [_columns(rows, [12 * mm, (WIDTH - 12 * mm) / 2, (WIDTH - 12 * mm) / 2])]


def _empty(leaflet: Leaflet) -> list[Flowable]:
    """An area without a place: that is said, and where the nearest are."""
    none = both(
        leaflet.languages,
        lambda: _("We know no place here yet. Others may exist: call 211."),
    )
    flow: list[Flowable] = [Spacer(0, 3 * mm), _two(none, typeface.style(10, typeface.STRONG))]
    if not leaflet.nearest:
        return flow
    flow += _part(both(leaflet.languages, lambda: _("The nearest places, as the crow flies")))
    nothing = both(leaflet.languages, lambda: _("No number is known: call 211"))
    continued = both(leaflet.languages, lambda: _("continued"))
    for near in leaflet.nearest:
        group = Group(name=near.distance, entries=(near.entry,))
        flow += sections([group], nothing, continued, ("", ""))
    return flow


def _online(leaflet: Leaflet) -> list[Flowable]:
    if not leaflet.online:
        return []
    rows = [
        [
            paragraph(entry.told[0].name, typeface.style(8, typeface.STRONG)),
            paragraph(entry.told[1].name, typeface.style(8)),
            paragraph(_short(entry.link), typeface.style(8), link=entry.link),
        ]
        for entry in leaflet.online
    ]
    words = both(leaflet.languages, lambda: _("On the Internet, everywhere in Québec"))
    return [*_part(words), _columns(rows, [WIDTH * 0.36, WIDTH * 0.36, WIDTH * 0.28])]


def _short(address: str) -> str:
    parts = urlsplit(address)
    return parts.netloc.removeprefix("www.")


def _missing(leaflet: Leaflet) -> list[Flowable]:
    if not leaflet.missing:
        return []
    words = both(leaflet.languages, lambda: _("Nothing listed here yet for:"))
    names = tuple(", ".join(pair[side] for pair in leaflet.missing) for side in (0, 1))
    call = both(leaflet.languages, lambda: _("Call 211: they can connect you to other help."))
    told = tuple(f"{names[side]}. {call[side]}" for side in (0, 1))
    return [*_part(words), Spacer(0, 1 * mm), _two((told[0], told[1]), typeface.style(9))]


def _end(leaflet: Leaflet) -> list[Flowable]:
    """Where it was read, and whose data and letters are used."""
    say = leaflet.languages
    fine = typeface.style(6.8, textColor=typeface.MUTED, leading=1.15)
    machine = both(
        say,
        lambda: _(
            "* Machine translation that no person has read over. "
            "[fr], [en], [es]: language of the text."
        ),
    )
    read = both(say, lambda: _("Read in:"))
    return [
        Spacer(0, 5 * mm),
        _two(machine, fine),
        _two(both(say, rights), fine),
        _two(leaflet.outline_note, fine),
        Spacer(0, 1 * mm),
        paragraph(f"{joined(read)} {' · '.join(leaflet.sources)}", fine),
    ]
