"""`make coverage-report`: how fast coverage is computed, against plain SQL that asks the same.

Three parts, all as ratios in one run: the whole of Québec as `compute_coverage` does it (nothing
is kept), its sixteen questions asked in SQL, and growth to 60,000 points and 100,000 sites. Points
and sites of the last are invented, drawn around the municipalities by their population, and lie in
temporary tables. SQL gets its strongest form: indexes on (question, position), the nearest ranked
again by the ellipsoid, pairs found once for all questions. It knows no river and no islands.

    python -m benchmarks.coverage [--markdown] [--seconds 60] [--sizes 1130x300 13000x10000]
"""

import argparse
import itertools
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

import django
import numpy as np
from django.db import OperationalError, connection, transaction

from config.cluster import database
from config.run import Supervisor, say
from geo.coverage.costs import MAINLAND, Floats, Places
from geo.coverage.measures import Demand, Reach, Supply, measure_areas, reach
from geo.coverage.parameters import SHORT, WIDE

CIRCUITY = 1.3
ON_FOOT_KM = 5.0
QUESTIONS = 16
AREAS = 105
SIZES = ("1130x300", "13000x10000", "60000x100000")

# What a whole run may take.
LIMIT_SECONDS = 10.0

# A process that gets less than half of a processor shares it with others: the clock tells nothing.
BUSY = 2

# Sites answer one question in five; points lie some kilometres around their municipality.
ANSWERING = 0.2
SPREAD_DEGREES = 0.05

# Points of demand, and sites, of a sample when SQL does not finish with all.
SAMPLE = 50

# `<->` orders by the sphere, which is up to 0.36 % off: so many are ranked again.
CANDIDATES = 6

# What a run consists of, where it is called.
PARTS = {
    "reading": "geo.coverage.runs.situation",
    "ways by road": "geo.coverage.measures.road_km",
    "nearest and catchments": "geo.coverage.runs.reach",
    "figures of areas": "geo.coverage.runs.measure_areas",
    "the middle of each area": "geo.coverage.runs.middle_of_workers",
    "withholding of counts": "geo.coverage.disclosure.protect",
    "cells": "geo.coverage.runs.Computation.cell_rows",
}

TABLES = """
CREATE TEMP TABLE points (id int PRIMARY KEY, workers float8, position geography(point))
    ON COMMIT DROP;
CREATE TEMP TABLE sites (id int PRIMARY KEY, position geography(point)) ON COMMIT DROP;
CREATE TEMP TABLE offers (site int, question int, capacity float8, catchment int,
    position geography(point)) ON COMMIT DROP;
CREATE TEMP TABLE catchments (id int, bound float8, above float8, weight float8) ON COMMIT DROP;
"""

INDEXES = """
CREATE INDEX ON points USING gist (position);
CREATE INDEX ON sites USING gist (position);
CREATE INDEX ON offers USING gist (question, position);
CREATE INDEX ON offers (site, catchment);
ANALYZE points; ANALYZE sites; ANALYZE offers; ANALYZE catchments;
"""

NEAREST = """
SELECT points.id, question, near.km
FROM generate_series(0, %(questions)s - 1) AS question
CROSS JOIN points
CROSS JOIN LATERAL (
    SELECT ST_Distance(candidate.position, points.position) * %(circuity)s / 1000 AS km
    FROM (
        SELECT position FROM offers
        WHERE offers.question = question.question
        ORDER BY offers.position <-> points.position
        LIMIT %(candidates)s
    ) AS candidate
    ORDER BY km
    LIMIT 2
) AS near
WHERE points.id < %(points)s
"""

SCORES = """
WITH pairs AS MATERIALIZED (
    SELECT points.id AS point, sites.id AS site, workers,
        ST_Distance(sites.position, points.position) * %(circuity)s / 1000 AS km
    FROM sites JOIN points ON ST_DWithin(sites.position, points.position, %(farthest_m)s)
    WHERE sites.id < %(sites)s
), weighed AS MATERIALIZED (
    SELECT point, site, workers, catchments.id AS catchment, weight
    FROM pairs JOIN catchments ON km <= bound AND km > above
), reached AS (
    SELECT site, catchment, sum(workers * weight) AS workers FROM weighed GROUP BY 1, 2
)
SELECT point, question, sum(capacity * weight / reached.workers)
FROM weighed JOIN reached USING (site, catchment) JOIN offers USING (site, catchment)
WHERE reached.workers > 0
GROUP BY 1, 2
"""


class Disagreement(Exception):
    """The two ways do not find the same: their times cannot be compared."""


# What is measured


