"""Where help is missing, by program: each address, each error, each file."""

import csv
import io
import json
from datetime import timedelta

import numpy as np
import openpyxl
import pyogrio
import pytest

from geo.choices import AreaLevel, CoverageBasis, CoverageClass
from geo.coverage import inputs, reading, tables
from geo.coverage.legend import MEASURES
from geo.coverage.runs import parameters
from geo.models import AdminArea, CoverageArea, CoverageCell, CoverageRun, CoverageService, NeedTerm

pytestmark = pytest.mark.django_db

URL = "/api/v1/coverage/"
PROBLEM = "application/problem+json"

# What a reader of each language must find in every file: how caveats of the fixtures begin.
CAVEATS = {
    "fr": "Une position approuvée n'est pas une personne",
    "en": "An approved position is not a person",
    "es": "Un puesto aprobado no es una persona",
}

ADDRESSES = [
    "?lang=en",
    "?level=mrc&basis=listed",
    "?need=sante&language=es",
    "?level=mrc&region=11&language=es",
    "11/",
    "16/?basis=listed&language=es&lang=es",
    "areas/?measure=ratio&basis=listed",
    "areas/?measure=ratio&level=mrc&basis=listed",
    "areas/?measure=lines&level=mrc",
    "export.csv?basis=listed",
    "export.csv?level=mrc&basis=listed",
    "export.geojson?level=mrc&basis=listed",
]


@pytest.fixture
def earlier_run(coverage_run, db):
    """A run of a year before, of the regions in any language.

    In Gaspésie, health was verified, and one service that is listed today was not there.
    """
    run = CoverageRun.objects.create(
        as_of=coverage_run.as_of - timedelta(days=365),
        known_at=coverage_run.known_at - timedelta(days=365),
        label="Année inventée",
        parameters=coverage_run.parameters,
        vintages=coverage_run.vintages,
        code_version="inventée",
        seconds=1.0,
    )
    cells = CoverageCell.objects.filter(
        run=coverage_run, area__level__in=[AreaLevel.REGION, AreaLevel.PROVINCE], language=""
    ).select_related("area")
    for rows in (
        cells,
        CoverageArea.objects.filter(run=coverage_run),
        CoverageService.objects.filter(run=coverage_run),
    ):
        copies = list(rows)
        for row in copies:
            row.pk, row.run = None, run
            row._state.adding = True
            row.id = row._meta.pk.get_default()
            if (
                isinstance(row, CoverageCell)
                and (row.area.code, row.need, row.basis) == ("11", "sante", "verified")
                and row.area.level == AreaLevel.REGION
            ):
                row.coverage_class = CoverageClass.LOCAL
                row.evidence["local"].pop(0)
        type(copies[0]).objects.bulk_create(copies)
    return run


def asked(client, question):
    answer = client.get(URL + question)
    assert answer.status_code == 200, answer.content
    return answer.json()


def records(answer):
    """The rows of a CSV as dictionaries, and the lines before them."""
    lines = answer.content.decode("utf-8-sig").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    return list(csv.DictReader(lines[len(notes) :])), notes


# The matrix


def test_the_matrix_has_every_region_and_every_need_with_both_classes(client, coverage_run):
    body = asked(client, "?lang=en")

    needs = [term.code for term in NeedTerm.objects.tiles()]
    assert [need["code"] for need in body["needs"]] == needs
    assert [row["area"]["code"] for row in body["rows"]] == [f"{n:02}" for n in range(1, 18)]
    assert (body["level"], body["language"], body["basis"]) == ("region", None, "verified")
    for row in body["rows"]:
        assert [cell["need"] for cell in row["cells"]] == [None, *needs]
    told = {
        (row["area"]["code"], cell["need"] or ""): (cell["class"], cell["class_if_confirmed"])
        for row in body["rows"]
        for cell in row["cells"]
    }
    assert told == {
        (row.area.code, pair.honest.need): (
            pair.honest.coverage_class,
            pair.listed.coverage_class,
        )
        for row in reading.matrix(coverage_run).rows
        for pair in row.cells
    }
    # Otherwise the two would be the same by mistake.
    assert any(honest != listed for honest, listed in told.values())


