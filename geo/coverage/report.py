"""A run in words: the table of classes, the worst cells with their reason, what cannot be told."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from geo.choices import AreaLevel, CoverageBasis, CoverageClass, CoverageStatus
from geo.coverage.runs import Result
from geo.models import NeedTerm

# One sign for each class, for a table that fits a terminal.
SIGNS = {
    CoverageClass.LOCAL: "L",
    CoverageClass.ITINERANT: "I",
    CoverageClass.WITHIN_REACH: "W",
    CoverageClass.REMOTE_ONLY: "r",
    CoverageClass.STALE: "s",
    CoverageClass.NONE: ".",
}
MOST_WORST = 10

# Known to be thin: the report always says where they stand.
THIN_REGIONS = ("07", "10", "11")


def report_of(result: Result, basis: str) -> str:
    """The report of one basis: lines of text."""
    return "\n".join(_lines(result, basis))


def worst_cells(result: Result, basis: str, most: int = MOST_WORST) -> list[dict[str, Any]]:
    """The cells of regions where the most workers have nobody within the middle bound.

    By workers without help: a bad share of many people is worse than the same share of few. Cells
    without figures are not among them.
    """
    workers = {
        area.id: result.situation.workers[result.situation.rows_of(area)].sum()
        for area in result.situation.areas
        if area.level == AreaLevel.REGION
    }
    cells = [
        cell
        for cell in result.cells
        if cell["basis"] == basis
        and cell["area_id"] in workers
        and cell["need"]
        and not cell["language"]
        and "within" in cell["measures"]
    ]

    def without(cell: dict[str, Any]) -> float:
        return workers[cell["area_id"]] * (1 - cell["measures"]["within"]["middle"])

    return sorted(cells, key=lambda cell: (-without(cell), cell["need"]))[:most]


def _lines(result: Result, basis: str) -> Iterator[str]:
    now = result.situation
    needs = list(NeedTerm.objects.tiles().values_list("code", flat=True))
    regions = [area for area in now.areas if area.level == AreaLevel.REGION]
    cells = {
        (cell["area_id"], cell["need"]): cell
        for cell in result.cells
        if cell["basis"] == basis and not cell["language"]
    }
    title = CoverageBasis(basis).label
    yield ""
    yield f"{now.day}: {title}"
    yield "  ".join(f"{sign} {CoverageClass(name).label}" for name, sign in SIGNS.items())
    yield f"{'':38}" + " ".join(f"{code[:5]:5}" for code in needs)
    for region in regions:
        signs = (SIGNS[cells[region.id, code]["coverage_class"]] for code in needs)
        yield f"{region.code} {region.name[:34]:35}" + " ".join(f"{sign:5}" for sign in signs)
    counted = Counter(
        cells[region.id, code]["coverage_class"] for region in regions for code in needs
    )
    yield ", ".join(f"{CoverageClass(name).label}: {counted[name]}" for name in CoverageClass)
    yield ""
    yield f"The {MOST_WORST} cells where the most workers have nobody in person near enough:"
    names = {region.id: region.name for region in regions}
    for cell in worst_cells(result, basis):
        yield f"  {names[cell['area_id']]}, {cell['need']}: {_reason(cell)}"
    yield ""
    yield "Where the regions that are known to be thin stand (any need):"
    for region in regions:
        if region.code in THIN_REGIONS:
            cell = cells[region.id, ""]
            yield f"  {region.name}: {CoverageClass(cell['coverage_class']).label}; {_reason(cell)}"


def _reason(cell: dict[str, Any]) -> str:
    """Why a cell is where it is, in one line."""
    measures = cell["measures"]
    status = CoverageStatus(cell["status"]).label
    if "within" not in measures:
        return f"{status} ({', '.join(measures['reasons'])})"
    _near, middle, far = measures["bounds_km"]
    nearest = "no way by road" if measures["median_km"] is None else f"{measures['median_km']} km"
    return (
        f"{status} ({', '.join(measures['reasons']) or 'no reason against it'}); "
        f"{measures['within']['middle']:.0%} of workers within {middle:g} km, "
        f"{measures['within']['far']:.0%} within {far:g} km; half of them have to go {nearest}; "
        f"lines: {measures['lines']['count']}"
    )
