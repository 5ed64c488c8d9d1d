"""The starter directory: what the public may see of it, and what it may not."""

import csv
import importlib.util
import json
import os
import re
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"
DIRECTORY = FIXTURES / "directory"
SHARED = Path(os.environ.get("REPERE_SHARED", REPOSITORY.parent / "shared" / "data"))
LIST = SHARED / "resources_sourced.csv"
ROWS_IN_THE_LIST = 386
REPAIRED_ROWS = 14

KINDS = {
    "obnl",
    "consulate",
    "financial_institution",
    "health_network",
    "clinic",
    "public_body",
    "municipality_mrc",
    "union",
    "faith",
    "sport_culture",
    "education",
    "shop",
    "network",
}
STATUSES = {"active", "inactive", "defunct", "temporarily closed"}
REVIEW_REASONS = {"", "confidence_c", "not_for_tet", "other"}
DELIVERY_MODES = {"on_site", "itinerant", "outreach_visit", "phone", "video_web", "messaging"}
ACCESS_MODES = {"walk_in", "call", "message", "web_form", "appointment", "referral_required"}
FEE_KINDS = {"free", "paid", "mixed", "unknown"}
EVIDENCE = {"declared", "funded", "observed"}
LANGUAGE_MODES = {None, "staff", "interpreter_on_site", "phone_interpreter", "written_only"}
TIME_ZONES = {"America/Toronto", "America/Halifax", "America/Blanc-Sablon"}
END_OF_PSTM = "2026-03-31"
NORTHERN_HEALTH = (
    "sante-centre-de-sante-inuulitsivik",
    "sante-centre-de-sante-tulattavik-de-l-ungava",
    "sante-hopital-de-chisasibi",
)
REGIONS = {f"{number:02d}" for number in range(1, 18)}
EDTF = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PHONE_LIKE = re.compile(r"(?<!\d)(\d{3}[\s).-]*)?\d{3}[\s.-]*\d{4}(?!\d)")
QUEBEC = (-79.8, 44.9, -57.1, 62.6)  # loose; a point outside is a mistake


def load(name):
    return json.loads((DIRECTORY / name).read_text(encoding="utf-8"))


ORGANIZATIONS = load("organizations.json")
SOURCES = load("sources.json")
SERVICES = [service for found in ORGANIZATIONS for service in found["services"]]
LOCATIONS = {place["id"]: place for found in ORGANIZATIONS for place in found["locations"]}
MUNICIPALITIES = list(
    csv.DictReader(
        (FIXTURES / "areas" / "municipalities.csv").read_text(encoding="utf-8").splitlines()
    )
)
REGION_OF_MRC = {each["mrc_code"]: each["region_code"] for each in MUNICIPALITIES}
REGION_OF_MUNICIPALITY = {each["code"]: each["region_code"] for each in MUNICIPALITIES}
AREA_CODES = {
    "province": {"24"},
    "region": REGIONS,
    "mrc": set(REGION_OF_MRC) - {""},
    "municipality": set(REGION_OF_MUNICIPALITY),
}
PHONES = [phone for service in SERVICES for phone in service["phones"]]
ACCEPTED = [service for service in SERVICES if service["review_status"] == "accepted"]


