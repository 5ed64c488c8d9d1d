"""From published figures to workers at demand points. Pure: plain values in and out.

**The base** is the latest complete calendar year of one measure for the regions: positions on
positive LMIA, unless told otherwise. That measure is a flow: its quarters are added up, and a year
counts only when its periods cover it exactly. **The spread** brings a region's figure to its
municipalities, by a rule that is a convention and not an observation:

- farm work in proportion to the population, capped: farms lie around a town, not in it, and a city
  of 200,000 has no forty times the farms of a town of 5,000;
- other work in proportion to the population;
- a figure that does not say in which work is split by the region's own share of farm work in the
  nearest year that says it (the base itself, or one before), else by the province's.

A figure of `all` work is what its source does not split. It stands beside farm and other work only
as their remainder, never as their total.

**Finer figures** replace the spread where there are any. A figure of another measure (permits, the
estimate of a partner) is a stock: the latest stands as it is. Nothing is rebalanced elsewhere, so
the sum of a region may then differ from its own figure: `Demand.differences` says by how much.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOW = "lmia_positions"
# Which of two figures of the same days stands: who counts people before who counts papers.
PRECEDENCE = ("partner_estimate", "permits", "lmia_positions")

CAP = 5_000  # residents; above, a town counts as if it had so many, for farm work
MAX_AGE_YEARS = 3.0  # an older finer figure no longer replaces the spread
DAYS_PER_YEAR = 365.25

# A list of the base measure is out when half of the regions have a figure in it. A region without
# one had no position then: the lists of 2017 to 2025 name 15 to 17 of the 17 regions.
PUBLISHED_SHARE = 0.5

# A year tells the share of farm work when it splits at least so many positions, and such a part of
# them. Lists before mid-2019 split a handful, which says nothing of the rest.
MIN_SPLIT = 20  # positions, as for any rate
MIN_SPLIT_PART = 0.1

# Workers; smaller differences are those of floating point.
NOTHING = 1e-6

Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number of workers, or of positions, in an area and a period.

    Attributes:
        level: `region`, `mrc` or `municipality`.
        code: official code of the area.
        sector: `agricultural`, `other`, or `all` where it is not split.
        measure: what is counted, as in `DemandMeasure`.
        starts_on, ends_on: first and last day, both included.
        value: workers, >= 0.
        source: citation.
        caveat: what it does not tell, as `geo.translation` stores it.
    """

    level: str
    code: str
    sector: str
    measure: str
    starts_on: date
    ends_on: date
    value: float
    source: str = ""
    caveat: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Municipality:
    """What the spread needs to know of a municipality.

    Attributes:
        code, region, mrc: official codes; `mrc` is empty outside any.
        population: residents, None where the register does not count them.
        has_position: it can be a demand point.
    """

    code: str
    region: str
    mrc: str
    population: int | None
    has_position: bool

    @property
    def takes_part(self) -> bool:
        """It has people and a position: the spread gives it its part."""
        return self.has_position and bool(self.population)


@dataclass(frozen=True, slots=True)
class Split:
    """Workers of an area by sector; `unsplit` are those of which it is not said."""

    agricultural: float = 0.0
    other: float = 0.0
    unsplit: float = 0.0

    @property
    def total(self) -> float:
        """All of them."""
        return self.agricultural + self.other + self.unsplit

    @property
    def share(self) -> float | None:
        """The part of farm work, 0 to 1; None where too few are split to tell."""
        told = self.agricultural + self.other
        if told < MIN_SPLIT or told < MIN_SPLIT_PART * self.total:
            return None
        return self.agricultural / told