def invented(towns: Floats, points: int, sites: int, *, seed: int = 1) -> tuple[Demand, Supply]:
    """Points and sites around places, the more the larger they are; nothing of it is real.

    Args:
        towns: longitude, latitude and population, shape (t, 3).
        points: how many points of demand, of 1 to 40 workers each.
        sites: how many sites; every one answers the first question, that is any need, and some of
            the others. The last question has the short catchment.
        seed: another one gives others.
    """
    chance = np.random.default_rng(seed)

    def places(number: int) -> Places:
        chosen = towns[chance.choice(len(towns), number, p=towns[:, 2] / towns[:, 2].sum()), :2]
        return Places(*(chosen + chance.normal(0, SPREAD_DEGREES, (number, 2))).T)

    demand = Demand(places(points), chance.integers(1, 41, points).astype(float))
    capacity = np.where(
        chance.random((sites, QUESTIONS)) < ANSWERING, chance.uniform(0.05, 1, (sites, 1)), 0.0
    )
    capacity[:, 0] = chance.uniform(0.05, 1, sites)
    return demand, Supply(places(sites), capacity, [WIDE] * (QUESTIONS - 1) + [SHORT])


def on_one_shore(demand: Demand, supply: Supply) -> tuple[Demand, Supply]:
    """Without what only we know of: the south shore, the islands, villages without a road."""

    def plain(places: Places) -> np.ndarray:
        return np.flatnonzero(~places.is_south & (places.network == MAINLAND))

    points, sites = plain(demand.places), plain(supply.places)
    return (
        Demand(demand.places.part(points), demand.workers[points]),
        Supply(supply.places.part(sites), supply.capacity[sites], supply.catchments),
    )


def now() -> Floats:
    """Seconds of the clock, and of this process on a processor."""
    return np.array([time.perf_counter(), time.process_time()])


@dataclass(slots=True)
class Stopwatch:
    """Seconds by name; what runs inside something else counts once, as itself.

    Seconds of the clock and of our own processor, shape (2,): on a busy machine they differ.
    """

    seconds: dict[str, Floats] = field(default_factory=dict)
    inside: list[Floats] = field(default_factory=list)

    @contextmanager
    def measuring(self, name: str) -> Iterator[None]:
        """Count what happens meanwhile."""
        self.inside.append(np.zeros(2))
        begun = now()
        try:
            yield
        finally:
            took = now() - begun
            own = took - self.inside.pop()
            self.seconds[name] = self.seconds.get(name, 0.0) + own
            if self.inside:
                self.inside[-1] += took

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted; what it would yield one by one, it returns at once."""

        def call(*args: Any, **named: Any) -> Any:
            with self.measuring(name):
                answer = function(*args, **named)
                return list(answer) if isinstance(answer, Iterator) else answer

        return call


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what, our way, the plain way, how many times as long it takes."""

    what: str
    ours: str
    plain: str = ""
    ratio: str = ""


def table(title: str, rows: Iterable[Row], *, markdown: bool) -> Iterator[str]:
    """Lines to print, as the rows come."""
    head = Row(title, "ours", "SQL", "SQL ÷ ours")
    for number, row in enumerate(itertools.chain([head], rows)):
        if not markdown:
            yield f"{row.what:<44}{row.ours:>20}{row.plain:>50}{row.ratio:>12}"
            continue
        if number == 1:
            yield "| --- | ---: | ---: | ---: |"
        yield f"| {row.what} | {row.ours} | {row.plain} | {row.ratio} |"
    yield ""


# The plain way


