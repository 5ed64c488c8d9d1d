"""Where help should go next, and the command that says it."""

from io import StringIO
from itertools import combinations

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from geo.coverage import plans, proposals, whatif
from geo.coverage.plans import Objective, plan
from geo.coverage.proposals import Pin
from geo.coverage.whatif import Changes, what_if
from geo.errors import ImpossiblePlan
from geo.models import AdminArea
from tests.geo.coverage.planning import GASPE, HEALTH, clinic, demand

pytestmark = pytest.mark.usefixtures("empty_directory")

# Municipalities of both shores and of the peninsula.
MATANE, BAIE_COMEAU, SEPT_ILES = "Matane", "Baie-Comeau", "Sept-Îles"


@pytest.fixture(autouse=True)
def _workers(empty_directory):
    demand(r01=500, r09=2000, r11=300)


def today():
    return timezone.localdate()


def code(name):
    return AdminArea.objects.municipalities().get(name=name).code


def names(step):
    return [town.name for town in step.towns]


def printed(*arguments, **options):
    output = StringIO()
    call_command("plan_stops", *arguments, stdout=output, **options)
    return output.getvalue()


@pytest.mark.parametrize("objective", list(Objective))
def test_one_place_more_never_brings_less(objective):
    clinic(GASPE)

    found = plan(today(), HEALTH, regions=["11"], k=5, objective=objective)

    assert 1 < len(found.steps) <= 5
    assert [len(step.towns) for step in found.steps] == list(range(1, len(found.steps) + 1))
    assert all(step.marginal >= 0 for step in found.steps)
    if objective == Objective.COVER:
        shares = [found.share, *(step.share for step in found.steps)]
    else:
        shares = [-found.mean_km, *(-step.mean_km for step in found.steps)]
    assert shares == sorted(shares)


def test_no_other_choice_of_two_would_bring_more_within_reach():
    clinic(GASPE)
    now = whatif.situation_of(today())
    rows = [row for row, town in enumerate(now.towns) if town.region == "11"]
    towns = [now.towns[row] for row in rows]
    km = plans._cost_km(now, [*towns, next(t for t in now.towns if t.name == "Gaspé")])[rows]
    # Gaspé's own clinic is at its gazetteer's position within a few hundred metres.
    within = km <= 60
    workers = now.workers[rows]

    best = max(
        workers @ (within[:, a] | within[:, b] | within[:, -1])
        for a, b in combinations(range(len(towns)), 2)
    )
    step = plan(today(), HEALTH, regions=["11"], k=2).steps[1]

    chosen = [towns.index(town) for town in step.towns]
    reached = within[:, chosen].any(axis=1) | within[:, -1]
    assert workers @ reached == pytest.approx(best)
    assert step.share == pytest.approx(best / workers.sum(), abs=0.026)


def test_no_other_choice_of_two_would_shorten_the_way_more():
    now = whatif.situation_of(today())
    rows = [row for row, town in enumerate(now.towns) if town.region == "11"]
    towns = [now.towns[row] for row in rows]
    km = np.minimum(plans._cost_km(now, towns)[rows], 200.0)
    workers = now.workers[rows]

    best = min(
        workers @ np.minimum(km[:, a], km[:, b]) for a, b in combinations(range(len(towns)), 2)
    )
    step = plan(today(), HEALTH, regions=["11"], k=2, objective="distance").steps[1]

    assert step.mean_km == pytest.approx(best / workers.sum(), abs=0.06)


def test_no_stop_on_the_north_shore_serves_matane():
    """60 km over the water are no way: Baie-Comeau serves nobody of the Bas-Saint-Laurent."""
    there = plan(today(), HEALTH, regions=["01"], candidates=[code(BAIE_COMEAU)], radius_km=100)
    here = plan(today(), HEALTH, regions=["01"], candidates=[code(MATANE)], radius_km=100)

    assert there.steps == ()
    assert names(here.steps[0]) == [MATANE]
    assert here.steps[0].newly > 0


