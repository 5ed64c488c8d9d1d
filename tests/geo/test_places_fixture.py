"""Municipalities, postal points and regions, and the script that writes them."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from fixtures.build import places

AREAS = Path(__file__).resolve().parents[2] / "fixtures" / "areas"
TABLES = ("municipalities.csv", "postal_points.csv", "regions.csv")
REGION_CODES = {f"{number:02}" for number in range(1, 18)}
POSTAL_CODE = re.compile(r"[A-Z]\d[A-Z] \d[A-Z]\d")
QUEBEC = (-79.8, 44.9, -57.1, 62.6)  # degrees, loose; a point outside is a mistake


def rows(name: str) -> list[dict[str, str]]:
    with (AREAS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def in_quebec(row: dict[str, str]) -> bool:
    west, south, east, north = QUEBEC
    longitude, latitude = float(row["longitude"]), float(row["latitude"])
    return west <= longitude <= east and south <= latitude <= north


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_sorted_by_a_unique_code_in_utf8_with_lf(name):
    codes = [row["code"] for row in rows(name)]

    assert codes == sorted(set(codes))
    content = (AREAS / name).read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")


def test_there_are_1130_municipalities_and_64_have_no_position():
    municipalities = rows("municipalities.csv")

    assert tuple(municipalities[0]) == places.MUNICIPALITY_COLUMNS
    assert len(municipalities) == 1130
    without = [row for row in municipalities if not row["position_source"]]
    assert len(without) == 64
    assert all(row["latitude"] == row["longitude"] == "" for row in without)


def test_every_municipality_has_a_five_digit_code_a_region_and_a_population():
    for row in rows("municipalities.csv"):
        assert re.fullmatch(r"\d{5}", row["code"])
        assert row["region_code"] in REGION_CODES
        assert row["name"]
        assert row["designation"]
        assert int(row["population"]) >= 0


def test_a_municipality_has_both_a_code_and_a_name_of_mrc_or_neither():
    for row in rows("municipalities.csv"):
        assert bool(row["mrc_code"]) == bool(row["mrc_name"])
        assert re.fullmatch(r"(\d{3})?", row["mrc_code"])


def test_every_region_has_at_least_one_municipality():
    counts = Counter(row["region_code"] for row in rows("municipalities.csv"))

    assert set(counts) == REGION_CODES
    assert counts["13"] == 1  # Laval is one city


def test_postal_codes_are_whole_or_absent():
    codes = [row["postal_code"] for row in rows("municipalities.csv")]

    assert all(POSTAL_CODE.fullmatch(code) for code in codes if code)
    assert codes.count("") == 81


@pytest.mark.parametrize("name", ["municipalities.csv", "postal_points.csv"])
def test_every_position_is_in_quebec(name):
    assert all(in_quebec(row) for row in rows(name) if row["latitude"])


def test_a_postal_point_is_a_full_rural_code_or_the_median_of_an_urban_area():
    points = rows("postal_points.csv")

    assert tuple(points[0]) == places.POSTAL_COLUMNS
    assert Counter(row["kind"] for row in points) == {"rural code": 1815, "FSA median": 382}
    for row in points:
        if row["kind"] == "rural code":
            assert POSTAL_CODE.fullmatch(row["code"])
            assert row["code"][1] == "0"
        else:
            assert re.fullmatch(r"[A-Z][1-9][A-Z]", row["code"])


def test_a_postal_point_says_what_its_position_is_that_of():
    points = rows("postal_points.csv")

    # Of 350 fallback points, 273 stand at their municipality; 77 found none and are left out.
    counts = Counter((row["kind"], row["precision"]) for row in points)
    assert counts == {
        ("rural code", "postal_code"): 1542,
        ("rural code", "municipality"): 273,
        ("FSA median", "postal_code"): 382,
    }
    known = {places.position(row) for row in rows("municipalities.csv")}
    of_municipalities = [row for row in points if row["precision"] == "municipality"]
    assert all(places.position(row) in known for row in of_municipalities)


def test_no_five_postal_codes_of_an_area_share_a_point_that_is_called_theirs():
    users = Counter(
        (places.area(row), places.position(row))
        for row in rows("postal_points.csv")
        if row["precision"] == "postal_code"
    )

    assert max(users.values()) < places.CODES_OF_A_FALLBACK


def test_saint_prosper_de_champlain_is_not_taken_for_the_saint_prosper_of_the_beauce():
    assert not places.MISTAKEN & {row["code"] for row in rows("postal_points.csv")}
    (town,) = [row for row in rows("municipalities.csv") if row["code"] == "37250"]
    assert places.position(town) == ("", "")


def test_rawdon_is_no_longer_at_the_fallback_point_of_its_area():
    (rawdon,) = [row for row in rows("postal_points.csv") if row["code"] == "J0K 0A8"]

    assert rawdon["place"] == "Rawdon"
    assert rawdon["precision"] == "municipality"
    assert float(rawdon["latitude"]) == pytest.approx(46.05, abs=0.05)  # not 46.179
    assert float(rawdon["longitude"]) == pytest.approx(-73.71, abs=0.05)  # not -73.504


def test_there_are_seventeen_regions_named_as_the_government_names_them():
    regions = {row["code"]: row for row in rows("regions.csv")}

    assert set(regions) == REGION_CODES
    assert regions["11"]["name"] == "Gaspésie–Îles-de-la-Madeleine"
    assert regions["11"]["slug"] == "gaspesie-iles-de-la-madeleine"
    assert regions["02"]["name"] == "Saguenay–Lac-Saint-Jean"
    assert sum(int(row["population_2021"]) for row in regions.values()) == 8_501_833


def test_slug_drops_accents_and_joins_words_with_hyphens():
    assert places.slug("Gaspésie–Îles-de-la-Madeleine") == "gaspesie-iles-de-la-madeleine"
    assert places.slug("L'Île-d'Orléans") == "l-ile-d-orleans"


MUNICIPALITY = {
    "code": "03005",
    "name": "Gaspé",
    "designation": "Ville",
    "region_code": "11",
    "region_name": "Gaspésie-Îles-de-la-Madeleine",
    "mrc_code": "030",
    "mrc_name": "MRC La Côte-de-Gaspé",
    "population": "15260",
    "postal_code": "G4X 2A5",
    "latitude": "48.83341",
    "longitude": "-64.48194",
    "position_source": "GeoNames place",
}


def test_a_postal_code_cut_short_by_its_file_is_left_blank():
    row = places.municipality(MUNICIPALITY | {"postal_code": "G0C  1Z"})

    assert row["postal_code"] == ""
    assert row["name"] == "Gaspé"


@pytest.mark.parametrize(
    "wrong", [{"code": "3005"}, {"region_code": "24"}, {"postal_code": "G4X2A5"}]
)
def test_a_municipality_of_another_shape_is_refused(wrong):
    with pytest.raises(places.UnexpectedRow):
        places.municipality(MUNICIPALITY | wrong)


FALLBACK = {"latitude": "46.179", "longitude": "-73.5042"}
JOLIETTE = {"latitude": "46.02", "longitude": "-73.44"}
# One honest code of the area, then five that share the fallback point.
POSTAL_POINTS = [
    {"code": "J0K 9A0", "place": "Joliette", "kind": "rural code", **JOLIETTE},
    {"code": "J0K 0A1", "place": "Ste-Melanie", "kind": "rural code", **FALLBACK},
    {"code": "J0K 0A2", "place": "Saint-Valerien", "kind": "rural code", **FALLBACK},
    {"code": "J0K 0A3", "place": "Chertsey", "kind": "rural code", **FALLBACK},
    {"code": "J0K 0A4", "place": "Saint-Jacques", "kind": "rural code", **FALLBACK},
    {"code": "J0K 0A5", "place": "Saint-Paul", "kind": "rural code", **FALLBACK},
]
MUNICIPALITIES = [
    {"name": "Joliette", "region_code": "14", **JOLIETTE},
    {"name": "Sainte-Mélanie", "region_code": "14", "latitude": "46.13", "longitude": "-73.52"},
    {"name": "Saint-Valérien", "region_code": "01", "latitude": "48.3", "longitude": "-68.6"},
    {"name": "Chertsey", "region_code": "14", "latitude": "", "longitude": ""},
    {"name": "Saint-Jacques", "region_code": "14", "latitude": "45.95", "longitude": "-73.57"},
    {"name": "Saint-Jacques", "region_code": "14", "latitude": "46.30", "longitude": "-73.60"},
    {"name": "Saint-Paul", "region_code": "14", **FALLBACK},
]


def test_a_fallback_point_gives_way_to_the_one_municipality_of_its_name_in_its_region():
    points = [places.postal_point(row) for row in POSTAL_POINTS]

    kept = {row["place"]: row for row in places.positioned(points, MUNICIPALITIES)}

    # Left out: a namesake of another region, one without a position, two namesakes at two
    # places, and one that the fallback itself has placed.
    assert set(kept) == {"Joliette", "Ste-Melanie"}
    assert kept["Joliette"] == points[0]
    assert places.position(kept["Ste-Melanie"]) == ("46.13", "-73.52")
    assert kept["Ste-Melanie"]["precision"] == "municipality"


def test_four_codes_at_one_point_are_neighbours_and_keep_it():
    points = [places.postal_point(row) for row in POSTAL_POINTS[:-1]]

    assert places.positioned(points, MUNICIPALITIES) == points


def test_the_tables_are_written_sorted_whatever_the_order_of_the_source(tmp_path):
    places.write(
        tmp_path / "regions.csv",
        places.REGION_COLUMNS,
        [
            {"code": "02", "name": "b", "slug": "b", "population_2021": "1"},
            {"code": "01", "name": "a", "slug": "a", "population_2021": "2"},
        ],
    )

    written = (tmp_path / "regions.csv").read_bytes()
    assert written == b"code,name,slug,population_2021\n01,a,a,2\n02,b,b,1\n"
