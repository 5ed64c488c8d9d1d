"""Spatial access: by hand, against PySAL and sdc-catchment, and what holds for any instance."""

import numpy as np
import pandas as pd
import pytest
from access import Access, weights
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sdc_catchment import catchment_ratio

from geo.coverage.access import (
    access_ratio,
    choice_weights,
    enhanced_two_step,
    modified_two_step,
    nearest_two,
    scores,
    share_within,
    shares,
    step_weights,
    three_step,
    two_step,
    weighted_demand,
    weighted_mean,
    weighted_quantile,
)
from geo.coverage.counts import ratio
from tests.geo.coverage.toy import CAPACITY, COST_KM, DEMAND, ENHANCED, R1, R2, STEPS

METHODS = [enhanced_two_step, modified_two_step, three_step]

# Gaspé, Chandler and Matane; clinics at Gaspé (one) and Rimouski (two). Geodesic km.
GASPESIE_WORKERS = np.array([100.0, 60.0, 80.0])
GASPESIE_CLINICS = np.array([1.0, 2.0])
GASPESIE_KM = np.array([[0.0, 301.018], [55.785, 284.599], [224.071, 85.565]])
GASPE, CHANDLER, MATANE = range(3)


def close(expected):
    """To 1e-9 of a worker's share, or of itself where that is more."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


# Bounds are drawn often: they are where libraries differ.
costs_km = st.one_of(
    st.sampled_from([0.0, 30.0, 60.0, 100.0, np.inf]),
    st.integers(0, 150).map(float),
    st.floats(0, 150, allow_subnormal=False),
)
few_workers = st.one_of(st.just(0.0), st.integers(1, 5000).map(float), st.floats(0.5, 500))
full_time = st.one_of(st.just(0.0), st.integers(1, 9).map(float), st.floats(0.05, 9))


@st.composite
def instances(draw, workers=few_workers):
    """Costs (n, m), demand (n,) and capacity (m, q) of a small world."""
    n, m, q = draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return (
        draw(arrays(float, (n, m), elements=costs_km)),
        draw(arrays(float, n, elements=workers)),
        draw(arrays(float, (m, q), elements=full_time)),
    )


# By hand.


def test_shares_of_the_toy():
    reached = weighted_demand(step_weights(COST_KM, STEPS), DEMAND)

    assert reached == close([236, 192])
    assert shares(CAPACITY, reached) == close([0.00847457627118644, 0.00520833333333333])


def test_e2sfca_of_the_toy():
    assert enhanced_two_step(COST_KM, DEMAND, CAPACITY, STEPS) == close(ENHANCED)
    assert enhanced_two_step(COST_KM, DEMAND, CAPACITY, STEPS) @ DEMAND == close(3.0)


def test_2sfca_of_the_toy():
    assert two_step(COST_KM, DEMAND, CAPACITY, 60) == close(
        [0.006666666666666667, 0.010666666666666668, 0.004]
    )


def test_m2sfca_of_the_toy():
    assert modified_two_step(COST_KM, DEMAND, CAPACITY, STEPS) == close(
        [0.008726659604519774, 0.0063269774011299445, 0.002408333333333333]
    )


def test_3sfca_of_the_toy():
    assert three_step(COST_KM, DEMAND, CAPACITY, STEPS) == close(
        [0.011305732303116628, 0.00774286404646149, 0.006417079207920793]
    )


def test_access_ratio_of_the_toy():
    found = access_ratio(ENHANCED, DEMAND)

    assert found == pytest.approx([1.1223811205, 1.0855108286, 0.4131944444], abs=5e-11)
    assert found == close(ENHANCED * 350 / 3)


def test_nearest_of_the_toy():
    first, second = nearest_two(COST_KM, CAPACITY > 0)

    assert first.tolist() == [10, 40, 55]
    assert second.tolist() == [80, 50, 120]
    assert weighted_mean(first, DEMAND) == close(33.57142857142857)
    assert weighted_quantile(first, DEMAND, 0.5) == 40
    assert weighted_quantile(first, DEMAND, 0.9) == 55


@pytest.mark.parametrize(
    ("radius_km", "share"), [(9.9, 0), (30, 100 / 350), (50, 300 / 350), (55, 1), (60, 1)]
)
def test_share_within_of_the_toy(radius_km, share):
    first, _second = nearest_two(COST_KM, CAPACITY > 0)
    assert share_within(first, DEMAND, radius_km) == close(share)


def test_the_ratio_within_borders_reverses_the_truth():
    inside = [ratio(2, DEMAND[R1].sum()).value, ratio(1, DEMAND[R2].sum()).value]
    by_access = [1000 * weighted_mean(ENHANCED[rows], DEMAND[rows]) for rows in (R1, R2)]

    assert inside == close([6.666666666666667, 20.0])
    assert ratio(3, DEMAND.sum()).value == close(8.571428571428571)
    assert by_access == close([9.409722222222222, 3.5416666666666665])
    assert (inside[0] < inside[1], by_access[0] > by_access[1]) == (True, True)


def test_e2sfca_of_gaspesie_as_the_crow_flies():
    found = enhanced_two_step(GASPESIE_KM, GASPESIE_WORKERS, GASPESIE_CLINICS, STEPS)

    assert found == pytest.approx([0.00710227, 0.00482955, 0.025], abs=5e-9)
    assert found == close([1 / 140.8, 0.68 / 140.8, 2 / 80])
    assert GASPESIE_WORKERS @ found == close(3.0)


def test_e2sfca_of_gaspesie_by_road_gives_nobody_the_clinic_out_of_reach():
    km = 1.3 * GASPESIE_KM
    weights_by_road = step_weights(km, STEPS)
    found = enhanced_two_step(km, GASPESIE_WORKERS, GASPESIE_CLINICS, STEPS)
    share = shares(GASPESIE_CLINICS, weighted_demand(weights_by_road, GASPESIE_WORKERS))

    assert share[1] == 0.0
    assert found == pytest.approx([0.00883392, 0.00194346, 0.0], abs=5e-9)
    assert found == close([1 / 113.2, 0.22 / 113.2, 0.0])
    assert found[MATANE] == 0.0
    assert GASPESIE_WORKERS @ found == close(1.0)


def test_a_village_alone_with_a_far_clinic_ranks_first_by_e2sfca_and_not_by_m2sfca():
    world = (GASPESIE_KM, GASPESIE_WORKERS, GASPESIE_CLINICS, STEPS)
    enhanced, modified = enhanced_two_step(*world), modified_two_step(*world)

    assert enhanced[MATANE] == pytest.approx(0.0250, abs=5e-5)
    assert enhanced[GASPE] == pytest.approx(0.0071, abs=5e-5)
    assert modified[MATANE] == pytest.approx(0.0055, abs=5e-5)
    assert modified[GASPE] == pytest.approx(0.0071, abs=5e-5)


# Steps.


def test_bounds_are_included_and_nothing_is_beyond_the_last():
    km = [0, 30, np.nextafter(30, 31), 60, 60.001, 100, np.nextafter(100, 101), 5000, np.inf]
    assert step_weights(km, STEPS).tolist() == [1, 1, 0.68, 0.68, 0.22, 0.22, 0, 0, 0]


def test_the_order_of_steps_does_not_matter():
    assert step_weights([20, 50, 90], STEPS[::-1]).tolist() == [1, 0.68, 0.22]


def test_whole_kilometres_have_weights_with_a_fraction():
    assert step_weights(np.array([[45]]), STEPS).tolist() == [[0.68]]


def test_a_catchment_without_end_is_refused():
    with pytest.raises(ValueError, match="bounds of a catchment"):
        step_weights([1.0], [(np.inf, 1.0)])


def test_2sfca_includes_its_radius():
    assert two_step([[60.0], [60.1]], [10.0, 10.0], [1.0], 60).tolist() == [0.1, 0.0]


def test_a_service_that_nobody_can_reach_shares_nothing():
    assert shares([[1.0, 2.0], [3.0, 4.0]], [0.0, 2.0]).tolist() == [[0, 0], [1.5, 2]]


def test_places_without_workers_are_scored_and_ask_for_nothing():
    found = enhanced_two_step([[5.0], [5.0]], [0.0, 10.0], [1.0], STEPS)
    assert found.tolist() == [0.1, 0.1]


def test_a_place_with_nothing_in_reach_makes_no_choice():
    assert choice_weights([[0.0, 0.0], [1.0, 0.0]]).tolist() == [[0, 0], [1, 0]]


# Ratios, distances and means.


def test_the_access_ratio_is_zero_where_nobody_has_anything():
    score = [[0.0, 1.0], [0.0, 3.0]]
    assert access_ratio(score, [5.0, 5.0]).tolist() == [[0, 0.5], [0, 1.5]]
    assert access_ratio(score, [0.0, 0.0]).tolist() == [[0, 0], [0, 0]]


def test_nearest_of_one_service_and_of_none_is_infinite():
    offered = np.array([[True, False, True], [True, False, False]])
    first, second = nearest_two([[7.0, 3.0], [np.inf, 4.0]], offered)

    assert first.tolist() == [[3, np.inf, 7], [4, np.inf, np.inf]]
    assert second.tolist() == [[7, np.inf, np.inf], [np.inf, np.inf, np.inf]]


def test_two_services_at_the_same_distance_are_a_choice():
    first, second = nearest_two([[8.0, 5.0, 5.0]], [True, True, True])
    assert (first.tolist(), second.tolist()) == ([5], [5])


def test_nearest_leaves_the_costs_as_they_were():
    km = COST_KM.copy()
    nearest_two(km, np.array([True, True]))
    assert np.array_equal(km, COST_KM)


def test_a_world_without_services_has_no_nearest():
    first, second = nearest_two(np.empty((2, 0)), np.empty((0, 3), dtype=bool))
    assert first.tolist() == second.tolist() == [[np.inf] * 3] * 2


def test_where_no_road_leads_is_within_no_radius():
    assert share_within([5.0, np.inf], [30.0, 10.0], np.inf) == 0.75


def test_the_share_within_of_nobody_is_zero():
    assert share_within([5.0], [0.0], 10) == 0.0
    assert share_within([[5.0, 50.0]], [0.0], 10).tolist() == [0, 0]


def test_the_median_of_an_unreachable_half_is_reached_and_the_rest_is_not():
    km = [np.inf, 3.0]
    assert weighted_quantile(km, [50.0, 50.0], 0.5) == 3
    assert weighted_quantile(km, [50.1, 49.9], 0.5) == np.inf
    assert weighted_mean(km, [50.0, 50.0]) == np.inf


def test_places_without_workers_do_not_move_a_mean_or_a_quantile():
    assert weighted_mean([np.inf, 3.0], [0.0, 2.0]) == 3
    assert weighted_quantile([1.0, 3.0], [0.0, 2.0], 1e-9) == 3
    assert weighted_quantile([3.0, np.inf], [2.0, 0.0], 1.0) == 3


@pytest.mark.parametrize("rank", range(1, 11))
def test_equal_weights_with_a_fraction_add_up_to_their_part(rank):
    assert weighted_quantile(np.arange(1.0, 11.0), [0.7] * 10, rank / 10) == rank


@pytest.mark.parametrize("level", [0.0, -0.1, 1.1, np.nan])
def test_a_quantile_has_a_level(level):
    with pytest.raises(ValueError, match="level"):
        weighted_quantile([1.0], [1.0], level)


@pytest.mark.parametrize("of", [weighted_mean, lambda *args: weighted_quantile(*args, 0.5)])
def test_nobody_has_no_mean_and_no_quantile(of):
    with pytest.raises(ValueError, match="no weight"):
        of([1.0, 2.0], [0.0, 0.0])


# NaN, and other numbers that are none.

NAN = np.nan


@pytest.mark.parametrize(
    "ask",
    [
        lambda: step_weights([[1.0, NAN]], STEPS),
        lambda: choice_weights([[NAN, 0.5]]),
        # Where nobody lives too: a product would lose it there.
        lambda: weighted_demand([[NAN], [1.0]], [0.0, 1.0]),
        lambda: weighted_demand([[1.0]], [NAN]),
        lambda: shares([NAN, 1.0], [0.0, 1.0]),
        lambda: shares([1.0], [NAN]),
        lambda: scores([[NAN, 1.0]], [0.0, 1.0]),
        lambda: scores([[1.0, 1.0]], [NAN, 1.0]),
        lambda: access_ratio([NAN, 1.0], [0.0, 1.0]),
        lambda: access_ratio([1.0], [NAN]),
        lambda: nearest_two([[NAN, 1.0]], [False, True]),
        lambda: share_within([NAN, 1.0], [0.0, 1.0], 30),
        lambda: share_within([1.0], [NAN], 30),
        lambda: share_within([1.0], [1.0], NAN),
        lambda: weighted_quantile([NAN, 1.0], [0.0, 1.0], 0.5),
        lambda: weighted_quantile([1.0], [NAN], 0.5),
        lambda: weighted_mean([NAN, 1.0], [0.0, 1.0]),
        lambda: weighted_mean([1.0], [NAN]),
        *(
            lambda method=method: method([[NAN, 1.0]], [1.0], [1.0, 1.0], STEPS)
            for method in METHODS
        ),
        lambda: two_step([[NAN, 1.0]], [1.0], [1.0, 1.0], 60),
    ],
)
def test_nan_is_never_zero(ask):
    with pytest.raises(ValueError, match="NaN|number of kilometres"):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: step_weights([-1.0], STEPS),
        lambda: weighted_demand([[1.0]], [-1.0]),
        lambda: weighted_demand([[1.0]], [np.inf]),
        lambda: weighted_demand([[1.5]], [1.0]),
        lambda: shares([-1.0], [1.0]),
        lambda: shares([np.inf], [1.0]),
    ],
)
def test_amounts_out_of_range_are_refused(ask):
    with pytest.raises(ValueError, match="must be numbers"):
        ask()


# Against other people's code.


def pysal(cost_km, demand, capacity):
    """2SFCA within 60 km, E2SFCA and 3SFCA of PySAL, with 0 for the NaN of nothing in reach."""
    n, m = cost_km.shape
    pairs = pd.DataFrame(
        {
            "origin": np.repeat(np.arange(n), m),
            "dest": np.tile(np.arange(m), n),
            "cost": cost_km.ravel(),
        }
    )
    world = Access(
        demand_df=pd.DataFrame({"workers": demand}, index=pd.RangeIndex(n, name="place")),
        demand_value="workers",
        supply_df=pd.DataFrame({"services": capacity}, index=pd.RangeIndex(m, name="site")),
        supply_value="services",
        cost_df=pairs,
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )
    step = weights.step_fn(dict(STEPS))
    return [
        found[f"{name}_services"].to_numpy()
        for name, found in {
            "2sfca": world.two_stage_fca(max_cost=60),
            "e2sfca": world.enhanced_two_stage_fca(weight_fn=step),
            "3sfca": world.three_stage_fca(weight_fn=step),
        }.items()
    ]


# What is deprecated in pandas is PySAL's affair.
@pytest.mark.filterwarnings("ignore:.*inplace.*")
@settings(max_examples=200, deadline=None)
@given(instances(workers=st.integers(1, 5000).map(float)))
def test_pysal_agrees(instance):
    cost_km, demand, capacity = instance
    capacity = capacity[:, 0]

    binary, enhanced, three = (np.nan_to_num(found) for found in pysal(*instance[:2], capacity))

    assert two_step(cost_km, demand, capacity, 60) == close(binary)
    assert enhanced_two_step(cost_km, demand, capacity, STEPS) == close(enhanced)
    assert three_step(cost_km, demand, capacity, STEPS) == close(three)


@pytest.mark.filterwarnings("ignore:.*inplace.*")
def test_pysal_has_no_answer_for_the_worst_place_where_we_have_zero():
    cost_km, demand = np.array([[10.0], [400.0]]), np.array([100.0, 300.0])

    binary, _enhanced, _three = pysal(cost_km, demand, np.array([1.0]))
    found = two_step(cost_km, demand, [1.0], 60)

    assert np.isnan(binary[1])
    assert found.tolist() == [0.01, 0.0]
    assert weighted_mean(found, demand) == close(0.0025)


def square(array):
    return array**2


def weight_of(km):
    return np.select([km <= 30, km <= 60, km <= 100], [1.0, 0.68, 0.22], 0.0)


@settings(max_examples=200, deadline=None)
@given(instances())
def test_sdc_catchment_agrees(instance):
    cost_km, demand, capacity = instance
    places = pd.DataFrame({"geoid": range(len(demand)), "value": demand})
    sites = pd.DataFrame({"geoid": range(len(capacity)), "value": capacity[:, 0]})

    enhanced = catchment_ratio(places, sites, cost_km, weight=weight_of)
    modified = catchment_ratio(places, sites, cost_km, weight=weight_of, adjust_consumers=square)

    world = (cost_km, demand, capacity[:, 0], STEPS)
    assert enhanced_two_step(*world) == close(enhanced.to_numpy())
    assert modified_two_step(*world) == close(modified.to_numpy())


# What holds for any instance.


@settings(max_examples=200, deadline=None)
@given(instances())
def test_what_can_be_reached_is_neither_lost_nor_invented(instance):
    cost_km, demand, capacity = instance
    can_reach = ((cost_km <= 100) & (demand > 0)[:, None]).any(axis=0)

    handed_out = demand @ enhanced_two_step(cost_km, demand, capacity, STEPS)

    assert handed_out == close(capacity[can_reach].sum(axis=0))


@settings(max_examples=200, deadline=None)
@given(instances())
def test_what_people_choose_of_3sfca_is_neither_lost_nor_invented(instance):
    cost_km, demand, capacity = instance
    can_reach = ((cost_km <= 100) & (demand > 0)[:, None]).any(axis=0)

    handed_out = demand @ three_step(cost_km, demand, capacity, STEPS)

    assert handed_out == close(capacity[can_reach].sum(axis=0))


@settings(max_examples=200, deadline=None)
@given(instances())
def test_distance_only_ever_wastes(instance):
    cost_km, demand, capacity = instance
    enhanced = enhanced_two_step(cost_km, demand, capacity, STEPS)
    modified = modified_two_step(cost_km, demand, capacity, STEPS)

    assert (modified <= enhanced * (1 + 1e-12)).all()
    assert (demand @ modified <= capacity.sum(axis=0) * (1 + 1e-12)).all()


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=50, deadline=None)
@given(instances())
def test_twice_the_workers_halve_the_scores(method, instance):
    cost_km, demand, capacity = instance
    found = method(cost_km, 2 * demand, capacity, STEPS)
    assert 2 * found == close(method(cost_km, demand, capacity, STEPS))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=50, deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_the_order_of_places_and_sites_does_not_matter(method, instance, random):
    cost_km, demand, capacity = instance
    rows, columns = list(range(len(demand))), list(range(len(capacity)))
    random.shuffle(rows)
    random.shuffle(columns)
    turned = cost_km[np.ix_(rows, columns)]

    found = method(turned, demand[rows], capacity[columns], STEPS)
    nearest = nearest_two(turned, capacity[columns] > 0)

    assert found == close(method(cost_km, demand, capacity, STEPS)[rows])
    for ours, theirs in zip(nearest, nearest_two(cost_km, capacity > 0), strict=True):
        assert np.array_equal(ours, theirs[rows])


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=50, deadline=None)
@given(instances(), st.floats(100.001, 2000) | st.just(np.inf))
def test_a_site_out_of_reach_changes_nothing(method, instance, far_km):
    cost_km, demand, capacity = instance
    more_km = np.column_stack([cost_km, np.full(len(demand), far_km)])
    more = np.vstack([capacity, np.ones(capacity.shape[1])])

    found = method(more_km, demand, more, STEPS)

    assert found == close(method(cost_km, demand, capacity, STEPS))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=50, deadline=None)
@given(instances())
def test_questions_asked_at_once_are_answered_as_one_by_one(method, instance):
    cost_km, demand, capacity = instance
    found = method(cost_km, demand, capacity, STEPS)
    nearest = nearest_two(cost_km, capacity > 0)
    ratios = access_ratio(found, demand)

    for question, alone in enumerate(capacity.T):
        answer = method(cost_km, demand, alone, STEPS)
        assert answer.shape == demand.shape
        assert found[:, question] == close(answer)
        assert ratios[:, question] == close(access_ratio(answer, demand))
        for both, one in zip(nearest, nearest_two(cost_km, alone > 0), strict=True):
            assert np.array_equal(both[:, question], one)


@settings(max_examples=100, deadline=None)
@given(instances(), st.integers(1, 5))
def test_blocks_of_places_are_answered_as_the_whole(instance, height):
    cost_km, demand, capacity = instance
    blocks = [slice(start, start + height) for start in range(0, len(demand), height)]

    reached = sum(
        weighted_demand(step_weights(cost_km[rows], STEPS), demand[rows]) for rows in blocks
    )
    share = shares(capacity, reached)
    parts = [step_weights(cost_km[rows], STEPS) for rows in blocks]
    nearest = [nearest_two(cost_km[rows], capacity > 0) for rows in blocks]

    world = (cost_km, demand, capacity, STEPS)
    assert np.vstack([scores(part, share) for part in parts]) == close(enhanced_two_step(*world))
    assert np.vstack([scores(part**2, share) for part in parts]) == close(modified_two_step(*world))
    for which, whole in enumerate(nearest_two(cost_km, capacity > 0)):
        assert np.array_equal(np.vstack([pair[which] for pair in nearest]), whole)


@settings(max_examples=200, deadline=None)
@given(instances())
def test_nearest_is_what_sorting_finds(instance):
    cost_km, _demand, capacity = instance
    first, second = nearest_two(cost_km, capacity > 0)

    for question, alone in enumerate(capacity.T):
        for place, row in enumerate(cost_km):
            ways = [*sorted(row[alone > 0]), np.inf, np.inf]
            assert (first[place, question], second[place, question]) == tuple(ways[:2])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(costs_km, st.integers(0, 4)), min_size=1, max_size=8).filter(
        lambda pairs: any(weight for _km, weight in pairs)
    ),
    st.integers(1, 20),
)
def test_a_quantile_is_that_of_single_workers(pairs, twentieths):
    km, workers = np.array(pairs).T
    alone = np.sort(np.repeat(km, workers.astype(int)))
    rank = -(-twentieths * len(alone) // 20)  # rounded up, in whole numbers

    assert weighted_quantile(km, workers, twentieths / 20) == alone[rank - 1]
    assert share_within(km, workers, 60) == close(np.mean(alone <= 60))
    assert weighted_mean(km, workers) == close(alone.mean())


@settings(max_examples=50, deadline=None)
@given(instances(workers=st.floats(0.5, 500)), st.floats(0.01, 1))
def test_figures_of_many_questions_are_those_of_one_by_one(instance, level):
    cost_km, demand, _capacity = instance
    quantiles = weighted_quantile(cost_km, demand, level)
    means = weighted_mean(cost_km, demand)
    within = share_within(cost_km, demand, 60)

    for question, km in enumerate(cost_km.T):
        assert quantiles[question] == weighted_quantile(km, demand, level)
        assert means[question] == close(weighted_mean(km, demand))
        assert within[question] == close(share_within(km, demand, 60))
