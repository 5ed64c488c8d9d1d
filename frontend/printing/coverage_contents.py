"""What the report of a region holds, before anything is drawn: a run in words of one language.

What nobody knows is said in words, never as a zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from frontend.printing.contents import Town, fingerprint, outline_words
from frontend.printing.facts import text_of
from frontend.printing.ground import Shape, outline_of
from frontend.printing.rights import rights
from frontend.templatetags.repere import language_in_sentence, spaced
from geo.choices import (
    AreaLevel,
    CoverageBasis,
    CoverageClass,
    CoverageStatus,
    DemandMeasure,
)
from geo.coverage import reading
from geo.coverage.reading import CLASS_ORDER, Pair, Row
from geo.models import AdminArea, CoverageArea, CoverageCell, CoverageRun, CoverageService

# What the map shows: workers with somebody within the middle bound, of all that is listed, because
# of what was verified alone most maps would be empty.
MAP_MEASURE = "middle"

IN_PERSON = (CoverageClass.LOCAL, CoverageClass.ITINERANT)
BAD = (CoverageStatus.UNSERVED, CoverageStatus.POOR)

# Needs that the third sentence names.
WORST = 3


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need in the region, each value in words.

    Attributes:
        name: of the need.
        honest: class of what was verified in time.
        honest_middle: share of workers with such help within the middle bound.
        listed: class if everything listed were confirmed; the rest is on that basis.
        status: what the figures make of it.
        near, middle, far, second: shares of workers, `second` with two services near.
        median, p90: distances.
        ratio: services per 1,000 workers, with its interval.
        access: SPAR.
        robust: whether other assumptions give the same status.
        lines: how many, by language.
    """

    name: str
    honest: str
    honest_middle: str
    listed: str
    status: str
    near: str
    middle: str
    far: str
    second: str
    median: str
    p90: str
    ratio: str
    access: str
    robust: str
    lines: str


@dataclass(frozen=True, slots=True)
class MrcRow:
    """An MRC of the region; any need.

    Attributes:
        number: on the map, 0 where its workers have no position.
        point: the municipality most of its workers are near, degrees.
        name: of the MRC.
        demand: workers as they may be published.
        honest, listed: classes.
        honest_middle, middle: shares within the middle bound on both bases.
    """

    number: int
    point: tuple[float, float] | None
    name: str
    demand: str
    honest: str
    listed: str
    honest_middle: str
    middle: str


