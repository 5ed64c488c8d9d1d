"""Which wording is shown, and what is said of it."""

import pytest

from geo.translation import compose, wording


def test_the_language_asked_for_comes_first():
    content = compose({"fr": "Aide", "es": {"reviewed": "Ayuda"}})

    shown = wording(content, "es")

    assert (shown.text, shown.state, shown.is_fallback) == ("Ayuda", "reviewed", False)


@pytest.mark.parametrize(
    ("there", "asked", "shown"),
    [
        (["fr", "en"], "es", "fr"),
        (["en"], "es", "en"),
        (["fr", "es"], "en", "fr"),
        (["en", "es"], "fr", "en"),
        (["tl"], "fr", "tl"),
    ],
)
def test_a_missing_language_falls_back_in_one_order_and_says_so(there, asked, shown):
    text = wording(compose({language: language for language in there}), asked)

    assert text.language == shown
    assert text.is_fallback


def test_no_text_at_all_is_none():
    assert wording({}, "fr") is None


def test_a_translation_is_outdated_when_its_original_changes():
    content = compose({"fr": "Ouvert le lundi", "es": {"reviewed": "Abierto el lunes"}})
    content["fr"]["text"] = "Ouvert le mardi"

    assert wording(content, "es").state == "outdated"
    assert wording(content, "fr").state == "original"


def test_a_translation_needs_an_original():
    with pytest.raises(ValueError, match="original"):
        compose({"es": {"machine": "Ayuda"}})


def test_a_translation_may_be_made_from_another_language_than_french():
    content = compose({"es": "Consulado", "fr": {"machine": "Consulat"}})

    assert content["fr"]["of"] == "es"
    assert wording(content, "fr").state == "machine"