@dataclass(frozen=True, slots=True)
class Year:
    """A complete calendar year of one measure.

    Attributes:
        measure: what is counted.
        starts_on, ends_on: 1 January and 31 December.
        regions: sums by code of region; a region that no list names is not there.
        figures: those that were added up.
    """

    measure: str
    starts_on: date
    ends_on: date
    regions: Mapping[str, Split]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of an area and sector that the sum of its municipalities does not give.

    `placed` is less where no municipality has both people and a position, or where finer figures
    say less; more where they say more.
    """

    level: str
    code: str
    sector: str
    published: float
    placed: float


@dataclass(frozen=True, slots=True)
class Vintage:
    """Which figures a demand rests on.

    Attributes:
        measure: that of the base.
        starts_on, ends_on: the base's year; None where there is no complete one.
        age_years: from its last day to the day asked for.
        sources: citations of every figure used, sorted.
        caveats: what these figures do not tell, each once, in the order of first use.
        finer: the figures that replaced the spread.
        unsplit: workers of which nobody knows in which work; counted under other work.
    """

    measure: str
    starts_on: date | None
    ends_on: date | None
    age_years: float | None
    sources: tuple[str, ...]
    caveats: tuple[Mapping[str, Any], ...]
    finer: tuple[Figure, ...]
    unsplit: float


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Workers by municipality. N municipalities, sorted by code; the arrays are parallel.

    Attributes:
        codes: N codes.
        agricultural, other: N workers each, >= 0; 0 where no figure reaches.
        ended_on: N last days of the oldest figure behind each number; None where there is none:
            demand is unknown there, not zero.
        without_position, without_population: codes that the spread gives nothing.
        differences: where the sum over municipalities is not the figure of an area.
        vintage: which figures.
    """

    codes: tuple[str, ...]
    agricultural: NDArray[np.float64]
    other: NDArray[np.float64]
    ended_on: tuple[date | None, ...]
    without_position: tuple[str, ...]
    without_population: tuple[str, ...]
    differences: tuple[Difference, ...]
    vintage: Vintage

    @property
    def total(self) -> NDArray[np.float64]:
        """Workers of all sectors, N."""
        return self.agricultural + self.other


def latest_period(figures: Iterable[Figure], day: date, *, measure: str = FLOW) -> Year | None:
    """The latest complete calendar year that was over on `day`, for the regions; None without one.

    Figures of a period that was not over on `day` are not looked at, so that a past day is
    measured with what it had.
    """
    years = _years([figure for figure in figures if figure.ends_on <= day], measure)
    return years[-1] if years else None


def spread(
    figures: Iterable[Figure],
    municipalities: Iterable[Municipality],
    day: date,
    *,
    cap: int = CAP,
    max_age_years: float = MAX_AGE_YEARS,
    measure: str = FLOW,
) -> Demand:
    """Workers of each municipality on a day, by the rule of this module.

        agricultural_i = A_r * min(p_i, cap) / sum_k min(p_k, cap)      k in the region r of i
        other_i        = O_r * p_i / sum_k p_k

    over municipalities with people and a position. A figure for a region (of another measure than
    the base), an MRC or a municipality then replaces what the coarser one gives inside it, by the
    same rule; the finest wins, and of one area the latest.

    Args:
        figures: of all levels, sectors and measures, in any order.
        municipalities: all of them, each code once.
        day: figures of a period that ended later are not looked at.
        cap: residents above which a town takes no larger part of the farm work.
        max_age_years: a finer figure that ended longer ago is not used. A region's own, of another
            measure, must not have ended before the base either.
        measure: that of the base, of which quarters are added up at every level.

    Returns:
        The demand. The sum over the municipalities of an area is the figure of the area, unless
        `differences` names it.

    Raises:
        ValueError: a code is there twice, a figure is negative, or `cap` is not positive.
    """
    known = [figure for figure in figures if figure.ends_on <= day]
    sheet = _Sheet(sorted(municipalities, key=lambda place: place.code), cap)
    if negative := [figure for figure in known if figure.value < 0]:
        raise ValueError(f"A number of workers is not negative: {negative[0]}.")

    years = _years(known, measure)
    base = years[-1] if years else None
    shares = _shares(years, sheet.regions)
    used: list[Figure] = []
    if base:
        used.extend(base.figures)
        # A region that no list of the year names had no position: zero, and known to be.
        for code in sorted(sheet.regions | set(base.regions)):
            split = base.regions.get(code, Split())
            sheet.put("region", code, split, shares.get(code), base.ends_on)

    oldest = day - timedelta(days=max_age_years * DAYS_PER_YEAR)
    finer: list[Figure] = []
    for level in ("region", "mrc", "municipality"):
        since = max(oldest, base.ends_on) if level == "region" and base else oldest
        for code, claims in sorted(_claims(known, level, since, measure).items()):
            region = sheet.region_of(level, code)
            missing = {"agricultural", "other"}
            for claim in claims:
                if given := missing & claim.sectors:
                    sheet.put(level, code, claim.split, shares.get(region), claim.ends_on, given)
                    finer.extend(claim.figures)
                    missing -= given
    used.extend(finer)
    return Demand(
        codes=sheet.codes,
        agricultural=sheet.workers["agricultural"],
        other=sheet.workers["other"],
        ended_on=sheet.ended_on(),
        without_position=tuple(p.code for p in sheet.places if not p.has_position),
        without_population=tuple(p.code for p in sheet.places if not p.population),
        differences=sheet.differences(),
        vintage=Vintage(
            measure=measure,
            starts_on=base.starts_on if base else None,
            ends_on=base.ends_on if base else None,
            age_years=(day - base.ends_on).days / DAYS_PER_YEAR if base else None,
            sources=tuple(sorted({figure.source for figure in used if figure.source})),
            caveats=_each_once(figure.caveat for figure in used if figure.caveat),
            finer=tuple(finer),
            unsplit=sheet.unsplit,
        ),
    )


