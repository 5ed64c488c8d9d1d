"""What a question in a person's own words asks for: which need, where, and which other words.

Pure: the phone has the same rules in `frontend/src/search.js`, and a test compares the two. The
rules, and why they are so, are in `docs/adr/0009-search.md`.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from geo.folding import edits, fold, words_of
from geo.small_words import FILLERS, NOES, STOP
from geo.translation import LANGUAGES
from geo.vocabulary import BEGINS_LIKE, NO, PROVINCE, Lexemes, Phrase, Vocabulary, rounded

# Longer than any question; more would only cost time.
MAX_TEXT = 200

# A need is sure from this weight of evidence on: one word that only few needs share.
SURE = 2.0
# And from this part of the weight of the whole question on.
SURE_PART = 0.2
# A need weaker than this part of the best one is not worth offering.
WORTH_OFFERING = 0.25
# Needs this close to the best one are answered with it.
AS_GOOD = 0.85
MOST_NEEDS = 6
# Nobody in danger may be misunderstood: the evidence for these needs counts more.
GRAVE = {
    "urgence-danger",
    "urgence-violence",
    "urgence-hebergement-urgence",
    "psychosocial-detresse",
    "logement-expulsion",
}
GRAVER = 1.25

# What a word of the tile counts for its leaves: less than for the tile itself.
FROM_TILE = 0.9
# What a word weighs that asks and says nothing ("need", "busco"), beside others that say more.
FILLER = 0.2
# What a word weighs that no need knows.
UNKNOWN = 2.0
# How much of a word counts in a language that the question does not seem to be in.
FOREIGN = 0.55
# And where it is one of the smallest words of the language that the question is in.
SMALL_WORD_OF_ANOTHER = 0.3
# The language of the page breaks ties.
PAGE_LANGUAGE = 0.5

# Neither half is shorter where one word is written for two.
SHORTEST_HALF = 3

# What is left of one that has another ending than the phrase: "taxi" is not "taxes".
OTHER_ENDING = 0.85
# How much of a phrase that says no is held, where the question does not, and where it does.
SAYS_NO = 0.5
SAYS_NO_TOO = 1.1

# A town may be misspelt from this length on, after a word such as "near" or at the end.
SHORTEST_TOWN_TYPO = 6
TWO_LETTERS_OF_TOWN_FROM = 9
MOST_WORDS_OF_TOWN = 8

_POSTAL_CODE = re.compile(r"\b([GHJK][0-9][A-Z])(?:\s?([0-9][A-Z][0-9]))?\b", re.IGNORECASE)

# Words that lead to a place, and those that may stand between them and its name.
TO_A_PLACE = (
    "a au aux en in at near dans vers cerca pres proche autour around to hacia desde from by sur"
)
BETWEEN = "de du des d la le les l el los las the of to ville city town ciudad region pueblo"

# A town of the same name as the province is meant with one of these, or after "à".
CITY = {"ville", "city", "ciudad"}

# Towns and regions whose names are words of every day: taken for a place only when written with a
# capital letter, or right after a word that leads to a place.
EVERYDAY_TOWNS = """
    alma|amherst|berry|begin|bury|compton|elgin|gore|hope|howick|irlande|la conception|la corne|
    la motte|la patrie|la peche|la prairie|la presentation|la reine|la redemption|l assomption|
    l ascension|l avenir|l epiphanie|les coteaux|les hauteurs|lorraine|low|maria|mayo|mercier|milan|
    nouvelle|perce|plaisance|price|racine|richelieu|richmond|sainte famille|scott|stoke|thorne|
    victoria|warden|wickham|notre dame du bon conseil|sacre coeur|saint esprit|esprit saint
