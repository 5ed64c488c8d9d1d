import math
from itertools import combinations

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spopt.locate import LSCP, MCLP, PMedian

from geo.coverage import siting
from geo.coverage.siting import Unsolved, cover_all, cover_most, gain_curve, shorten_most

# Places A, B, C; providers P, Q; the possible stop N.
WORKERS = [100, 200, 50]
P, Q, N = [10, 40, 120], [80, 50, 55], [95, 20, 5]
P_AND_Q = np.array([P, Q], dtype=float).T

pytestmark = pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")


@pytest.mark.parametrize(
    ("radius", "k", "covered", "chosen"),
    [
        (30, 1, 100, (0,)),
        (50, 1, 300, (0,)),
        (50, 2, 300, (0,)),
        (60, 1, 300, (0,)),
        (60, 2, 350, (0, 1)),
        (120, 1, 350, (0,)),
    ],
)
def test_the_most_workers_are_covered(radius, k, covered, chosen):
    plan = cover_most(WORKERS, P_AND_Q, radius, k)

    assert (plan.covered, plan.gained, plan.chosen) == (covered, covered, chosen)


def test_a_site_at_exactly_the_radius_covers():
    assert cover_most([7], [[30.0]], 30, 1).covered == 7
    assert cover_most([7], [[30.0]], 29.999, 1).covered == 0


def test_the_next_stop_is_chosen_beside_what_exists():
    plan = cover_most(WORKERS, np.array([Q, N]).T, 30, 1, fixed_cost_km=P)

    assert plan.chosen == (1,)
    assert (plan.covered, plan.gained, plan.share) == (350, 250, 1.0)


def test_the_share_is_of_workers_not_of_points():
    plan = cover_most(WORKERS, P_AND_Q, 50, 1)

    assert plan.share == pytest.approx(300 / 350, abs=1e-12)  # 85.7 %; of points it is 66.7 %


def test_the_way_of_all_workers_is_shortened():
    one = shorten_most(WORKERS, P_AND_Q, 1, cap_km=1000)
    two = shorten_most(WORKERS, P_AND_Q, 2, cap_km=1000)

    assert (one.worker_km, one.chosen) == (15_000, (0,))
    assert (two.worker_km, two.chosen) == (11_750, (0, 1))
    assert two.mean_km == pytest.approx(33.57142857142857, abs=1e-12)


def test_what_is_further_than_the_cap_counts_as_the_cap():
    plan = shorten_most([10, 1], [[5.0], [math.inf]], 1, cap_km=100)

    assert (plan.worker_km, plan.covered, plan.share) == (150, 10, 10 / 11)


def test_the_fewest_sites_cover_all():
    assert cover_all(P_AND_Q, 60).chosen == (0, 1)
    assert cover_all(P_AND_Q, 120).chosen == (0,)


def test_points_that_nobody_can_cover_are_named():
    found = cover_all([[10, math.inf], [90, 95], [math.inf, 20]], 60)

    assert (found.chosen, found.beyond) == ((0, 1), (1,))


def test_of_two_identical_candidates_the_lower_one_is_chosen():
    twins = np.array([[50, 9, 9], [50, 9, 9], [9, 50, 50]], dtype=float)

    assert cover_most([1, 1, 1], twins, 10, 1).chosen == (1,)
    assert shorten_most([1, 1, 1], twins, 1, cap_km=60).chosen == (1,)
    assert cover_all(twins, 10).chosen == (0, 1)


def test_no_site_is_chosen_that_changes_nothing():
    assert cover_most([5, 5], [[1, 1, 1], [1, 99, 99]], 10, 3).chosen == (0,)
    assert cover_most([5], [[1]], 10, 1, fixed_cost_km=[10]).chosen == ()
    assert shorten_most([5], [[7]], 1, fixed_cost_km=[7], cap_km=100).chosen == ()


def test_nothing_to_choose_from_is_an_empty_plan():
    nobody = cover_most([], np.empty((0, 2)), 10, 1)
    nowhere = shorten_most([3], np.empty((1, 0)), 1, cap_km=50)

    assert (nobody.chosen, nobody.share) == ((), 0.0)
    assert (nowhere.chosen, nowhere.worker_km) == ((), 150)
    assert cover_all(np.empty((2, 0)), 10).beyond == (0, 1)


