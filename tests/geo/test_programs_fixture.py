"""Programs, projects, money and results: what the texts say, and nothing added up."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
LISTS = ("programs", "projects", "awards", "indicators")
REGION_CODES = {f"{number:02}" for number in range(1, 18)}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EDTF_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
SECTORS = {
    "agriculture",
    "food_processing",
    "fishing",
    "forestry",
    "hospitality",
    "manufacturing",
    "health",
    "construction",
    "other",
}
KINDS = {
    "projects_funded",
    "organizations_supported",
    "tet_reached",
    "tet_supported",
    "consultations",
    "info_sessions",
    "farm_visits",
    "activities",
}


@pytest.fixture(scope="module")
def facts() -> dict:
    return json.loads((FIXTURES / "programs.json").read_text(encoding="utf-8"))


def by_id(facts: dict, name: str) -> dict[str, dict]:
    return {row["id"]: row for row in facts[name]}


def assert_three_languages(text: dict) -> None:
    assert set(text) == {"fr", "en", "es"}
    assert isinstance(text["fr"], str)
    assert text["fr"].strip()
    for language in ("en", "es"):
        assert set(text[language]) == {"machine"}
        assert text[language]["machine"].strip()


@pytest.mark.parametrize("name", LISTS)
def test_every_row_has_a_unique_slug(facts, name):
    ids = [row["id"] for row in facts[name]]

    assert len(set(ids)) == len(ids)
    assert all(SLUG.fullmatch(identifier) for identifier in ids)


@pytest.mark.parametrize("name", LISTS)
def test_every_row_names_its_source_its_date_and_its_confidence(facts, name):
    for row in facts[name]:
        assert row["source"] in facts["sources"], row["id"]
        assert row["as_of"] is None or EDTF_DAY.fullmatch(row["as_of"]), row["id"]
        assert row["confidence"] in {"A", "B", "C"}, row["id"]
        assert row["quote_fr"], row["id"]


def test_every_source_is_used_and_can_be_opened(facts):
    used = {row["source"] for name in LISTS for row in facts[name]}

    assert used == set(facts["sources"])
    for source in facts["sources"].values():
        assert set(source) == {"citation", "urls", "publisher", "licence"}
        assert source["citation"]
        assert source["urls"]
        assert all(url.startswith("https://") for url in source["urls"])


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("programs", "name"),
        ("programs", "description"),
        ("projects", "title"),
        ("projects", "summary"),
        ("awards", "note"),
        ("indicators", "note"),
    ],
)
def test_text_is_french_with_machine_translations(facts, name, field):
    for row in facts[name]:
        assert_three_languages(row[field])


@pytest.mark.parametrize("name", ["programs", "projects", "awards"])
def test_periods_are_dates_in_order(facts, name):
    for row in facts[name]:
        for day in (row["starts_on"], row["ends_on"]):
            assert day is None or EDTF_DAY.fullmatch(day), row["id"]
        if row["starts_on"] and row["ends_on"]:
            assert row["starts_on"] <= row["ends_on"], row["id"]


@pytest.mark.parametrize("name", ["programs", "projects"])
def test_what_has_ended_says_when(facts, name):
    for row in facts[name]:
        if row["status"] in {"ended", "not_renewed"}:
            assert row["ends_on"], row["id"]


def test_projects_belong_to_a_program_and_have_exactly_one_lead(facts):
    programs = by_id(facts, "programs")

    for project in facts["projects"]:
        assert project["program"] in programs
        assert project["status"] in {"planned", "active", "ended", "not_renewed", "unknown"}
        assert set(project["sectors"]) <= SECTORS
        assert set(project["regions"]) <= REGION_CODES
        roles = Counter(partner["role"] for partner in project["partners"])
        assert roles["lead"] == 1, project["id"]
        assert set(roles) <= {"lead", "partner", "consulate", "bank", "municipality"}
        organizations = [partner["organization"] for partner in project["partners"]]
        assert len(set(organizations)) == len(organizations)


def test_ended_projects_lead_only_to_services_that_are_history(facts):
    directory = json.loads(
        (FIXTURES / "directory" / "organizations.json").read_text(encoding="utf-8")
    )
    status = {each["id"]: each["status"] for row in directory for each in row["services"]}

    ended = {
        project["id"]: project["services"]
        for project in facts["projects"]
        if project["status"] in {"ended", "not_renewed"}
    }

    assert ended["sana-shawinigan-tet"] == ["sana-shawinigan-projet-tet"]
    assert ended["caci-tet"] == ["caci-bordeaux-cartierville"]
    assert ended["aide-ensemble-on-seme"] == ["aide-ensemble-on-seme"]
    assert ended["appui-seances-2022"] == ["services-main-oeuvre-appui-seances-tet"]
    assert ended["sana-maskinonge-pdi"] == ["sana-maskinonge-accueil-espagnol"]
    for project, services in ended.items():
        assert all(status[key] in {"defunct", "inactive"} for key in services), project


def test_the_three_pilot_projects_of_2021_are_history(facts):
    projects = by_id(facts, "projects")

    assert projects["aide-ensemble-on-seme"]["status"] == "ended"
    assert projects["aide-ensemble-on-seme"]["ends_on"] == "2021-12-15"
    assert projects["caci-tet"]["status"] == "ended"
    assert projects["caci-tet"]["ends_on"] == "2021-12-15"
    assert projects["sana-shawinigan-tet"]["status"] == "not_renewed"
    assert projects["sana-shawinigan-tet"]["ends_on"] == "2021-06-30"


def test_the_pstm_is_not_said_to_be_active_after_march_2026(facts):
    program = by_id(facts, "programs")["pstm"]

    assert program["status"] == "unknown"
    assert program["ends_on"] == "2026-03"
    assert not [row["id"] for row in facts["projects"] if row["status"] == "active"]


def test_an_award_belongs_to_a_program_or_to_a_project_never_both(facts):
    programs, projects = by_id(facts, "programs"), by_id(facts, "projects")

    for award in facts["awards"]:
        assert (award["program"] is None) != (award["project"] is None), award["id"]
        assert award["program"] is None or award["program"] in programs
        assert award["project"] is None or award["project"] in projects
        assert award["recipient"] is None or award["project"], award["id"]
        assert award["qualifier"] in {"exact", "at_least", "about", "more_than", "at_most"}


def test_an_amount_is_disclosed_for_a_project_and_a_total_for_a_program(facts):
    for award in facts["awards"]:
        disclosure, amount = award["disclosure"], award["amount_cad"]
        of_a_project = award["project"] is not None

        assert disclosure in {"amount", "ceiling", "aggregate", "undisclosed"}
        assert (disclosure == "amount") == (amount is not None and of_a_project), award["id"]
        if disclosure in {"ceiling", "aggregate"}:
            assert award["program"], award["id"]
            assert amount > 0, award["id"]
        if disclosure == "undisclosed":
            assert amount is None, award["id"]


def test_the_ceiling_of_the_pilot_is_never_shown_as_an_amount(facts):
    ceilings = [award for award in facts["awards"] if award["disclosure"] == "ceiling"]

    assert [award["amount_cad"] for award in ceilings] == [300_000]
    assert ceilings[0]["qualifier"] == "at_most"
    assert ceilings[0]["program"] == "ptet-pilote"


def test_the_money_of_the_mifi_in_bas_saint_laurent_is_its_own_program(facts):
    award = by_id(facts, "awards")["mifi-bsl-total"]

    assert award["program"] == "mifi-bsl-2019-2021"
    assert award["disclosure"] == "aggregate"
    assert award["amount_cad"] == 3_200_000


def test_an_indicator_has_one_scope_and_no_program_total_is_given_by_region(facts):
    for indicator in facts["indicators"]:
        scopes = [indicator["program"], indicator["project"], indicator["region"]]
        assert sum(scope is not None for scope in scopes) == 1, indicator["id"]
        assert indicator["kind"] in KINDS
        assert indicator["qualifier"] in {"exact", "at_least", "about", "more_than"}
        assert isinstance(indicator["value"], int)
        assert indicator["value"] >= 0


def test_the_published_results_of_the_pilot_are_kept_apart(facts):
    indicators = by_id(facts, "indicators")

    assert indicators["ptet-pilote-rejoints"]["value"] == 116_000
    assert indicators["ptet-pilote-soutenus"]["value"] == 33_718
    assert indicators["ptet-pilote-rejoints-2021-06"]["qualifier"] == "about"
    assert indicators["ptet-pilote-rejoints-2021-06"]["period_end"] == "2021-06-30"
    assert indicators["ptet-pilote-rejoints-2022"]["qualifier"] == "about"
    assert indicators["ptet-pilote-rejoints-2022"]["period_start"] == "2021-04"


def test_projects_organizations_and_initiatives_are_not_one_number(facts):
    pstm = {row["kind"]: row["value"] for row in facts["indicators"] if row["program"] == "pstm"}

    assert pstm == {"projects_funded": 28, "organizations_supported": 35}


def test_every_organization_and_service_is_in_the_directory(facts):
    directory = json.loads(
        (FIXTURES / "directory" / "organizations.json").read_text(encoding="utf-8")
    )
    organizations = {row["id"] for row in directory}
    services = {service["id"] for row in directory for service in row["services"]}

    named = {row["organization"] for row in facts["programs"]} - {None}
    named |= {row["recipient"] for row in facts["awards"]} - {None}
    for project in facts["projects"]:
        named |= {partner["organization"] for partner in project["partners"]}
        assert set(project["services"]) <= services, project["id"]
    assert named <= organizations
