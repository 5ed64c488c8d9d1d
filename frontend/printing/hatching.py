"""Grounds that are told apart without colours: the paler and emptier, the better."""

import math
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from frontend.printing import typeface


@dataclass(frozen=True, slots=True)
class Hatch:
    """How an area of a map is filled.

    Attributes:
        grey: of the ground, 0 for black to 1 for white.
        angles: of the lines, degrees; none for a plain ground.
        gap: between two lines, points.
    """

    grey: float
    angles: tuple[float, ...] = ()
    gap: float = 1.0


# By the keys of `geo.coverage.legend`; dark letters read well on the darkest.
HATCHES = {
    "step-5": Hatch(1.0),
    "step-4": Hatch(0.96, (45,), 9),
    "step-3": Hatch(0.92, (45,), 5),
    "step-2": Hatch(0.87, (45, 135), 6.5),
    "step-1": Hatch(0.8, (45, 135), 3.6),
    "no_data": Hatch(1.0, (0,), 4),
}


def draw_hatch(canvas: Canvas, hatch: Hatch, width: float, height: float) -> None:
    """Fill a rectangle whose lower left corner is the canvas' origin; clip it beforehand."""
    canvas.saveState()
    frame = canvas.beginPath()
    frame.rect(0, 0, width, height)
    canvas.clipPath(frame, stroke=0, fill=0)
    canvas.setFillGray(hatch.grey)
    canvas.rect(0, 0, width, height, stroke=0, fill=1)
    canvas.setStrokeColor(typeface.LINE)
    canvas.setLineWidth(0.35)
    reach = math.hypot(width, height) / 2
    for angle in hatch.angles:
        canvas.saveState()
        canvas.translate(width / 2, height / 2)
        canvas.rotate(angle)
        count = math.ceil(reach / hatch.gap)
        canvas.lines(
            [(-reach, at * hatch.gap, reach, at * hatch.gap) for at in range(-count, count + 1)]
        )
        canvas.restoreState()
    canvas.restoreState()
