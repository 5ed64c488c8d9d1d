"""What would change if help came, left or moved."""

import math

import pytest
from django.utils import timezone

from geo.choices import AreaLevel
from geo.coverage import runs, whatif
from geo.coverage.proposals import Pin
from geo.coverage.whatif import Changes, what_if
from geo.errors import ImpossibleChange
from geo.models import Location
from tests.factories import ServiceFactory
from tests.geo.coverage.planning import (
    BAIE_COMEAU,
    CAP_AUX_MEULES,
    GASPE,
    HEALTH,
    OTTAWA,
    RIMOUSKI,
    clinic,
    demand,
)

pytestmark = pytest.mark.usefixtures("empty_directory")


@pytest.fixture(autouse=True)
def _workers(empty_directory):
    demand(r01=500, r07=300, r09=200, r11=300)


def today():
    return timezone.localdate()


def tried(question=HEALTH, **changes):
    return what_if(today(), question, Changes(**changes))


def pin(point, **parts):
    return Pin(point.x, point.y, **parts)


def key_of_place(service):
    return str(service.service_at_locations.get().pk)


def test_nothing_tried_changes_nothing():
    clinic(RIMOUSKI)

    answer = tried()

    assert answer.changed == []
    assert all(area.before == area.after for area in answer.areas)
    assert len(answer.areas) == 18


def test_a_new_place_makes_a_region_without_help_local_and_brings_workers_near():
    answer = tried(added=(pin(GASPE),))

    gaspesie = answer.region("11")
    assert (gaspesie.before.coverage_class, gaspesie.after.coverage_class) == ("none", "local")
    assert gaspesie.before.within["middle"] == 0.0
    assert gaspesie.after.within["middle"] > 0.1
    assert gaspesie.newly == gaspesie.after.within["middle"]
    assert gaspesie.newly_count % 5 == 0
    assert gaspesie.changed
    assert answer.province.after.coverage_class == "local"


def test_a_stop_makes_a_region_itinerant_and_counts_by_its_visits():
    rare = tried(added=(pin(GASPE, visits_per_month=1),)).region("11").after
    often = tried(added=(pin(GASPE, visits_per_month=20),)).region("11").after

    assert rare.coverage_class == often.coverage_class == "itinerant"
    assert rare.within == often.within
    always = tried(added=(pin(GASPE),)).region("11").after
    assert often.spar == always.spar


def test_what_is_closed_undoes_what_it_brought():
    service = clinic(GASPE)

    by_place = tried(removed=frozenset({key_of_place(service)})).region("11")
    by_service = tried(removed=frozenset({str(service.pk)})).region("11")

    assert by_place.before.coverage_class == "local"
    assert by_place.after.coverage_class == "none"
    assert by_place.no_longer > 0.1
    assert by_service == by_place


def test_an_office_that_closes_leaves_its_line():
    service = ServiceFactory(
        needs=["sante"], delivery_modes=["on_site", "phone"], at=GASPE, covering=["11"]
    )

    place = tried(removed=frozenset({key_of_place(service)})).region("11")
    everything = tried(removed=frozenset({str(service.pk)})).region("11")

    assert place.after.coverage_class == "remote_only"
    assert everything.after.coverage_class == "none"


def test_a_place_that_moves_helps_there_and_no_longer_here():
    service = clinic(RIMOUSKI)

    answer = tried(moved={key_of_place(service): (GASPE.x, GASPE.y)})

    assert answer.region("11").after.coverage_class == "local"
    assert answer.region("01").before.coverage_class == "local"
    assert answer.region("01").after.coverage_class == "none"
    assert answer.region("01").newly == 0.0
    assert answer.region("01").no_longer > 0.2


def test_a_place_that_moves_to_where_it_is_changes_nothing():
    service = clinic(RIMOUSKI)

    assert tried(moved={key_of_place(service): (RIMOUSKI.x, RIMOUSKI.y)}).changed == []


def test_help_across_the_river_changes_only_its_own_shore():
    answer = tried(added=(pin(BAIE_COMEAU),))

    assert [area.code for area in answer.changed] == ["09"]


def test_help_on_the_islands_changes_only_their_region():
    answer = tried(added=(pin(CAP_AUX_MEULES),))

    assert [area.code for area in answer.changed] == ["11"]
    assert answer.region("11").after.coverage_class == "local"


def test_help_in_ottawa_is_within_reach_of_the_outaouais_and_in_no_region():
    answer = tried(added=(pin(OTTAWA),))

    assert answer.grounds[0].region == ""
    outaouais = answer.region("07")
    assert outaouais.after.coverage_class == "within_reach"
    assert outaouais.newly > 0.5
    assert {area.after.coverage_class for area in answer.areas[1:]} == {"none", "within_reach"}