class _Sheet:
    """Numbers by municipality, written from the coarse level to the fine one."""

    def __init__(self, places: Sequence[Municipality], cap: int) -> None:
        if cap <= 0:
            raise ValueError("The cap on population must be positive.")
        self.places = places
        self.codes = tuple(place.code for place in places)
        if len(set(self.codes)) != len(self.codes):
            raise ValueError("A municipality is there twice.")
        self.regions = {place.region for place in places}
        people = np.array([p.population or 0 if p.takes_part else 0 for p in places], float)
        self.parts = {"agricultural": np.minimum(people, cap), "other": people}
        self.workers = {sector: np.zeros(len(places)) for sector in self.parts}
        self.ended: dict[str, list[date | None]] = {s: [None] * len(places) for s in self.parts}
        self.published: dict[tuple[str, str, str], float] = {}
        # What nobody could split, by area: a replaced figure no longer counts.
        self._unsplit: dict[tuple[str, str], float] = {}
        self._inside: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, place in enumerate(places):
            self._inside["region", place.region].append(row)
            self._inside["municipality", place.code].append(row)
            if place.mrc:
                self._inside["mrc", place.mrc].append(row)

    def region_of(self, level: str, code: str) -> str:
        """The code of the region where an area lies; its own code where it has no municipality."""
        rows = self._inside.get((level, code))
        return self.places[rows[0]].region if rows else code

    def put(
        self,
        level: str,
        code: str,
        split: Split,
        share: float | None,
        ends_on: date,
        sectors: Iterable[str] = ("agricultural", "other"),
    ) -> None:
        """Replace what the municipalities of an area have.

        Args:
            level: of the area.
            code: of the area.
            split: its workers.
            share: the part of farm work among those not split; None if nobody knows.
            ends_on: last day of the figure.
            sectors: which to replace.
        """
        if "other" in sectors:
            self._unsplit[level, code] = split.unsplit if share is None else 0.0
        farm = split.unsplit * (share or 0.0)
        values = {
            "agricultural": split.agricultural + farm,
            "other": split.other + (split.unsplit - farm),
        }
        rows = self._inside.get((level, code), [])
        for sector in sectors:
            parts = self.parts[sector][rows]
            if level == "municipality":
                # Its own figure needs no population to be placed.
                parts = np.array([float(self.places[row].has_position) for row in rows])
            total = parts.sum()
            self.workers[sector][rows] = values[sector] * (parts / total) if total else 0.0
            for row in rows:
                self.ended[sector][row] = ends_on
            self.published[level, code, sector] = values[sector]

    @property
    def unsplit(self) -> float:
        """Workers of whom nobody knows in which work."""
        return sum(self._unsplit.values())

    def ended_on(self) -> tuple[date | None, ...]:
        """The last day of the oldest figure behind each municipality."""
        pairs = zip(self.ended["agricultural"], self.ended["other"], strict=True)
        return tuple(min((day for day in pair if day), default=None) for pair in pairs)

    def differences(self) -> tuple[Difference, ...]:
        """Figures that the sum of their municipalities does not give, by level and code."""
        order = ("region", "mrc", "municipality")
        found = []
        for (level, code, sector), value in self.published.items():
            placed = float(self.workers[sector][self._inside.get((level, code), [])].sum())
            if abs(placed - value) > NOTHING:
                found.append(Difference(level, code, sector, value, placed))
        return tuple(sorted(found, key=lambda d: (order.index(d.level), d.code, d.sector)))


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the figures of one measure and period say of an area."""

    ends_on: date
    split: Split
    figures: tuple[Figure, ...]

    @property
    def sectors(self) -> set[str]:
        """The sectors it speaks of: an unsplit figure speaks of both."""
        named = {figure.sector for figure in self.figures}
        return {"agricultural", "other"} if "all" in named else named


def _claims(
    known: Iterable[Figure], level: str, since: date, measure: str
) -> dict[str, list[_Claim]]:
    """What may replace the spread, by code of area, the best claim first.

    The latest comes first; of the same last day, the measure of `PRECEDENCE`, then the longer
    period. The base measure counts by complete years only, and not at all for regions, whose years
    are the base.
    """
    stocks: dict[tuple[str, str, Period], list[Figure]] = defaultdict(list)
    flows: dict[str, list[Figure]] = defaultdict(list)
    for figure in known:
        if figure.level != level or figure.ends_on < since:
            continue
        if figure.measure != measure:
            period = (figure.starts_on, figure.ends_on)
            stocks[figure.code, figure.measure, period].append(figure)
        elif level != "region":
            flows[figure.code].append(figure)
    ranked = [
        (
            code,
            ((-end.toordinal(), _rank(name), start.toordinal()), _Claim(end, _sum(group), group)),
        )
        for (code, name, (start, end)), rows in stocks.items()
        for group in [tuple(rows)]
    ]
    for code, rows in flows.items():
        for year in {figure.starts_on.year for figure in rows}:
            if group := _of_year(rows, year):
                start, end = _ends(year)
                place = (-end.toordinal(), _rank(measure), start.toordinal())
                ranked.append((code, (place, _Claim(end, _sum(group), group))))
    claims: dict[str, list[_Claim]] = defaultdict(list)
    for code, (_place, claim) in sorted(ranked, key=lambda entry: entry[1][0]):
        claims[code].append(claim)
    return claims


def _rank(measure: str) -> int:
    return PRECEDENCE.index(measure) if measure in PRECEDENCE else len(PRECEDENCE)


def _shares(years: Sequence[Year], regions: Iterable[str]) -> dict[str, float]:
    """The part of farm work by region, from the latest complete year that tells it.

    The base is the latest of `years`, so that this is the year nearest to it. A region of which no
    year tells it takes the province's; a region is not there if nothing tells that either.
    """
    latest_first = list(reversed(years))
    whole = [
        Split(
            sum(split.agricultural for split in year.regions.values()),
            sum(split.other for split in year.regions.values()),
            sum(split.unsplit for split in year.regions.values()),
        )
        for year in latest_first
    ]
    of_province = next((s.share for s in whole if s.share is not None), None)
    shares = {}
    for code in {*regions, *(code for year in years for code in year.regions)}:
        own = (year.regions.get(code, Split()).share for year in latest_first)
        share = next((share for share in own if share is not None), of_province)
        if share is not None:
            shares[code] = share
    return shares


def _years(known: Iterable[Figure], measure: str) -> list[Year]:
    """The complete calendar years of a measure for the regions, the earliest first."""
    of_regions: dict[str, list[Figure]] = defaultdict(list)
    for figure in known:
        if figure.level == "region" and figure.measure == measure:
            of_regions[figure.code].append(figure)
    named: dict[Period, set[str]] = defaultdict(set)
    for code, rows in of_regions.items():
        for figure in rows:
            named[figure.starts_on, figure.ends_on].add(code)
    published = {
        period for period, codes in named.items() if len(codes) >= PUBLISHED_SHARE * len(of_regions)
    }
    years = []
    for number in sorted({start.year for start, _end in named}):
        start, end = _ends(number)
        common = _tiling(published, start, end)
        if not common:
            continue
        groups = {
            code: _of_year(rows, number)
            or tuple(f for f in rows if (f.starts_on, f.ends_on) in common)
            for code, rows in sorted(of_regions.items())
        }
        regions = {code: _sum(group) for code, group in groups.items() if group}
        figures = tuple(figure for group in groups.values() for figure in group)
        years.append(Year(measure, start, end, regions, figures))
    return years


def _of_year(figures: Sequence[Figure], year: int) -> tuple[Figure, ...]:
    """The figures of one area whose periods cover a year exactly; none if they do not."""
    periods = _tiling({(f.starts_on, f.ends_on) for f in figures}, *_ends(year))
    return tuple(f for f in figures if (f.starts_on, f.ends_on) in periods)


def _tiling(periods: Iterable[Period], start: date, end: date) -> tuple[Period, ...]:
    """Periods that cover `start` to `end` without gap or overlap, the longest first; or none.

    The longest, since who publishes a year after its quarters has corrected them.
    """
    usable = list(periods)
    for period in sorted((p for p in usable if p[0] == start and p[1] <= end), reverse=True):
        if period[1] == end:
            return (period,)
        if rest := _tiling(usable, period[1] + timedelta(days=1), end):
            return (period, *rest)
    return ()


def _ends(year: int) -> Period:
    return date(year, 1, 1), date(year, 12, 31)


def _sum(figures: Iterable[Figure]) -> Split:
    totals = {"agricultural": 0.0, "other": 0.0, "all": 0.0}
    for figure in figures:
        totals[figure.sector] += figure.value
    return Split(totals["agricultural"], totals["other"], totals["all"])


def _each_once(caveats: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    once: list[Mapping[str, Any]] = []
    for caveat in caveats:
        if caveat not in once:
            once.append(caveat)
    return tuple(once)
