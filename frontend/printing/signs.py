"""A sign for each need on the poster: a letter in a shape, told apart without colours."""

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from frontend.printing import typeface

# Dark enough for a white letter on each (contrast of 4.5 or more).
_COLOURS = (
    "#0b4f8a",
    "#a3213b",
    "#1f6b2b",
    "#6a1b9a",
    "#7a5200",
    "#00635a",
    "#9c1f6d",
    "#4e342e",
    "#31434b",
    "#a04000",
    "#283593",
    "#4b6b12",
    "#8b1e1e",
    "#006071",
    "#5d4037",
)

# Corners of each shape, 0 for a round one, and the angle of the first, degrees.
_SHAPES = ((0, 0), (4, 45), (4, 90), (6, 90), (8, 22.5))


@dataclass(frozen=True, slots=True)
class Sign:
    """How a need is drawn.

    Attributes:
        letter: one of the alphabet.
        colour: of the shape.
        corners: of the shape, 0 for a circle.
        turn: angle of the first corner, degrees.
    """

    letter: str
    colour: str
    corners: int
    turn: float


def signs_of(codes: Sequence[str]) -> dict[str, Sign]:
    """A sign for each need, in the order of the needs; colours and shapes come round again."""
    return {
        code: Sign(
            string.ascii_uppercase[index % 26],
            _COLOURS[index % len(_COLOURS)],
            *_SHAPES[index % len(_SHAPES)],
        )
        for index, code in enumerate(codes)
    }


def draw_sign(canvas: Canvas, sign: Sign, x: float, y: float, size: float) -> None:
    """Draw a sign around a position, `size` points across."""
    canvas.setFillColor(HexColor(sign.colour))
    canvas.setStrokeGray(1)
    canvas.setLineWidth(size / 18)
    if sign.corners == 0:
        canvas.circle(x, y, size / 2, stroke=1, fill=1)
    else:
        radius = size * (0.62 if sign.corners == 4 else 0.53)
        path = canvas.beginPath()
        for corner in range(sign.corners):
            angle = math.radians(sign.turn + 360 * corner / sign.corners)
            point = x + radius * math.cos(angle), y + radius * math.sin(angle)
            if corner == 0:
                path.moveTo(*point)
            else:
                path.lineTo(*point)
        path.close()
        canvas.drawPath(path, stroke=1, fill=1)
    letters = size * 0.62
    canvas.setFillGray(1)
    canvas.setFont(typeface.HEAVY, letters)
    canvas.drawCentredString(x, y - letters * 0.34, sign.letter)