def test_the_curve_is_exact_at_each_size_where_the_greedy_one_is_not():
    # Site 0 covers the middle of both pairs; with two sites it is in the way.
    within = np.array([[0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]], dtype=bool)
    steps = gain_curve([3, 4, 4, 3], np.where(within, 1.0, 99.0), 10)

    assert [step.siting.chosen for step in steps] == [(0,), (1, 2)]
    assert [step.marginal for step in steps] == [8, 6]


def test_the_curve_stops_where_nothing_more_is_gained():
    assert len(gain_curve(WORKERS, P_AND_Q, 50)) == 1
    assert gain_curve(WORKERS, P_AND_Q, 5) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda: cover_most([math.nan], [[1]], 10, 1),
        lambda: cover_most([-1], [[1]], 10, 1),
        lambda: cover_most([math.inf], [[1]], 10, 1),
        lambda: cover_most([1], [[math.nan]], 10, 1),
        lambda: cover_most([1], [[-1]], 10, 1),
        lambda: cover_most([1, 2], [[1]], 10, 1),
        lambda: cover_most([1], [1], 10, 1),
        lambda: cover_most([1], [[1]], math.nan, 1),
        lambda: cover_most([1], [[1]], 10, 0),
        lambda: cover_most([1], [[1]], 10, 1, fixed_cost_km=[math.nan]),
        lambda: cover_most([1], [[1]], 10, 1, fixed_cost_km=[1, 2]),
        lambda: shorten_most([1], [[1]], 0, cap_km=10),
        lambda: shorten_most([1], [[1]], 1, cap_km=math.inf),
        lambda: cover_all([[math.nan]], 10),
        lambda: cover_all([[1]], -1),
        lambda: gain_curve([1], [[1]], 10, up_to=0),
    ],
)
def test_figures_without_sense_are_refused_in_a_sentence(ask):
    with pytest.raises(ValueError, match=r"\.$"):
        ask()


def test_a_solver_that_gives_up_is_not_believed(monkeypatch):
    monkeypatch.setattr(siting, "PATIENCE_S", 0.0)

    with pytest.raises(Unsolved):
        # Each site covers two places in a row; a good plan is at hand, a proof is not.
        cover_most([1] * 9, (np.eye(9) + np.eye(9, k=1) == 0) * 99.0, 10, 3)


@st.composite
def questions(draw, places=7, candidates=6, fixed=True):
    """Whole numbers, few of them: plans of equal value are common."""
    n, c = draw(st.integers(1, places)), draw(st.integers(1, candidates))
    figures = st.integers(0, 6)
    workers = np.array(draw(st.lists(figures, min_size=n, max_size=n)), dtype=float)
    cost = np.array(draw(st.lists(figures, min_size=n * c, max_size=n * c)), dtype=float)
    existing = np.array(draw(st.lists(st.integers(0, 8), min_size=n, max_size=n)), dtype=float)
    existing[existing > 6] = np.inf
    if not fixed:
        existing[:] = np.inf
    return workers, cost.reshape(n, c), existing, draw(st.integers(1, c))


def plans(candidates, k):
    for size in range(k + 1):
        yield from combinations(range(candidates), size)


def reached(cost, existing, plan):
    return np.minimum(existing, cost[:, list(plan)].min(axis=1, initial=np.inf))


@settings(max_examples=200, deadline=None)
@given(questions(), st.integers(0, 6))
def test_no_plan_covers_more_and_none_as_good_is_smaller_or_lower(question, radius):
    workers, cost, existing, k = question
    values = {
        plan: workers[reached(cost, existing, plan) <= radius].sum()
        for plan in plans(cost.shape[1], k)
    }
    best = max(values.values())
    first = min((plan for plan in values if values[plan] == best), key=lambda p: (len(p), p))

    found = cover_most(workers, cost, radius, k, fixed_cost_km=existing)

    assert (found.covered, found.chosen) == (best, first)
    assert found.gained == best - values[()]


