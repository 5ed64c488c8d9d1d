"""What a question asks for, by the needs and places of the database.

The words of needs and the names of places are read once and kept by each worker. One cheap query
a question says whether they have changed, so what an editor writes is understood at once.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from geo import search
from geo.folding import fold
from geo.models import AdminArea, NeedTerm
from geo.places import Place, find_places
from geo.search import Gazetteer, Understanding
from geo.small_words import STOP
from geo.translation import LANGUAGES
from geo.vocabulary import Lexemes, Vocabulary, different, telling_words

# Shorter words are what they are: a stemmer would make one of "as" and "a".
SHORTEST_STEMMED = 3

# The rows as they are now: whatever writes one gives it another version or another place.
_STATE = """
    SELECT md5(string_agg(id::text || xmin::text || cmin::text || ctid::text, '' ORDER BY id))
    FROM {table}
"""
_STATE_OF_WORDS = _STATE.format(table="geo_needterm")
_STATE_OF_NAMES = _STATE.format(table="geo_adminarea")

_LEXEMES = """
    SELECT word,
           (ts_lexize('repere_fr_stem', word))[1],
           (ts_lexize('repere_en_stem', word))[1],
           (ts_lexize('repere_es_stem', word))[1]
    FROM unnest(%s::text[]) AS word
"""

_kept: dict[str, tuple[str, Any]] = {}


def lexemes_of(words: Iterable[str]) -> Lexemes:
    """The lexeme of each word in each language, by the dictionaries of the database."""
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [sorted(words)])
        return {
            word: dict(zip(LANGUAGES, stems, strict=True))
            if len(word) >= SHORTEST_STEMMED and word.isalpha()
            else dict.fromkeys(LANGUAGES, word)
            for word, *stems in cursor.fetchall()
        }


def vocabulary_payload() -> dict[str, Any]:
    """The words of needs as the phone receives them: see `geo.search.Vocabulary`."""
    return _payload()[0]


def _payload() -> tuple[dict[str, Any], Lexemes]:
    """The words of needs, and the lexemes of these words."""
    tiles = list(NeedTerm.objects.tiles())
    terms = [(term, tile) for tile in tiles for term in (tile, *tile.children.all())]
    said = {
        term.code: {language: _phrases(term, language) for language in LANGUAGES}
        for term, _ in terms
    }
    every = [phrase for each in said.values() for phrases in each.values() for phrase in phrases]
    lexemes = lexemes_of({word for phrase in every for word in fold(phrase).split()})
    told = [
        {
            "code": term.code,
            "tile": tile.code,
            "everyday": term.is_everyday,
            "names": {language: term.name[language]["text"] for language in LANGUAGES},
            "phrases": {
                language: "|".join(different(said[term.code][language], language, lexemes))
                for language in LANGUAGES
            },
        }
        for term, tile in terms
    ]
    return {**search.small_words(), "terms": told}, lexemes


def _phrases(term: NeedTerm, language: str) -> list[str]:
    """The ways to say a need: the parts of its name, and its synonyms.

    A name such as "At work" says nothing without that of its tile.
    """
    name = term.name[language]["text"]
    parts = [] if fold(name).split()[0] in STOP[language].split() else name.split(",")
    return [
        *(telling_words(part, language, is_name=True) for part in parts),
        *(telling_words(synonym, language) for synonym in term.synonyms.get(language, [])),
    ]


def vocabulary() -> Vocabulary:
    """The words of needs, as they are now."""
    return _as_now("words", _STATE_OF_WORDS, lambda: Vocabulary.of(*_payload()))


def gazetteer() -> Gazetteer:
    """The names of places, as they are now."""
    return _as_now(
        "names",
        _STATE_OF_NAMES,
        lambda: Gazetteer.of(
            AdminArea.objects.municipalities().values_list("name", "population"),
            dict(AdminArea.objects.regions().values_list("code", "name")),
        ),
    )


def _as_now(name: str, query: str, read: Callable[[], Any]) -> Any:
    """What was read last, or what is read now if the rows have changed since."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        (state,) = cursor.fetchone()
    known, kept = _kept.get(name, ("", None))
    if known != state or kept is None:
        kept = read()
        _kept[name] = (state, kept)
    return kept


def understand(text: str, language: str) -> Understanding:
    """What a question asks for, on a page in `language`."""
    lexemes = lexemes_of(search.words_of_question(text))
    return search.understand(text, vocabulary(), gazetteer(), language, lexemes)


def only_words(text: str, language: str) -> Understanding:
    """A question taken by the letter, on a page in any language."""
    return search.only_words(text, vocabulary())


def place_of(understanding: Understanding) -> Place | None:
    """The place that a question names, or None."""
    if not understanding.place:
        return None
    return next(iter(find_places(understanding.place, 1)), None)
