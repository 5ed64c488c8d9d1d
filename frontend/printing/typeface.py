"""The typeface, and the styles of paragraphs. Everything must read well in black and white."""

from functools import cache
from importlib.resources import files

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN = "SourceSans"
STRONG = "SourceSans-Bold"
SLANTED = "SourceSans-Italic"
HEAVY = "SourceSans-Black"

_FILES = {
    PLAIN: "SourceSansPro-Regular.ttf",
    STRONG: "SourceSansPro-Bold.ttf",
    SLANTED: "SourceSansPro-It.ttf",
    HEAVY: "SourceSansPro-Black.ttf",
}

INK = HexColor("#111111")
# On paper a paler grey is lost by a cheap printer.
MUTED = HexColor("#444444")
LINE = HexColor("#8a8a8a")
SHADE = HexColor("#ececec")
WATER = HexColor("#d5e3ea")
LAND = HexColor("#f3f2ee")
OWN_LAND = HexColor("#ffffff")
SHORE = HexColor("#6f8794")


@cache
def register_fonts() -> None:
    """Make the typeface known to the PDF library, once a process.

    Source Sans Pro, SIL Open Font License 1.1, which lets documents embed it.
    """
    folder = files("font_source_sans_pro") / "files"
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(
        PLAIN, normal=PLAIN, bold=STRONG, italic=SLANTED, boldItalic=STRONG
    )


def style(size: float, font: str = PLAIN, *, leading: float = 1.17, **options) -> ParagraphStyle:
    """A style of paragraphs.

    Args:
        size: of the letters, points.
        font: one of the four names above.
        leading: height of a line, in sizes.
        **options: whatever `ParagraphStyle` takes.
    """
    register_fonts()
    return ParagraphStyle(
        font,
        fontName=font,
        fontSize=size,
        leading=size * leading,
        **{"textColor": INK} | options,
    )


def width_of(text: str, font: str, size: float) -> float:
    """How wide a text is, points."""
    register_fonts()
    return pdfmetrics.stringWidth(text, font, size)