@pytest.fixture(scope="module")
def build():
    """The script that wrote the fixture."""
    spec = importlib.util.spec_from_file_location(
        "directory_build", FIXTURES / "build" / "directory.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def rows(build):
    """The rows of the sourced list, repaired."""
    if not LIST.exists():
        pytest.skip(f"SOURCED LIST ABSENT: {LIST}; set REPERE_SHARED to the folder that has it")
    return build.read_list(LIST)


@pytest.fixture(scope="module")
def needs():
    """The leaves of the taxonomy of needs."""
    path = FIXTURES / "needs.json"
    if not path.exists():
        pytest.skip(f"TAXONOMY ABSENT: {path}")
    taxonomy = json.loads(path.read_text(encoding="utf-8"))
    return {leaf["code"] for term in taxonomy["terms"] for leaf in term["children"]}


def public_texts(service):
    """Every text of a service that a worker may read, in every language."""
    translated = [
        service["name"],
        service["description"],
        service["status_note"],
        service["alert"],
        service["fees_description"],
        *(phone["note"] for phone in service["phones"] if phone["trust"] == "trusted"),
        *(language["note"] for language in service["languages"]),
        *(schedule["text"] for schedule in service["schedules"]),
    ]
    for words in translated:
        for text in words.values():
            yield text if isinstance(text, str) else text["machine"]
    for key in service["at"]:
        yield LOCATIONS[key]["name"]
        yield LOCATIONS[key]["address"]


def has_civic_number(place):
    return bool(re.search(r"\d", place["address"]))


def is_translated(words, languages=("fr", "en", "es")):
    return all(words.get(language) for language in languages)


def test_identifiers_are_slugs_and_unique():
    identifiers = [found["id"] for found in ORGANIZATIONS]
    services = [service["id"] for service in SERVICES]
    locations = [place["id"] for found in ORGANIZATIONS for place in found["locations"]]

    for named in (identifiers, services, locations):
        assert len(named) == len(set(named))
        assert all(SLUG.fullmatch(identifier) for identifier in named)


def test_references_lead_somewhere():
    identifiers = {found["id"] for found in ORGANIZATIONS}
    sourced = [*ORGANIZATIONS, *SERVICES, *LOCATIONS.values(), *PHONES]

    assert {found["parent"] for found in ORGANIZATIONS} <= identifiers | {None}
    assert {item["source"] for item in sourced} <= set(SOURCES)
    assert {place["position_source"] for place in LOCATIONS.values()} <= set(SOURCES)
    for found in ORGANIZATIONS:
        here = {place["id"] for place in found["locations"]}
        assert all(set(service["at"]) <= here for service in found["services"])


def test_words_from_lists_are_in_the_lists():
    for found in ORGANIZATIONS:
        assert found["kind"] in KINDS
    for service in SERVICES:
        assert service["status"] in STATUSES
        assert service["review_status"] in {"accepted", "to_verify"}
        assert service["review_reason"] in REVIEW_REASONS
        assert set(service["delivery_modes"]) <= DELIVERY_MODES
        assert set(service["access_modes"]) <= ACCESS_MODES
        assert service["fee_kind"] in FEE_KINDS
        assert {area["evidence"] for area in service["areas"]} <= EVIDENCE
        assert {language["mode"] for language in service["languages"]} <= LANGUAGE_MODES
        assert {each["hours_status"] for each in service["schedules"]} <= {"known", "always"}
    for phone in PHONES:
        assert phone["type"] in {"voice", "text", "whatsapp"}
        assert phone["trust"] in {"trusted", "to_verify"}
    for place in LOCATIONS.values():
        assert place["tz"] in TIME_ZONES
        assert place["province"] in {"QC", "ON"}
        assert place["precision"] in {"address", "postal_code", "municipality"}
        assert place["address_visibility"] in {"full", "partial"}


def test_dates_and_confidence_are_well_formed():
    for item in (*ORGANIZATIONS, *SERVICES, *LOCATIONS.values(), *PHONES):
        assert item["as_of"] is None or EDTF.fullmatch(item["as_of"])
        assert item["confidence"] in {"A", "B", "C"}


def test_texts_are_never_empty():
    for service in SERVICES:
        for field in ("name", "description", "status_note", "alert", "fees_description"):
            for text in service[field].values():
                assert text if isinstance(text, str) else text["machine"]


def test_every_service_answers_one_to_five_needs():
    for service in SERVICES:
        assert 1 <= len(service["needs"]) <= 5, service["id"]
        assert len(service["needs"]) == len(set(service["needs"])), service["id"]


def test_every_need_is_a_leaf_of_the_taxonomy(needs):
    asked = {need for service in SERVICES for need in service["needs"]}

    assert asked <= needs


def test_every_service_is_somewhere_or_serves_an_area():
    for service in SERVICES:
        assert service["at"] or service["areas"], service["id"]
        for area in service["areas"]:
            assert area["code"] in AREA_CODES[area["extent"]], service["id"]


def test_every_confidence_c_waits_for_a_human():
    waiting = [service for service in SERVICES if service["confidence"] == "C"]

    assert waiting
    assert {service["review_status"] for service in waiting} == {"to_verify"}


def test_services_with_a_reason_are_the_ones_that_wait():
    for service in SERVICES:
        assert bool(service["review_reason"]) == (service["review_status"] == "to_verify")


def test_a_shelter_is_never_placed_finer_than_its_municipality():
    shelters = [service for service in SERVICES if service["is_shelter"]]

    assert {service["id"] for service in shelters} >= {"accueil-pour-elle", "shield-of-athena"}
    for service in shelters:
        for place in (LOCATIONS[key] for key in service["at"]):
            assert place["precision"] == "municipality"
            assert place["address"] == place["postal_code"] == ""
            assert place["address_visibility"] == "partial"


def test_every_position_is_in_quebec_but_the_embassy():
    west, south, east, north = QUEBEC
    for place in LOCATIONS.values():
        if place["province"] == "ON":
            assert place["locality"] == "Ottawa"
            assert place["municipality"] is None
        else:
            assert re.fullmatch(r"\d{5}", place["municipality"])
            assert west < place["longitude"] < east
            assert south < place["latitude"] < north


def test_time_follows_the_islands_and_the_lower_north_shore():
    zones = {key: place["tz"] for key, place in LOCATIONS.items()}

    assert zones["lieu-cami-iles"] == "America/Halifax"
    assert zones["lieu-cje-duplessis-blanc-sablon"] == "America/Blanc-Sablon"
    assert zones["lieu-cje-duplessis-havre-saint-pierre"] == "America/Toronto"


def test_numbers_are_e164_or_short_numbers():
    for phone in PHONES:
        assert re.fullmatch(r"\+1\d{10}|\+503\d{8}|211|811|911", phone["number"])
        assert re.fullmatch(r"\d{0,4}", phone["extension"])


def test_no_unconfirmed_number_is_in_a_public_text():
    trusted = {phone["number"][-10:] for phone in PHONES if phone["trust"] == "trusted"}
    unconfirmed = {phone["number"][-7:] for phone in PHONES if phone["trust"] == "to_verify"}

    assert unconfirmed
    for service in SERVICES:
        for text in public_texts(service):
            # A text may name a line of the directory, by a number that is trusted there.
            numbers = [re.sub(r"\D", "", found[0])[-10:] for found in PHONE_LIKE.finditer(text)]
            assert set(numbers) <= trusted, service["id"]
            digits = re.sub(r"[\s().-]", "", PHONE_LIKE.sub("", text))
            assert not [number for number in unconfirmed if number in digits], service["id"]


def test_every_accepted_service_is_told_in_french_and_spanish():
    for service in ACCEPTED:
        told = is_translated(service["description"], ("fr", "es")) or is_translated(
            service["name"], ("fr", "es")
        )
        assert told, service["id"]


def test_every_description_and_warning_is_in_three_languages():
    for service in SERVICES:
        for field in ("description", "alert", "status_note", "fees_description"):
            assert not service[field] or is_translated(service[field]), (service["id"], field)
        for schedule in service["schedules"]:
            assert is_translated(schedule["text"]), service["id"]


def test_a_mixed_fee_is_explained():
    for service in SERVICES:
        assert service["fee_kind"] not in {"paid", "mixed"} or service["fees_description"]


def test_an_ended_service_says_when_it_ended():
    ended = {service["id"]: service for service in SERVICES if service["status"] != "active"}

    assert {"sana-shawinigan-projet-tet", "sana-maskinonge-accueil-espagnol"} <= set(ended)
    assert {"caci-bordeaux-cartierville", "aide-ensemble-on-seme"} <= set(ended)
    assert all(is_translated(service["status_note"]) for service in ended.values())


def test_what_the_ended_program_pays_carries_a_warning_unless_seen_alive_since():
    paid = [each for each in SERVICES if each["program"] == "pstm" and each["status"] == "active"]

    seen_since = {each["id"] for each in paid if each["as_of"] > END_OF_PSTM}
    warned = {each["id"] for each in paid if "mars 2026" in each["alert"].get("fr", "")}

    assert seen_since == {"infotetquebec"}
    assert warned == {each["id"] for each in paid} - seen_since


def test_where_811_may_not_answer_nobody_is_told_to_call_it():
    alerts = {service["id"]: service["alert"] for service in SERVICES}

    for key in ("info-sante-811", "info-social-811"):
        assert "Nunavik" in alerts[key]["fr"]
    for key in NORTHERN_HEALTH:
        assert is_translated(alerts[key])
        assert "appelez le 811" not in alerts[key]["fr"]
        assert "call 811" not in alerts[key]["en"]["machine"]
        assert "llame al 811" not in alerts[key]["es"]["machine"]
        assert "911" in alerts[key]["fr"]


@pytest.mark.parametrize("key", ["cje-mitis", "projektion-16-35", "service-acces-emploi-bsl"])
def test_an_employment_service_says_who_it_no_longer_serves(key):
    [service] = [each for each in ACCEPTED if each["id"] == key]

    assert "1er février 2025" in service["alert"]["fr"]


def test_an_accepted_service_can_be_reached_or_names_211():
    for organization in ORGANIZATIONS:
        for service in organization["services"]:
            if service["review_status"] != "accepted" or service["status"] != "active":
                continue
            reachable = (
                service["url"]
                or service["email"]
                or organization["website"]
                or organization["email"]
                or any(phone["trust"] == "trusted" for phone in service["phones"])
                or any(has_civic_number(LOCATIONS[key]) for key in service["at"])
            )
            names_211 = "composez le 211" in service["alert"].get("fr", "")
            assert names_211 != bool(reachable), service["id"]


def test_a_service_of_some_mrcs_does_not_serve_the_whole_region():
    areas = {
        service["id"]: {(area["extent"], area["code"]) for area in service["areas"]}
        for service in SERVICES
    }

    assert areas["abl-immigration"] == {("mrc", "730"), ("mrc", "720"), ("municipality", "74005")}
    assert areas["sana-charlevoix"] == {("mrc", "150"), ("mrc", "160")}
    assert areas["moisson-laurentides"] == {("region", "15"), ("mrc", "640")}


def test_an_mrc_or_a_municipality_is_in_a_region_of_its_row(rows):
    regions = {row["id"]: {row["region"], *row["regions_served"].split(";")} - {""} for row in rows}
    served = [
        (service["id"], (REGION_OF_MRC | REGION_OF_MUNICIPALITY)[area["code"]])
        for service in SERVICES
        for area in service["areas"]
        if area["extent"] in {"mrc", "municipality"}
    ]

    assert served
    for key, region in served:
        assert region in regions[key], key


def test_every_row_of_the_list_is_in_the_directory(rows):
    missing = {row["id"] for row in rows} - {service["id"] for service in SERVICES}

    assert len(rows) == ROWS_IN_THE_LIST
    assert not missing


def test_trusted_numbers_are_the_confirmed_ones_of_the_list(rows):
    confirmed = {
        (row["id"], re.sub(r"\D", "", row["phone"]).removeprefix("1"))
        for row in rows
        if row["phone_trust"] == "ship" and len(row["phone"]) > len("911")
    } | {
        (row["id"], row["phone"])
        for row in rows
        if row["phone_trust"] == "ship" and len(row["phone"]) == len("911")
    }

    trusted = {
        (service["id"], phone["number"].removeprefix("+1"))
        for service in SERVICES
        for phone in service["phones"]
        if phone["trust"] == "trusted"
    }

    assert trusted == confirmed


def test_every_number_of_the_list_keeps_its_digits(rows):
    written = {
        (row["id"], digits.removeprefix("1") if len(digits) == 11 else digits)
        for row in rows
        for column in ("phone", "phone2", "toll_free", "whatsapp")
        if (digits := re.sub(r"\D", "", row[column].replace(" poste ", "")))
    }

    kept = {
        (service["id"], phone["number"].removeprefix("+1").removeprefix("+") + phone["extension"])
        for service in SERVICES
        for phone in service["phones"]
    }

    assert kept == written


def test_confidence_c_of_the_list_is_hidden(rows):
    hidden = {each["id"] for each in SERVICES if each["review_reason"] == "confidence_c"}

    assert {row["id"] for row in rows if row["confidence"] == "C"} <= hidden


def test_the_script_writes_the_same_fixture_again(build, rows):
    decisions = json.loads(build.DECISIONS.read_text(encoding="utf-8"))
    texts = json.loads(build.TEXTS.read_text(encoding="utf-8"))

    organizations, sources = build.compiled(rows, decisions, texts, FIXTURES / "areas")

    assert organizations == ORGANIZATIONS
    assert sources == SOURCES


def test_the_broken_rows_of_the_list_are_few(rows):
    with LIST.open(encoding="utf-8-sig", newline="") as lines:
        header, *raw = list(csv.reader(lines))

    broken = [cells for cells in raw if len(cells) != len(header)]

    assert len(broken) == REPAIRED_ROWS


HEADER = [
    "id",
    "scope",
    "precision",
    "phone_trust",
    "region",
    "regions_served",
    "source_year",
    "latitude",
    "longitude",
    "funding",
    "source",
    "confidence",
    "note",
]


def test_a_text_cut_at_its_comma_is_joined_again(build):
    cells = ["x", "site", "", "", "01", "", "2021", "", "", "MIFI", "page (CNW", " 2023)", "B", ""]

    row = build.repaired(HEADER, cells)

    assert row["source"] == "page (CNW, 2023)"
    assert row["confidence"] == "B"


def test_a_row_that_cannot_be_joined_is_refused(build):
    cells = ["x", "site", "", "", "01", "", "2021", "", "", "MIFI", "page", "extra", "B", ""]

    with pytest.raises(build.UnexpectedRow, match="0 ways"):
        build.repaired(HEADER, cells)


@pytest.mark.parametrize(
    ("written", "number", "extension"),
    [
        ("1 844 838-0808", "+18448380808", ""),
        ("514-288-2502 poste 225", "+15142882502", "225"),
        ("+503 7070-1071", "+50370701071", ""),
        ("811", "811", ""),
    ],
)
def test_a_written_number_becomes_e164(build, written, number, extension):
    assert build.phone_number(written) == (number, extension)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2019-10 / 2021-09 (11 points de service)", "2021-09"),
        ("2020 (téléphone) / 2023-10-12", "2023-10-12"),
        ("2023-2024", "2024"),
        ("vers 2020", "2020"),
        ("", None),
    ],
)
def test_the_latest_date_of_a_remark_is_kept(build, written, date):
    assert build.latest_date(written) == date