@pytest.mark.parametrize("language", CAVEATS)
def test_the_run_says_by_what_it_was_made_in_the_language_of_the_reader(
    client, coverage_run, language
):
    run = asked(client, f"?need=sante&lang={language}")["run"]

    assert run["id"] == str(coverage_run.pk)
    assert run["as_of"] == coverage_run.as_of.isoformat()
    assert run["parameters"] == coverage_run.parameters
    assert run["code_version"] == coverage_run.code_version
    assert run["demand"]["caveats"][0].startswith(CAVEATS[language])
    assert run["demand"]["sources"]
    assert CAVEATS[language] in " ".join(note["text"] for note in run["method"]["notes"])
    assert run["without_position"] == coverage_run.vintages["without_position"]


def test_a_basis_changes_the_figures_and_not_the_two_classes(client, coverage_run):
    honest, listed = (asked(client, f"?need=sante&basis={b}") for b in ("verified", "listed"))

    classes = [
        [(row["cells"][0]["class"], row["cells"][0]["class_if_confirmed"]) for row in body["rows"]]
        for body in (honest, listed)
    ]
    assert classes[0] == classes[1]
    gaspesie = [body["rows"][10]["cells"][0]["measures"]["sites"] for body in (honest, listed)]
    assert gaspesie[0] < gaspesie[1]


def test_mrc_come_all_or_of_one_region(client, coverage_run):
    every = asked(client, "?level=mrc&need=sante")["rows"]
    gaspesie = asked(client, "?level=mrc&need=sante&region=11")["rows"]

    assert len(every) == AdminArea.objects.mrcs().count()
    assert [row for row in every if row["area"]["region"]["code"] == "11"] == gaspesie
    assert {row["area"]["name"] for row in gaspesie} >= {"La Côte-de-Gaspé", "Avignon"}


def test_null_is_not_known_and_zero_is_zero(client, coverage_run):
    poor = CoverageArea.objects.get(run=coverage_run, facts__has_rates=False)
    rows = {row["area"]["code"]: row for row in asked(client, "?level=mrc&basis=listed")["rows"]}

    few = rows[poor.area.code]
    assert few["area"]["has_rates"] is False
    assert {cell["measures"]["within"] for cell in few["cells"]} == {None}
    assert {cell["measures"]["ratio"] for cell in few["cells"]} == {None}
    assert all(cell["measures"]["no_road"] == [] for cell in few["cells"])
    assert all(isinstance(cell["measures"]["sites"], int) for cell in few["cells"])
    # Where there are rates and no help, the share is 0 and the distance infinite.
    bank = [
        cell
        for row in asked(client, "?need=argent")["rows"]
        for cell in row["cells"]
        if cell["measures"]["found"]["local"] == 0
    ]
    assert bank
    assert {cell["measures"]["within"]["middle"] for cell in bank} == {0.0}
    assert "median_km" in bank[0]["measures"]["no_road"]
    assert bank[0]["measures"]["median_km"] is None


# A region


def test_a_region_names_the_services_behind_each_answer(client, coverage_run):
    body = asked(client, "11/?lang=en")

    assert body["area"]["name"] == "Gaspésie–Îles-de-la-Madeleine"
    needs = [term.code for term in NeedTerm.objects.tiles()]
    assert [each["need"] for each in body["explanations"]] == [None, *needs]
    health = body["explanations"][1 + needs.index("sante")]
    stored = CoverageCell.objects.get(
        run=coverage_run, area__level="region", area__code="11", need="sante", language="",
        basis=CoverageBasis.VERIFIED,
    )  # fmt: skip
    for name in ("local", "itinerant", "outside", "remote"):
        assert [each["service_id"] for each in health[name]] == [
            entry["service"] for entry in stored.evidence[name]
        ]
    first = health["local"][0]
    assert first["km"] is None
    assert first["is_near"] is None
    assert all(place["km"] > 0 for place in health["outside"])
    assert first["is_verified"] is False
    assert first["service_id"] in health["to_confirm"]
    beside = AdminArea.objects.beside(AdminArea.objects.regions().get(code="11"))
    assert [each["code"] for each in health["neighbours"]] == [area.code for area in beside]
    assert [moment["as_of"] for moment in health["trend"]] == [coverage_run.as_of.isoformat()]
    assert len(body["mrc"]) == AdminArea.objects.mrcs().filter(parent__code="11").count()
    # What is named today can be looked up today.
    for each in (first, health["outside"][0], body["explanations"][0]["remote"][0]):
        assert client.get(each["resource"]).status_code == 200


