"""Loading the fixtures: whole, once, and without undoing what editors did."""

import json
import shutil
import uuid
from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Sum

from geo.errors import IncompleteFixtures
from geo.imports import fixtures
from geo.models import AdminArea, DemandEstimate, FixtureLoad, Location, Phone, Resource, Service
from geo.translation import state_of

pytestmark = pytest.mark.django_db

FOLDER = settings.BASE_DIR / "fixtures"


@pytest.fixture
def copy(tmp_path):
    """The fixtures in a folder that may be damaged."""
    folder = tmp_path / "fixtures"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("build"))
    return folder


def test_the_second_load_has_nothing_to_do():
    assert fixtures.load(FOLDER).unchanged


def test_what_editors_deleted_stays_deleted():
    Service.objects.public().first().delete()
    before = Service.objects.count()

    fixtures.load(FOLDER)

    assert Service.objects.count() == before


def test_new_files_add_rows_and_leave_edited_ones(copy):
    edited = Service.objects.public().first()
    Service.objects.filter(pk=edited.pk).update(review_note="Checked by an editor")
    path = copy / "directory" / "organizations.json"
    organizations = json.loads(path.read_text())
    newcomer = json.loads(json.dumps(organizations[0]))
    newcomer |= {"id": "invented", "services": [], "locations": []}
    path.write_text(json.dumps([*organizations, newcomer]))

    report = fixtures.load(copy)

    edited.refresh_from_db()
    assert report.created == {"Organization": 1} | dict.fromkeys(
        set(report.created) - {"Organization"}, 0
    )
    assert edited.review_note == "Checked by an editor"


def changed_service(copy, name, **changes):
    path = copy / "directory" / "organizations.json"
    organizations = json.loads(path.read_text())
    (entry,) = (s for o in organizations for s in o["services"] if s["id"] == name)
    entry |= changes
    path.write_text(json.dumps(organizations))
    return Service.objects.get(pk=fixtures.key("service", name))


def test_new_files_leave_the_parts_of_a_service_together(copy):
    service = changed_service(
        copy, "info-social-811", needs=["accueil-orientation", "psychosocial-ecoute"]
    )
    before = list(service.service_needs.values_list("term__code", flat=True))

    fixtures.load(copy)
    assert list(service.service_needs.values_list("term__code", flat=True)) == before

    fixtures.load(copy, update=True)
    assert list(service.service_needs.values_list("term__code", flat=True)) == [
        "accueil-orientation",
        "psychosocial-ecoute",
    ]


def test_what_an_editor_added_never_stops_the_next_load(copy):
    language = {"code": "es", "mode": None, "note": {}}
    service = changed_service(copy, "tal", languages=[language])
    service.languages.create(code="es", source=service.source)

    fixtures.load(copy)
    assert service.languages.count() == 1
    fixtures.load(copy, update=True)
    assert service.languages.get().pk == fixtures.key("language", "tal", "es")


def test_an_update_takes_away_a_number_that_the_files_no_longer_have(copy):
    service = changed_service(copy, "tal", phones=[], status="defunct")

    report = fixtures.load(copy)
    service.refresh_from_db()
    assert service.status == "active"
    assert report.kept["Service"] == 1
    assert any("--update" in line for line in report.lines())

    fixtures.load(copy, update=True)
    service.refresh_from_db()
    assert service.status == "defunct"
    assert not service.phones.exists()


def test_an_update_brings_rows_in_line_with_the_files():
    edited = Service.objects.public().first()
    Service.objects.filter(pk=edited.pk).update(review_note="Checked by an editor")

    report = fixtures.load(FOLDER, update=True)

    edited.refresh_from_db()
    assert report.updated["Service"] == 1
    assert edited.review_note != "Checked by an editor"


def gaspesie_in_2023():
    """Positions by sector."""
    figures = DemandEstimate.objects.filter(
        area__level="region", area__code="11", period_ends_on__year=2023
    )
    return dict(figures.values_list("sector").annotate(Sum("value")))


def changed_figure(copy, value):
    """The files say another number of other positions in Gaspésie at the end of 2023."""
    path = copy / "demand" / "lmia_positions.csv"
    lines = path.read_text().splitlines(keepends=True)
    (line,) = (line for line in lines if line.startswith("11,2023-10-01,2023-12-31,other,"))
    cells = line.split(",")
    cells[4] = str(value)
    path.write_text("".join(lines).replace(line, ",".join(cells)))
    return DemandEstimate.objects.get(
        area__code="11", sector="other", period_starts_on=date(2023, 10, 1)
    )


