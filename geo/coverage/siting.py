"""Where the next stop would help most, solved exactly (pure).

Demand points are places where workers live; candidates are places where a clinic could stop;
what exists already is given as the cost to the nearest of it. Three questions: who comes within
reach (`cover_most`), how far people travel (`shorten_most`), how few sites reach everybody
(`cover_all`).

The first two are one problem. Site j is worth `gains[i, j]` to a worker of place i: 1 or 0 within
reach or not, or the kilometres saved. A worker has the best of the sites chosen:

    maximise   sum_i weight_i * max_{j chosen} gains[i, j],   at most k chosen

As a program: the distinct gains of place i, the largest first, are its steps. Step l is reached
(z_il <= 1) as far as a site worth at least that much is chosen, and pays what it adds to the next:

    maximise   sum_il weight_i (g_il - g_i,l+1) z_il
    subject to z_il <= z_i,l-1 + sum_{j: gains[i, j] = g_il} y_j,   sum_j y_j <= k,   y binary

With gains of 0 and 1 this is the maximal covering location problem as Church & ReVelle wrote it;
with kilometres it is the p-median, whose relaxation is as tight as the classical one.

The same question always has the same answer. Places and sites are put in an order of their own
before the solver sees them, so the order of the rows changes nothing. Among plans of equal value
(`TIE`) the answer has the fewest sites, and among these the lowest indexes: the lexicographically
smallest, found by asking the solver for each index in turn whether an equal plan has a lower one.

Sources:
    Church & ReVelle (1974), Papers of the Regional Science Association 32: maximal covering.
    Hakimi (1964), Operations Research 12(3); ReVelle & Swain (1970), Geographical Analysis 2(1):
    p-median. Toregas et al. (1971), Operations Research 19(6): set covering.
    Elloumi (2010), Journal of Combinatorial Optimization 19(1): the program by steps.
    Teitz & Bart (1968), Operations Research 16(5): vertex substitution.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Array = NDArray[np.float64]
Sites = tuple[int, ...]

TIE = 1e-9  # of all that could be gained: plans closer than this are equally good
SCALE = 1e5  # all that could be gained, as the solver sees it; its gap of 1e-6 is then 1e-11
MARGIN = 1e-6  # of the same: what the solver's tolerances may add up to in a bound
PATIENCE_S = 600.0  # one solve; a real question takes seconds


class Unsolved(RuntimeError):
    """The solver stopped without a proof that its answer is the best one."""


@dataclass(frozen=True)
class Siting:
    """A plan, and what it does.

    Attributes:
        chosen: indexes of the candidates, ascending. Fewer than asked for when more would change
            nothing.
        covered: workers within the radius (`shorten_most`: within the cap), of what exists or of
            what is chosen.
        gained: those of them whom what exists does not cover.
        share: `covered` of all workers, 0.0 when there are none. Workers, not points.
        worker_km: sum over workers of the kilometres to the nearest site, each at most the cap;
            None for `cover_most`.
        mean_km: the same per worker; None for `cover_most` and when there are no workers.
    """

    chosen: Sites
    covered: float
    gained: float
    share: float
    worker_km: float | None = None
    mean_km: float | None = None


@dataclass(frozen=True)
class Step:
    """The best plan with one site more, and the workers that it covers beyond the plan before."""

    siting: Siting
    marginal: float


@dataclass(frozen=True)
class FullCover:
    """The fewest candidates that cover every point that can be covered.

    Attributes:
        chosen: indexes of the candidates, ascending.
        beyond: indexes of the demand points that no candidate covers, ascending.
    """

    chosen: Sites
    beyond: Sites


def cover_most(
    demand: ArrayLike,
    cost_km: ArrayLike,
    radius_km: float,
    k: int,
    *,
    fixed_cost_km: ArrayLike | None = None,
) -> Siting:
    """At most `k` candidates that bring the most workers within `radius_km`, beside what exists.

    Args:
        demand: workers per place, >= 0. Shape (n,).
        cost_km: place to candidate, km, >= 0, inf where there is no way. Shape (n, c).
        radius_km: what counts as within reach, km; a site at exactly this distance does.
        k: how many sites may be added, >= 1.
        fixed_cost_km: place to the nearest site that exists, km, inf where none. Shape (n,);
            without it nothing exists.

    Raises:
        ValueError: the figures do not make sense; the sentence says which.
        Unsolved: the solver gave up.

    Source:
        Church & ReVelle (1974), with existing sites fixed.
    """
    workers, cost, fixed = _question(demand, cost_km, fixed_cost_km)
    _check_length(radius_km, "radius")
    _check_number(k)
    already = fixed <= radius_km
    within = (cost <= radius_km) & ~already[:, None]
    chosen = _best(workers, within.astype(float), k)
    new = within[:, list(chosen)].any(axis=1)
    return Siting(
        chosen=chosen,
        covered=math.fsum(workers[already | new]),
        gained=math.fsum(workers[new]),
        share=_share(workers, already | new),
    )


def gain_curve(
    demand: ArrayLike,
    cost_km: ArrayLike,
    radius_km: float,
    *,
    fixed_cost_km: ArrayLike | None = None,
    up_to: int = 10,
) -> list[Step]:
    """The best plans of `cover_most` with 1, 2, … `up_to` sites.

    Each is the best of its size, so a larger plan need not contain a smaller one. The curve ends
    where one site more gains nothing; it is empty where none does.

    Args, errors: as `cover_most`; `up_to` >= 1.
    """
    _check_number(up_to)
    steps: list[Step] = []
    before = 0.0
    for k in range(1, up_to + 1):
        siting = cover_most(demand, cost_km, radius_km, k, fixed_cost_km=fixed_cost_km)
        if len(siting.chosen) < k:  # the fewest sites are chosen, so one more gains nothing
            break
        steps.append(Step(siting, siting.gained - before))
        before = siting.gained
    return steps


def shorten_most(
    demand: ArrayLike,
    cost_km: ArrayLike,
    k: int,
    *,
    fixed_cost_km: ArrayLike | None = None,
    cap_km: float,
) -> Siting:
    """At most `k` candidates that shorten the way of all workers the most, beside what exists.

    A worker goes to the nearest site, of those that exist and those chosen. What is further than
    `cap_km` counts as `cap_km`: one place that nothing reaches would otherwise make every plan
    infinitely long, and all plans equal.

    Only candidates nearer to a place than base_i = min(fixed_i, cap) matter to it. The way from
    i under a plan S is min(base_i, min_{j in S} c_ij), since min(min(fixed_i, min_S c_ij), cap)
    may be taken in any order; a candidate with c_ij >= base_i changes no minimum in any S. So
    the kilometres saved are max(0, max_{j in S} (base_i - c_ij)), and pairs whose gain is not
    positive need no variable.

    Args:
        demand: workers per place, >= 0. Shape (n,).
        cost_km: place to candidate, km, >= 0, inf where there is no way. Shape (n, c).
        k: how many sites may be added, >= 1.
        fixed_cost_km: place to the nearest site that exists, km, inf where none. Shape (n,);
            without it nothing exists.
        cap_km: the longest way that is told from a longer one, km.

    Raises:
        ValueError: the figures do not make sense; the sentence says which.
        Unsolved: the solver gave up.

    Source:
        Hakimi (1964); ReVelle & Swain (1970), with existing sites fixed and costs capped.
    """
    workers, cost, fixed = _question(demand, cost_km, fixed_cost_km)
    _check_length(cap_km, "cap")
    _check_number(k)
    base = np.minimum(fixed, cap_km)
    chosen = _best(workers, np.maximum(base[:, None] - cost, 0.0), k)
    nearest = cost[:, list(chosen)].min(axis=1, initial=np.inf)
    already, new = fixed <= cap_km, nearest <= cap_km
    worker_km = math.fsum(workers * np.minimum(base, nearest))
    everybody = math.fsum(workers)
    return Siting(
        chosen=chosen,
        covered=math.fsum(workers[already | new]),
        gained=math.fsum(workers[new & ~already]),
        share=_share(workers, already | new),
        worker_km=worker_km,
        mean_km=worker_km / everybody if everybody else None,
    )


def cover_all(cost_km: ArrayLike, radius_km: float) -> FullCover:
    """The fewest candidates within `radius_km` of every point that any candidate can reach.

    Args:
        cost_km: place to candidate, km, >= 0, inf where there is no way. Shape (n, c).
        radius_km: what counts as within reach, km, inclusive.

    Raises:
        ValueError: the figures do not make sense; the sentence says which.
        Unsolved: the solver gave up.

    Source:
        Toregas et al. (1971), location set covering.
    """
    cost = _costs(cost_km)
    _check_length(radius_km, "radius")
    within = cost <= radius_km
    reached = within.any(axis=1)
    return FullCover(
        chosen=_fewest(within[reached]),
        beyond=tuple(int(place) for place in np.flatnonzero(~reached)),
    )


def _question(
    demand: ArrayLike, cost_km: ArrayLike, fixed_cost_km: ArrayLike | None
) -> tuple[Array, Array, Array]:
    cost = _costs(cost_km)
    workers = np.asarray(demand, dtype=float)
    if workers.shape != cost.shape[:1]:
        raise ValueError(f"Demand of shape {workers.shape} does not fit costs of {cost.shape}.")
    if not np.isfinite(workers).all() or (workers < 0).any():
        raise ValueError("Demand must be numbers of workers, zero or more.")
    if fixed_cost_km is None:
        return workers, cost, np.full(len(workers), np.inf)
    fixed = np.asarray(fixed_cost_km, dtype=float)
    if fixed.shape != workers.shape:
        raise ValueError(f"Existing costs of shape {fixed.shape} do not fit {workers.shape}.")
    if np.isnan(fixed).any() or (fixed < 0).any():
        raise ValueError("Existing costs must be kilometres, zero or more, or infinite.")
    return workers, cost, fixed


def _costs(cost_km: ArrayLike) -> Array:
    cost = np.asarray(cost_km, dtype=float)
    if cost.ndim != 2:
        raise ValueError("Costs must be a table, places by candidates.")
    if np.isnan(cost).any() or (cost < 0).any():
        raise ValueError("Costs must be kilometres, zero or more, or infinite.")
    return cost


def _check_length(length_km: float, name: str) -> None:
    if not (math.isfinite(length_km) and length_km >= 0):
        raise ValueError(f"The {name} must be a number of kilometres, zero or more.")


def _check_number(k: int) -> None:
    if k < 1:
        raise ValueError("At least one site must be allowed.")


def _share(workers: Array, some: NDArray[np.bool_]) -> float:
    everybody = math.fsum(workers)
    return math.fsum(workers[some]) / everybody if everybody else 0.0


@dataclass(frozen=True)
class _Problem:
    """Weights (m,) and gains (m, s) without repetition; `sites` are the columns' own indexes.

    Its rows are sorted, so that the order in which places were given is forgotten.
    """

    weights: Array
    gains: Array
    sites: NDArray[np.intp]

    @classmethod
    def of(cls, weights: Array, gains: Array, sites: NDArray[np.intp]) -> "_Problem":
        """Rows that gain nothing dropped, equal rows added up, of equal columns the first kept."""
        some = (weights > 0) & (gains > 0).any(axis=1)
        if not some.any():
            return cls(np.empty(0), np.empty((0, 0)), np.empty(0, dtype=np.intp))
        kinds, kind = np.unique(gains[some], axis=0, return_inverse=True)
        sums = [math.fsum(weights[some][kind == number]) for number in range(len(kinds))]
        useful = np.flatnonzero((kinds > 0).any(axis=0))
        first = np.unique(kinds[:, useful].T, axis=0, return_index=True)[1]
        kept = useful[np.sort(first)]
        return cls(np.array(sums), kinds[:, kept], sites[kept])

    def only(self, columns: NDArray[np.bool_]) -> "_Problem":
        return _Problem.of(self.weights, self.gains[:, columns], self.sites[columns])

    @property
    def potential(self) -> float:
        """What all sites together would gain."""
        return float(self.weights @ self.gains.max(axis=1, initial=0.0))

    def value(self, columns: Sequence[int]) -> float:
        return float(self.weights @ self.gains[:, list(columns)].max(axis=1, initial=0.0))

    def columns(self, sites: Sequence[int]) -> Sites:
        return tuple(int(column) for column in np.searchsorted(self.sites, sites))

    def named(self, columns: Sequence[int]) -> Sites:
        return tuple(int(self.sites[column]) for column in columns)


@dataclass(frozen=True)
class _Program:
    """Minimise cost @ v, rows @ v <= limits, 0 <= v <= 1; the first `sites` of v are yes or no."""

    cost: Array
    rows: sparse.csr_matrix
    limits: Array
    sites: int

    def relaxed(self) -> tuple[float, Array]:
        """The bound without yes or no, and by how much choosing a site would worsen it."""
        result = linprog(  # type: ignore[call-overload]  # the stubs know no sparse rows
            self.cost,
            A_ub=self.rows,
            b_ub=self.limits,
            bounds=(0, 1),
            method="highs",
            options={"time_limit": PATIENCE_S},
        )
        if result.status != 0:
            raise Unsolved(f"The relaxation was not solved: {result.message}")
        return float(result.fun), np.asarray(result.lower.marginals)[: self.sites]

    def solved(self, prefix: Sites = (), one_of: Sites = ()) -> Sites | None:
        """The best choice, ascending; None if there is none.

        Args:
            prefix: the lowest columns of the choice; no other up to the last of them is chosen.
            one_of: columns of which at least one is chosen; no demand if empty.
        """
        lower, upper = np.zeros(len(self.cost)), np.ones(len(self.cost))
        if prefix:
            upper[: prefix[-1]] = 0.0
            lower[list(prefix)] = upper[list(prefix)] = 1.0
        constraints = [LinearConstraint(self.rows, -np.inf, self.limits)]
        if one_of:
            row = np.zeros((1, len(self.cost)))
            row[0, list(one_of)] = 1.0
            constraints.append(LinearConstraint(sparse.csr_matrix(row), 1.0, np.inf))
        result = milp(
            self.cost,
            integrality=(np.arange(len(self.cost)) < self.sites).astype(int),
            bounds=Bounds(lower, upper),
            constraints=constraints,
            options={"mip_rel_gap": 0.0, "time_limit": PATIENCE_S},
        )
        if result.status == 2:
            return None
        if result.status != 0:
            raise Unsolved(f"The best sites were not found: {result.message}")
        return tuple(int(column) for column in np.flatnonzero(result.x[: self.sites] > 0.5))


def _best(weights: Array, gains: Array, k: int) -> Sites:
    """The best of all plans of at most `k` sites; of equal ones the fewest and lowest sites.

    A plan found by substitution bounds the best from below, the relaxation from above. A site
    whose choice would cost the relaxation more than lies between is in no best plan, and is left
    out before the whole program is solved. That keeps every tie.
    """
    problem = _Problem.of(weights, gains, np.arange(gains.shape[1]))
    potential = problem.potential
    tie = TIE * potential
    chosen = problem.named(_substitution(problem, k))
    value = problem.value(problem.columns(chosen))
    if value < potential - tie:
        program = _by_steps(problem, k, potential)
        bound, worsening = program.relaxed()

        def left(value: float) -> _Problem:
            gap = -bound - value * SCALE / potential + MARGIN * SCALE
            columns = worsening <= gap
            columns[list(problem.columns(chosen))] = True
            return problem.only(columns)

        fewer = left(value)
        found = fewer.named(_by_steps(fewer, k, potential).solved() or ())
        found_value = problem.value(problem.columns(found))
        if found_value > value:
            chosen, value = found, found_value
    if value >= potential - tie:
        # Nothing is left to gain. Only here can fewer sites do as well: a plan that no further
        # site improves already gives every place the best it can have.
        top = (problem.gains > 0) & (
            problem.gains == problem.gains.max(axis=1, keepdims=True, initial=0.0)
        )
        return problem.named(_fewest(top))
    fewer = left(value)
    lowest = _lowest(
        _by_steps(fewer, k, potential, at_least=value),
        fewer.columns(chosen),
        lambda columns: fewer.value(columns) >= value - tie,
    )
    return fewer.named(lowest)


def _by_steps(problem: _Problem, k: int, potential: float, at_least: float = 0.0) -> _Program:
    """The program of the module's docstring; variables are the sites, then the steps."""
    sites = len(problem.sites)
    place, site = np.nonzero(problem.gains)
    gain = problem.gains[place, site]
    order = np.lexsort((site, -gain, place))
    place, site, gain = place[order], site[order], gain[order]
    opens_place = np.diff(place, prepend=-1) != 0
    opens_step = opens_place | (np.diff(gain, prepend=-1.0) != 0)
    step = np.cumsum(opens_step) - 1
    first_of_place = opens_place[opens_step]
    height, of_place = gain[opens_step], place[opens_step]
    steps = len(height)
    below = np.where(np.append(first_of_place[1:], True), 0.0, np.append(height[1:], 0.0))
    pays = problem.weights[of_place] * (height - below) * (SCALE / potential)

    follows = np.flatnonzero(~first_of_place)
    chain = sparse.coo_matrix(
        (
            np.concatenate([np.ones(steps), -np.ones(len(follows)), -np.ones(len(step))]),
            (
                np.concatenate([np.arange(steps), follows, step]),
                np.concatenate([sites + np.arange(steps), sites + follows - 1, site]),
            ),
        ),
        shape=(steps, sites + steps),
    )
    number = np.append(np.ones(sites), np.zeros(steps))
    cost = np.append(np.zeros(sites), -pays)
    # A plan that is clearly worse need not be searched for; ties are judged by their exact value.
    enough = -(at_least / potential - MARGIN) * SCALE
    return _Program(
        cost=cost,
        rows=sparse.csr_matrix(
            sparse.vstack([chain, sparse.coo_matrix(np.vstack([number, cost]))])
        ),
        limits=np.concatenate([np.zeros(steps), [float(k), enough]]),
        sites=sites,
    )