@settings(max_examples=200, deadline=None)
@given(questions(), st.integers(0, 6))
def test_no_plan_is_shorter_and_none_as_short_is_smaller_or_lower(question, cap):
    workers, cost, existing, k = question
    totals = {
        plan: float(workers @ np.minimum(reached(cost, existing, plan), cap))
        for plan in plans(cost.shape[1], k)
    }
    best = min(totals.values())
    first = min((plan for plan in totals if totals[plan] == best), key=lambda p: (len(p), p))

    found = shorten_most(workers, cost, k, fixed_cost_km=existing, cap_km=cap)

    assert (found.worker_km, found.chosen) == (best, first)


@settings(max_examples=200, deadline=None)
@given(questions(places=8, candidates=8), st.integers(0, 6))
def test_no_smaller_or_lower_choice_covers_all(question, radius):
    _, cost, _, _ = question
    within = cost <= radius
    possible = within.any(axis=1)
    first = next(
        plan
        for plan in plans(cost.shape[1], cost.shape[1])
        if within[:, list(plan)].any(axis=1)[possible].all()
    )

    found = cover_all(cost, radius)

    assert found.chosen == first
    assert list(found.beyond) == list(np.flatnonzero(~possible))


@settings(max_examples=50, deadline=None)
@given(questions(places=12, candidates=9), st.integers(0, 6), st.randoms())
def test_the_order_of_the_places_changes_nothing(question, radius, random):
    workers, cost, existing, k = question
    order = random.sample(range(len(workers)), len(workers))
    again = workers[order], cost[order], existing[order]

    assert cover_most(workers, cost, radius, k, fixed_cost_km=existing) == cover_most(
        again[0], again[1], radius, k, fixed_cost_km=again[2]
    )
    assert shorten_most(workers, cost, k, fixed_cost_km=existing, cap_km=5) == shorten_most(
        again[0], again[1], k, fixed_cost_km=again[2], cap_km=5
    )
    assert cover_all(cost, radius).chosen == cover_all(again[1], radius).chosen


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_curve_of_uneven_figures_is_the_best_at_each_size(seed):
    random = np.random.default_rng(seed)
    workers = random.lognormal(3, 1, 25)
    cost = random.uniform(0, 100, (25, 8))

    steps = gain_curve(workers, cost, 30, up_to=4)

    for size, step in enumerate(steps, start=1):
        best = max(workers[reached(cost, np.inf, p) <= 30].sum() for p in plans(8, size))
        assert step.siting.covered == pytest.approx(best, rel=1e-9)
    assert sum(step.marginal for step in steps) == pytest.approx(steps[-1].siting.gained)


@st.composite
def uneven_questions(draw):
    """Figures as they come, for comparison with the models of PySAL."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, c = int(random.integers(2, 16)), int(random.integers(2, 11))
    workers = random.integers(1, 500, n).astype(float)
    return workers, random.uniform(1, 100, (n, c)).round(3), int(random.integers(1, c + 1))


def objective(model):
    return model.solve(pulp.PULP_CBC_CMD(msg=False)).problem.objective.value()


@settings(max_examples=200, deadline=None)
@given(uneven_questions())
def test_pysal_covers_as_many(question):
    workers, cost, k = question
    model = MCLP.from_cost_matrix(cost, workers, 30, p_facilities=k)

    found = cover_most(workers, cost, 30, k)

    assert found.covered == pytest.approx(objective(model), abs=1e-9, rel=1e-9)


@settings(max_examples=200, deadline=None)
@given(uneven_questions())
def test_pysal_makes_the_way_as_short(question):
    workers, cost, k = question
    model = PMedian.from_cost_matrix(cost, workers, p_facilities=k)

    found = shorten_most(workers, cost, k, cap_km=100)

    assert found.worker_km == pytest.approx(objective(model), rel=1e-9)


@settings(max_examples=200, deadline=None)
@given(uneven_questions())
def test_pysal_needs_as_many_sites_to_cover_all(question):
    _, cost, _ = question
    found = cover_all(cost, 60)
    possible = np.delete(cost, found.beyond, axis=0)
    if not len(possible):
        assert found.chosen == ()
        return

    model = LSCP.from_cost_matrix(possible, 60)

    assert len(found.chosen) == objective(model)