def test_a_new_database_has_the_figures_of_demand_with_what_they_do_not_tell():
    figure = DemandEstimate.objects.filter(area__code="11", sector="agricultural").first()

    assert gaspesie_in_2023() == {"agricultural": 16, "other": 929}
    assert figure.source.key == "esdc-positive-lmia"
    assert figure.source.licence == "Licence du gouvernement ouvert – Canada"
    assert figure.caveat["fr"]["state"] == "original"
    assert "poisson" in figure.caveat["fr"]["text"]
    assert state_of(figure.caveat, "es") == state_of(figure.caveat, "en") == "machine"


def test_each_figure_says_what_it_does_not_tell():
    figures = DemandEstimate.objects.filter(area__level="region", measure="lmia_positions")
    texts = {figure.pk: figure.caveat["en"]["text"] for figure in figures}

    assert all("is not a person" in text for text in texts.values())
    assert all("not the workplace" in text for text in texts.values())
    assert all("asylum" in text and "seasonal" in text for text in texts.values())
    for figure in figures.select_related("area"):
        text = texts[figure.pk]
        assert ("5 to 13%" in text) is (figure.period_ends_on <= date(2019, 6, 30))
        assert ("second quarter" in text) is (figure.period_ends_on.year >= 2024)
        assert ("fish plants" in text) is (figure.area.code == "11")


def test_a_figure_that_an_editor_changed_stays_until_an_update(copy):
    edited = changed_figure(copy, 500)
    DemandEstimate.objects.filter(pk=edited.pk).update(value=400)

    assert fixtures.load(copy).kept["DemandEstimate"] == 1
    edited.refresh_from_db()
    assert edited.value == 400
    assert fixtures.load(copy, update=True).updated["DemandEstimate"] == 1
    edited.refresh_from_db()
    assert edited.value == 500


def test_a_figure_that_an_editor_entered_anew_never_stops_the_next_load(copy):
    edited = changed_figure(copy, 500)
    edited.delete()
    edited.pk, edited.value = uuid.uuid4(), 400
    edited.save(force_insert=True)

    fixtures.load(copy)
    fixtures.load(copy, update=True)

    edited.refresh_from_db()
    assert edited.value == 400


def test_a_broken_row_writes_nothing(copy):
    path = copy / "directory" / "organizations.json"
    organizations = json.loads(path.read_text())
    organizations[-1]["services"][0]["needs"] = ["no-such-need"]
    organizations[-1]["services"][0]["id"] = "another-service"
    path.write_text(json.dumps(organizations))
    before = (Service.objects.count(), FixtureLoad.objects.count())

    with pytest.raises(IncompleteFixtures, match="Nothing was written"):
        fixtures.load(copy)

    assert (Service.objects.count(), FixtureLoad.objects.count()) == before


def test_a_missing_file_is_named(copy):
    (copy / "needs.json").unlink()

    with pytest.raises(CommandError, match=r"needs\.json.*Nothing was written"):
        call_command("load_fixtures", folder=copy)


def test_every_region_is_there_and_drawn():
    regions = AdminArea.objects.regions()

    assert [region.code for region in regions] == [f"{number:02}" for number in range(1, 18)]
    assert all(region.outline.valid for region in regions)
    assert {region.outline_kind for region in regions} == {"generalised"}


def test_every_public_service_can_be_reached_and_has_a_need():
    assert Resource.objects.count() > 300
    assert not Resource.objects.filter(service__service_needs=None).exists()


def test_nothing_doubtful_or_ended_is_public():
    public = Service.objects.public()

    assert not public.filter(confidence="C").exists()
    assert not public.exclude(status="active").exists()


def test_no_service_paid_only_by_ended_projects_is_active():
    paid = Service.objects.exclude(projects=None).filter(status="active")

    assert not [
        service
        for service in paid
        if all(project.status == "ended" for project in service.projects.all())
    ]


def test_only_trusted_numbers_are_public():
    shown = Phone.objects.trusted()

    assert shown.count() == 19
    assert Phone.objects.exclude(pk__in=shown).count() == 44


def test_no_pin_stands_finer_than_a_municipality_for_a_shelter():
    places = Location.objects.filter(service_at_locations__service__is_shelter=True)

    assert places.exists()
    assert {place.precision for place in places} == {"municipality"}
    assert {place.address for place in places} == {""}


def test_every_text_of_the_public_directory_reads_in_french_and_spanish():
    missing = [
        str(service)
        for service in Service.objects.public()
        if not {"fr", "es"} <= set(service.description or service.name)
    ]

    assert missing == []
