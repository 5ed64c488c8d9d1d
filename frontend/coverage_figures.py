"""The figures of a cell as rows of a table: words beside what a run has found, no arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geo.choices import CoverageClass, CoverageStatus
from geo.coverage.reading import Pair

NBSP = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"

# How a figure that is not there is written.
UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Rule:
    """A step of the rule of classes.

    Attributes:
        honest, listed: how many services or places speak for it, on each basis.
        state: `no` above the class that holds, `holds`, or `unasked` below it.
    """

    coverage_class: CoverageClass
    honest: int | None
    listed: int | None
    state: str


def rules(pair: Pair) -> list[Rule]:
    """The steps from the best class down, with what was found for each."""
    honest, listed = pair.honest.measures["found"], pair.listed.measures["found"]
    found = {
        CoverageClass.LOCAL: "local",
        CoverageClass.ITINERANT: "itinerant",
        CoverageClass.WITHIN_REACH: "within_reach",
        CoverageClass.REMOTE_ONLY: "remote",
    }
    order = list(CoverageClass)
    holds = order.index(CoverageClass(pair.honest.coverage_class))
    steps = []
    for number, name in enumerate(order):
        key = found.get(name)
        state = "no" if number < holds else "holds" if number == holds else "unasked"
        if key:
            steps.append(Rule(name, honest[key], listed[key], state))
        elif name == CoverageClass.STALE:
            steps.append(Rule(name, honest.get("unverified", 0), None, state))
        else:
            steps.append(Rule(name, None, None, state))
    return steps


@dataclass(frozen=True, slots=True)
class Figure:
    """A row: a name, the figure on each basis, what it means."""

    label: str
    honest: str
    listed: str
    note: str = ""


def share(value: float | None) -> str:
    """A share, 0 to 1, in per cent."""
    return UNKNOWN if value is None else f"{decimal(100 * value, 0)}{NBSP}%"


def km(value: float | None) -> str:
    """Kilometres by road; None where no road leads to any help."""
    if value is None:
        return pgettext("coverage", "no way by road")
    return f"{decimal(value, 0 if value >= 10 else 1)}{NBSP}km"


def decimal(value: float | None, places: int = 2) -> str:
    """A number as the language of the page writes it."""
    if value is None:
        return UNKNOWN
    return formats.number_format(round(value, places), decimal_pos=places, use_l10n=True)


def score(value: float | None) -> str:
    """A score with the digits that may be told, which are few."""
    return UNKNOWN if value is None else formats.number_format(f"{value:g}", use_l10n=True)


def figures(pair: Pair) -> list[Figure]:
    """The measures of a cell on both bases; none where too few workers are known."""
    if "within" not in pair.honest.measures:
        return []
    near, middle, far = (f"{bound:g}" for bound in pair.honest.measures["bounds_km"])

    def row(label: str, told: Any, note: str = "") -> Figure:
        return Figure(label, told(pair.honest.measures), told(pair.listed.measures), note)

    rows = [
        row(
            _("Workers with help at most %(km)s km away") % {"km": bound},
            lambda measures, band=band: share(measures["within"][band]),
        )
        for band, bound in (("near", near), ("middle", middle), ("far", far))
    ]
    rows += [
        row(
            _("Workers with a second choice at most %(km)s km away") % {"km": middle},
            lambda measures: share(measures["second_within"]["middle"]),
        ),
        row(
            _("Workers with help within 5 km, without a car"),
            lambda measures: share(measures["on_foot"]),
        ),
        row(
            _("Workers whom no road leads to any help"),
            lambda measures: share(measures["unreachable"]),
        ),
        row(
            _("Half of the workers go no further than"), lambda measures: km(measures["median_km"])
        ),
        row(_("Nine workers in ten go no further than"), lambda measures: km(measures["p90_km"])),
        row(
            _("Half go no further to a second choice than"),
            lambda measures: km(measures["second_median_km"]),
        ),
        row(
            _("Services in the area per 1,000 workers"),
            lambda measures: _ratio(measures.get("ratio")),
            _(
                "With its interval at 95 per cent: where intervals of two areas overlap, do not "
                "rank them."
            ),
        ),
        row(
            _("The same for all of Québec"),
            lambda measures: score(measures.get("ratio_province")),
        ),
        row(
            _("Access beside the mean of Québec (SPAR)"),
            lambda measures: score(measures.get("spar")),
            _("1 is the mean; below 0.5 is poor."),
        ),
        row(
            _("M2SFCA, services per 1,000 workers"),
            lambda measures: score(measures.get("m2sfca")),
            _("Shares each service among those who can reach it; distance counts against it."),
        ),
        row(
            _("E2SFCA, services per 1,000 workers"),
            lambda measures: score(measures.get("e2sfca")),
            _("The usual measure of studies, to compare with them; kinder to far places."),
        ),
    ]
    if pair.honest.measures.get("gini") is not None or pair.listed.measures.get("gini") is not None:
        rows.append(
            row(
                _("Inequality inside the area (Gini)"),
                # Where nobody reaches anything, there is nothing to share out.
                lambda measures: decimal(measures.get("gini") if measures.get("m2sfca") else None),
                _("0: all workers have the same access; 1: one place has it all."),
            )
        )
    return rows


def _ratio(ratio: list[float] | None) -> str:
    if ratio is None:
        return UNKNOWN
    value, low, high = (decimal(part, 1) for part in ratio)
    return f"{value} ({low}{DASH}{high})"


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the answer would be under another convention, on each basis."""

    label: str
    is_base: bool
    honest_share: str
    honest_status: CoverageStatus
    listed_share: str
    listed_status: CoverageStatus