def test_a_language_leaves_only_who_speaks_it(client, coverage_run):
    body = asked(client, "16/?language=es")

    named = [each for one in body["explanations"] for each in one["local"] + one["remote"]]
    assert named
    assert all({"es", "mul"} & set(each["languages"]) for each in named)
    assert len(body["mrc"]) > 0
    assert asked(client, "16/?language=en")["mrc"] is None


def test_an_earlier_run_makes_a_trend(client, coverage_run, earlier_run):
    body = asked(client, "11/")

    health = next(each for each in body["explanations"] if each["need"] == "sante")
    assert [(moment["as_of"], moment["class"]) for moment in health["trend"]] == [
        (coverage_run.as_of.isoformat(), "stale"),
        (earlier_run.as_of.isoformat(), "local"),
    ]


# The map


@pytest.mark.parametrize("level", ["region", "mrc"])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_legend_is_that_of_the_domain(client, coverage_run, measure, level):
    body = asked(client, f"areas/?measure={measure}&level={level}&need=sante&basis=listed&lang=fr")

    painting = reading.paint(
        coverage_run, measure, need="sante", basis=CoverageBasis.LISTED, level=level
    )
    assert body["measure"]["code"] == measure
    assert [(e["key"], e["low"], e["high"]) for e in body["legend"]] == [
        (e.key, e.low, e.high) for e in painting.entries
    ]
    assert {f["properties"]["code"]: f["properties"]["key"] for f in body["features"]} == {
        painted.area.code: painted.key for painted in painting.areas
    }
    known = {entry["key"] for entry in body["legend"]}
    assert {feature["properties"]["key"] for feature in body["features"]} <= known
    assert body["bounds_km"] == [30.0, 60.0, 100.0]


def test_regions_have_outlines_and_mrc_the_position_of_their_middle(client, coverage_run):
    regions = client.get(URL + "areas/")
    assert regions["Content-Type"] == "application/geo+json"
    assert {f["geometry"]["type"] for f in regions.json()["features"]} == {
        "Polygon",
        "MultiPolygon",
    }

    mrc = {f["properties"]["name"]: f for f in asked(client, "areas/?level=mrc")["features"]}
    gaspe = mrc["La Côte-de-Gaspé"]
    assert gaspe["properties"]["middle"] == "Gaspé"
    assert gaspe["geometry"]["type"] == "Point"
    assert gaspe["geometry"]["coordinates"] == pytest.approx([-64.48, 48.83], abs=0.05)
    assert gaspe["properties"]["region"]["code"] == "11"
    assert all(feature["geometry"] for feature in mrc.values())


def test_an_infinite_distance_is_null_and_says_so(client, coverage_run):
    answer = client.get(URL + "areas/?measure=median_km&need=argent")
    assert b"Infinity" not in answer.content

    told = [feature["properties"] for feature in answer.json()["features"]]
    assert any(each["is_unreachable"] for each in told)
    for each in told:
        assert not each["is_unreachable"] or (each["value"], each["key"]) == (None, "step-1")
    few = CoverageArea.objects.get(run=coverage_run, facts__has_rates=False).area.code
    mrc = asked(client, "areas/?measure=median_km&need=argent&level=mrc")["features"]
    unknown = next(f["properties"] for f in mrc if f["properties"]["code"] == few)
    assert (unknown["value"], unknown["is_unreachable"], unknown["key"]) == (
        None,
        False,
        "no_data",
    )


# Runs


def test_runs_and_what_changed_between_two(client, coverage_run, earlier_run):
    listed = asked(client, "runs/")["runs"]
    assert [run["id"] for run in listed] == [str(coverage_run.pk), str(earlier_run.pk)]
    assert listed[1]["label"] == "Année inventée"

    first, last = earlier_run.as_of, coverage_run.as_of
    body = asked(client, f"compare/?from={first}&to={last}")
    assert [(c["region"]["code"], c["need"]) for c in body["changes"]] == [("11", "sante")]
    assert (body["changes"][0]["before"], body["changes"][0]["after"]) == ("local", "stale")
    # On the other basis it is a service that came.
    (change,) = asked(client, f"compare/?from={first}&to={last}&basis=listed")["changes"]
    assert len(change["gained"]) == 1
    assert change["lost"] == []

    past = asked(client, f"?as_of={first}&need=sante")
    assert past["run"]["id"] == str(earlier_run.pk)
    assert past["rows"][10]["cells"][0]["class"] == "local"


