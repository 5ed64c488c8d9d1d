"""Who does what where: rows of a frozen run, and nothing counted twice."""

from uuid import UUID

import pytest

from geo.coverage import presence
from geo.coverage.presence import Count, Presence
from geo.models import Program, Project
from geo.translation import compose
from tests.factories import (
    CoverageRunFactory,
    CoverageServiceFactory,
    ServiceFactory,
    SourceFactory,
    frozen_cover,
    frozen_facts,
    frozen_site,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]


@pytest.fixture
def run():
    return CoverageRunFactory()


def freeze(run, *, is_verified=True, **facts):
    return CoverageServiceFactory(run=run, is_verified=is_verified, facts=frozen_facts(**facts))


def where(rows) -> list[tuple]:
    return [(row.presence, row.adm1_code, row.adm2_code) for row in rows]


def test_a_row_tells_who_does_what_where_and_when_it_was_verified(run):
    service = freeze(
        run,
        name="Clinique inventée",
        organization="Organisme inventé A",
        needs=["sante"],
        modes=["on_site"],
        sites=[frozen_site("11", mrc="020")],
    )

    [row] = presence.presence(run, "en")

    assert (row.org_name, row.org_kind) == ("Organisme inventé A", "obnl")
    assert (row.service_id, row.service_name) == (str(service.service_id), "Clinique inventée")
    assert (row.need_code, row.need_name) == ("sante", "Health")
    assert (row.adm1_code, row.adm1_name) == ("11", "Gaspésie–Îles-de-la-Madeleine")
    assert (row.adm2_code, bool(row.adm2_name)) == ("020", True)
    assert (row.delivery_mode, row.presence) == ("on_site", "on_site")
    assert (row.verified_on.isoformat(), row.is_verified) == ("2026-10-01", True)
    assert (row.period_start, row.period_end, row.project_id) == ("", "", "")


def test_each_way_of_being_there_has_its_class(run):
    freeze(run, name="a", sites=[frozen_site("01")])
    freeze(run, name="b", sites=[frozen_site("01", is_stop=True)])
    freeze(run, name="c", covers=[frozen_cover("region", "02", "observed")])
    freeze(run, name="d", covers=[frozen_cover("mrc", "020", "funded")])
    freeze(run, name="e", covers=[frozen_cover("municipality", "03005")])
    freeze(run, name="f", covers=[frozen_cover("province", "24")])
    freeze(run, name="g", sites=[frozen_site("")])

    assert where(presence.presence(run, "fr")) == [
        (Presence.ON_SITE, "01", ""),
        (Presence.ITINERANT, "01", ""),
        (Presence.AREA_OBSERVED, "02", ""),
        (Presence.AREA_FUNDED, "11", "020"),
        (Presence.AREA_DECLARED, "11", "030"),
        (Presence.PROVINCE_WIDE, "", ""),
        (Presence.OUTSIDE, "", ""),
    ]


def test_a_line_for_the_whole_province_is_one_row_and_in_no_region(run):
    freeze(run, needs=["sante"], modes=["phone"], covers=[frozen_cover("province", "24")])

    rows = presence.presence(run, "fr")

    assert len(rows) == 1
    assert presence.of_region(rows, "11") == []
    assert presence.by_region_and_need(rows) == {("", "sante"): Count(1, 1, 1)}


def test_an_organization_counts_once_in_a_cell_and_once_in_all(run):
    for name in ("a", "b"):
        freeze(
            run,
            name=name,
            organization="Organisme inventé A",
            needs=["sante", "droits"],
            sites=[frozen_site("11"), frozen_site("11"), frozen_site("01")],
        )
    freeze(run, name="c", organization="Organisme inventé B", is_verified=False, needs=["sante"],
           sites=[frozen_site("11")])  # fmt: skip

    rows = presence.presence(run, "fr")
    cells = presence.by_region_and_need(rows)

    assert cells["11", "sante"] == Count(organizations=2, services=3, verified=2)
    assert cells["01", "sante"] == cells["01", "droits"] == Count(1, 2, 2)
    assert presence.counted(rows) == Count(organizations=2, services=3, verified=2)
    assert sum(cell.organizations for cell in cells.values()) > 2


def test_a_place_outside_quebec_is_in_no_cell(run):
    freeze(run, needs=["sante"], sites=[frozen_site("")])

    assert presence.by_region_and_need(presence.presence(run, "fr")) == {}


def test_the_rows_of_a_run_do_not_follow_the_directory(run):
    service = ServiceFactory(name=compose({"fr": "Nom de maintenant"}))
    CoverageServiceFactory(
        run=run,
        service_id=service.pk,
        facts=frozen_facts(name="Nom d’alors", sites=[frozen_site("11")]),
    )

    before = presence.presence(run, "fr")
    service.delete()

    assert [row.service_name for row in before] == ["Nom d’alors"]
    assert presence.presence(run, "fr") == before


def test_a_service_of_a_project_has_its_period(run):
    service = ServiceFactory()
    source = SourceFactory()
    known = {"source": source, "as_of": "2026", "confidence": "A"}
    program = Program.objects.create(code="inventé", name=compose({"fr": "Inventé"}), **known)
    project = Project.objects.create(
        code="projet-invente",
        program=program,
        title=compose({"fr": "Projet inventé"}),
        starts_on="2021",
        ends_on="2021-12-15",
        **known,
    )
    project.services.add(service)
    CoverageServiceFactory(
        run=run, service_id=UUID(str(service.pk)), facts=frozen_facts(sites=[frozen_site("11")])
    )

    [row] = presence.presence(run, "fr")

    assert (row.project_id, row.period_start, row.period_end) == (
        "projet-invente",
        "2021",
        "2021-12-15",
    )


def test_the_number_of_queries_does_not_grow(run, django_assert_max_num_queries):
    for number in range(12):
        freeze(run, name=f"{number}", needs=["sante"], sites=[frozen_site("11")])

    with django_assert_max_num_queries(7):
        presence.presence(run, "fr")
