"""A run: the river, Ottawa, hotlines and islands; what is kept, and that it stays so."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from geo.choices import AreaLevel
from geo.coverage import inputs, reading, runs
from geo.coverage.costs import network_m
from geo.coverage.parameters import Parameters
from geo.models import (
    AdminArea,
    CoverageArea,
    CoverageCell,
    CoverageRun,
    DemandEstimate,
    Location,
    NeedTerm,
    Service,
    TravelCost,
)
from tests.factories import (
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    ServiceAreaFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
    SourceFactory,
    in_days,
)
from tests.places import (
    BAIE_COMEAU,
    GASPE,
    ILES_DE_LA_MADELEINE,
    MONTREAL,
    OTTAWA,
    RIMOUSKI,
)

pytestmark = pytest.mark.django_db

CAVEAT = {language: {"text": "Inventé", "state": "original"} for language in ("fr", "en", "es")}


@pytest.fixture
def workers(empty_directory, no_coverage_run):
    """1,000 workers in each region last year: no test depends on how old the real figures are."""
    DemandEstimate.objects.all().delete()
    year = timezone.localdate().year - 1
    DemandEstimate.objects.bulk_create(
        DemandEstimate(
            area=region,
            measure="lmia_positions",
            sector=sector,
            period_starts_on=date(year, 1, 1),
            period_ends_on=date(year, 12, 31),
            value=500,
            caveat=CAVEAT,
            source=SourceFactory(),
            as_of=str(year),
        )
        for region in AdminArea.objects.regions().defer("outline")
        for sector in ("agricultural", "other")
    )


def verified(**traits):
    """A service that somebody checked today."""
    return ServiceFactory(assured_date=timezone.localdate(), **traits)


def cell(result, code, need="sante", language="", basis="verified", level="region"):
    area = AdminArea.objects.get(level=level, code=code)
    (found,) = (
        row
        for row in result.cells
        if row["area_id"] == area.pk
        and (row["need"], row["language"], row["basis"]) == (need, language, basis)
    )
    return found


def classes(result, need="sante", **asked):
    regions = AdminArea.objects.regions().values_list("code", flat=True)
    return {code: cell(result, code, need, **asked)["coverage_class"] for code in regions}


def compute():
    return runs.compute(timezone.localdate(), Parameters())


def test_a_clinic_serves_its_region_and_not_the_other_shore(workers):
    verified(needs=["sante-clinique"], at=BAIE_COMEAU)

    result = compute()

    assert cell(result, "09")["coverage_class"] == "local"
    others = {code: name for code, name in classes(result).items() if code != "09"}
    assert set(others.values()) == {"none"}
    # Matane is 60 km from Baie-Comeau as the crow flies.
    across = cell(result, "080", level="mrc")["measures"]
    assert across["within"] == {"near": 0.0, "middle": 0.0, "far": 0.0}
    assert across["median_km"] > 700
    assert across["m2sfca"] == 0.0


def test_ottawa_serves_the_outaouais_from_next_door(workers):
    service = verified(needs=["immigration-consulat"])
    location = LocationFactory(
        organization=service.organization, point=OTTAWA, province="ON", locality="Ottawa"
    )
    ServiceAtLocationFactory(service=service, location=location)
    location.refresh_from_db()
    assert location.region.code == "07", "the directory lists it under the nearest region"

    result = compute()

    outaouais = cell(result, "07", "immigration")
    assert outaouais["coverage_class"] == "within_reach"
    assert outaouais["measures"]["sites"] == 0
    assert outaouais["measures"]["within"]["middle"] > 0.6
    (nearest,) = outaouais["evidence"]["outside"]
    assert nearest["town"] == "Ottawa"
    assert nearest["is_near"]
    assert nearest["km"] < 20


def test_no_hotline_turns_a_region_green(workers):
    for _number in range(3):
        verified(
            needs=["sante-info-811"],
            covering=["24"],
            delivery_modes=["phone"],
            phone="+15145550123",
        )

    result = compute()

    assert set(classes(result).values()) == {"remote_only"}
    for code in classes(result):
        measures = cell(result, code)["measures"]
        assert measures["within"] == {"near": 0.0, "middle": 0.0, "far": 0.0}
        assert (measures["spar"], measures["sites"], measures["lines"]["count"]) == (0.0, 0, 3)
        assert cell(result, code)["status"] == "unserved"


def test_an_office_of_a_line_is_no_place_of_help(workers):
    verified(needs=["sante-info-811"], covering=["24"], delivery_modes=["phone"], at=MONTREAL)

    assert classes(compute())["06"] == "remote_only"


def test_the_islands_reach_only_themselves(workers):
    verified(needs=["sante-clinique"], at=ILES_DE_LA_MADELEINE)
    verified(needs=["logement-trouver"], at=GASPE)

    result = compute()

    islands = AdminArea.objects.get(level="municipality", code="01023")
    now = result.situation
    rows = {town.code: row for row, town in enumerate(now.towns)}
    here = now.demand.places.part(np.array([rows["01023"]]))
    reached = np.isfinite(network_m(here, now.demand.places)[0])
    assert {now.towns[row].code for row in np.flatnonzero(reached)} == {"01023", "01042"}
    # The islands bring the region a clinic, and the coast nothing.
    gaspe = cell(result, "030", level="mrc")["measures"]
    assert gaspe["unreachable"] == 1.0
    region = cell(result, "11")["measures"]
    on_islands = now.workers[[rows["01023"], rows["01042"]]].sum() / 1000
    assert region["within"]["middle"] == pytest.approx(on_islands, abs=1e-6)
    assert islands.population is not None
    housing = cell(result, "11", "logement")["measures"]
    assert housing["unreachable"] == pytest.approx(on_islands, abs=1e-6)


def test_what_is_not_verified_is_stale_and_its_confirmation_is_foretold(workers):
    ServiceFactory(needs=["sante-clinique"], at=GASPE, as_of="2020-08")

    result = compute()

    honest, listed = cell(result, "11"), cell(result, "11", basis="listed")
    assert (honest["coverage_class"], listed["coverage_class"]) == ("stale", "local")
    assert honest["measures"]["within"]["middle"] == 0.0
    assert listed["measures"]["within"]["middle"] > 0.0
    assert (honest["status"], honest["measures"]["reasons"]) == ("insufficient", ["not_verified"])
    assert [entry["town"] for entry in honest["evidence"]["local"]] == ["Gaspé"]


def test_a_service_of_a_programme_that_ended_is_not_verified(workers):
    from geo.models import Program

    yesterday = timezone.localdate() - timedelta(days=1)
    program = Program.objects.create(
        code="invente", name=CAVEAT, ends_on=yesterday.isoformat(), source=SourceFactory()
    )
    service = ServiceFactory(needs=["sante-clinique"], at=GASPE, program=program)
    service.assured_date = yesterday - timedelta(days=1)
    service.save()
    assert classes(compute())["11"] == "stale"

    service.assured_date = timezone.localdate()
    service.save()
    assert classes(compute())["11"] == "local"


def test_an_everyday_place_counts_for_nothing(workers):
    verified(needs=["alimentation-epicerie"], at=GASPE)
    verified(needs=["alimentation-depannage"], at=GASPE, is_everyday=True)

    result = compute()

    assert classes(result, "alimentation")["11"] == "none"
    assert classes(result, "")["11"] == "none"


def test_an_area_that_is_only_declared_is_remote_and_one_that_is_observed_is_visited(workers):
    region = AdminArea.objects.get(level="region", code="11")
    for code, evidence in (("sante-clinique", "declared"), ("logement-trouver", "observed")):
        ServiceAreaFactory(
            service=verified(needs=[code], delivery_modes=["outreach_visit"]),
            area=region,
            evidence=evidence,
        )

    result = compute()

    assert classes(result)["11"] == "remote_only"
    assert classes(result, "logement")["11"] == "itinerant"
    assert classes(result, "logement")["01"] == "none"


def test_a_stop_counts_by_its_visits_and_only_if_it_is_sure_and_announced(workers):
    tour = MobileTourFactory(
        service=verified(needs=["sante-clinique-mobile"], delivery_modes=["itinerant"])
    )
    for point, traits in (
        (GASPE, {"status": "confirmed"}),
        (RIMOUSKI, {"status": "planned"}),
        (MONTREAL, {"status": "confirmed", "announce_to": "partners"}),
        (BAIE_COMEAU, {"status": "confirmed", "starts_at": in_days(70)}),
    ):
        location = LocationFactory(organization=tour.service.organization, point=point)
        number = MobileStopFactory._meta.model.objects.count()
        MobileStopFactory(
            tour=tour, location=location, **({"starts_at": in_days(3 + number)} | traits)
        )

    result = compute()

    assert classes(result)["11"] == "itinerant"
    assert {classes(result)[code] for code in ("01", "06", "09")} == {"none"}
    (site,) = result.situation.directory.sites
    # One visit in the 120 days around today.
    assert site.capacity == pytest.approx(1 / (120 / (365.25 / 12)) / 20)


def test_a_language_counts_where_it_is_known_to_be_spoken(workers):
    verified(needs=["sante-clinique"], at=GASPE, speaks=["es"])
    verified(needs=["sante-clinique"], at=RIMOUSKI)

    result = compute()

    assert classes(result, language="es")["11"] == "local"
    assert classes(result, language="es")["01"] == "none"
    assert classes(result)["01"] == "local"


def test_an_organization_at_a_place_counts_once(workers):
    first = verified(needs=["sante-clinique"], at=GASPE)
    given = first.service_at_locations.get()
    second = verified(needs=["sante-dentaire"], organization=first.organization)
    ServiceAtLocationFactory(service=second, location=given.location)

    alone = cell(compute(), "11")["measures"]
    other = verified(needs=["sante-clinique"])
    ServiceAtLocationFactory(service=other, location=given.location)
    joined = cell(compute(), "11")["measures"]

    assert alone["second_within"]["far"] == 0.0
    assert joined["second_within"]["far"] == joined["within"]["far"] == alone["within"]["far"] > 0
    assert joined["m2sfca"] == pytest.approx(2 * alone["m2sfca"])


def test_a_loaded_road_takes_precedence(workers):
    verified(needs=["sante-clinique"], at=BAIE_COMEAU)
    matane = AdminArea.objects.get(level="municipality", name="Matane")
    TravelCost.objects.create(
        origin=matane,
        destination_location=Location.objects.get(),
        km=62,
        minutes=55,
        source=SourceFactory(),
        as_of="2026",
    )

    result = compute()

    rows = {town.code: row for row, town in enumerate(result.situation.towns)}
    within = cell(result, "080", level="mrc")["measures"]["within"]
    assert within["middle"] == 0.0
    share = (
        result.situation.workers[rows[matane.code]]
        / result.situation.workers[
            [row for town, row in rows.items() if result.situation.towns[row].mrc == "080"]
        ].sum()
    )
    assert within["far"] == pytest.approx(share, abs=1e-6)


def test_a_run_is_kept_as_it_was_and_cannot_be_changed(workers):
    verified(needs=["sante-clinique"], at=GASPE)
    run = runs.store(compute())

    assert run.cells.count() > 17 * 16 * 2
    for rows in (CoverageRun, CoverageArea, CoverageCell):
        for change in (
            lambda rows: rows.objects.update(id=None),
            lambda rows: rows.objects.all().delete(),
        ):
            with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                change(rows)


def test_a_run_says_what_it_was_made_of(workers):
    verified(needs=["sante-clinique"], at=GASPE)
    run = runs.store(compute(), label="essai")

    assert run.as_of == timezone.localdate()
    assert run.parameters["circuity"] == 1.3
    assert run.parameters["catchment"]["far_km"] == 100
    assert run.vintages["demand"]["ends_on"] == f"{run.as_of.year - 1}-12-31"
    assert run.vintages["demand"]["caveats"] == [
        {"fr": "Inventé", "en": "Inventé", "es": "Inventé"}
    ]
    assert run.vintages["directory"]["services"] == 1
    assert run.code_version


def test_the_same_day_computed_twice_is_the_same(workers):
    verified(needs=["sante-clinique"], at=GASPE, speaks=["es"])
    verified(needs=["sante-clinique"], at=RIMOUSKI)
    first, second = compute(), compute()

    assert first.cells == second.cells
    assert first.services == second.services
    assert first.areas == second.areas


def test_every_area_has_every_cell_also_where_nothing_is_known(workers):
    run = runs.store(compute())

    cells = CoverageCell.objects.filter(run=run, language="")
    needs = NeedTerm.objects.tiles().count() + 1
    assert cells.filter(area__level=AreaLevel.REGION).count() == 17 * needs * 2
    assert set(cells.values_list("coverage_class", flat=True)) == {"none"}
    assert all(each.measures["bounds_km"] for each in cells)


def test_published_demand_adds_nothing_that_was_withheld(workers):
    run = runs.store(compute())

    for row in CoverageArea.objects.filter(run=run):
        for count in row.demand.values():
            assert count is None or (count % 5 == 0 and (count == 0 or count >= 10))
    assert {
        row.demand["all"] for row in CoverageArea.objects.filter(run=run, area__level="region")
    } == {1000}


def test_two_runs_compare(workers):
    verified(needs=["sante-clinique"], at=GASPE)
    earlier = runs.store(compute())
    added = verified(needs=["sante-dentaire"], at=RIMOUSKI)
    later = runs.store(compute())

    changes = reading.compare(earlier, later, basis="verified")

    assert {(change.area.code, change.need) for change in changes} == {("01", ""), ("01", "sante")}
    for change in changes:
        assert (change.before.coverage_class, change.after.coverage_class) == ("none", "local")
        assert [str(row.service_id) for row in change.gained] == [str(added.pk)]
        assert change.lost == []


def test_without_any_figure_of_demand_the_command_says_what_to_do(workers):
    DemandEstimate.objects.all().delete()
    with pytest.raises(CommandError, match="load_demand"):
        call_command("compute_coverage")
    assert not CoverageRun.objects.exists()


def test_the_command_refuses_a_day_to_come(db):
    with pytest.raises(CommandError, match="still to come"):
        call_command("compute_coverage", "--as-of", "2999-01-01")


def test_the_command_prints_the_table_and_keeps_what_the_site_lacks_once(workers, capsys):
    verified(needs=["sante-clinique"], at=GASPE)
    call_command("compute_coverage", "--dry-run")
    printed = capsys.readouterr().out
    assert "11 Gaspésie" in printed
    assert not CoverageRun.objects.exists()

    call_command("compute_coverage", "--missing", verbosity=0)
    call_command("compute_coverage", "--missing", verbosity=0)

    # Nothing is known of how many workers there were on the past days.
    assert list(CoverageRun.objects.values_list("as_of", flat=True)) == [timezone.localdate()]
    assert "recent enough" in capsys.readouterr().out


def test_an_unpublished_run_is_kept_and_not_shown(workers):
    run = runs.store(compute(), is_published=False)
    assert CoverageRun.objects.filter(pk=run.pk).exists()
    assert CoverageRun.objects.current() is None


def test_history_is_read_and_not_the_tables_of_today(workers):
    service = verified(needs=["sante-clinique"], at=GASPE)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE geo_historyrow SET recorded_from = recorded_from - interval '9 days'"
        )
    Service.objects.filter(pk=service.pk).delete()

    yesterday = timezone.localdate() - timedelta(days=1)
    now = inputs.directory(
        timezone.localdate(), inputs.known_at(timezone.localdate()), Parameters()
    )
    then = inputs.directory(yesterday, inputs.known_at(yesterday), Parameters())
    assert str(service.pk) not in now.services
    assert str(service.pk) in then.services