def test_a_day_without_a_run_says_which_days_have_one(client, coverage_run, earlier_run):
    for address in ("", "areas/", "11/", "export.csv"):
        answer = client.get(f"{URL}{address}?as_of=2020-01-01")
        assert answer.status_code == 404
        assert answer["Content-Type"] == PROBLEM
        assert f"{coverage_run.as_of}, {earlier_run.as_of}" in answer.json()["detail"]
    answer = client.get(f"{URL}compare/?from=2020-01-01&to={coverage_run.as_of}")
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["", "areas/", "11/", "export.csv", "export.gpkg"])
def test_before_the_first_run_the_answer_says_what_to_do(client, no_coverage_run, address):
    answer = client.get(URL + address)

    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["detail"] == (
        "No run of coverage has been published yet: run manage.py compute_coverage."
    )
    assert asked(client, "runs/") == {"runs": []}


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("?need=nothing", "need"),
        ("?need=sante-clinique", "need"),
        ("?language=xx", "language"),
        ("?language=cak", "language"),
        ("?level=mrc&language=fr", "language"),
        ("?basis=hope", "basis"),
        ("?level=town", "level"),
        ("?region=11", "region"),
        ("?level=mrc&region=99", "region"),
        ("?as_of=today", "as_of"),
        ("?measure=class", "measure"),
        ("11/?need=sante", "need"),
        ("11/?language=cak", "language"),
        ("areas/?measure=beauty", "measure"),
        ("areas/?region=11", "region"),
        ("areas/?level=mrc&language=fr", "language"),
        ("compare/?to=2026-01-01", "from"),
        ("compare/?from=2026-01-01", "to"),
        ("compare/?from=2026-01-01&to=2026-01-01", "to"),
        ("export.csv?level=mrc&language=fr", "language"),
        ("export.xlsx?need=nothing", "need"),
    ],
)
def test_a_wrong_question_is_told_what_to_mend(client, coverage_run, question, parameter):
    # Nobody listed speaks it, so no run measured it.
    assert "cak" not in reading.languages(coverage_run)

    answer = client.get(URL + question)

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_there_are_17_regions(client, coverage_run):
    assert client.get(f"{URL}18/").status_code == 404


# Keeping