def _substitution(problem: _Problem, k: int) -> Sites:
    """A good plan: the best site is added `k` times, then single sites are exchanged."""
    chosen: list[int] = []
    for _ in range(min(k, len(problem.sites))):
        chosen.append(_best_addition(problem, chosen)[0])
    value = problem.value(chosen)
    improved = True
    while improved:
        improved = False
        for leaving in list(chosen):
            others = [column for column in chosen if column != leaving]
            arriving, other_value = _best_addition(problem, others)
            if other_value > value * (1 + TIE):
                chosen, value, improved = [*others, arriving], other_value, True
    return tuple(sorted(set(chosen)))


def _best_addition(problem: _Problem, chosen: list[int]) -> tuple[int, float]:
    now = problem.gains[:, chosen].max(axis=1, initial=0.0)
    more = problem.weights @ np.maximum(problem.gains - now[:, None], 0.0)
    column = int(np.argmax(more))
    return column, float(problem.weights @ now + more[column])


def _fewest(within: NDArray[np.bool_]) -> Sites:
    """The fewest columns with one in each row; of equal choices the lowest indexes."""
    if not len(within):
        return ()
    rows = np.unique(within, axis=0)
    # A row that contains another is covered with it.
    sizes = rows.sum(axis=1)
    common = rows.astype(float) @ rows.T.astype(float)
    contains = (common == sizes[None, :]) & (sizes[:, None] > sizes[None, :])
    rows = rows[~contains.any(axis=1)]
    useful = np.flatnonzero(rows.any(axis=0))
    kept = useful[np.sort(np.unique(rows[:, useful].T, axis=0, return_index=True)[1])]
    program = _covering(rows[:, kept])
    chosen = program.solved()
    if chosen is None:
        raise Unsolved("A point is not within reach of any site.")
    bound, worsening = program.relaxed()
    hopeful = worsening <= len(chosen) - bound + MARGIN
    hopeful[list(chosen)] = True
    columns = np.flatnonzero(hopeful)
    fewer = _covering(rows[:, kept[columns]], at_most=len(chosen))
    start = tuple(int(column) for column in np.searchsorted(columns, chosen))
    lowest = _lowest(fewer, start, lambda columns: len(columns) <= len(chosen))
    return tuple(int(kept[columns[column]]) for column in lowest)


def _covering(rows: NDArray[np.bool_], at_most: int | None = None) -> _Program:
    points, sites = rows.shape
    limit = float(sites if at_most is None else at_most)
    return _Program(
        cost=np.ones(sites),
        rows=sparse.csr_matrix(np.vstack([-rows.astype(float), np.ones((1, sites))])),
        limits=np.append(-np.ones(points), limit),
        sites=sites,
    )


def _lowest(program: _Program, chosen: Sites, is_as_good: Callable[[Sites], bool]) -> Sites:
    """The lexicographically smallest choice that is as good as `chosen`.

    From the first index on: is there an equally good choice with a lower one here and the same
    ones before? The solver answers with the best choice of that kind, so that if this one is not
    as good, none is.
    """
    position, floor = 0, -1
    while position < len(chosen):
        lower = tuple(range(floor + 1, chosen[position]))
        found = program.solved(prefix=chosen[:position], one_of=lower) if lower else None
        if found is not None and is_as_good(found):
            chosen = found
        else:
            floor = chosen[position]
            position += 1
    return chosen