def fill(demand: Demand, supply: Supply) -> None:
    """Put points and sites into temporary tables, indexed; a transaction must be open."""
    offered = np.argwhere(supply.capacity > 0)
    kinds = list(dict.fromkeys(supply.catchments))

    def position(places: Places, row: int) -> str:
        return f"POINT({float(places.longitude[row])} {float(places.latitude[row])})"

    contents: dict[str, Iterable[Sequence[Any]]] = {
        "points": (
            (row, workers, position(demand.places, row))
            for row, workers in enumerate(demand.workers.tolist())
        ),
        "sites": ((row, position(supply.places, row)) for row in range(len(supply.places))),
        "offers": (
            (
                site,
                question,
                float(supply.capacity[site, question]),
                kinds.index(supply.catchments[question]),
                position(supply.places, site),
            )
            for site, question in offered.tolist()
        ),
        "catchments": (
            (number, bound, above, weight)
            for number, kind in enumerate(kinds)
            for above, (bound, weight) in zip((-1.0, *kind.bands_km), kind.steps, strict=False)
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for name, rows in contents.items():
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        cursor.execute(INDEXES)


def asked(query: str, supply: Supply, limit: float = 0, **sample: int) -> tuple[list[Any], float]:
    """The answers of SQL, and seconds.

    Args:
        query: `NEAREST` or `SCORES`.
        supply: what the tables were filled with.
        limit: seconds after which it is given up; 0 for never.
        sample: `points` or `sites`: only the first so many.

    Raises:
        OperationalError: it was given up.
    """
    values = {
        "questions": supply.capacity.shape[1],
        "circuity": CIRCUITY,
        "candidates": CANDIDATES,
        "farthest_m": max(each.far_km for each in supply.catchments) * 1000 / CIRCUITY,
        "points": sys.maxsize,
        "sites": sys.maxsize,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {round(limit * 1000)}")
        begun = time.perf_counter()
        cursor.execute(query, values | sample)
        answer = cursor.fetchall()
        return answer, time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Plain:
    """What the plain way took: seconds, estimated from a sample if it did not finish."""

    seconds: float
    note: str = ""

    def __str__(self) -> str:
        return f"{self.note}~{self.seconds:,.0f} s" if self.note else f"{self.seconds:.2f} s"


def plain_way(query: str, demand: Demand, supply: Supply, limit: float) -> Plain:
    """Time the plain way, with a sample if it does not finish.

    Raises:
        OperationalError: the sample did not finish either.
    """
    try:
        return Plain(asked(query, supply, limit)[1])
    except OperationalError:
        what, every = (
            ("points", len(demand.places)) if query is NEAREST else ("sites", len(supply.places))
        )
        seconds = asked(query, supply, limit, **{what: SAMPLE})[1]
        return Plain(
            seconds * every / SAMPLE, f"not in {limit:g} s; by {SAMPLE} of {every:,} {what} "
        )


def agree(demand: Demand, supply: Supply, found: Reach) -> None:
    """Compare both ways where no water is between; the tables are filled with the same.

    Raises:
        Disagreement: distances differ by more than a metre, or scores by more than a millionth.
    """
    near: dict[tuple[int, int], list[float]] = {}
    for point, question, km in asked(NEAREST, supply)[0]:
        near.setdefault((point, question), []).append(km)
    first, second, scores = (np.full(found.first_km.shape, np.inf) for _ in range(3))
    scores[:] = 0
    for cell, km in near.items():
        first[cell], second[cell] = (*sorted(km), np.inf)[:2]
    for point, question, score in asked(SCORES, supply)[0]:
        scores[point, question] = score
    for name, ours, plain, most in (
        ("nearest", found.first_km, first, CIRCUITY / 1000),
        ("second nearest", found.second_km, second, CIRCUITY / 1000),
        ("E2SFCA", found.enhanced, scores, 1e-6),
    ):
        same = np.isclose(ours, plain, rtol=0, atol=most)
        if not same.all():
            raise Disagreement(f"{name}: the two ways differ in {(~same).sum()} of {same.size}.")


# The three parts


def whole_run() -> Iterator[Row]:
    """Québec as `compute_coverage` does it, by what it does; rolled back."""
    from django.utils import timezone

    from geo.coverage import runs

    watch = Stopwatch()
    with ExitStack() as patched, transaction.atomic():
        for name, function in PARTS.items():
            timed = watch.timed(name, resolve_name(function))
            patched.enter_context(patch(function, timed))
        with watch.measuring("the rest"):
            result = runs.compute(timezone.localdate())
        with watch.measuring("storing"):
            runs.store(result, is_published=False)
        transaction.set_rollback(True)
    clock, processor = np.sum(list(watch.seconds.values()), axis=0)
    towns, cells = len(result.situation.towns), len(result.cells)
    verdict = "kept" if clock <= LIMIT_SECONDS else "NOT KEPT"
    if processor <= LIMIT_SECONDS < clock and clock > BUSY * processor:
        verdict = "unknown, the machine was busy"
    yield Row(
        f"{towns:,} municipalities, {cells:,} cells",
        f"{clock:.2f} s ({processor:.2f} s)",
        f"≤ {LIMIT_SECONDS:g} s: {verdict}",
    )
    for name, (clock, processor) in watch.seconds.items():
        yield Row(f"  {name}", f"{clock:.2f} s ({processor:.2f} s)")


def same_questions(limit: float) -> Iterator[Row]:
    """The needs of Québec and any, in any language, as listed: both ways."""
    from django.utils import timezone

    from geo.choices import CoverageBasis
    from geo.coverage import runs
    from geo.coverage.situation import Question, situation
    from geo.models import NeedTerm

    day = situation(timezone.localdate(), runs.parameters())
    needs = ["", *NeedTerm.objects.tiles().values_list("code", flat=True)]
    supply = day.supply([Question(need, "", str(CoverageBasis.LISTED)) for need in needs])
    begun = time.perf_counter()
    reach(day.demand, supply, CIRCUITY)
    ours = time.perf_counter() - begun
    with transaction.atomic():
        fill(day.demand, supply)
        plain = {
            name: plain_way(query, day.demand, supply, limit).seconds
            for name, query in (("nearest two", NEAREST), ("catchments", SCORES))
        }
        transaction.set_rollback(True)
    each = len(needs)
    total = sum(plain.values())
    yield Row(
        f"{each} questions, nearest two and catchments",
        f"{ours * 1000 / each:.1f} ms each",
        f"{total * 1000 / each:.1f} ms each",
        f"{total / ours:.0f}",
    )
    for name, seconds in plain.items():
        yield Row(f"  of it {name}", "", f"{seconds * 1000 / each:.1f} ms each")


@dataclass(frozen=True, slots=True)
class Measured:
    """Our way at one size: seconds of both steps, and the most memory it held."""

    reach_seconds: float
    areas_seconds: float
    peak_mb: float


def measured(towns: Floats, points: int, sites: int) -> Measured:
    """Measure our way; in a process of its own, so that the memory is its own."""
    demand, supply = invented(towns, points, sites)
    members = [np.arange(area, points, AREAS) for area in range(min(AREAS, points))]
    begun = time.perf_counter()
    found = reach(demand, supply, CIRCUITY)
    between = time.perf_counter()
    measure_areas(demand, found, supply.catchments, members, ON_FOOT_KM)
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Measured(between - begun, ended - between, peak)


def growth(towns: Floats, sizes: Sequence[tuple[int, int]], limit: float) -> Iterator[Row]:
    """The same questions of more points and more sites."""
    for points, sites in sizes:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            ours = alone.submit(measured, towns, points, sites).result()
        demand, supply = invented(towns, points, sites)
        with transaction.atomic():
            fill(demand, supply)
            near = plain_way(NEAREST, demand, supply, limit)
            scored = plain_way(SCORES, demand, supply, limit)
            transaction.set_rollback(True)
        total = ours.reach_seconds + ours.areas_seconds
        pairs = points * sites * QUESTIONS / total
        yield Row(
            f"{points:,} points × {sites:,} sites",
            f"{total:.2f} s",
            "",
            f"{'~' * bool(near.note or scored.note)}{(near.seconds + scored.seconds) / total:,.0f}",
        )
        yield Row("  nearest two", "", str(near))
        yield Row("  catchments", "", str(scored))
        yield Row("  figures of areas", f"{ours.areas_seconds:.2f} s")
        yield Row("  pairs and questions a second", f"{pairs:,.3g}")
        yield Row("  most memory", f"{ours.peak_mb:,.0f} MB")


def check_equality(towns: Floats, points: int, sites: int) -> str:
    """Say that both ways found the same.

    Raises:
        Disagreement: they did not.
    """
    demand, supply = on_one_shore(*invented(towns, points, sites))
    with transaction.atomic():
        fill(demand, supply)
        agree(demand, supply, reach(demand, supply, CIRCUITY))
        transaction.set_rollback(True)
    return (
        f"On one shore both ways agree: {len(demand.places):,} points, {len(supply.places):,} "
        f"sites, {QUESTIONS} questions; kilometres to a metre, E2SFCA to a millionth."
    )


def municipalities() -> Floats:
    """Longitude, latitude and population of Québec's municipalities."""
    from geo.coverage import inputs

    return np.array(
        [
            (*town.position, town.population)
            for town in inputs.towns()
            if town.position and town.population
        ]
    )


def main() -> int:
    """Measure everything, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--markdown", action="store_true", help="tables for a document")
    parser.add_argument(
        "--seconds", type=float, default=60, help="what SQL may take for a question"
    )
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="points x sites")
    options = parser.parse_args()
    sizes = [
        (int(points), int(sites)) for points, sites in (each.split("x") for each in options.sizes)
    ]

    def show(title: str, rows: Iterator[Row]) -> None:
        for line in table(title, rows, markdown=options.markdown):
            say(line)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    supervisor = Supervisor()
    with database(say):
        supervisor.step(
            "Bringing the tables up to date", "migrate", "--noinput", "--verbosity", "0"
        )
        supervisor.step("Loading the directory", "load_fixtures")
        django.setup()
        towns = municipalities()
        say(check_equality(towns, *sizes[0]) + "\n")
        show("a whole run of Québec: clock (processor)", whole_run())
        show("Québec's questions", same_questions(options.seconds))
        show("growth, 16 questions", growth(towns, sizes, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