@pytest.mark.parametrize(
    "address",
    ["", "11/", "areas/?level=mrc", "runs/", "export.csv", "export.xlsx", "export.gpkg"],
)
def test_an_answer_that_the_reader_has_is_not_made_again(
    client, coverage_run, django_assert_max_num_queries, address
):
    first = client.get(URL + address)
    assert first["Cache-Control"] == "public, max-age=3600"
    tag = first["ETag"]
    assert not tag.startswith("W/")

    # The run, and the region of the address.
    with django_assert_max_num_queries(2):
        again = client.get(URL + address, headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert again["Cache-Control"] == "public, max-age=3600"


def test_another_question_has_another_tag(client, coverage_run, earlier_run):
    questions = ["", "?lang=en", "?need=sante", "?basis=listed", f"?as_of={earlier_run.as_of}"]
    tags = {client.get(URL + question)["ETag"] for question in questions}

    assert len(tags) == len(questions)


@pytest.mark.parametrize(
    ("address", "queries"),
    [("", 6), ("?level=mrc", 6), ("11/", 16), ("16/", 16), ("areas/?level=mrc", 4)],
)
def test_the_number_of_queries_does_not_grow(
    client, coverage_run, django_assert_num_queries, address, queries
):
    # The shapes are kept.
    client.get(URL + "areas/?level=mrc")

    with django_assert_num_queries(queries):
        client.get(URL + address)


def test_no_cookie_is_set_and_any_page_may_read(client, coverage_run):
    for address in ("", "export.csv"):
        answer = client.get(URL + address)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert not answer.cookies


# What must not be told


@pytest.fixture(scope="session")
def workers(coverage_run, django_db_blocker):
    """The workers of each area as nobody may read them, by level and code."""
    with django_db_blocker.unblock():
        towns = inputs.towns()
        demand = inputs.demand(coverage_run.as_of, towns, parameters())
        counts = dict(zip(demand.codes, demand.total, strict=True))
        found = {}
        for town in towns:
            if town.position:
                for place in (("region", town.region), ("mrc", town.mrc)):
                    found[place] = found.get(place, 0.0) + counts[town.code]
        return found


def numbers(value):
    """Every number in a body."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield float(value)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_body_has_an_unrounded_number_of_workers(client, coverage_run, workers, address):
    answer = client.get(URL + address)
    if address.startswith("export.csv"):
        rows, _notes = records(answer)
        found = {float(text) for row in rows for text in row.values() if _is_number(text)}
        counts = [
            text for row in rows for name, text in row.items() if name.startswith("workers") and text
        ]
    else:
        body = answer.json()
        found = set(numbers(body))
        counts = list(_workers_in(body))

    # A small whole number may be a count of something else.
    raw = {
        number
        for number in (round(float(count), 6) for count in workers.values())
        if number % 5 and (number % 1 or number > 1000)
    }
    assert len(raw) > 80
    assert not {round(number, 6) for number in found} & raw
    assert counts
    assert all(int(count) % 5 == 0 for count in counts)


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _workers_in(value):
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "demand" and "all" in each:
                yield from (count for count in each.values() if count is not None)
            elif name.startswith("workers") and isinstance(each, int):
                yield each
            else:
                yield from _workers_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _workers_in(each)


def test_workers_cannot_be_reckoned_from_a_ratio(client, coverage_run, workers):
    """The ratio is that of published numbers: it gives back the rounded count, and no other."""
    for row in asked(client, "?level=mrc&basis=listed")["rows"]:
        for cell in row["cells"]:
            ratio = cell["measures"]["ratio"]
            if not ratio:
                continue
            published = row["demand"]["all"]
            # The top of the interval of nothing is 3.69 services.
            assert ratio["high"] > 0
            assert ratio["value"] == pytest.approx(
                1000 * cell["measures"]["sites"] / published, abs=0.006
            )
            if cell["measures"]["sites"] == 0:
                assert ratio["high"] == pytest.approx(3688.879 / published, abs=0.006)


def test_a_curve_of_inequality_has_no_corner_of_a_town(client, coverage_run):
    body = asked(client, "?basis=listed")

    curves = [cell["measures"]["lorenz"] for row in body["rows"] for cell in row["cells"]]
    for curve in curves:
        assert [point[0] for point in curve] == pytest.approx(np.linspace(0, 1, 11))
    stored = CoverageCell.objects.filter(
        run=coverage_run, area__level="region", language="", basis="listed"
    )
    assert any(len(cell.measures["lorenz"]) > 11 for cell in stored)


def test_a_withheld_number_is_null_everywhere_and_nobody_knows_why(client, coverage_run):
    withheld = CoverageArea.objects.get(
        run=coverage_run, area__level="mrc", area__name="La Côte-de-Gaspé"
    )
    assert withheld.demand["agricultural"] is None

    row = next(
        row
        for row in asked(client, "?level=mrc&region=11")["rows"]
        if row["area"]["name"] == "La Côte-de-Gaspé"
    )
    assert row["demand"] == withheld.demand
    rows, notes = records(client.get(URL + "export.csv?level=mrc&region=11&need=sante&lang=en"))
    (line,) = [row for row in rows if row["name"] == "La Côte-de-Gaspé"]
    assert line["workers_agricultural"] == ""
    assert "withheld" in "\n".join(notes)


# Files


@pytest.mark.parametrize("language", CAVEATS)
def test_csv_has_the_method_inside_and_every_cell(client, coverage_run, language):
    answer = client.get(f"{URL}export.csv?lang={language}&basis=listed")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    name = f"repere-coverage-region-{coverage_run.as_of}.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    rows, notes = records(answer)
    assert len(rows) == 17 * (1 + NeedTerm.objects.tiles().count())
    text = "\n".join(notes)
    assert CAVEATS[language] in text
    assert coverage_run.as_of.isoformat() in text
    assert json.dumps(coverage_run.parameters, sort_keys=True) in text
    assert coverage_run.vintages["demand"]["sources"][0] in text
    matrix = reading.matrix(coverage_run)
    told = {(row["code"], row["need"]): row["class_if_confirmed"] for row in rows}
    assert told["11", "sante"] == next(
        pair.listed.coverage_class for pair in matrix.rows[10].cells if pair.honest.need == "sante"
    )


def test_an_empty_cell_is_not_zero(client, coverage_run):
    few = CoverageArea.objects.get(run=coverage_run, facts__has_rates=False).area.code
    rows, _notes = records(client.get(URL + "export.csv?level=mrc&need=argent"))

    line = next(row for row in rows if row["code"] == few)
    assert (line["within_middle"], line["median_km"], line["no_road"]) == ("", "", "")
    far = next(row for row in rows if row["no_road"])
    assert (far["within_middle"], far["median_km"]) == ("0.0", "")
    assert far["sites"] == "0"


@pytest.mark.parametrize("language", CAVEATS)
def test_a_workbook_has_two_sheets(client, coverage_run, language):
    answer = client.get(f"{URL}export.xlsx?level=mrc&region=11&need=sante&lang={language}")

    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    assert book.sheetnames == ["data", "method"]
    header, *rows = book["data"].iter_rows(values_only=True)
    assert len(rows) == AdminArea.objects.mrcs().filter(parent__code="11").count()
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    assert set(columns["region_code"]) == {"11"}
    assert None in columns["workers_agricultural"]
    assert all(isinstance(count, int) for count in columns["sites"])
    text = "\n".join(str(row[1]) for row in book["method"].iter_rows(values_only=True))
    assert CAVEATS[language] in text
    assert json.dumps(coverage_run.parameters, sort_keys=True) in text


@pytest.mark.parametrize("language", CAVEATS)
def test_geojson_is_flat_and_carries_its_caveats(client, coverage_run, language):
    body = asked(client, f"export.geojson?need=sante&lang={language}")

    assert body["caveats"][0].startswith(CAVEATS[language])
    assert body["parameters"] == coverage_run.parameters
    assert body["sources"] == coverage_run.vintages["demand"]["sources"]
    assert body["as_of"] == coverage_run.as_of.isoformat()
    assert len(body["features"]) == 17
    assert {feature["properties"]["need"] for feature in body["features"]} == {"sante"}
    for feature in body["features"]:
        assert feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}
        assert not any(isinstance(v, dict | list) for v in feature["properties"].values())


@pytest.mark.parametrize("language", CAVEATS)
def test_a_geopackage_has_a_layer_a_table_and_metadata(client, coverage_run, language, tmp_path):
    path = tmp_path / "coverage.gpkg"
    answer = client.get(f"{URL}export.gpkg?level=mrc&lang={language}&basis=listed")
    assert answer["Content-Type"] == "application/geopackage+sqlite3"
    path.write_bytes(answer.content)

    assert [(name, kind) for name, kind in pyogrio.list_layers(path)] == [
        ("coverage", "Unknown"),
        ("method", None),
    ]
    info = pyogrio.read_info(path, layer="coverage")
    assert info["crs"] == "EPSG:4326"
    assert any(CAVEATS[language] in text for text in info["dataset_metadata"].values())
    _meta, _ids, _geometry, (_labels, texts) = pyogrio.raw.read(path, layer="method")
    assert any(CAVEATS[language] in text for text in texts)
    assert json.dumps(coverage_run.parameters, sort_keys=True) in texts
    meta, _ids, geometry, columns = pyogrio.raw.read(path, layer="coverage")
    found = dict(zip(meta["fields"], columns, strict=True))
    areas = AdminArea.objects.mrcs().count()
    assert len(geometry) == areas * (1 + NeedTerm.objects.tiles().count())
    few = CoverageArea.objects.get(run=coverage_run, facts__has_rates=False).area.code
    assert np.isnan(found["within_middle"][found["code"] == few]).all()
    assert (found["within_middle"][found["need"] == "argent"] == 0).any()


@pytest.mark.parametrize("sign", tables.FORMULA_SIGNS)
def test_a_text_that_begins_as_a_formula_is_shown_as_a_text(sign):
    assert tables.guarded(f"{sign}1+1") == f"'{sign}1+1"
    assert tables.guarded(-5.0) == -5.0
    assert tables.guarded("Gaspé") == "Gaspé"


def test_no_file_runs_a_formula():
    table = tables.Table(["name"], [["=1+1"], [-5.0]], [("note", "=cmd\n=1+1")])

    lines = tables.to_csv(table).decode("utf-8-sig").splitlines()
    assert lines == ["# note: =cmd =1+1", "name", "'=1+1", "-5.0"]
    book = openpyxl.load_workbook(io.BytesIO(tables.to_xlsx(table)))
    assert (book["data"]["A2"].data_type, book["data"]["A2"].value) == ("s", "'=1+1")
    assert book["data"]["A3"].value == -5
    assert book["method"]["B1"].data_type == "s"


# What if

GASPE = {"lon": -64.48, "lat": 48.83}


def tried(client, sent, lang="en"):
    return client.post(f"{URL}what-if/?lang={lang}", sent, content_type="application/json")


def test_a_service_that_comes_to_gaspe_changes_gaspesie_and_is_not_stored(client, coverage_run):
    before = CoverageRun.objects.count()
    answer = tried(client, {"need": "sante", "add": [GASPE]})

    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    body = answer.json()
    assert body["added"][0]["region"] == "11"
    assert body["added"][0]["town"] == "Gaspé"
    areas = {area["code"]: area for area in body["areas"]}
    assert len(areas) == 18
    assert (areas["11"]["before"]["class"], areas["11"]["after"]["class"]) == ("stale", "local")
    assert areas["11"]["newly"] > 0
    assert areas["11"]["before"]["no_road"] == ["median_km", "p90_km"]
    assert areas["11"]["after"]["within"]["middle"] > areas["11"]["before"]["within"]["middle"]
    assert areas["11"]["changed"] is True
    assert areas["07"]["changed"] is False
    assert areas[None]["level"] == "province"
    assert CoverageRun.objects.count() == before


def test_a_place_that_closes_or_moves(client, coverage_run):
    local = CoverageCell.objects.get(
        run=coverage_run, area__level="region", area__code="11", need="sante", language="",
        basis=CoverageBasis.VERIFIED,
    ).evidence["local"]  # fmt: skip
    question = {"need": "sante", "basis": "listed"}
    every = sorted({entry["place"] for entry in local})

    closed = tried(client, question | {"remove": every}).json()["areas"]
    moved = tried(client, question | {"move": [{"place": every[0], "lon": -73.57, "lat": 45.5}]})

    gaspesie = next(area for area in closed if area["code"] == "11")
    assert gaspesie["before"]["class"] == "local"
    assert gaspesie["after"]["class"] != "local"
    assert gaspesie["no_longer"] > 0
    assert moved.status_code == 200
    assert next(a for a in moved.json()["areas"] if a["code"] == "11")["changed"] is True


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"need": "nothing"}, "need"),
        ({"language": "xx"}, "language"),
        ({"basis": "hope"}, "basis"),
        ({"town": "Gaspé"}, "town"),
        ({"add": [{"lon": -64.48}]}, "lat"),
        ({"add": [GASPE | {"lon": "-64.48"}]}, "lon"),
        ({"add": [GASPE | {"lat": True}]}, "lat"),
        ({"add": [{"lon": 2.35, "lat": 48.85}]}, "lon"),
        ({"add": [GASPE | {"capacity": 0}]}, "capacity"),
        ({"add": [GASPE | {"capacity": 101}]}, "capacity"),
        ({"add": [GASPE | {"capacity": 1, "visits_per_month": 2}]}, "visits_per_month"),
        ({"add": [GASPE | {"name": "x"}]}, "name"),
        ({"add": [GASPE] * 21}, "add"),
        ({"remove": ["1"]}, "remove"),
        ({"remove": ["00000000-0000-4000-8000-000000000000"]}, "remove"),
        ({"move": [GASPE | {"place": "00000000-0000-4000-8000-000000000000"}]}, "move"),
        ({"move": [GASPE | {"place": "00000000-0000-4000-8000-000000000000"}] * 2}, "move"),
    ],
)
def test_what_cannot_be_tried_is_named(client, coverage_run, sent, parameter):
    answer = tried(client, sent)

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_too_many_changes_in_all_are_refused(client, coverage_run):
    places = [f"00000000-0000-4000-8000-{number:012}" for number in range(11)]

    answer = tried(client, {"add": [GASPE] * 10, "remove": places})

    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == ["add", "remove"]


def test_what_is_no_json_is_refused(client, coverage_run):
    assert tried(client, "[").status_code == 400
    assert tried(client, [1]).status_code == 400
    assert client.post(f"{URL}what-if/", {"need": "sante"}).status_code == 415
    assert client.get(f"{URL}what-if/").status_code == 405


def test_a_page_of_a_partner_may_ask_first(client, coverage_run):
    answer = client.options(f"{URL}what-if/")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Access-Control-Allow-Headers"] == "Content-Type"
    assert "POST" in answer["Access-Control-Allow-Methods"]


def test_before_the_first_run_nothing_can_be_tried(client, no_coverage_run):
    answer = tried(client, {"add": [GASPE]})

    assert answer.status_code == 404
    assert "compute_coverage" in answer.json()["detail"]