def sensitivity(pair: Pair, parameters: Mapping[str, Any]) -> list[Assumption]:
    """The base and its variants; none where too few workers are known."""
    if "sensitivity" not in pair.honest.measures:
        return []
    labels = {
        "1": _("The crow’s flight is the road (1.0)"),
        "1.5": _("Winding roads (1.5)"),
        "-20%": _("All limits of distance shorter by a fifth"),
        "+20%": _("All limits of distance longer by a fifth"),
    }

    def told(
        label: str, honest: Mapping[str, Any], listed: Mapping[str, Any], *, is_base: bool = False
    ) -> Assumption:
        return Assumption(
            label,
            is_base,
            share(honest["within_middle"]),
            CoverageStatus(honest["status"]),
            share(listed["within_middle"]),
            CoverageStatus(listed["status"]),
        )

    def base(measures: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "within_middle": measures["within"]["middle"],
            "status": measures["status_by_distance"],
        }

    honest, listed = pair.honest.measures, pair.listed.measures
    first = _("As on all these pages (%(circuity)s km by road for one as the crow flies)") % {
        "circuity": decimal(parameters["circuity"], 1)
    }
    names = sorted(honest["sensitivity"], key=lambda name: (name[0] in "+-", name))
    variants = [
        told(labels.get(name, name), honest["sensitivity"][name], listed["sensitivity"][name])
        for name in names
    ]
    return [told(first, base(honest), base(listed), is_base=True), *variants]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The lines that answer in a language.

    Attributes:
        code: empty where nobody knows the languages.
        hours: those of the line that answers longest, per week; None where unknown.
    """

    code: str
    count: int
    hours: float | None


def lines(pair: Pair) -> list[Spoken]:
    """The lines by language, everything listed, the most lines first."""
    found = pair.listed.measures["lines"]
    rows = [
        Spoken(code, of["count"], of["hours_per_week"]) for code, of in found["languages"].items()
    ]
    rows.sort(key=lambda row: (-row.count, row.code))
    if found["language_unknown"]:
        rows.append(Spoken("", found["language_unknown"], None))
    return rows
