"""Better figures of demand, from an operator's table."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from geo.imports.demand import COLUMNS
from geo.models import DemandEstimate, Source

pytestmark = pytest.mark.django_db

PLAIN = {
    "level": "mrc",
    "code": "020",
    "sector": "other",
    "measure": "partner_estimate",
    "period_starts_on": "2025-05-01",
    "period_ends_on": "2025-10-31",
    "value": "240",
    "method": "Head count at the plant gates",
    "caveat_fr": "Chiffre inventé pour un essai.",
    "caveat_en": "Figure invented for a test.",
    "caveat_es": "Cifra inventada para una prueba.",
}


@pytest.fixture
def table(tmp_path):
    """Writes a file of rows; what a row does not say is plain."""

    def write(*rows, separator=",", encoding="utf-8", columns=COLUMNS):
        path = tmp_path / "demand.csv"
        with path.open("w", encoding=encoding, newline="") as lines:
            lines = csv.DictWriter(lines, columns, delimiter=separator, extrasaction="ignore")
            lines.writeheader()
            lines.writerows(PLAIN | row for row in rows)
        return path

    return write


def load(path, **options):
    out = StringIO()
    call_command(
        "load_demand", path, source="Invented partner, 2025", as_of="2026-03", stdout=out, **options
    )
    return out.getvalue()


def refused(path):
    """What the command writes and says when it refuses a file."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("load_demand", path, source="Invented", as_of="2026-03", stdout=out)
    return out.getvalue() + str(error.value)


def partner_estimates():
    return DemandEstimate.objects.filter(measure="partner_estimate")


def test_a_figure_is_written_with_its_source_its_date_and_its_caveat(table):
    path = table({}, {"level": "municipality", "code": "02005", "value": "35"})

    assert "2 created, 0 updated, 0 unchanged." in load(path, licence="CC BY 4.0")

    figure = partner_estimates().get(area__level="mrc")
    assert (figure.area.name, figure.value) == ("Le Rocher-Percé", 240)
    assert figure.period_starts_on == date(2025, 5, 1)
    assert (figure.source.citation, figure.source.licence) == (
        "Invented partner, 2025",
        "CC BY 4.0",
    )
    assert (figure.as_of, figure.confidence) == ("2026-03", "B")
    assert figure.caveat["es"] == {"text": "Cifra inventada para una prueba.", "state": "original"}


def test_twice_is_the_same_as_once(table):
    load(table({}))
    first = partner_estimates().values().get()

    assert "0 created, 0 updated, 1 unchanged." in load(table({}))
    assert partner_estimates().values().get() == first
    assert Source.objects.filter(citation="Invented partner, 2025").count() == 1


def test_another_value_for_the_same_period_updates_the_figure(table):
    load(table({}))
    first = partner_estimates().get()

    report = load(table({"value": "250"}, {"sector": "agricultural", "value": "0"}))

    assert "1 created, 1 updated, 0 unchanged." in report
    first.refresh_from_db()
    assert first.value == 250


def test_a_dry_run_says_what_would_change_and_writes_nothing(table):
    report = load(table({}), dry_run=True)

    assert "1 created" in report
    assert "Nothing was written" in report
    assert not partner_estimates().exists()
    assert not Source.objects.filter(citation="Invented partner, 2025").exists()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_files_of_a_spreadsheet_are_read(table, separator, encoding):
    # Excel writes a byte order mark, semicolons in French, and drops the zero of 020.
    load(table({"code": "20"}, separator=separator, encoding=encoding))

    assert partner_estimates().get().area.code == "020"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"value": "-1"}, "value: “-1” is not a whole number"),
        ({"value": "12.5"}, "value: “12.5” is not a whole number"),
        ({"value": ""}, "value: “” is not a whole number"),
        ({"value": "²"}, "value: “²” is not a whole number"),
        ({"value": "20000000"}, "value: 20000000 is more than 1000000"),
        ({"code": "999"}, "code: there is no mrc 999"),
        ({"code": ""}, "code: is empty"),
        ({"level": "province"}, "level: “province” is not known: write one of"),
        ({"sector": "fish"}, "sector: “fish” is not known"),
        ({"measure": "people"}, "measure: “people” is not known"),
        ({"period_ends_on": "2025-04-30"}, "2025-04-30 lies before 2025-05-01"),
        ({"period_starts_on": "2025-02-30"}, "“2025-02-30” is not a day"),
        ({"period_starts_on": "20250501"}, "“20250501” is not a day"),
        ({"caveat_fr": " "}, "caveat_fr: is empty"),
        ({"caveat_es": ""}, "caveat_es: is empty"),
        ({"sector": "other"}, "says the same as line 2"),
        ({"sector": "all"}, "counted twice"),
    ],
)
def test_one_wrong_row_is_named_and_writes_nothing(table, row, message):
    said = refused(table({}, {"sector": "agricultural"} | row))

    assert "line 3" in said
    assert message in said
    assert "Nothing was written." in said
    assert not partner_estimates().exists()


def test_every_wrong_row_is_named_at_once(table):
    said = refused(
        table({"value": "-1", "caveat_en": ""}, {"sector": "agricultural"}, {"code": "x"})
    )

    assert "line 2, value" in said
    assert "line 2, caveat_en" in said
    assert "line 4, code" in said
    assert "line 3" not in said
    assert "Lines with mistakes: 2." in said


def test_a_whole_may_not_come_beside_parts_that_are_there_already(table):
    load(table({}))

    assert "counted twice" in refused(table({"sector": "all"}))
    assert partner_estimates().count() == 1


def test_the_lists_that_split_a_handful_may_be_corrected(table):
    # Of region 12 the list of early 2017 splits one position and leaves the others.
    of_list = {"level": "region", "code": "12", "measure": "lmia_positions", "sector": "all"}
    period = {"period_starts_on": "2017-01-01", "period_ends_on": "2017-06-30"}

    assert "1 updated" in load(table(of_list | period))


def test_a_figure_of_the_fixtures_keeps_its_key_when_an_operator_corrects_it(table):
    kept = DemandEstimate.objects.get(
        area__code="11", sector="other", period_starts_on=date(2023, 10, 1)
    )

    load(
        table(
            {
                "level": "region",
                "code": "11",
                "measure": "lmia_positions",
                "period_starts_on": "2023-10-01",
                "period_ends_on": "2023-12-31",
            }
        )
    )

    kept.refresh_from_db()
    assert kept.value == 240


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"level,code\nmrc,020\n", "has no column sector, measure"),
        (b"", "has no column level"),
        (",".join(COLUMNS).encode() + b"\n", "has no line below its header"),
        (",".join(COLUMNS).encode() + b"\nmrc,020,\xe9", "not in UTF-8"),
        ((",".join(COLUMNS) + ",code").encode() + b"\nx", "column code twice"),
        (",".join(COLUMNS).encode() + b'\nmrc,"020,other', "double quote"),
        (",".join(COLUMNS).encode() + b"\nmrc,020\n", "has 2 cells where the header has 11"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path, content, message):
    path = tmp_path / "demand.csv"
    path.write_bytes(content)

    assert message in refused(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert "There is no file" in refused(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source=Invented", "--as-of=March 2026"], "is no date"),
        (["--source= ", "--as-of=2026-03"], "citation is empty"),
        (["--source=Invented", "--as-of=2026-03", "--url=javascript:alert(1)"], "https://"),
    ],
)
def test_a_source_that_cannot_be_shown_is_refused(table, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("load_demand", str(table({})), *options)
