"""QR codes, drawn as shapes. A code holds the address of a page and nothing else."""

import segno
from reportlab.pdfgen.canvas import Canvas

# White around the code, in modules; readers need four.
QUIET = 4


def code_of(address: str) -> segno.QRCode:
    """The code of an address, readable with 15 % of it hidden."""
    return segno.make(address, error="m", boost_error=False, micro=False)


def draw_code(canvas: Canvas, address: str, left: float, bottom: float, size: float) -> None:
    """Draw the code of an address, `size` points wide with its white border, ready to be tapped."""
    rows = [list(row) for row in code_of(address).matrix_iter(border=QUIET)]
    module = size / len(rows)
    canvas.saveState()
    canvas.setFillGray(1)
    canvas.rect(left, bottom, size, size, stroke=0, fill=1)
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for index, row in enumerate(rows):
        y = bottom + size - (index + 1) * module
        for start, length in _runs(row):
            path.rect(left + start * module, y, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()
    canvas.linkURL(address, (left, bottom, left + size, bottom + size), relative=1)


def _runs(row: list[int]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    runs: list[tuple[int, int]] = []
    for index, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((index, 1))
    return runs
