"""The pages for planners: they say what a run says, and nothing else."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from frontend.templatetags.coverage import workers
from geo.choices import CoverageBasis, CoverageClass
from geo.coverage import reading, runs
from geo.coverage.legend import MEASURES
from geo.models import AdminArea, CoverageArea, NeedTerm
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db

LANGUAGES = ["fr", "en", "es"]
GASPESIE = ("11", "gaspesie-iles-de-la-madeleine")

# Queries of a page: the run, its cells and areas, the needs, and those of the head and foot.
MOST_QUERIES = {"overview": 18, "region": 48, "cell": 24, "method": 14}


def address(name, *args, language="en"):
    with override(language):
        return reverse(name, args=args)


def addresses(language):
    return {
        "overview": address("coverage", language=language),
        "region": address("coverage-region", *GASPESIE, language=language),
        "cell": address("coverage-cell", *GASPESIE, "sante", language=language),
        "method": address("coverage-method", language=language),
    }


def text(response):
    """What a page says, without its marks."""
    assert response.status_code == 200
    body = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\xa0", " ").split())


def matrix_cells(response):
    """The words of every cell of the table of regions and needs."""
    table = response.content.decode().split('<table class="matrix">')[1].split("</table>")[0]
    return [unescape(words) for words in re.findall(r'<a class="cell"[^>]*title="([^"]+)"', table)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", MOST_QUERIES)
def test_every_page_answers_in_every_language_with_a_bounded_number_of_queries(
    client, coverage_run, page, language
):
    client.get(addresses(language)[page])
    with CaptureQueriesContext(connection) as queries:
        response = client.get(addresses(language)[page])

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert len(queries) <= MOST_QUERIES[page]


def test_mrc_cost_no_more_queries_than_regions(client, coverage_run):
    def count(query):
        with CaptureQueriesContext(connection) as queries:
            client.get(address("coverage") + query)
        return len(queries)

    count("?level=mrc")
    assert count("?level=mrc") == count("?level=region")


@pytest.mark.parametrize("query", ["", "?language=es", "?language=ht&need=sante&level=mrc"])
def test_the_table_always_has_17_regions_with_15_needs_and_any_need(client, coverage_run, query):
    response = client.get(address("coverage") + query)

    assert len(matrix_cells(response)) == 17 * 16


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_cell_says_the_honest_class_first_then_what_it_would_be(
    client, coverage_run, language
):
    cells = matrix_cells(client.get(address("coverage", language=language)))

    found = reading.matrix(coverage_run)
    (gaspesie,) = (row for row in found.rows if row.area.code == "11")
    with override(language):
        for need, pair in zip(found.needs, gaspesie.cells[1:], strict=True):
            honest = str(CoverageClass(pair.honest.coverage_class).label)
            listed = str(CoverageClass(pair.listed.coverage_class).label)
            (words,) = (
                words
                for words in cells
                if words.startswith(f"{gaspesie.area.name}, {need.name[language]['text']}")
            )
            honest_at = words.lower().index(honest.lower())
            if pair.differ:
                assert words.lower().index(listed.lower(), honest_at + len(honest)) > honest_at
            else:
                assert words.lower().endswith(honest.lower())


def test_the_summary_counts_what_the_run_has(client, coverage_run):
    page = text(client.get(address("coverage")))

    pairs = [pair for row in reading.matrix(coverage_run).rows for pair in row.cells[1:]]
    in_person = {"local", "itinerant", "within_reach"}
    honest = sum(pair.honest.coverage_class in in_person for pair in pairs)
    listed = sum(pair.listed.coverage_class in in_person for pair in pairs)
    directory = coverage_run.vintages["directory"]
    assert f"confirmed for {honest} of 255 answers" in page
    assert f"{directory['verified']} of {directory['services']} services were verified" in page
    assert f"it would be {listed} of 255" in page


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("level", ["region", "mrc"])
def test_the_table_beside_the_map_has_the_colours_of_the_reading(
    client, coverage_run, measure, level
):
    query = f"?need=sante&measure={measure}&basis=listed&level={level}"
    body = client.get(address("coverage") + query).content.decode()

    painting = reading.paint(
        coverage_run, measure, need="sante", basis=CoverageBasis.LISTED, level=level
    )
    rows = re.findall(r'<tr data-code="(\d+)" data-key="([^"]+)"', body)
    assert rows == [(painted.area.code, painted.key) for painted in painting.areas]
    assert len(rows) == (17 if level == "region" else len(painting.areas))


def test_wrong_values_fall_back_with_a_message_beside_the_field(client, coverage_run):
    response = client.get(
        address("coverage") + "?as_of=1999-01-01&language=xx&need=xx&measure=xx&basis=xx&level=xx"
    )
    body = response.content.decode()

    for name in ("as_of", "language", "need", "measure", "basis", "level"):
        message = body.split(f'id="{name}-error"')[1].split("</p>")[0].split(">", 1)[1]
        assert message.strip(), name
        assert f'aria-describedby="{name}-error"' in body
    assert len(matrix_cells(response)) == 17 * 16


def test_a_language_that_mrc_do_not_have_falls_back(client, coverage_run):
    languages = reading.languages(coverage_run, "region")
    only_regions = next(
        code
        for code in languages
        if code not in reading.languages(coverage_run, "mrc") and code != "mul"
    )

    body = client.get(address("coverage") + f"?level=mrc&language={only_regions}").content.decode()

    message = body.split('id="language-error"')[1].split("</p>")[0]
    assert "any language is shown" in message
    assert len(re.findall(r"<tr data-code=", body)) > 80


def test_unknown_regions_and_needs_are_nowhere_and_other_names_lead_home(client, coverage_run):
    base = address("coverage")

    assert client.get(f"{base}99-nowhere/").status_code == 404
    assert client.get(f"{base}11-{GASPESIE[1]}/nothing/").status_code == 404
    moved = client.get(f"{base}11-gaspesie/sante/")
    assert moved.status_code == 301
    assert moved.headers["Location"] == f"{base}11-{GASPESIE[1]}/sante/"


def test_a_cell_names_the_very_services_with_their_day_and_a_link_to_their_card(
    client, coverage_run
):
    response = client.get(address("coverage-cell", *GASPESIE, "sante"))
    page, body = text(response), response.content.decode()

    region = AdminArea.objects.regions().get(code="11")
    need = NeedTerm.objects.get(code="sante")
    found = reading.explain(coverage_run, region, need)
    assert found.local
    for seen in found.local:
        assert seen.service.facts["name"]["fr"] in page
        assert reverse("resource", args=[seen.place]).split("/", 2)[2] in body
    for seen in found.outside:
        assert seen.town in page
    assert str(CoverageClass(found.pair.honest.coverage_class).label) in page
    for other, _pair in found.neighbours:
        assert other.name in page


def test_a_cell_marks_the_one_rule_that_holds(client, coverage_run):
    body = client.get(address("coverage-cell", *GASPESIE, "sante")).content.decode()

    region = AdminArea.objects.regions().get(code="11")
    pair = reading.explain(coverage_run, region, NeedTerm.objects.get(code="sante")).pair
    rules = re.findall(r'<li class="rule-(\w+)">\s*<span class="tile k-(\w+)', body)
    assert [name for _state, name in rules] == list(CoverageClass.values)
    assert [name for state, name in rules if state == "holds"] == [pair.honest.coverage_class]


def test_an_mrc_has_its_reasons_and_another_regions_mrc_does_not(client, coverage_run):
    base = address("coverage-cell", *GASPESIE, "sante")
    mrc = AdminArea.objects.mrcs().filter(parent__code="11").first()
    foreign = AdminArea.objects.mrcs().filter(parent__code="16").first()

    assert (
        f'<span class="where-in">{mrc.name}'
        in client.get(f"{base}?mrc={mrc.code}").content.decode()
    )
    wrong = client.get(f"{base}?mrc={foreign.code}")
    assert "This MRC is not known here" in text(wrong)
    assert foreign.name not in text(wrong)


def test_links_keep_the_day_and_the_language_that_are_shown(client, coverage_run):
    day = coverage_run.as_of.isoformat()

    body = client.get(address("coverage") + f"?as_of={day}&language=es").content.decode()

    table = body.split('<table class="matrix">')[1].split("</table>")[0]
    links = re.findall(r'<a class="cell" href="([^"]+)"', table)
    assert links
    assert all(unescape(link).endswith(f"?as_of={day}&language=es") for link in links)


def test_an_earlier_run_can_be_shown_and_compared(client, coverage_run):
    earlier = runs.store(runs.compute(coverage_run.as_of - timedelta(days=3 * 365)))
    region = AdminArea.objects.regions().get(code="11")
    changed = {
        change.need
        for basis in CoverageBasis
        for change in reading.compare(earlier, coverage_run, basis=basis, area=region)
        if change.need
    }
    assert changed

    body = client.get(address("coverage-region", *GASPESIE)).content.decode()
    wrong = client.get(address("coverage-region", *GASPESIE) + "?since=1990-01-01")
    shown = text(client.get(address("coverage") + f"?as_of={earlier.as_of}"))

    part = body.split('id="changes"')[1].split('id="beside"')[0]
    links = re.findall(r'<a class="name" href="[^"]*/([\w-]+)/"', part)
    assert set(links) == changed
    assert "There is no earlier run for this day" in text(wrong)
    directory = earlier.vintages["directory"]
    assert f"{directory['verified']} of {directory['services']} services" in shown


def test_hotlines_alone_make_no_cell_look_served_and_a_withheld_number_is_not_printed(
    client, empty_directory
):
    for _line in range(5):
        ServiceFactory(
            covering=["24"],
            phone="+18005550199",
            needs=["sante-clinique"],
            assured_date=timezone.localdate(),
        )
    result = runs.compute(timezone.localdate())
    region = AdminArea.objects.regions().get(code="11")
    (row,) = (row for row in result.areas if row["area_id"] == region.pk)
    row["demand"] = {"all": 12_345, "agricultural": None, "other": None}
    runs.store(result)

    response = client.get(address("coverage"))
    page = text(client.get(address("coverage-region", *GASPESIE)))

    assert "confirmed for 0 of 255 answers" in text(response)
    table = response.content.decode().split('<table class="matrix">')[1].split("</table>")[0]
    signs = set(re.findall(r'class="tile k-(\w+)', table))
    assert signs == {"remote_only", "none"}
    assert "12,345 (farm work withheld, other work withheld)" in page


def test_a_withheld_number_is_neither_zero_nor_empty():
    hidden = CoverageArea(demand={"all": None, "agricultural": 0, "other": 15})

    with override("en"):
        assert workers(hidden) == "withheld"
        assert workers(hidden, "agricultural") == "0"
        assert workers(hidden, "other") == "15"


def test_without_a_run_every_page_says_what_to_do(client, no_coverage_run):
    for page in addresses("en").values():
        response = client.get(page)

        assert "compute_coverage" in text(response)
        assert "ETag" not in response.headers


@pytest.mark.parametrize("page", MOST_QUERIES)
def test_a_page_that_is_known_is_not_sent_again(client, coverage_run, page):
    first = client.get(addresses("en")[page])

    again = client.get(addresses("en")[page], headers={"If-None-Match": first.headers["ETag"]})
    other = client.get(addresses("fr")[page], headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert other.status_code == 200
    assert first.headers["Last-Modified"]
    assert first.headers["Cache-Control"] == "no-cache"


def test_the_page_works_without_scripts(client, coverage_run):
    body = client.get(address("coverage")).content.decode()

    assert "<script>" not in body
    assert 'style="' not in body.split("<main", 1)[1]
    form = body.split('<form id="search"')[1].split("</form>")[0]
    assert 'method="get"' in form
    assert 'type="submit"' in form
    # Fields above the table belong to the same form.
    assert re.search(r'<select[^>]*name="as_of"[^>]*form="search"', body)
    assert re.search(r'<select[^>]*name="language"[^>]*form="search"', body)


def test_every_page_of_a_worker_leads_to_the_planners_and_its_menu_does_not(client, coverage_run):
    body = client.get("/en/about/").content.decode()

    menu, foot = body.split("<footer", 1)
    assert address("coverage") in foot
    assert address("coverage") not in menu


def test_the_section_marks_the_page_that_is_shown(client, coverage_run):
    body = client.get(address("coverage-method")).content.decode()

    sections = body.split('<nav class="sections"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)" aria-current="page"', sections) == [
        address("coverage-method")
    ]


def test_the_method_prints_the_parameters_of_the_run(client, coverage_run):
    page = text(client.get(address("coverage-method")))

    parameters = coverage_run.parameters
    bands = parameters["catchment"]
    assert f"× {parameters['circuity']:g}" in page
    assert f"{bands['near_km']:g}, {bands['middle_km']:g}, {bands['far_km']:g} km" in page
    assert f"at most {parameters['reach_km']:g} km by road" in page
    without = len(coverage_run.vintages["without_position"])
    assert f"{without} municipalities have no position known" in page