"""

# Regions under the names that people use.
REGION_ALIASES = {
    "abitibi": "08",
    "temiscamingue": "08",
    "gaspesie": "11",
    "lac saint jean": "02",
    "cantons de l est": "05",
    "eastern townships": "05",
    "north shore": "09",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A need that a question may mean.

    Attributes:
        code: of the taxonomy.
        score: 0 to 1, the part of the question that it explains.
        weight: the evidence itself, comparable between questions.
    """

    code: str
    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of a question.

    Attributes:
        needs: the best first; empty when nothing resembles a need.
        best_codes: the needs to answer: the best one and those as good, unless they are its tile
            or its leaves; empty where none is sure, and `needs` are guesses to offer.
        place: the words that name a place, as `find_places` takes them; empty without one.
        words: the other words that say something, folded, misspellings mended.
        is_name: one of the words is none of everyday: the question may be somebody's name.
    """

    needs: tuple[Heard, ...] = ()
    best_codes: tuple[str, ...] = ()
    place: str = ""
    words: tuple[str, ...] = ()
    is_name: bool = False


@dataclass(slots=True)
class _Token:
    """A word of the question, and what it may be in each language."""

    word: str
    has_capital: bool = False
    # Language to the lexemes it may stand for, each with how much of it: 1 if spelt so.
    senses: dict[str, dict[str, float]] = field(default_factory=dict)
    is_known: bool = False


def small_words() -> dict[str, Any]:
    """The words that say nothing of a need, as the phone receives them."""
    lists = {"stop": STOP, "fillers": FILLERS, "noes": NOES}
    return {
        kind: {language: " ".join(words[language].split()) for language in LANGUAGES}
        for kind, words in lists.items()
    } | {
        "to_a_place": TO_A_PLACE,
        "between": BETWEEN,
        "everyday_towns": "|".join(" ".join(name.split()) for name in EVERYDAY_TOWNS.split("|")),
        "region_aliases": REGION_ALIASES,
    }


def words_of_question(text: str) -> set[str]:
    """The words of a question, whose lexemes `understand` needs."""
    return {word for word, _ in words_of(text[:MAX_TEXT])}


@dataclass(frozen=True)
class Gazetteer:
    """Names of places as they stand in a question.

    Attributes:
        names: folded name to the text that `find_places` finds it by.
        everyday: folded names that are also words of every day.
        by_letter: first letter to the folded names that begin with it, the most people first.
    """

    names: Mapping[str, str]
    everyday: frozenset[str]
    by_letter: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(
        cls,
        municipalities: Iterable[tuple[str, int | None]],
        regions: Mapping[str, str],
    ) -> "Gazetteer":
        """From names of municipalities with their people, and names of regions by their codes."""
        names = {}
        for code, name in sorted(regions.items()):
            names[fold(name)] = name
            if "–" in name:
                names |= {fold(part): name for part in name.split("–")}
            names |= {alias: name for alias, known in REGION_ALIASES.items() if known == code}
        people = {}
        for name, population in sorted(municipalities, key=lambda town: (town[1] or 0, town[0])):
            folded = fold(name)
            people[folded] = population or 0
            names[folded] = name
        for folded in people:
            short = folded.removeprefix("les ")
            if short not in people:
                names[short] = names[folded]
        by_letter: dict[str, list[str]] = defaultdict(list)
        for folded in sorted(people, key=lambda name: (-people[name], name)):
            by_letter[folded[0]].append(folded)
        return cls(
            names=names,
            everyday=frozenset(" ".join(name.split()) for name in EVERYDAY_TOWNS.split("|")),
            by_letter={letter: tuple(found) for letter, found in by_letter.items()},
        )


_LEADING = frozenset(TO_A_PLACE.split())
_BETWEEN = frozenset(BETWEEN.split())


def understand(
    text: str, vocabulary: Vocabulary, gazetteer: Gazetteer, language: str, lexemes: Lexemes
) -> Understanding:
    """What a question asks for.

    Args:
        text: as the person wrote it; what is beyond `MAX_TEXT` characters is not read.
        vocabulary: the words of needs.
        gazetteer: the names of places.
        language: of the page, which breaks ties.
        lexemes: of `words_of_question(text)`.
    """
    place, tokens = _split_place(text[:MAX_TEXT], vocabulary, gazetteer)
    _give_senses(tokens, vocabulary, lexemes)
    needs, is_sure = _needs(tokens, vocabulary, language)
    words = _content(tokens, vocabulary)
    return Understanding(
        needs=needs,
        best_codes=_as_good(needs, vocabulary) if is_sure else (),
        place=place,
        words=_once(words),
        is_name=any(not token.is_known or token.word in vocabulary.proper for token in words),
    )


def only_words(text: str, vocabulary: Vocabulary) -> Understanding:
    """A question taken by the letter: its words are looked for in names and texts."""
    tokens = _tokens(text[:MAX_TEXT])
    return Understanding(
        words=_once([token for token in tokens if not vocabulary.is_smallest(token.word)]),
        is_name=True,
    )


def _once(tokens: list[_Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.word for token in tokens))


def _content(tokens: list[_Token], vocabulary: Vocabulary) -> list[_Token]:
    """The words to look for in names and texts; those that only ask where there are no others."""
    content = [token for token in tokens if not vocabulary.is_small(token.word)]
    return content or [token for token in tokens if not vocabulary.is_smallest(token.word)]


# Where.


def _split_place(
    text: str, vocabulary: Vocabulary, gazetteer: Gazetteer
) -> tuple[str, list[_Token]]:
    """The name of a place in a question, and the tokens without it."""
    text = unicodedata.normalize("NFC", text)
    if match := _POSTAL_CODE.search(text):
        left = _tokens(f"{text[: match.start()]} {text[match.end() :]}")
        code = " ".join(half.upper() for half in match.groups() if half)
        return code, _drop_leading(left, len(words_of(text[: match.start()])))
    tokens = _tokens(text)
    best: tuple[tuple[int, int, int], int, int, str] | None = None
    for start in range(len(tokens)):
        for size in range(min(MOST_WORDS_OF_TOWN, len(tokens) - start), 0, -1):
            name = " ".join(token.word for token in tokens[start : start + size])
            known = gazetteer.names.get(name)
            if known is None or not _is_meant(tokens, start, size, name, vocabulary, gazetteer):
                continue
            key = (size, int(_is_led(tokens, start)), start)
            if best is None or key > best[0]:
                best = (key, start, size, known)
            break
    if best is None:
        best = _misspelt_place(tokens, vocabulary, gazetteer)
    if best is None:
        return "", tokens
    _, start, size, known = best
    end = start + size
    if end < len(tokens) and tokens[end].word in CITY:
        end += 1
    return known, _drop_leading(tokens[:start] + tokens[end:], start)


def _tokens(text: str) -> list[_Token]:
    return [_Token(word, has_capital) for word, has_capital in words_of(text)]


def _drop_leading(tokens: list[_Token], start: int) -> list[_Token]:
    """Without the words before `start` that only lead to a place."""
    at = start
    while at > 0 and tokens[at - 1].word in _BETWEEN:
        at -= 1
    if at > 0 and tokens[at - 1].word in _LEADING:
        at -= 1
        return tokens[:at] + tokens[start:]
    return tokens


def _is_led(tokens: list[_Token], start: int) -> bool:
    """A word such as "near" or "à la" comes just before."""
    at = start
    while at > 0 and tokens[at - 1].word in _BETWEEN:
        at -= 1
    return at > 0 and tokens[at - 1].word in _LEADING


def _is_meant(
    tokens: list[_Token],
    start: int,
    size: int,
    name: str,
    vocabulary: Vocabulary,
    gazetteer: Gazetteer,
) -> bool:
    """The name stands for the place here, and for nothing else."""
    before = tokens[start - 1].word if start else ""
    after = tokens[start + size].word if start + size < len(tokens) else ""
    if name == PROVINCE:
        has_city = after in CITY or any(token.word in CITY for token in tokens[:start][-2:])
        return has_city or before == "a" or len(tokens) == 1
    if len(tokens) == size:
        return True
    if name in gazetteer.everyday:
        is_written_so = tokens[start + size - 1].has_capital and start > 0
        is_after = size == 1 and before in _LEADING and not after
        return is_written_so or is_after
    is_word = size == 1 and (name in vocabulary.lexemes or vocabulary.is_small(name))
    return not is_word or _is_led(tokens, start)


def _misspelt_place(
    tokens: list[_Token], vocabulary: Vocabulary, gazetteer: Gazetteer
) -> tuple[tuple[int, int, int], int, int, str] | None:
    """A town that is written nearly so, after a word that leads to one, or at the end."""
    for start in range(len(tokens)):
        is_led = _is_led(tokens, start)
        for size in range(min(4, len(tokens) - start), 0, -1):
            is_last = start + size == len(tokens) and start > 0
            if not is_led and not is_last:
                continue
            part = tokens[start : start + size]
            if part[0].word in _BETWEEN or vocabulary.is_small(part[-1].word):
                continue
            if any(token.word in vocabulary.lexemes for token in part):
                continue
            name = " ".join(token.word for token in part)
            if len(name) < SHORTEST_TOWN_TYPO or (
                size == 1 and not is_led and vocabulary.resembling(name)
            ):
                continue
            most = 2 if len(name) >= TWO_LETTERS_OF_TOWN_FROM else 1
            near = [
                (wrong, at, candidate)
                for at, candidate in enumerate(gazetteer.by_letter.get(name[0], ()))
                if (wrong := edits(name, candidate, most)) is not None
            ]
            if near:
                return (size, int(is_led), start), start, size, gazetteer.names[min(near)[2]]
    return None


# What.


def _give_senses(tokens: list[_Token], vocabulary: Vocabulary, lexemes: Lexemes) -> None:
    """Say what each token may be, in each language."""
    for token in tokens:
        for language in LANGUAGES:
            if token.word in vocabulary.noes[language]:
                token.senses[language] = {NO: 1.0}
            elif token.word not in vocabulary.stop[language]:
                lexeme = lexemes[token.word][language]
                if lexeme in vocabulary.weights[language]:
                    token.senses[language] = {lexeme: 1.0}
        token.is_known = bool(token.senses)
    for one, other in pairwise(tokens):
        _give_joined(one, other, vocabulary)
    for token in tokens:
        if token.senses or vocabulary.is_small(token.word):
            continue
        resembling = vocabulary.resembling(token.word)
        if max(resembling.values(), default=0.0) <= BEGINS_LIKE and _give_halves(token, vocabulary):
            continue
        for candidate, left in resembling.items():
            for language, lexeme in vocabulary.lexemes[candidate].items():
                senses = token.senses.setdefault(language, {})
                senses[lexeme] = max(left, senses.get(lexeme, 0.0))
        if resembling:
            surest = max(resembling.values())
            likely = [word for word, left in resembling.items() if left == surest]
            if surest > BEGINS_LIKE and len(likely) == 1:
                token.word = likely[0]
                token.is_known = True


def _give_joined(token: _Token, after: _Token, vocabulary: Vocabulary) -> None:
    """Two words that are one: "car pooling"; but "at me" is no meat."""
    if vocabulary.is_smallest(token.word) or vocabulary.is_smallest(after.word):
        return
    for language, lexeme in vocabulary.lexemes.get(token.word + after.word, {}).items():
        for half in (token, after):
            half.senses.setdefault(language, {})[lexeme] = 1.0


def _give_halves(token: _Token, vocabulary: Vocabulary) -> bool:
    """One word that is two of a language: "foodbank". Say whether it is."""
    for at in range(SHORTEST_HALF, len(token.word) - SHORTEST_HALF + 1):
        halves = [vocabulary.lexemes.get(half, {}) for half in (token.word[:at], token.word[at:])]
        for language in LANGUAGES:
            if all(language in half for half in halves):
                token.senses[language] = {half[language]: 1.0 for half in halves}
        if token.senses:
            return True
    return False


def _shares(tokens: list[_Token], vocabulary: Vocabulary, page: str) -> dict[str, float]:
    """How much the question seems to be in each language: its words known there."""
    counts = {language: PAGE_LANGUAGE if language == page else 0.0 for language in LANGUAGES}
    for token in tokens:
        for language in LANGUAGES:
            if (
                token.word in vocabulary.stop[language]
                or token.word in vocabulary.fillers[language]
                or language in token.senses
            ):
                counts[language] += 1.0
    return counts


def _factor(
    token: _Token, language: str, counts: Mapping[str, float], vocabulary: Vocabulary
) -> float:
    """How much a word counts in a language, if the question seems to be in another."""
    best = max(counts.values())
    factor = FOREIGN + (1 - FOREIGN) * counts[language] / best if best else 1.0
    for other in LANGUAGES:
        is_small = token.word in vocabulary.stop[other] or token.word in vocabulary.noes[other]
        if other != language and is_small and counts[other] > counts[language]:
            return SMALL_WORD_OF_ANOTHER * factor
    return factor


def _needs(
    tokens: list[_Token], vocabulary: Vocabulary, page: str
) -> tuple[tuple[Heard, ...], bool]:
    """The needs of a question, the best first, and whether the best is sure.

    The evidence of a word for a need is its weight times how much of a phrase of that need the
    question holds, by the power 1.5, in the phrase where that is most. A need's weight is the sum
    over the words; a word of the tile counts for its leaves too, by `FROM_TILE`. Where a tile and
    a leaf weigh the same, the leaf is meant.
    """
    counts = _shares(tokens, vocabulary, page)
    likeliest = max(counts.values())
    present = _present(tokens)
    words = {token.word for token in tokens}
    evidence: list[dict[int, float]] = []
    most: list[float] = []
    is_filler = [
        any(token.word in vocabulary.fillers[language] for language in LANGUAGES)
        for token in tokens
    ]
    has_content = any(
        not small and not vocabulary.is_small(token.word)
        for token, small in zip(tokens, is_filler, strict=True)
    )
    seen: set[str] = set()
    for token, small in zip(tokens, is_filler, strict=True):
        part = FILLER if small and has_content else 1.0
        found: dict[int, float] = {}
        heaviest = 0.0
        for language, senses in token.senses.items():
            weights = vocabulary.weights[language]
            for lexeme, left in senses.items():
                if lexeme == NO:
                    continue
                known = weights[lexeme] * left * part
                heaviest = max(heaviest, weights[lexeme] * part)
                factor = _factor(token, language, counts, vocabulary)
                alone = vocabulary.alone if counts[language] == likeliest else math.inf
                for phrase in vocabulary.phrases[language][lexeme]:
                    covered = _covered(phrase, present[language], words, weights, alone)
                    value = known * factor * covered * math.sqrt(covered)
                    if value > found.get(phrase.term, 0.0):
                        found[phrase.term] = value
        if token.word in seen:
            continue
        seen.add(token.word)
        evidence.append(found)
        if not token.senses and not vocabulary.is_small(token.word):
            heaviest = UNKNOWN
        most.append(heaviest)
    total = sum(most)
    scored = []
    for index, code in enumerate(vocabulary.codes):
        tile = vocabulary.tiles[index]
        gravity = GRAVER if code in GRAVE else 1.0
        own = 0.0
        weight = 0.0
        for found in evidence:
            value = gravity * found.get(index, 0.0)
            own += value
            if tile != index:
                value = max(value, FROM_TILE * found.get(tile, 0.0))
            weight += value
        if own > 0:
            scored.append((-rounded(weight, 1_000_000), tile == index, index, code))
    scored.sort()
    if not scored or not total:
        return (), False
    best = -scored[0][0]
    needs = tuple(
        Heard(code, rounded(min(1.0, -weight / total), 1000), -weight)
        for weight, _, _, code in scored[:MOST_NEEDS]
        if -weight >= WORTH_OFFERING * best
    )
    return needs, best >= SURE and needs[0].score >= SURE_PART


def _as_good(needs: tuple[Heard, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The best need and those as good; of a tile and its leaves, the first only."""
    best: list[str] = []
    for need in needs:
        tiles = {vocabulary.tile_of(code) for code in best}
        is_related = need.code in tiles or vocabulary.tile_of(need.code) in best
        if need.weight >= AS_GOOD * needs[0].weight and not is_related:
            best.append(need.code)
    return tuple(best)


def _present(tokens: list[_Token]) -> dict[str, dict[str, float]]:
    """The lexemes that the question holds in each language, each with how much of it."""
    present: dict[str, dict[str, float]] = {language: {} for language in LANGUAGES}
    for token in tokens:
        for language, senses in token.senses.items():
            for lexeme, left in senses.items():
                held = present[language]
                held[lexeme] = max(left, held.get(lexeme, 0.0))
    return present


def _covered(
    phrase: Phrase,
    present: Mapping[str, float],
    words: Collection[str],
    weights: Mapping[str, float],
    alone: float,
) -> float:
    """How much of a phrase is in the question, by weight: 0 to 1, a little more if it says no too.

    Another ending of a word counts for less, unless it weighs `alone`: one need alone has that
    lexeme, in the language of the question.
    """
    held = 0.0
    part = 1.0
    for lexeme, word in phrase.words:
        if lexeme == NO:
            part = SAYS_NO_TOO if NO in present else SAYS_NO
        left = present.get(lexeme, 0.0)
        if word not in words and lexeme != NO and weights[lexeme] < alone:
            left *= OTHER_ENDING
        held += weights[lexeme] * left
    return part * held / phrase.weight
