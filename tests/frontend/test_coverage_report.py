"""The report of a region: what it says is what the run says, in three languages, on three pages."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import formats, translation
from pypdf import PdfReader

from frontend.printing import typeface
from frontend.printing.coverage_contents import report_of
from frontend.printing.coverage_report import draw_report
from frontend.printing.facts import text_of
from frontend.printing.hatching import HATCHES
from frontend.printing.page import WIDTH
from geo.choices import CoverageBasis, CoverageClass
from geo.coverage import reading, runs
from geo.coverage.legend import MEASURES, legend
from geo.coverage.situation import situation
from geo.models import AdminArea, CoverageArea, CoverageCell, CoverageRun, CoverageService
from geo.translation import LANGUAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("coverage_run")]

BASE = "https://repere.example"
GASPESIE = "11"
OUTAOUAIS = "07"
COTE_NORD = "09"
MONTEREGIE = "16"

# A day of the summer of 2023, when another programme ran.
BEFORE = date(2023, 5, 31)


def region(code: str) -> AdminArea:
    return AdminArea.objects.regions().get(code=code)


def path(code: str, language: str = "fr") -> str:
    with translation.override(language):
        return reverse("coverage-report", args=[code, region(code).slug])


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def squeezed(text: str) -> str:
    """Without spaces: a line of paper may break anywhere."""
    return "".join(text.split())


def words_of(reader: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in reader.pages))


def label(code: str, language: str) -> str:
    with translation.override(language):
        return str(CoverageClass(code).label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_its_day_its_run_its_address_and_the_caveats(client, coverage_run, language):
    response = client.get(path(GASPESIE, language))

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    reader = read(response.content)
    words = words_of(reader)
    with translation.override(language):
        assert squeezed(formats.date_format(coverage_run.as_of, "DATE_FORMAT")) in words
    assert squeezed("Gaspésie–Îles-de-la-Madeleine") in words
    assert str(coverage_run.pk) in words
    edition = f"http://testserver{path(GASPESIE, language)}?day={coverage_run.as_of.isoformat()}"
    for page in reader.pages:
        assert edition in squeezed(page.extract_text())
    first, second = (each[language] for each in coverage_run.vintages["demand"]["caveats"])
    # The second one goes on where the first one ends, which is not said twice.
    assert squeezed(second.removeprefix(first)) in words
    assert words.count(squeezed(first)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_classes_and_shares_of_the_table_are_those_of_the_run(coverage_run, language):
    area = region(MONTEREGIE)
    report = report_of(coverage_run, area, language, BASE)
    cells = CoverageCell.objects.filter(run=coverage_run, area=area, language="")

    needs = reading.matrix(coverage_run).needs
    assert [row.name for row in report.needs] == [text_of(term.name, language) for term in needs]
    for term, row in zip(needs, report.needs, strict=True):
        honest = cells.get(need=term.code, basis=CoverageBasis.VERIFIED)
        listed = cells.get(need=term.code, basis=CoverageBasis.LISTED)
        assert row.honest == label(honest.coverage_class, language)
        assert row.listed == label(listed.coverage_class, language)
        share = float(row.middle.replace("<", "").replace("%", ""))
        assert share == pytest.approx(100 * listed.measures["within"]["middle"], abs=1)
        if (ninth := listed.measures["p90_km"]) is not None and ninth >= 10:
            assert row.p90 == f"{round(ninth)}\N{NO-BREAK SPACE}km"
        value, low, high = listed.measures["ratio"]
        told = row.ratio.replace(",", ".").replace("(", " ").replace(")", "").replace("–", " ")
        assert [float(each) for each in told.split()] == pytest.approx([value, low, high], abs=0.06)

    words = words_of(read(draw_report(report)))
    for row in report.needs:
        assert squeezed(row.name + row.honest + row.honest_middle + row.listed) in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_sentence_counts_help_in_the_region_on_both_bases(coverage_run, language):
    area = region(MONTEREGIE)
    counts = [
        CoverageCell.objects.filter(
            run=coverage_run,
            area=area,
            language="",
            basis=basis,
            coverage_class__in=("local", "itinerant"),
        )
        .exclude(need="")
        .count()
        for basis in (CoverageBasis.VERIFIED, CoverageBasis.LISTED)
    ]

    sentence = report_of(coverage_run, area, language, BASE).sentences[1]

    assert [int(word) for word in sentence.split() if word.isdigit()] == [
        counts[0],
        15,
        counts[1],
        15,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withheld_count_is_said_to_be_withheld_and_stands_nowhere(coverage_run, language):
    area = region(OUTAOUAIS)
    seen = CoverageArea.objects.get(run=coverage_run, area=area)
    hidden = [sector for sector in ("agricultural", "other") if seen.demand[sector] is None]
    assert hidden, "the fixtures no longer withhold anything here: take another region"
    now = situation(coverage_run.as_of, runs.parameters())
    rows = now.rows_of(next(each for each in now.areas if each.id == area.pk))
    farm, every = now.agricultural[rows].sum(), now.workers[rows].sum()
    true = {"agricultural": farm, "other": every - farm}

    report = report_of(coverage_run, area, language, BASE)

    with translation.override(language):
        withheld = translation.gettext("withheld")
        about = translation.gettext("about %(count)s")
    assert report.sentences[0].count(withheld) == len(hidden)
    words = words_of(read(draw_report(report)))
    for sector in hidden:
        for count in (round(true[sector]), 5 * round(true[sector] / 5)):
            told = squeezed(about % {"count": count})
            shown = {squeezed(row.demand) for row in report.mrcs}
            assert told not in words or told in shown
            assert told not in squeezed(report.sentences[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_few_workers_are_said_in_words_and_never_as_a_zero(coverage_run, language):
    few = {
        seen.area.name
        for seen in CoverageArea.objects.filter(
            run=coverage_run, area__level="mrc", area__parent__code=COTE_NORD
        ).select_related("area")
        if not seen.facts["has_rates"]
    }
    assert few, "the fixtures no longer have so small an MRC here: take another region"

    report = report_of(coverage_run, region(COTE_NORD), language, BASE)

    with translation.override(language):
        expected = translation.gettext("fewer than %(least)s workers") % {"least": 20}
    for row in report.mrcs:
        assert (row.middle == expected) == (row.name in few), row.name
        assert (row.honest_middle == expected) == (row.name in few), row.name


def test_where_no_road_leads_to_help_the_distance_is_no_number(coverage_run):
    area = region("10")
    listed = CoverageCell.objects.get(
        run=coverage_run, area=area, need="droits", language="", basis=CoverageBasis.LISTED
    )
    assert listed.measures["median_km"] is None

    report = report_of(coverage_run, area, "en", BASE)

    rights = next(row for row in report.needs if row.name == "Work rights and legal help")
    assert rights.median == "no road"


def test_help_in_the_own_municipality_is_near_and_not_at_no_distance(coverage_run):
    listed = CoverageCell.objects.get(
        run=coverage_run,
        area=region(OUTAOUAIS),
        need="urgence",
        language="",
        basis=CoverageBasis.LISTED,
    )
    assert listed.measures["median_km"] < 1

    report = report_of(coverage_run, region(OUTAOUAIS), "en", BASE)

    emergency = next(row for row in report.needs if row.name == "Emergency and safety")
    assert emergency.median == "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}km"


def test_a_region_without_any_mrc_has_no_table_of_them_and_no_sign_for_them(coverage_run):
    report = report_of(coverage_run, region("13"), "en", BASE)

    words = words_of(read(draw_report(report)))

    assert not report.mrcs
    assert "MRC" not in words.split(squeezed("Needs with help"))[1].split("Method")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_region_fits_three_pages_and_no_line_leaves_them(coverage_run, language):
    # A third of them in each language: all of them in all would take minutes.
    regions = list(AdminArea.objects.regions())[LANGUAGES.index(language) :: 3]
    for area in {*regions, region(GASPESIE)}:
        report = report_of(coverage_run, area, language, BASE)

        pages = read(draw_report(report)).pages

        assert len(pages) <= 3, report.title
        for number, page in enumerate(pages, 1):
            foot = next(
                line for line in page.extract_text().splitlines() if line.startswith("Repère ·")
            )
            room = WIDTH - 2 * typeface.width_of("3 / 3", typeface.PLAIN, 8)
            assert typeface.width_of(foot, typeface.PLAIN, 8) < room, report.title
            assert f"{number} / {len(pages)}" in page.extract_text()
        assert report.title in pages[0].extract_text()


def test_the_map_shows_each_place_once_filled_where_something_was_verified(coverage_run):
    report = report_of(coverage_run, region(GASPESIE), "fr", BASE)

    services = list(CoverageService.objects.filter(run=coverage_run))
    points = {tuple(site["position"]) for each in services for site in each.facts["sites"]}
    verified = {
        tuple(site["position"])
        for each in services
        if each.is_verified
        for site in each.facts["sites"]
    }
    assert len(report.spots) == len(points)
    assert {spot.point for spot in report.spots} == points
    assert {spot.point for spot in report.spots if spot.is_verified} == verified


def test_the_regions_of_the_map_have_the_shade_and_the_share_of_the_run(coverage_run):
    report = report_of(coverage_run, region(GASPESIE), "fr", BASE)
    painting = reading.paint(coverage_run, "middle", basis=CoverageBasis.LISTED)

    assert {each.code: each.key for each in report.regions} == {
        each.area.code: each.key for each in painting.areas
    }
    words = words_of(read(draw_report(report)))
    own = next(each for each in report.regions if each.code == GASPESIE)
    assert squeezed(f"{own.code} · {own.label}") in words


def test_shades_are_told_apart_without_colours():
    keys = [entry.key for entry in legend(MEASURES["middle"], [], (30, 60, 100))]

    hatches = [HATCHES[key] for key in keys]

    assert len(set(hatches)) == len(keys)
    steps = hatches[:-1]
    assert [hatch.grey for hatch in steps] == sorted((h.grey for h in steps), reverse=True)


def test_an_earlier_day_has_its_own_report_and_stands_in_the_later_one(client, coverage_run):
    earlier = runs.store(runs.compute(BEFORE))

    old = words_of(read(client.get(path(GASPESIE), {"day": "2023-05-31"}).content))
    report = report_of(coverage_run, region(GASPESIE), "fr", BASE)

    assert str(earlier.pk) in old
    assert str(coverage_run.pk) not in old
    assert [moment.day for moment in report.past][-1] == "31 mai 2023"
    assert len(report.past) == 2
    changed = {
        change.need
        for change in reading.compare(earlier, coverage_run, basis=CoverageBasis.LISTED)
        if change.area.code == GASPESIE and change.need
    }
    names = {term.code: text_of(term.name, "fr") for term in reading.matrix(coverage_run).needs}
    assert {row.name for row in report.changes} == {names[code] for code in changed}


def test_without_an_earlier_run_that_is_said(coverage_run):
    report = report_of(coverage_run, region(GASPESIE), "en", BASE)

    assert len(report.past) == 1
    assert not report.changes
    assert squeezed("There is no earlier run to compare with.") in words_of(
        read(draw_report(report))
    )


def test_a_report_that_a_browser_has_is_not_drawn_again(client):
    first = client.get(path(GASPESIE))

    again = client.get(path(GASPESIE), headers={"if-none-match": first.headers["ETag"]})
    other = client.get(path(GASPESIE, "es"), headers={"if-none-match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert other.status_code == 200


def test_the_same_run_gives_the_same_bytes(coverage_run):
    area = region(OUTAOUAIS)

    one, two = (draw_report(report_of(coverage_run, area, "fr", BASE)) for _time in range(2))

    assert one == two


@pytest.mark.parametrize(
    ("question", "status"),
    [("?day=1999-01-01", 404), ("?day=soon", 400), ("?day=2023-05-31&day=2021-06-30", 400)],
)
def test_a_day_without_a_run_is_not_found_and_what_is_no_day_is_refused(client, question, status):
    assert client.get(path(GASPESIE) + question).status_code == status


def test_a_wrong_name_leads_to_the_right_one_with_the_question(client):
    moved = client.get("/en/coverage/11-gaspesie/report.pdf?day=2023-05-31")

    assert moved.status_code == 301
    assert moved.headers["Location"] == f"{path(GASPESIE, 'en')}?day=2023-05-31"


@pytest.mark.usefixtures("no_coverage_run")
def test_before_the_first_run_there_is_no_report(client):
    assert not CoverageRun.objects.exists()
    assert client.get(path(GASPESIE)).status_code == 404