@dataclass(frozen=True, slots=True)
class Past:
    """The region at a run.

    Attributes:
        day: of the run.
        honest, listed: classes for any need.
        honest_needs, listed_needs: needs with help in person in the region, of all needs.
        middle: share within the middle bound if everything listed were confirmed.
        services: how many the run knew in Québec, and how many were verified in time.
    """

    day: str
    honest: str
    listed: str
    honest_needs: str
    listed_needs: str
    middle: str
    services: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A need whose class or services changed since the run before, if everything is confirmed."""

    name: str
    before: str
    after: str
    gained: str
    lost: str


@dataclass(frozen=True, slots=True)
class PaintedRegion:
    """A region of the map: its outline, its shade in the legend, its words."""

    code: str
    label: str
    key: str
    outline: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of help on the map, degrees; known at least to the town."""

    point: tuple[float, float]
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a region.

    Attributes:
        language: of all its words.
        code: of the region.
        title: name of the region.
        day: that the run is for.
        run: which run, when it was computed, by which code.
        address: of this edition.
        sentences: the three that a reader must know.
        bounds: the middle bound and the like, in words, for the table.
        needs: one row each.
        lines_note: what the codes of languages are.
        map_title: what the map shows.
        legend: shades and their words, the best first.
        regions: all regions, painted.
        outline: of the region.
        spots: places of help of all Québec.
        towns: of the region, the largest first.
        mrcs: of the region.
        mrc_note: what the table of MRC leaves out.
        past: runs, the latest first.
        changes: what changed since the run before.
        method: ten lines.
        caveats: what the demand does not tell.
        small: the rule of small numbers.
        sources: whose data these are.
    """

    language: str
    code: str
    title: str
    day: str
    run: str
    address: str
    sentences: tuple[str, ...]
    bounds: str
    needs: tuple[NeedRow, ...]
    lines_note: str
    map_title: str
    legend: tuple[tuple[str, str], ...]
    regions: tuple[PaintedRegion, ...]
    outline: tuple[Shape, ...]
    spots: tuple[Spot, ...]
    towns: tuple[Town, ...]
    mrcs: tuple[MrcRow, ...]
    mrc_note: str
    past: tuple[Past, ...]
    changes: tuple[ChangeRow, ...]
    method: tuple[str, ...]
    caveats: tuple[str, ...]
    small: str
    sources: tuple[str, ...]

    @property
    def version(self) -> str:
        """A fingerprint of all that is printed."""
        return fingerprint(self)


def report_of(run: CoverageRun, region: AdminArea, language: str, base: str) -> Report:
    """All that the report of a region holds.

    Args:
        run: the run to tell of.
        region: one that the run has seen.
        language: of the report.
        base: scheme and host of the site, without a slash at the end.
    """
    matrix = reading.matrix(run)
    row = next(row for row in matrix.rows if row.area.pk == region.pk)
    names = {term.code: text_of(term.name, language) for term in matrix.needs}
    outlines = list(AdminArea.objects.regions())
    towns = AdminArea.objects.in_region(region).municipalities().exclude(point=None)
    towns = list(towns.order_by("-population", "name", "pk").defer("outline"))
    with override(language):
        path = reverse("coverage-report", args=[region.code, region.slug])
        painting = reading.paint(run, MAP_MEASURE, basis=CoverageBasis.LISTED)
        near, middle, far = row.cells[0].listed.measures["bounds_km"]
        return Report(
            language=language,
            code=region.code,
            title=region.name,
            day=_written(run.as_of),
            run=_run_words(run),
            address=f"{base}{path}?day={run.as_of.isoformat()}",
            sentences=(
                _demand_words(run, row.seen),
                _reach_words(row),
                _worst_words(run, row, names),
            ),
            bounds=_(
                "very near: %(near)s km, near: %(middle)s km, long drive: %(far)s km (for some "
                "needs less: see the method)"
            )
            % {"near": _number(near), "middle": _number(middle), "far": _number(far)},
            needs=tuple(_need_row(run, pair, names[pair.honest.need]) for pair in row.cells[1:]),
            lines_note=_lines_note(row),
            map_title=_(
                "Workers with help of any kind within %(km)s km by road, if everything listed were "
                "confirmed"
            )
            % {"km": _number(middle)},
            legend=tuple((entry.key, entry.label) for entry in painting.entries),
            regions=tuple(_painted(run, painting.areas, outlines)),
            outline=tuple(outline_of(next(o for o in outlines if o.pk == region.pk))),
            spots=tuple(_spots(run)),
            towns=tuple(Town(town.name, (town.point.x, town.point.y)) for town in towns),
            mrcs=tuple(_mrcs(run, region, towns)),
            mrc_note=_(
                "Municipalities outside any MRC are counted in the region and not in this table."
            ),
            past=tuple(_past(run, region, names)),
            changes=tuple(_changes(run, region, names)),
            method=tuple(_method(run, names)),
            caveats=tuple(_caveats(run, language)),
            small=_small_words(run),
            sources=tuple(_sources(run, outlines)),
        )


# Words of values


def _written(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


def _number(value: float, places: int | None = None) -> str:
    """A number as the language writes it, without a decimal that says nothing."""
    if places is None:
        value, places = (int(value), 0) if value == int(value) else (value, None)
    return formats.number_format(value, places, use_l10n=True, force_grouping=True)


def _percent(share: float) -> str:
    """A share of 1; only none at all is 0, and only everybody is 100."""
    rounded = round(100 * share)
    if rounded in {0, 100} and share not in {0, 1}:
        return (
            "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}%" if rounded == 0 else "99\N{NO-BREAK SPACE}%"
        )
    return f"{rounded}\N{NO-BREAK SPACE}%"


def _km(value: float) -> str:
    """Kilometres. Nobody has none to go: within a municipality nothing nearer is known."""
    if value < 1:
        return "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}km"
    # The library cuts digits off, it does not round.
    rounded = _number(round(value)) if value >= 10 else _number(round(value, 1), 1)
    return f"{rounded}\N{NO-BREAK SPACE}km"


def _missing(run: CoverageRun, cell: CoverageCell) -> str:
    """Why a cell has no figures."""
    if "demand_unknown" in cell.measures["reasons"]:
        return pgettext("a figure", "unknown")
    least = run.parameters["minimum_demand"]
    return _("fewer than %(least)s workers") % {"least": _number(least)}


def _share(run: CoverageRun, cell: CoverageCell, *path: str) -> str:
    """A share of workers, or why there is none."""
    found: Any = cell.measures
    for step in path:
        if step not in found:
            return _missing(run, cell)
        found = found[step]
    return _percent(found)


def _distance(run: CoverageRun, cell: CoverageCell, name: str) -> str:
    """Kilometres; where no road leads to any help that is said, and is no zero."""
    if name not in cell.measures:
        return _missing(run, cell)
    value = cell.measures[name]
    return pgettext("distance", "no road") if value is None else _km(value)


def _ratio(run: CoverageRun, cell: CoverageCell) -> str:
    if "ratio" not in cell.measures:
        return _missing(run, cell)
    if cell.measures["ratio"] is None:
        return pgettext("a figure", "unknown")
    places = 1 if cell.measures["ratio"][0] >= 1 else 2
    value, low, high = (_number(round(each, places), places) for each in cell.measures["ratio"])
    return f"{value} ({low}\N{EN DASH}{high})"


def _access(run: CoverageRun, cell: CoverageCell) -> str:
    if "spar" not in cell.measures:
        return _missing(run, cell)
    return _number(round(cell.measures["spar"], 2), 2)


def _robust(cell: CoverageCell) -> str:
    if cell.is_robust is None:
        return pgettext("a figure", "unknown")
    return pgettext("robust", "yes") if cell.is_robust else pgettext("robust", "no")


def _class(cell: CoverageCell) -> str:
    return str(CoverageClass(cell.coverage_class).label)


def _workers(count: int | None) -> str:
    """A count of workers as it may be published."""
    if count is None:
        return _("withheld")
    if count == 0:
        return _("none counted")
    return _("about %(count)s") % {"count": spaced(count)}


def _of(count: int, total: int) -> str:
    return _("%(count)s of %(total)s") % {"count": count, "total": total}


# The head


def _run_words(run: CoverageRun) -> str:
    return _("Run %(run)s, computed on %(day)s, code %(code)s") % {
        "run": run.pk,
        "day": _written(run.computed_at.date()),
        "code": run.code_version,
    }


def _demand_words(run: CoverageRun, seen: CoverageArea) -> str:
    vintage = run.vintages["demand"]
    if vintage["starts_on"]:
        period = _("from %(first)s to %(last)s") % {
            "first": _written(date.fromisoformat(vintage["starts_on"])),
            "last": _written(date.fromisoformat(vintage["ends_on"])),
        }
    else:
        period = _("period unknown")
    words = _(
        "Demand, in workers: %(all)s (farm work: %(agricultural)s; other work: %(other)s). "
        "Counted as: %(measure)s, %(period)s."
    )
    counts = {sector: _workers(count) for sector, count in seen.demand.items()}
    return words % (counts | {"measure": DemandMeasure(vintage["measure"]).label, "period": period})


def _reach_words(row: Row) -> str:
    needs = row.cells[1:]
    return _(
        "Needs with help in person in the region: %(honest)s if only what was verified in time "
        "counts; %(listed)s if everything listed were confirmed."
    ) % {
        "honest": _of(_answered([pair.honest for pair in needs]), len(needs)),
        "listed": _of(_answered([pair.listed for pair in needs]), len(needs)),
    }


def _answered(cells: Iterable[CoverageCell]) -> int:
    """Cells with help in person inside the area."""
    return sum(cell.coverage_class in IN_PERSON for cell in cells)


def _worst_words(run: CoverageRun, row: Row, names: dict[str, str]) -> str:
    """The needs that would be the worst off even with all that is listed, the worst first."""
    cells = [pair.listed for pair in row.cells[1:]]
    worst = " · ".join(
        f"{names[cell.need]} ({_worst_reason(run, cell)})"
        for cell in sorted(cells, key=_rank)[:WORST]
    )
    if not row.seen.facts["has_rates"]:
        return _("Worst off, even if everything listed were confirmed: %(needs)s.") % {
            "needs": worst
        }
    bad = sum(cell.status in BAD for cell in cells)
    return _(
        "Even if everything listed were confirmed, needs not served or poorly served: %(bad)s. "
        "Worst off: %(needs)s."
    ) % {"bad": _of(bad, len(cells)), "needs": worst}


def _rank(cell: CoverageCell) -> tuple[float, float, int]:
    """The worst first: who has help near, how far half of the workers have to go, the class."""
    measures = cell.measures
    median = measures.get("median_km")
    return (
        measures["within"]["middle"] if "within" in measures else 0.0,
        -(float("inf") if median is None else median),
        -CLASS_ORDER.index(CoverageClass(cell.coverage_class)),
    )


def _worst_reason(run: CoverageRun, cell: CoverageCell) -> str:
    if "within" not in cell.measures:
        return f"{_class(cell)}, {_missing(run, cell)}"
    return _("%(share)s of workers have somebody within %(km)s km") % {
        "share": _share(run, cell, "within", "middle"),
        "km": _number(cell.measures["bounds_km"][1]),
    }


# Tables


def _need_row(run: CoverageRun, pair: Pair, name: str) -> NeedRow:
    honest, listed = pair.honest, pair.listed
    return NeedRow(
        name=name,
        honest=_class(honest),
        honest_middle=_share(run, honest, "within", "middle"),
        listed=_class(listed),
        status=str(CoverageStatus(listed.status).label),
        near=_share(run, listed, "within", "near"),
        middle=_share(run, listed, "within", "middle"),
        far=_share(run, listed, "within", "far"),
        second=_share(run, listed, "second_within", "middle"),
        median=_distance(run, listed, "median_km"),
        p90=_distance(run, listed, "p90_km"),
        ratio=_ratio(run, listed),
        access=_access(run, listed),
        robust=_robust(listed),
        lines=_lines(listed, honest),
    )


def _lines(listed: CoverageCell, honest: CoverageCell) -> str:
    """How many lines answer, how many of them were verified, and in which languages."""
    lines = listed.measures["lines"]
    if not lines["count"]:
        return pgettext("lines", "none listed")
    words = [
        f"{code}\N{NO-BREAK SPACE}{each['count']}" for code, each in lines["languages"].items()
    ]
    if lines["language_unknown"]:
        words.append(f"?\N{NO-BREAK SPACE}{lines['language_unknown']}")
    return _("%(listed)s (verified: %(verified)s): %(languages)s") % {
        "listed": lines["count"],
        "verified": honest.measures["lines"]["count"],
        "languages": ", ".join(words),
    }


def _lines_note(row: Row) -> str:
    codes = {code for pair in row.cells[1:] for code in pair.listed.measures["lines"]["languages"]}
    return ", ".join(f"{code}: {language_in_sentence(code)}" for code in sorted(codes))


def _mrcs(run: CoverageRun, region: AdminArea, towns: Sequence[AdminArea]) -> Iterable[MrcRow]:
    """The MRC of a region, numbered in the order of their names."""
    matrix = reading.matrix(run, level=AreaLevel.MRC, region=region.code)
    points = {(town.parent_id, town.name): (town.point.x, town.point.y) for town in towns}
    for number, row in enumerate(sorted(matrix.rows, key=lambda row: row.area.name), 1):
        pair = row.cells[0]
        point = points.get((row.area.pk, row.seen.facts["middle"]))
        yield MrcRow(
            number=number,
            point=point,
            name=row.area.name,
            demand=_workers(row.seen.demand["all"]),
            honest=_class(pair.honest),
            listed=_class(pair.listed),
            honest_middle=_share(run, pair.honest, "within", "middle"),
            middle=_share(run, pair.listed, "within", "middle"),
        )


def _past(run: CoverageRun, region: AdminArea, names: dict[str, str]) -> Iterable[Past]:
    """This run and the earlier ones, the latest first."""
    by_run: dict[Any, list[reading.Moment]] = {}
    for need in names:
        for moment in reading.trend(run, region, need):
            by_run.setdefault(moment.run.pk, []).append(moment)
    for moment in reading.trend(run, region, ""):
        needs = by_run[moment.run.pk]
        directory = moment.run.vintages["directory"]
        yield Past(
            day=_written(moment.run.as_of),
            honest=_class(moment.cell),
            listed=_class(moment.listed),
            honest_needs=_of(_answered(each.cell for each in needs), len(needs)),
            listed_needs=_of(_answered(each.listed for each in needs), len(needs)),
            middle=_share(moment.run, moment.listed, "within", "middle"),
            services=_("%(listed)s, verified: %(verified)s")
            % {"listed": spaced(directory["services"]), "verified": spaced(directory["verified"])},
        )


def _changes(run: CoverageRun, region: AdminArea, names: dict[str, str]) -> Iterable[ChangeRow]:
    """What changed since the run before, in the order of the needs."""
    earlier = CoverageRun.objects.before(run).first()
    if earlier is None:
        return
    changes = {
        change.need: change
        for change in reading.compare(earlier, run, basis=CoverageBasis.LISTED)
        if change.area.pk == region.pk
    }
    for need, name in names.items():
        if change := changes.get(need):
            yield ChangeRow(
                name=name,
                before=_class(change.before),
                after=_class(change.after),
                gained=str(len(change.gained)),
                lost=str(len(change.lost)),
            )


# The map


def _painted(
    run: CoverageRun, areas: Iterable[reading.Painted], outlines: Iterable[AdminArea]
) -> Iterable[PaintedRegion]:
    shapes = {outline.pk: tuple(outline_of(outline)) for outline in outlines}
    for painted in areas:
        yield PaintedRegion(
            code=painted.area.code,
            label=_share(run, painted.pair.listed, "within", "middle"),
            key=painted.key,
            outline=shapes[painted.area.pk],
        )


def _spots(run: CoverageRun) -> Iterable[Spot]:
    """Places of help, each position once; verified if one of its services is."""
    verified: dict[tuple[float, float], bool] = {}
    for service in CoverageService.objects.filter(run=run):
        for site in service.facts["sites"]:
            longitude, latitude = site["position"]
            point = longitude, latitude
            verified[point] = verified.get(point, False) or service.is_verified
    return [Spot(point, is_verified) for point, is_verified in sorted(verified.items())]


# What it stands on


def _method(run: CoverageRun, names: dict[str, str]) -> Iterable[str]:
    """Ten lines, with the conventions of the run."""
    known = run.parameters
    wide, short = known["catchment"], known["short_catchment"]
    yield _(
        "Class: the first that holds of what was verified in time – a place in the area; a visit "
        "to the area; a place within %(km)s km by road of where its workers are; by phone or "
        "online only; listed, not verified; nothing known."
    ) % {"km": _number(known["reach_km"])}
    yield _(
        "Verified in time: within %(times)s times the update interval of the service, before the "
        "day of the run."
    ) % {"times": _number(known["freshness"])}
    yield _(
        "Distance: by road where a table of roads is loaded, else as the crow flies × "
        "%(circuity)s; the St. Lawrence is crossed at bridges only, islands and villages without a "
        "road reach only themselves."
    ) % {"circuity": _number(known["circuity"])}
    bounds = {
        "near": _number(wide["near_km"]),
        "middle": _number(wide["middle_km"]),
        "far": _number(wide["far_km"]),
        "short_near": _number(short["near_km"]),
        "short_middle": _number(short["middle_km"]),
        "short_far": _number(short["far_km"]),
        "needs": ", ".join(names.get(code, code) for code in known["short_needs"]),
    }
    yield (
        _(
            "Very near, near, long drive: up to %(near)s, %(middle)s and %(far)s km; up to "
            "%(short_near)s, %(short_middle)s and %(short_far)s km for: %(needs)s. Second choice: "
            "a second service that is near."
        )
        % bounds
    )
    yield _(
        "Workers: the figure of the region, spread over its municipalities by population, for farm "
        "work up to %(cap)s residents each. A convention, not an observation."
    ) % {"cap": spaced(known["agricultural_cap"])}
    yield _(
        "Ratio: services in person inside the region per 1,000 workers, with its exact 95 % "
        "Poisson interval (Garwood 1936)."
    )
    yield _(
        "SPAR: access by M2SFCA (Delamater 2013) with weights %(weights)s for the three bounds, "
        "divided by the mean of Québec; 1 is the mean."
    ) % {"weights": " / ".join(_number(weight) for weight in wide["weights"])}
    yield _(
        "Not enough data: demand unknown, older than %(years)s years or below %(least)s workers, "
        "or less than %(verified)s of what is listed verified in the last %(days)s days."
    ) % {
        "years": _number(known["demand_years"]),
        "least": _number(known["minimum_demand"]),
        "verified": _percent(known["verified_share"]),
        "days": known["verified_days"],
    }
    yield _(
        "Not served: half of the workers have nobody within a long drive. Poorly served: less "
        "than %(within)s have somebody near, or SPAR is below %(access)s and the upper end of the "
        "ratio below that of Québec. Fragile: less than %(within)s have a second choice."
    ) % {"within": _percent(known["within_share"]), "access": _number(known["access_ratio"])}
    yield _(
        "Robust: the status by distance stays the same with distances × %(circuities)s and bounds "
        "× %(factors)s."
    ) % {
        "circuities": " / ".join(_number(each) for each in known["circuities"]),
        "factors": " / ".join(_number(each) for each in known["radius_factors"]),
    }


def _caveats(run: CoverageRun, language: str) -> Iterable[str]:
    """What the figures do not tell; of one that goes on where another ends, only what it adds."""
    told: list[str] = []
    for caveat in run.vintages["demand"]["caveats"]:
        text = caveat.get(language) or next(iter(caveat.values()))
        for before in told:
            text = text.removeprefix(before).strip()
        if text:
            told.append(text)
    return told


def _small_words(run: CoverageRun) -> str:
    return _(
        "Small numbers: no count of fewer than %(count)s workers is published, nor one from which "
        "it could be reckoned; counts are rounded to 5. No rate is given for fewer than %(demand)s "
        "workers. What is unknown or withheld is said in words, never as 0."
    ) % {
        "count": _number(run.parameters["minimum_count"]),
        "demand": _number(run.parameters["minimum_demand"]),
    }


def _sources(run: CoverageRun, outlines: Iterable[AdminArea]) -> Iterable[str]:
    vintage = run.vintages["demand"]
    yield _("Demand: %(sources)s.") % {"sources": " · ".join(vintage["sources"])}
    if vintage["measure"] == DemandMeasure.LMIA_POSITIONS:
        yield _(
            "Contains information licensed under the Open Government Licence – Canada: Employment "
            "and Social Development Canada, which does not endorse this product."
        )
    yield rights()
    yield outline_words(outlines)