def test_what_exists_is_not_opened_again():
    clinic(GASPE)

    first = plan(today(), HEALTH, regions=["11"], k=1).steps[0]

    assert names(first) != ["Gaspé"]
    assert plan(today(), HEALTH, regions=["11"], k=1).share > 0


def test_only_what_counts_exists():
    clinic(GASPE, as_of="2015-01")

    listed = plan(today(), HEALTH, regions=["11"], k=1)
    honest = plan(today(), whatif.Question("sante", "", "verified"), regions=["11"], k=1)

    assert listed.share > 0
    assert honest.share == 0


def test_a_place_of_a_plan_brings_what_the_what_if_says():
    found = plan(today(), HEALTH, regions=["11"], k=1)
    position = found.steps[0].towns[0].position

    answer = what_if(today(), HEALTH, Changes(added=(Pin(*position),)))

    assert answer.region("11").newly == found.steps[0].newly
    assert answer.region("11").newly_count == found.steps[0].newly_count


def test_no_plan_is_made_for_fewer_than_twenty_workers():
    demand(r01=500, r11=12)

    found = plan(today(), HEALTH, regions=["11"])

    assert not found.has_rates
    assert found.steps == ()


def test_a_candidate_is_in_its_own_municipality():
    town = next(town for town in whatif.situation_of(today()).towns if town.name == MATANE)

    site = proposals.candidate(town)

    assert (site.municipality, site.region, site.mrc) == (town.code, "01", town.mrc)


@pytest.mark.parametrize(
    "asked",
    [
        {"regions": ["18"]},
        {"k": 0},
        {"k": 11},
        {"radius_km": 0.0},
        {"radius_km": float("nan")},
        {"radius_km": 1000.0},
        {"candidates": []},
        {"candidates": ["99999"]},
    ],
    ids=str,
)
def test_a_plan_that_makes_no_sense_is_refused_with_a_sentence(asked):
    with pytest.raises(ImpossiblePlan, match=r"\.$"):
        plan(today(), HEALTH, **asked)


def test_the_command_prints_the_table_and_the_curve():
    clinic(GASPE)

    text = printed("--need", "sante", "--region", "11", "--basis", "listed", "-k", "2")

    lines = text.splitlines()
    assert "44 municipalities to choose from; within reach: 60 km by road." in text
    assert sum(line.startswith("  1  ") for line in lines) == 2
    assert sum(line.startswith("  2  ") for line in lines) == 2
    assert "#" in text
    assert "%" in text


def test_the_command_shortens_ways_among_given_municipalities(tmp_path):
    file = tmp_path / "candidates.csv"
    file.write_text(f"name,code\nMatane,{code(MATANE)}\n", encoding="utf-8")

    text = printed(
        "--need", "sante", "--region", "01", "--objective", "distance", "--radius-km", "50",
        "--candidates", str(file),
    )  # fmt: skip

    assert "1 municipalities to choose from; within reach: 50 km by road." in text
    assert f"Matane ({code(MATANE)})" in text
    assert " km on the mean" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--need", "nothing"], "There is no need “nothing”"),
        (["--language", "xx"], "“xx” is no language of service"),
        (["--region", "99"], "There is no region 99"),
        (["-k", "0"], "Choose from 1 to 10 places."),
        (["--as-of", "2999-01-01"], "still to come"),
        (["--as-of", "1999-01-01"], "No figure of demand had ended"),
        (["--candidates", "no-such-file.csv"], "no-such-file.csv cannot be read"),
    ],
)
def test_the_command_says_in_a_sentence_what_is_wrong(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        printed(*arguments)


def test_the_command_refuses_a_file_without_codes(tmp_path):
    file = tmp_path / "names.csv"
    file.write_text("name\nMatane\n", encoding="utf-8")

    with pytest.raises(CommandError, match="has no column “code”"):
        printed("--candidates", str(file))