def test_a_new_place_counts_as_verified_and_in_the_language_that_is_asked_for():
    honest = whatif.Question("sante", "es", "verified")

    assert tried(honest, added=(pin(GASPE),)).region("11").after.coverage_class == "local"


def test_the_answer_is_that_of_a_run_with_the_same_place():
    before = tried(added=(pin(GASPE),))
    clinic(GASPE)

    result = runs.compute(today())

    areas = {area.id: area for area in result.situation.areas if area.level == AreaLevel.REGION}
    cells = {
        areas[cell["area_id"]].code: cell
        for cell in result.cells
        if cell["area_id"] in areas
        and (cell["need"], cell["language"], cell["basis"]) == ("sante", "", "listed")
    }
    assert len(cells) == 17
    for code, cell in cells.items():
        after = before.region(code).after
        assert after.coverage_class == cell["coverage_class"]
        assert after.status_by_distance == cell["measures"]["status_by_distance"]
        if after.has_rates:
            assert after.median_km == cell["measures"]["median_km"]
            assert after.p90_km == cell["measures"]["p90_km"]
            assert after.spar == round(cell["measures"]["spar"], 2)
            for band, share in cell["measures"]["within"].items():
                assert after.within[band] == pytest.approx(share, abs=0.026)


def test_a_run_that_was_kept_is_asked_as_it_was_known_then(django_assert_max_num_queries):
    clinic(RIMOUSKI)
    run = runs.store(runs.compute(today()))
    first = what_if(run, HEALTH, Changes())
    clinic(GASPE)

    with django_assert_max_num_queries(2):
        again = what_if(run, HEALTH, Changes())

    assert first.region("11").before.coverage_class == "none"
    assert again.areas == first.areas
    assert whatif.situation_of_run(run.pk).parameters == runs.parameters()


def test_regions_with_few_workers_have_classes_and_no_shares():
    demand(r01=500, r11=12)

    gaspesie = tried(added=(pin(GASPE),)).region("11")

    assert gaspesie.after.coverage_class == "local"
    assert not gaspesie.after.has_rates
    assert gaspesie.after.within is None
    assert gaspesie.newly is None
    assert gaspesie.newly_count is None


def test_no_share_tells_of_fewer_than_ten_workers():
    demand(r01=500, r11=30)

    shares = tried(added=(pin(GASPE),)).region("11").after.within.values()

    assert set(shares) <= {0.0, 0.5, 1.0}


@pytest.mark.parametrize(
    "position",
    [(math.nan, 48.0), (-64.0, math.inf), (0.0, 0.0), (48.8, -64.5)],
    ids=["no number", "infinite", "elsewhere", "latitude first"],
)
def test_a_pin_that_is_nowhere_is_refused_with_a_sentence(position):
    with pytest.raises(ImpossibleChange, match=r"[a-z]\.?$"):
        tried(added=(Pin(*position),))


@pytest.mark.parametrize("visits", [0, -1, math.nan])
def test_a_stop_that_is_never_visited_is_refused(visits):
    with pytest.raises(ImpossibleChange):
        tried(added=(pin(GASPE, visits_per_month=visits),))


def test_what_is_not_listed_can_neither_close_nor_move():
    with pytest.raises(ImpossibleChange, match="no-such-place"):
        tried(removed=frozenset({"no-such-place"}))
    with pytest.raises(ImpossibleChange, match="no-such-place"):
        tried(moved={"no-such-place": (GASPE.x, GASPE.y)})


def test_a_place_cannot_close_and_move():
    key = key_of_place(clinic(RIMOUSKI))

    with pytest.raises(ImpossibleChange):
        tried(removed=frozenset({key}), moved={key: (GASPE.x, GASPE.y)})


def test_the_places_that_count_are_those_inside_then_those_next_door():
    inside = clinic(GASPE)
    clinic(RIMOUSKI)
    ServiceFactory(needs=["logement"], delivery_modes=["on_site"], at=GASPE)
    ottawa = clinic(OTTAWA)
    Location.objects.filter(organization=ottawa.organization).update(province="ON")

    here = whatif.counting(today(), HEALTH, "11")
    outaouais = whatif.counting(today(), HEALTH, "07")

    assert [(place.service.id, place.is_outside) for place in here] == [(str(inside.pk), False)]
    assert [(place.service.id, place.is_outside) for place in outaouais] == [(str(ottawa.pk), True)]
