"""What a question in a person's own words asks for, rule by rule."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.folding import edits
from geo.models import NeedTerm, Resource, ServiceText
from geo.search import MAX_TEXT, Understanding
from geo.translation import LANGUAGES, compose
from geo.understanding import only_words, place_of, understand
from tests.factories import OrganizationFactory, ServiceFactory
from tests.places import GASPE, MONTREAL

pytestmark = pytest.mark.django_db


def best(text: str, language: str = "fr") -> str | None:
    """The first need that is understood."""
    needs = understand(text, language).needs
    return needs[0].code if needs else None


def place_in(text: str, language: str = "fr") -> str | None:
    """The name of the place that is understood."""
    place = place_of(understand(text, language))
    return place.name if place else None


def found(text: str, language: str = "fr") -> list:
    """The services that a question finds, in order."""
    meant = Resource.objects.meant_by(understand(text, language), language)
    return [row.service for row in meant.in_order()]


def named(text: str, **texts):
    """A service at Montréal under a name in French."""
    return ServiceFactory(at=MONTREAL, name=compose({"fr": text}), **texts)


# Needs.


@pytest.mark.parametrize(
    "text", ["médico", "medico", "MEDICO", "Médicos", "  médico!  ", "me\u0301dico", "medicco"]
)
def test_accents_case_endings_and_slips_do_not_matter(text):
    assert best(text, "es") == "sante-clinique"


@pytest.mark.parametrize("page", LANGUAGES)
def test_any_language_is_understood_on_any_page(page):
    assert best("me pagan menos", page) == "droits-salaire"
    assert best("envoyer de l'argent", page) == "argent-transfert"
    assert best("I need a dentist", page) == "sante-dentaire"


def test_the_language_of_the_page_settles_what_two_languages_share():
    # SIN is a number in English, and "without" in Spanish.
    assert best("SIN", "en") == "impots-nas"
    assert best("sin trabajo", "es") == "assurances-ae-rqap"


def test_a_whole_phrase_says_more_than_its_words():
    assert best("extraño a mi familia", "es") == "psychosocial-isolement"
    assert best("familia", "es") == "immigration-famille"


def test_a_phrase_that_says_no_is_not_heard_where_nobody_says_no():
    paid, unpaid = understand("mon salaire", "fr"), understand("pas de chauffage", "fr")

    assert unpaid.needs[0].code == "logement-conditions"
    assert "logement-conditions" not in [need.code for need in paid.needs]


def test_words_that_only_ask_count_when_there_are_no_others():
    assert best("ayuda", "es").startswith("accueil")
    assert best("necesito ayuda con mis dientes", "es") == "sante-dentaire"


def test_a_leaf_is_answered_without_its_whole_tile():
    assert understand("dentista", "es").best_codes == ("sante-dentaire",)
    assert understand("clsc", "fr").best_codes == ("sante-clinique",)


def test_a_short_word_is_never_taken_for_another():
    assert best("bus") == "transport-bus"
    assert best("bux") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tooth ache", "sante-dentaire"),
        ("foodbank", "alimentation-depannage"),
        ("workpermit", "immigration-permis"),
    ],
)
def test_a_word_may_be_written_as_two_and_two_as_one(text, code):
    assert best(text, "en") == code


@pytest.mark.parametrize(
    ("text", "language"),
    [("meeting", "en"), ("at work", "en"), ("au travail", "fr"), ("en el trabajo", "es")],
)
def test_a_word_of_many_needs_is_sure_of_none(text, language):
    assert understand(text, language).best_codes == ()
    assert "francais-au-travail" not in [need.code for need in understand(text, language).needs]


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("my husband wants to kill me", "en", "urgence-danger"),
        ("I want to kill myself", "en", "psychosocial-detresse"),
        ("can't breathe", "en", "urgence-danger"),
        ("incendie dans la maison", "fr", "urgence-danger"),
        ("nos quieren sacar de la casa", "es", "logement-expulsion"),
    ],
)
def test_danger_comes_before_what_else_is_said(text, language, code):
    assert best(text, language) == code


def test_what_is_no_need_is_not_made_one():
    heard = understand("xyzzy plugh", "en")

    assert heard.needs == ()
    assert heard.best_codes == ()
    assert heard.words == ("xyzzy", "plugh")


def test_an_editor_is_understood_at_once():
    term = NeedTerm.objects.get(code="vie-sociale-sport")
    assert best("pétanque") != term.code

    term.synonyms["fr"].append("pétanque")
    term.save()

    assert best("petanque") == term.code


@given(st.text(max_size=2 * MAX_TEXT))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_breaks_the_search(text):
    heard = understand(text.replace("\0", ""), "fr")

    assert all(0 <= need.score <= 1 for need in heard.needs)
    list(Resource.objects.meant_by(heard, "fr")[:1])


@given(st.text("abcde", max_size=7), st.text("abcde", max_size=7))
def test_edits_go_as_far_one_way_as_the_other(one, other):
    assert edits(one, other, 2) == edits(other, one, 2)
    assert (edits(one, other, 2) == 0) == (one == other)


def test_swapping_two_letters_is_one_slip():
    assert edits("dentista", "denitsta", 2) == 1
    assert edits("dentista", "dentista", 2) == 0
    assert edits("dentista", "abogado", 2) is None


# Places.


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("dentista en Rimouski", "es", "Rimouski"),
        ("dentiste rimouski", "fr", "Rimouski"),
        ("near Gaspé doctor", "en", "Gaspé"),
        ("avocat à st-hyacinthe", "fr", "Saint-Hyacinthe"),
        ("clinique Trois Rivieres", "fr", "Trois-Rivières"),
        ("iglesia en Drumondville", "es", "Drummondville"),
        ("banque alimentaire en Gaspésie", "fr", "Gaspésie–Îles-de-la-Madeleine"),
        ("lawyer in Quebec City", "en", "Québec"),
        ("avocat à Québec", "fr", "Québec"),
        ("francisation aux îles de la madeleine", "fr", "Les Îles-de-la-Madeleine"),
        ("médecin à La Tuque", "fr", "La Tuque"),
    ],
)
def test_a_town_in_a_question_is_found(text, language, name):
    assert place_in(text, language) == name


@pytest.mark.parametrize(
    ("text", "code"), [("dentiste J0K 1A0", "J0K 1A0"), ("clinic near h2x1y4", "H2X")]
)
def test_a_postal_code_in_a_question_is_found(text, code):
    place = place_of(understand(text, "fr"))

    assert place.code == code
    assert understand(text, "fr").needs[0].code.startswith("sante")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("nouvelle carte soleil", "fr"),
        ("low price food", "en"),
        ("me duele el alma", "es"),
        ("I hope to stay in Canada", "en"),
        ("je vis au Québec", "fr"),
        ("work in Quebec", "en"),
        ("Services Québec", "fr"),
    ],
)
def test_a_word_of_every_day_is_no_town(text, language):
    assert place_in(text, language) is None


def test_a_town_of_that_name_is_found_where_it_is_written_as_one():
    assert place_in("dentiste à Nouvelle") == "Nouvelle"
    assert place_in("dentist near Hope", "en") == "Hope"


def test_the_place_is_no_word_to_look_for():
    assert understand("baobab à Rimouski", "fr").words == ("baobab",)


# Services.


def test_the_words_of_a_need_bring_no_service_that_only_has_the_words(empty_directory):
    clinic = named("Un service", needs=["sante-clinique"])
    named("Autre service", description=compose({"fr": "Parle d'un médecin"}))

    assert found("médecin") == [clinic]


def test_need_then_name_then_nothing_else(empty_directory):
    bearing = named("Le dentiste inventé")
    answering = named("Sans nom connu", needs=["sante-dentaire"])

    assert found("dentiste") == [answering, bearing]


def test_a_question_that_is_a_name_finds_it_first(empty_directory):
    other = named("Aaa inventé", needs=["droits-salaire"])
    organization = OrganizationFactory(name=compose({"fr": "CNESST — Commission inventée"}))
    commission = ServiceFactory(at=GASPE, organization=organization, needs=["droits-salaire"])

    assert found("CNESST") == [commission, other]
    assert found("pas payé")[0] == other


def test_what_is_no_need_is_looked_for_in_names_then_in_texts(empty_directory):
    said = named("Aaa", description=compose({"fr": "Un jardin baobab"}))
    bearing = named("Baobab inventé")
    named("Autre")

    assert found("baobab") == [bearing, said]


def test_a_misspelt_name_is_found(empty_directory):
    bearing = named("Kwizapeki inventé")

    assert found("kwizapekki") == [bearing]
    assert found("kwzapeki") == [bearing]


def test_words_are_found_in_another_language_than_that_of_the_page(empty_directory):
    service = ServiceFactory(
        at=MONTREAL, name=compose({"fr": "Un lieu", "es": {"machine": "Zapatería inventada"}})
    )

    assert found("zapateria") == [service]


def test_every_word_must_be_there(empty_directory):
    named("Baobab inventé")

    assert found("baobab tournesol") == []


def test_words_by_the_letter_understand_no_need(empty_directory):
    clinic = named("Un service", needs=["sante-dentaire"])
    bearing = named("Le dentiste inventé")

    rows = Resource.objects.meant_by(only_words("dentiste", "fr"), "fr")

    assert [row.service for row in rows] == [bearing]
    assert found("dentiste") == [clinic, bearing]


def test_small_words_alone_narrow_nothing(empty_directory):
    service = named("Un service")

    assert found("de la") == [service]
    assert list(Resource.objects.meant_by(Understanding(), "fr")) != []


def test_the_better_answer_comes_before_the_nearer(empty_directory):
    far = ServiceFactory(at=GASPE, needs=["sante-dentaire"])
    near = named("Le dentiste inventé")

    rows = Resource.objects.meant_by(understand("dentiste", "fr"), "fr").in_order(MONTREAL)

    assert [row.service for row in rows] == [far, near]


# What the database keeps true.


def test_the_texts_of_a_service_follow_its_name_and_that_of_its_organization(empty_directory):
    service = named("Tournesol inventé")
    assert found("tournesol") == [service]

    service.name = compose({"fr": "Marguerite inventée"})
    service.save()
    assert found("tournesol") == []
    assert found("marguerite") == [service]

    service.organization.alternate_name = "Coquelicot"
    service.organization.save()
    assert found("coquelicot") == [service]


def test_the_texts_of_a_service_go_with_it(empty_directory):
    service = named("Tournesol inventé")
    assert ServiceText.objects.count() == 1

    service.delete()

    assert ServiceText.objects.count() == 0


def test_keys_and_states_of_a_text_are_not_searched(empty_directory):
    named("Un service")

    assert found("original") == []


def test_the_full_text_of_each_language_has_its_own_dictionary():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_tsvector('repere_fr', 'Mes médecins'),"
            " to_tsvector('repere_en', 'The doctors'), to_tsvector('repere_es', 'Los médicos')"
        )
        assert cursor.fetchone() == ("'medecin':2", "'doctor':2", "'medic':2")


def test_understanding_costs_a_fixed_number_of_queries(django_assert_num_queries):
    understand("dentista en Rimouski", "es")

    with django_assert_num_queries(3):
        understand("mi patrón no me paga las horas extras desde hace tres meses", "es")
