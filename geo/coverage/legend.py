"""What a map of coverage shows, and in which classes: decided here, painted elsewhere."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from geo.choices import CoverageClass, CoverageStatus

# Enough to tell areas apart, few enough to tell shades apart.
QUANTILES = 5

SHARE_BREAKS = (0.25, 0.5, 0.75, 0.9)
ACCESS_BREAKS = (0.5, 0.8, 1.25, 2.0)
FURTHEST_KM = 200.0

NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that a map can show.

    Attributes:
        code: as an address has it.
        label: its name.
        kind: `class`, `status`, `share` (0 to 1), `km`, `access` (1 is the mean of Québec), `rate`
            (services per 1,000 workers), `count`.
        path: where a cell keeps it, in its `measures`; empty for a column of the cell.
        is_better_high: more is better.
    """

    code: str
    label: Any
    kind: str
    path: tuple[str | int, ...] = ()
    is_better_high: bool = True


MEASURES: Mapping[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure("class", _("Class"), "class"),
        Measure("status", _("Status"), "status"),
        Measure("near", _("Workers with help very near"), "share", ("within", "near")),
        Measure("middle", _("Workers with help near"), "share", ("within", "middle")),
        Measure("far", _("Workers with help within a long drive"), "share", ("within", "far")),
        Measure("choice", _("Workers with a second choice near"), "share",
                ("second_within", "middle")),
        Measure("on_foot", _("Workers with help within 5 km, without a car"), "share",
                ("on_foot",)),
        Measure("median_km", _("Distance of half of the workers"), "km", ("median_km",), False),
        Measure("p90_km", _("Distance of nine workers in ten"), "km", ("p90_km",), False),
        Measure("second_km", _("Distance to the second choice"), "km", ("second_median_km",),
                False),
        Measure("access", _("Access, beside the mean of Québec (SPAR)"), "access", ("spar",)),
        Measure("ratio", _("Services in the area per 1,000 workers"), "rate", ("ratio", 0)),
        Measure("sites", _("Places of help in the area"), "count", ("sites",)),
        Measure("lines", _("Lines that answer the area"), "count", ("lines", "count")),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One colour of a legend.

    Attributes:
        key: what a style sheet names it by: a class, a status, `step-1` (worst) to `step-5`
            (best), or `no_data`.
        label: its words.
        low, high: the values it is for, the upper one included; None without a bound.
    """

    key: str
    label: str
    low: float | None = None
    high: float | None = None


def value_of(measure: Measure, cell: Any) -> Any:
    """What a cell has for a measure: a code or a number; None where there is no figure.

    A distance where no road leads to any help is infinite, and not unknown.
    """
    if measure.kind == "class":
        return cell.coverage_class
    if measure.kind == "status":
        return cell.status
    found: Any = cell.measures
    for step in measure.path:
        try:
            found = found[step]
        except (KeyError, TypeError):
            return None
    if found is None and measure.kind == "km":
        return math.inf
    return found


def legend(
    measure: Measure, values: Iterable[Any], bounds_km: Sequence[float]
) -> list[LegendEntry]:
    """The colours of a map, the best first, then that of areas without a figure.

    Args:
        measure: what is shown.
        values: those of the areas, for measures whose classes come from the data.
        bounds_km: near, middle and far of the need.
    """
    missing = LegendEntry(NO_DATA, str(_("No figure: unknown, or fewer than 20 workers")))
    if measure.kind == "class":
        return [LegendEntry(code, str(CoverageClass(code).label)) for code in CoverageClass]
    if measure.kind == "status":
        return [LegendEntry(code, str(CoverageStatus(code).label)) for code in STATUS_ORDER]
    if measure.kind == "share":
        breaks: Sequence[float] = SHARE_BREAKS
    elif measure.kind == "access":
        breaks = ACCESS_BREAKS
    elif measure.kind == "km":
        breaks = [*bounds_km, FURTHEST_KM]
    else:
        breaks = quantile_breaks([value for value in values if value is not None])
    return [*_steps(measure, breaks), missing]


STATUS_ORDER = (
    CoverageStatus.SERVED,
    CoverageStatus.FRAGILE,
    CoverageStatus.POOR,
    CoverageStatus.UNSERVED,
    CoverageStatus.INSUFFICIENT,
)


def key_of(entries: Sequence[LegendEntry], value: Any) -> str:
    """The colour of a value."""
    if isinstance(value, str):
        return value
    if value is None:
        return NO_DATA
    for entry in entries:
        if entry.key == NO_DATA:
            continue
        if (entry.low is None or value > entry.low) and (entry.high is None or value <= entry.high):
            return entry.key
    return NO_DATA


def quantile_breaks(values: Sequence[float], most: int = QUANTILES) -> list[float]:
    """The bounds between classes of about as many areas each, from the data; none repeated."""
    ordered = sorted(value for value in values if math.isfinite(value))
    if not ordered:
        return []
    bounds = [ordered[(len(ordered) * part - 1) // most] for part in range(1, most)]
    return [bound for bound in dict.fromkeys(bounds) if bound < ordered[-1]]


def _steps(measure: Measure, breaks: Sequence[float]) -> list[LegendEntry]:
    """One entry between each two bounds, the best first."""
    edges: list[float | None] = [None, *breaks, None]
    entries = [
        (low, high, _range(measure, low, high)) for low, high in zip(edges, edges[1:], strict=False)
    ]
    count = len(entries)
    # With fewer classes than shades, the outer shades are kept: the worst looks like the worst.
    shades = [1 + round(4 * number / max(count - 1, 1)) for number in range(count)]
    if not measure.is_better_high:
        shades.reverse()
    made = [
        LegendEntry(f"step-{shade}", label, low, high)
        for (low, high, label), shade in zip(entries, shades, strict=True)
    ]
    return sorted(made, key=lambda entry: entry.key, reverse=True)


def _range(measure: Measure, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return pgettext("legend", "all")
    unit = {
        "share": "%(value)s\N{NO-BREAK SPACE}%%",
        "km": "%(value)s\N{NO-BREAK SPACE}km",
    }.get(measure.kind, "%(value)s")

    def said(value: float) -> str:
        scaled = 100 * value if measure.kind == "share" else value
        rounded = round(scaled, 2)
        # Django writes "75.0" for a float that is whole.
        shown = int(rounded) if rounded == int(rounded) else rounded
        return unit % {"value": number_format(shown, use_l10n=True)}

    if low is None:
        return pgettext("legend", "%(value)s or less") % {"value": said(high or 0.0)}
    if high is None:
        if measure.kind == "km":
            return pgettext("legend", "more than %(value)s, or no road") % {"value": said(low)}
        return pgettext("legend", "more than %(value)s") % {"value": said(low)}
    return pgettext("legend", "more than %(low)s, up to %(high)s") % {
        "low": said(low),
        "high": said(high),
    }


REASONS: Mapping[str, Any] = {
    "demand_unknown": pgettext_lazy("coverage", "nobody knows how many workers there are"),
    "few_workers": pgettext_lazy("coverage", "fewer than 20 workers are known"),
    "demand_old": pgettext_lazy("coverage", "the number of workers is older than three years"),
    "not_verified": pgettext_lazy(
        "coverage", "less than 80 % of what is listed was verified in the last 12 months"
    ),
    "too_far": pgettext_lazy(
        "coverage", "at least half of the workers are further than a long drive from anybody"
    ),
    "few_within_middle": pgettext_lazy("coverage", "fewer than half of the workers have help near"),
    "low_access": pgettext_lazy(
        "coverage", "access is less than half of the mean of Québec, and services are few"
    ),
    "one_closure": pgettext_lazy(
        "coverage", "fewer than half of the workers have a second choice: one closure breaks it"
    ),
}
