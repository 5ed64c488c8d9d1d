"""What every sheet of paper has: margins, metadata, and a foot that numbers the pages."""

from collections.abc import Callable, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from frontend.printing import typeface

MARGIN = 12 * mm
HEAD = 9 * mm
FOOT = 9 * mm
GAP = 3 * mm
WIDTH = A4[0] - 2 * MARGIN

AUTHOR = "Repère"


def new_canvas(file, size: tuple[float, float], title: str, language: str) -> Canvas:
    """A canvas with its metadata; the same content gives the same bytes."""
    typeface.register_fonts()
    canvas = Canvas(file, pagesize=size, invariant=1, pageCompression=1, lang=language)
    describe(canvas, title)
    return canvas


def describe(canvas: Canvas, title: str) -> None:
    """Title and author, and the wish that readers show the title."""
    canvas.setTitle(title)
    canvas.setAuthor(AUTHOR)
    canvas.setCreator(AUTHOR)
    canvas.setViewerPreference("DisplayDocTitle", "true")


class CountedCanvas(Canvas):
    """A canvas that numbers its pages when it knows how many there are."""

    def __init__(self, *args, **kwargs) -> None:
        """Take `Canvas`'s arguments."""
        super().__init__(*args, **kwargs)
        self._pages: list[dict] = []

    def showPage(self) -> None:  # noqa: N802 (the name is the library's)
        """Keep the page for later."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw the numbers and write all the pages."""
        for index, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(typeface.PLAIN, 8)
            self.setFillColor(typeface.MUTED)
            self.drawRightString(A4[0] - MARGIN, 6.5 * mm, f"{index} / {len(self._pages)}")
            super().showPage()
        super().save()


def build_pages(
    story: Sequence[Flowable],
    *,
    title: str,
    language: str,
    foot: str,
    head: Callable[[Canvas], None],
) -> bytes:
    """An A4 document, its pages numbered.

    Args:
        story: what flows from page to page; the first page has no head.
        title: for the metadata.
        language: of the metadata; the reader's own.
        foot: one line at the foot of each page.
        head: draws the head of each page but the first.
    """
    file = BytesIO()

    def furnish(canvas: Canvas, document: BaseDocTemplate) -> None:
        describe(canvas, title)
        if canvas.getPageNumber() > 1:
            head(canvas)
        canvas.setFont(typeface.PLAIN, 8)
        canvas.setFillColor(typeface.MUTED)
        canvas.drawString(MARGIN, 6.5 * mm, foot)

    document = BaseDocTemplate(
        file, pagesize=A4, title=title, author=AUTHOR, lang=language, invariant=1, pageCompression=1
    )
    height = A4[1] - MARGIN - FOOT - GAP
    bare = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    first = Frame(MARGIN, FOOT + GAP, WIDTH, height, **bare)
    later = Frame(MARGIN, FOOT + GAP, WIDTH, height - HEAD, **bare)
    document.addPageTemplates(
        [
            PageTemplate("first", [first], onPage=furnish, autoNextPageTemplate="later"),
            PageTemplate("later", [later], onPage=furnish),
        ]
    )
    typeface.register_fonts()
    document.build(list(story), canvasmaker=CountedCanvas)
    return file.getvalue()


def paragraph(text: str, style: ParagraphStyle, *, link: str = "") -> Paragraph:
    """A paragraph of plain text; all of it opens `link` where there is one."""
    marked = escape(text)
    if link:
        address = escape(link, {'"': "&quot;"})
        colour = f"#{style.textColor.hexval()[2:]}"
        marked = f'<a href="{address}" color="{colour}">{marked}</a>'
    return Paragraph(marked, style)
