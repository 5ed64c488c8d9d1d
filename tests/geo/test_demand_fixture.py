"""The table of positions on positive LMIA, and the script that writes it."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from fixtures.build import demand
from tests.conftest import shared_file

DEMAND = Path(__file__).resolve().parents[2] / "fixtures" / "demand"


def rows():
    with (DEMAND / "lmia_positions.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def source(**changes):
    plain = {"year": "2023", "q": "Q4", "reg": "6", "stream": "Low Wage", "positions": "10"}
    return plain | changes


def test_the_table_is_sorted_and_each_figure_is_there_once():
    keys = [tuple(row[column] for column in demand.COLUMNS[:4]) for row in rows()]

    assert keys == sorted(set(keys))
    content = (DEMAND / "lmia_positions.csv").read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")


def test_the_periods_are_quarters_and_one_half_year():
    periods = Counter((row["period_starts_on"], row["period_ends_on"]) for row in rows())

    days = [date.fromisoformat(last) - date.fromisoformat(first) for first, last in periods]
    assert [delta.days > 100 for delta in days].count(True) == 1
    assert ("2017-01-01", "2017-06-30") in periods
    assert not any(first == "2024-04-01" for first, _last in periods)  # the list is missing
    assert len(periods) == 31


def test_every_caveat_has_words_and_every_word_serves():
    texts = json.loads((DEMAND / "texts.json").read_text(encoding="utf-8"))["caveats"]

    assert {name for row in rows() for name in row["caveats"].split(";")} == set(texts)
    assert all(set(text) == {"fr", "en", "es"} for text in texts.values())


def test_the_sums_are_those_of_the_table_by_region_and_year():
    with shared_file("demand_by_region.csv").open(encoding="utf-8-sig", newline="") as lines:
        published = {
            (row["code"], column[-4:]): int(row[column])
            for row in csv.DictReader(lines)
            for column in row
            if column.startswith("lmia_positions_")
        }
    sums = dict.fromkeys(published, 0)
    for row in rows():
        sums[row["region"], row["period_starts_on"][:4]] += int(row["value"])

    assert len(published) == 153
    assert sums == published


def test_the_script_writes_the_committed_bytes_from_the_shared_tables(tmp_path):
    by_quarter = shared_file("lmia_qc_by_region_quarter_stream.csv")

    demand.build(by_quarter, shared_file("demand_by_region.csv"), tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes() == (DEMAND / "lmia_positions.csv").read_bytes()


def test_streams_of_one_sector_are_added_up_and_what_has_none_is_not_split():
    totals = demand.positions(
        [
            source(),
            source(stream="High Wage", positions="3"),
            source(stream="Primary Agriculture", positions="7"),
            source(stream="", positions="2"),
            source(stream="Unspecified", positions="1"),
        ]
    )

    quarter = ("06", "2023-10-01", "2023-12-31")
    assert totals == {
        (*quarter, "other"): 13,
        (*quarter, "agricultural"): 7,
        (*quarter, "all"): 3,
    }


@pytest.mark.parametrize("wrong", [{"stream": "New Stream"}, {"q": "Q5"}, {"reg": "18"}])
def test_a_table_of_another_shape_is_refused(wrong):
    with pytest.raises(demand.UnexpectedTable, match=next(iter(wrong.values()))):
        demand.positions([source(**wrong)])


def test_tables_that_disagree_are_refused_with_both_sums():
    totals = demand.positions([source()])

    assert demand.check(totals, [{"code": "06", "lmia_positions_2023": "10"}]) == 1
    with pytest.raises(demand.UnexpectedTable, match="06 in 2023: 10 by quarter, 11 by year"):
        demand.check(totals, [{"code": "06", "lmia_positions_2023": "11"}])
    with pytest.raises(demand.UnexpectedTable, match="07 in 2023: 0 by quarter, 4 by year"):
        demand.check(
            totals,
            [
                {"code": "06", "lmia_positions_2023": "10"},
                {"code": "07", "lmia_positions_2023": "4"},
            ],
        )
