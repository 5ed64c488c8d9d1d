"""The words by which people say their needs, ready to be compared with a question.

Pure, and the same on the phone in `frontend/src/search.js`. Why it is so:
`docs/adr/0009-search.md`.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from geo.folding import edits, words_of
from geo.small_words import NOES, STOP
from geo.translation import LANGUAGES

# A word to its lexeme in each language: {"clases": {"fr": "clas", "en": "class", "es": "clas"}}.
Lexemes = Mapping[str, Mapping[str, str]]

# Stands for every way to say no in the lexemes of a phrase: "pas payé" is (¬, pay).
NO = "¬"
NO_WEIGHT = 1.2
_NO_AS_WRITTEN = {"fr": "pas", "en": "not", "es": "no"}

# Words shorter than this are never taken for a misspelling of another.
SHORTEST_TYPO = 4
# One letter wrong below this length, two from here on.
TWO_LETTERS_FROM = 8
# What is left of a word's weight after so many wrong letters.
AFTER_TYPOS = (1.0, 0.8, 0.6)
# A word that only begins like one that is known, by so many letters and such a part of it.
BEGINS_LIKE = 0.5
BEGINNING = 5
BEGINNING_PART = 0.65

# The province is in every answer: its name says nothing of a need.
PROVINCE = "quebec"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say a need.

    Attributes:
        term: the index of the need.
        words: its lexemes, each with the word as the phrase has it.
        weight: what the lexemes weigh together.
    """

    term: int
    words: tuple[tuple[str, str], ...]
    weight: float


def telling_words(phrase: str, language: str, *, is_name: bool = False) -> str:
    """What a phrase says of a need: its words but the smallest, folded.

    A word keeps its capital letter where it is somebody's name, unless the phrase is the name of a
    need, which begins with one.
    """
    stop, noes = STOP[language].split(), NOES[language].split()
    words = []
    for word, has_capital in _without_small(words_of(phrase), stop, noes):
        if word in noes:
            word = _NO_AS_WRITTEN[language]
        elif has_capital and not is_name:
            word = word.capitalize()
        if word not in words:
            words.append(word)
    return " ".join(words)


def different(phrases: Iterable[str], language: str, lexemes: Lexemes) -> list[str]:
    """The phrases of `telling_words` that differ by more than endings and order, sorted."""
    found: dict[frozenset[str], str] = {}
    for phrase in phrases:
        key = frozenset(lexemes[word][language] for word, _ in words_of(phrase))
        if key:
            found.setdefault(key, phrase)
    return sorted(found.values())


