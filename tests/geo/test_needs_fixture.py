"""The taxonomy of needs: what tiles, filters and search rely on."""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "needs.json"
LANGUAGES = ("fr", "en", "es")

# Words that truly ask for two kinds of help; a new one is added here on purpose or not at all.
SHARED = {
    "laid off": {"droits-salaire", "assurances-ae-rqap"},
    "mise a pied": {"droits-salaire", "assurances-ae-rqap"},
    "seguro social": {"impots-nas", "assurances-ramq"},
}

EVERYDAY = {
    "accueil-poste",
    "alimentation-epicerie",
    "argent-guichet",
    "sante-pharmacie",
    "vie-sociale-culte",
    "vie-sociale-sport",
}

# Every name exists in one of the two CC0 icon sets, at the versions read on 2026-11-21.
MAKI_8_2 = {
    "embassy",
    "emergency-phone",
    "globe",
    "grocery",
    "home",
    "hospital",
    "information",
    "soccer",
}
TEMAKI_5_2 = {
    "accounting",
    "book_store",
    "lawyer",
    "money_hand",
    "shield",
    "social_facility",
    "transit",
}


def taxonomy() -> dict:
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def every_term() -> Iterator[tuple[dict, dict]]:
    """Each term with its level-1 term, which is itself at level 1."""
    for term in taxonomy()["terms"]:
        yield term, term
        for leaf in term["children"]:
            yield leaf, term


def fold(words: str) -> str:
    """Lower case without accents, as search compares words."""
    decomposed = unicodedata.normalize("NFKD", words.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def owners() -> dict[str, set[str]]:
    """Every name and synonym, in any language, with the codes that it leads to."""
    found = defaultdict(set)
    for term, _ in every_term():
        for words in term["name"].values():
            found[fold(words)].add(term["code"])
        for synonyms in term["synonyms"].values():
            for words in synonyms:
                found[fold(words)].add(term["code"])
    return found


def test_the_taxonomy_has_fifteen_needs_and_sixty_three_leaves():
    terms = taxonomy()["terms"]

    assert taxonomy()["taxonomy"] == "tet-besoins"
    assert taxonomy()["version"] == 1
    assert len(terms) == 15
    assert sum(len(term["children"]) for term in terms) == 63


def test_codes_are_unique_and_a_leaf_begins_with_its_parent():
    codes = [term["code"] for term, _ in every_term()]

    assert len(set(codes)) == len(codes)
    for term, parent in every_term():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", term["code"])
        if term is not parent:
            assert term["code"].startswith(parent["code"] + "-")


def test_every_name_is_written_in_three_languages_and_begins_with_a_capital():
    for term, _ in every_term():
        assert set(term["name"]) == set(LANGUAGES), term["code"]
        for name in term["name"].values():
            assert name == name.strip()
            assert name[0].isupper(), name


def test_names_are_unique_within_a_language_among_the_leaves_of_a_need():
    for term in taxonomy()["terms"]:
        for language in LANGUAGES:
            names = [leaf["name"][language] for leaf in term["children"]]
            assert len(set(names)) == len(names), term["code"]


def test_every_leaf_has_five_synonyms_or_more_in_each_language():
    for term, parent in every_term():
        assert set(term["synonyms"]) == set(LANGUAGES), term["code"]
        for language, synonyms in term["synonyms"].items():
            fewest = 3 if term is parent else 5
            assert fewest <= len(synonyms), (term["code"], language)


def test_synonyms_are_plain_words_without_repetition():
    for term, _ in every_term():
        for language, synonyms in term["synonyms"].items():
            folded = [fold(words) for words in synonyms]
            assert len(set(folded)) == len(folded), (term["code"], language)
            for words in synonyms:
                # A capital letter says that this is the name of somebody or something.
                assert words == words.strip(), words
                assert words.islower() or not words[0].islower(), words
                assert len(words) >= 2, words


def test_no_synonym_leads_to_two_needs_unless_it_is_listed_as_shared():
    found = {words: codes for words, codes in owners().items() if len(codes) > 1}

    assert found == SHARED


def test_sending_money_leads_to_money_transfer():
    found = owners()

    for words in ("sending money", "send money", "Envoyer de l'argent", "mandar dinero", "remesa"):
        assert found[fold(words)] == {"argent-transfert"}, words


def test_the_workers_own_words_lead_to_the_expected_leaf():
    found = owners()

    expected = {
        "me pagan menos": "droits-salaire",
        "no me pagan": "droits-salaire",
        "descuentos": "droits-salaire",
        "me corrieron": "droits-salaire",
        "papeles": "immigration",
        "Western Union": "argent-transfert",
        "me quitaron el pasaporte": "droits-passeport",
        "pas payé": "droits-salaire",
        "talon de paie": "argent-paie",
        "virement": "argent-transfert",
        "not paid": "droits-salaire",
        "fired": "droits-salaire",
        "paystub": "argent-paie",
        "remittance": "argent-transfert",
        "carte soleil": "assurances-ramq",
        "raite": "transport-navette",
    }
    for words, code in expected.items():
        assert found[fold(words)] == {code}, words


def test_everyday_leaves_are_the_ones_left_out_of_coverage():
    everyday = {term["code"] for term, _ in every_term() if term["everyday"]}

    assert everyday == EVERYDAY


def test_every_need_has_its_own_icon_from_the_two_open_icon_sets():
    icons = [term["icon"] for term in taxonomy()["terms"]]

    assert len(set(icons)) == len(icons)
    assert set(icons) == MAKI_8_2 | TEMAKI_5_2
    assert not any("icon" in leaf for term in taxonomy()["terms"] for leaf in term["children"])