def _phrases(term: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each way to say a term, with its language."""
    for language in LANGUAGES:
        for phrase in term["phrases"][language].split("|"):
            yield language, phrase


@dataclass(frozen=True)
class Vocabulary:
    """The words by which people say their needs, ready to be compared with a question.

    Built once from the payload that the phone receives too:

        {"stop": {"fr": "a ai …", …}, "fillers": {…}, "noes": {…}, "to_a_place": "a au …",
         "between": "de du …", "everyday_towns": "alma|…", "region_aliases": {"abitibi": "08", …},
         "terms": [{"code": "droits-salaire", "tile": "droits", "everyday": false,
                    "names": {"fr": …, "en": …, "es": …},
                    "phrases": {"fr": "pas paye|salaire impaye|…", …}}, …]}

    Phrases are in `telling_words`, since a phone pays for each letter.
    """

    codes: tuple[str, ...]
    tiles: tuple[int, ...]
    phrases: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    weights: Mapping[str, Mapping[str, float]]
    alone: float
    lexemes: Lexemes
    proper: frozenset[str]
    stop: Mapping[str, frozenset[str]]
    fillers: Mapping[str, frozenset[str]]
    noes: Mapping[str, frozenset[str]]
    by_pair: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, payload: Mapping[str, Any], lexemes: Lexemes) -> "Vocabulary":
        """The vocabulary of a payload, with the lexemes of all words of its phrases."""
        terms = payload["terms"]
        codes = tuple(term["code"] for term in terms)
        stop, fillers, noes = (
            {language: frozenset(payload[kind][language].split()) for language in LANGUAGES}
            for kind in ("stop", "fillers", "noes")
        )
        said: dict[str, list[tuple[int, dict[str, str]]]] = {code: [] for code in LANGUAGES}
        proper: set[str] = set()
        common: set[str] = set()
        surface: dict[str, set[str]] = {}
        for index, term in enumerate(terms):
            for language, phrase in _phrases(term):
                found: dict[str, str] = {}
                for word, has_capital in words_of(phrase):
                    if word in noes[language]:
                        found[NO] = NO
                        continue
                    found.setdefault(lexemes[word][language], word)
                    surface.setdefault(word, set()).add(language)
                    (proper if has_capital else common).add(word)
                said[language].append((index, found))
        weights = {language: _weights(said[language], len(codes)) for language in LANGUAGES}
        phrases: dict[str, dict[str, list[Phrase]]] = {}
        for language in LANGUAGES:
            by_lexeme: dict[str, list[Phrase]] = defaultdict(list)
            for index, found in said[language]:
                whole = sum(weights[language][lexeme] for lexeme in found)
                ready = Phrase(index, tuple(found.items()), whole)
                for lexeme in found:
                    by_lexeme[lexeme].append(ready)
            phrases[language] = by_lexeme
        return cls(
            codes=codes,
            tiles=tuple(codes.index(term["tile"]) for term in terms),
            phrases={
                language: {lexeme: tuple(found) for lexeme, found in by_lexeme.items()}
                for language, by_lexeme in phrases.items()
            },
            weights=weights,
            alone=_weight_of(1, len(codes)),
            lexemes={
                word: {language: lexemes[word][language] for language in languages}
                for word, languages in surface.items()
            },
            proper=frozenset(proper - common),
            stop=stop,
            fillers=fillers,
            noes=noes,
            by_pair=_by_pair(surface),
        )

    def tile_of(self, code: str) -> str:
        """The tile of a term; itself if it is one."""
        return self.codes[self.tiles[self.codes.index(code)]]

    def is_small(self, word: str) -> bool:
        """The word says nothing of a need: it is small, or asks, or names the province."""
        return (
            word == PROVINCE
            or self.is_smallest(word)
            or any(word in self.fillers[language] for language in LANGUAGES)
        )

    def is_smallest(self, word: str) -> bool:
        """The word is one of the smallest of some language, which texts are not searched for."""
        return any(
            word in self.stop[language] or word in self.noes[language] for language in LANGUAGES
        )

    def resembling(self, word: str) -> dict[str, float]:
        """Known words that this one may be a misspelling of, each with what is left of it."""
        if len(word) < SHORTEST_TYPO or any(letter.isdigit() for letter in word):
            return {}
        most = 2 if len(word) >= TWO_LETTERS_FROM else 1
        candidates = self._sharing_pairs(word)
        near: dict[str, int] = {}
        for candidate in candidates:
            if abs(len(candidate) - len(word)) > most or len(candidate) < SHORTEST_TYPO:
                continue
            if len(word) == SHORTEST_TYPO and candidate[0] != word[0]:
                continue
            wrong = edits(word, candidate, most)
            if wrong is not None:
                near[candidate] = wrong
        if near:
            best = min(near.values())
            return {
                candidate: AFTER_TYPOS[wrong] for candidate, wrong in near.items() if wrong == best
            }
        return {
            candidate: BEGINS_LIKE
            for candidate in candidates
            if (shared := _beginning(word, candidate)) >= BEGINNING
            and shared >= BEGINNING_PART * max(len(word), len(candidate))
        }

    def _sharing_pairs(self, word: str) -> list[str]:
        """Known words that share at least a third of the letter pairs of this one."""
        shared: dict[str, int] = defaultdict(int)
        pairs = _pairs(word)
        for pair in pairs:
            for candidate in self.by_pair.get(pair, ()):
                shared[candidate] += 1
        return sorted(found for found, count in shared.items() if 3 * count >= len(pairs))


def _without_small(
    words: list[tuple[str, bool]], stop: Collection[str], noes: Collection[str]
) -> list[tuple[str, bool]]:
    """The words that say something; all of them where none does, but for ways to say no."""
    kept = [pair for pair in words if pair[0] not in stop]
    return kept if any(word not in noes for word, _ in kept) else words


def _weights(said: list[tuple[int, dict[str, str]]], terms: int) -> dict[str, float]:
    """What each lexeme tells: much if few terms have it."""
    owners: dict[str, set[int]] = defaultdict(set)
    for index, found in said:
        for lexeme in found:
            owners[lexeme].add(index)
    weights = {lexeme: _weight_of(len(indexes), terms) for lexeme, indexes in owners.items()}
    weights[NO] = NO_WEIGHT
    return weights


def _weight_of(owners: int, terms: int) -> float:
    """What a lexeme tells that so many of all terms have."""
    return rounded(math.log((terms + 1) / owners), 1000)


def rounded(value: float, parts: int) -> float:
    """To so many parts of one, as JavaScript rounds."""
    return math.floor(value * parts + 0.5) / parts


def _pairs(word: str) -> list[str]:
    padded = f"^{word}$"
    return sorted({padded[at : at + 2] for at in range(len(padded) - 1)})


def _by_pair(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        for pair in _pairs(word):
            found[pair].append(word)
    return {pair: tuple(having) for pair, having in found.items()}


def _beginning(one: str, other: str) -> int:
    """How many letters two words share from the first on."""
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return at
