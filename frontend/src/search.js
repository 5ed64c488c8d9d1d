/**
 * What a question in a person's own words asks for, on the phone: the rules of `geo.search`, step
 * by step, so that both give the same answer. Why they are so: docs/adr/0009-search.md.
 */

import { stemmer as stemFrench } from "@orama/stemmers/french";
import { stemmer as stemSpanish } from "@orama/stemmers/spanish";
import { stemmer as stemEnglish } from "stemmer";
import { fold, wordsOf } from "./fold.js";
import { findPlaces, strictWordSimilarity } from "./gazetteer.js";

const LANGUAGES = ["fr", "en", "es"];
const STEMMERS = { fr: stemFrench, en: stemEnglish, es: stemSpanish };
const SHORTEST_STEMMED = 3;

const LONGEST_TEXT = 200;

const NO = "¬";
const NO_WEIGHT = 1.2;

const SURE = 2.0;
const SURE_PART = 0.2;
const WORTH_OFFERING = 0.25;
const AS_GOOD = 0.85;
const MOST_NEEDS = 6;
const GRAVE = new Set([
  "urgence-danger",
  "urgence-violence",
  "urgence-hebergement-urgence",
  "psychosocial-detresse",
  "logement-expulsion",
]);
const GRAVER = 1.25;

const FROM_TILE = 0.9;
const FILLER = 0.2;
const UNKNOWN = 2.0;
const FOREIGN = 0.55;
const SMALL_WORD_OF_ANOTHER = 0.3;
const PAGE_LANGUAGE = 0.5;

const SHORTEST_TYPO = 4;
const TWO_LETTERS_FROM = 8;
const AFTER_TYPOS = [1.0, 0.8, 0.6];
const SHORTEST_HALF = 3;
const OTHER_ENDING = 0.85;
const SAYS_NO = 0.5;
const SAYS_NO_TOO = 1.1;
const BEGINS_LIKE = 0.5;
const BEGINNING = 5;
const BEGINNING_PART = 0.65;

const SHORTEST_TOWN_TYPO = 6;
const TWO_LETTERS_OF_TOWN_FROM = 9;
const MOST_WORDS_OF_TOWN = 8;
const MOST_WORDS_OF_MISSPELT_TOWN = 4;

/** Old phones cannot look behind: what stands before a code is its first group. */
const POSTAL_CODE =
  /(^|[^\p{L}\p{N}_])([GHJK][0-9][A-Z])(?:\s?([0-9][A-Z][0-9]))?(?![\p{L}\p{N}_])/iu;
const PROVINCE = "quebec";
const CITY = new Set(["ville", "city", "ciudad"]);

/** As near as a misspelt name must be to words of a name, as the database takes it. */
const RESEMBLES = 0.5;
const SHORTEST_RESEMBLING = 5;

/** How a service answers a question, the best first; needs take the ranks from `NEED` on. */
export const NAMED = 0;
export const NEED = 1;
export const NAME = 20;
export const TEXT = 21;
export const LIKE_NAME = 22;

/**
 * The lexeme of a folded word.
 *
 * @param {string} word
 * @param {string} language
 * @returns {string}
 */
export function lexemeOf(word, language) {
  if (word.length < SHORTEST_STEMMED || !/^\p{L}+$/u.test(word)) return word;
  return STEMMERS[language](word);
}

const rounded = (value, parts) => Math.floor(value * parts + 0.5) / parts;
const setOf = (text) => new Set(text.split(" "));
const byLanguage = (make) => Object.fromEntries(LANGUAGES.map((code) => [code, make(code)]));

/** Each way to say a term, with its language. */
function* phrasesOf({ phrases }) {
  for (const language of LANGUAGES) {
    for (const phrase of phrases[language].split("|")) yield [language, phrase];
  }
}

/** What a lexeme tells that so many of all terms have. */
const weightOf = (owners, terms) => rounded(Math.log((terms + 1) / owners), 1000);

/** What each lexeme tells: much if few terms have it. */
function weightsOf(said, terms) {
  const owners = new Map();
  for (const { term, lexemes } of said) {
    for (const lexeme of lexemes.keys()) {
      if (!owners.has(lexeme)) owners.set(lexeme, new Set());
      owners.get(lexeme).add(term);
    }
  }
  const weights = new Map();
  for (const [lexeme, having] of owners) {
    weights.set(lexeme, weightOf(having.size, terms));
  }
  return weights.set(NO, NO_WEIGHT);
}

function pairsOf(word) {
  const padded = `^${word}$`;
  const pairs = new Set();
  for (let at = 0; at + 2 <= padded.length; at++) pairs.add(padded.slice(at, at + 2));
  return pairs;
}

/** A vocabulary made ready to be compared with a question. */
function made(payload) {
  const [stop, fillers, noes] = ["stop", "fillers", "noes"].map((kind) =>
    byLanguage((language) => setOf(payload[kind][language])),
  );
  const said = byLanguage(() => []);
  const surface = new Map();
  const [proper, common] = [new Set(), new Set()];
  payload.terms.forEach((term, index) => {
    for (const [language, phrase] of phrasesOf(term)) {
      const lexemes = new Map();
      for (const { word, hasCapital } of wordsOf(phrase)) {
        if (noes[language].has(word)) {
          lexemes.set(NO, NO);
          continue;
        }
        const lexeme = lexemeOf(word, language);
        if (!lexemes.has(lexeme)) lexemes.set(lexeme, word);
        if (!surface.has(word)) surface.set(word, {});
        surface.get(word)[language] = lexeme;
        (hasCapital ? proper : common).add(word);
      }
      said[language].push({ term: index, lexemes });
    }
  });
  const codes = payload.terms.map(({ code }) => code);
  const weights = byLanguage((language) => weightsOf(said[language], codes.length));
  const phrases = byLanguage((language) => {
    const found = new Map();
    for (const { term, lexemes } of said[language]) {
      let weight = 0;
      for (const lexeme of lexemes.keys()) weight += weights[language].get(lexeme);
      for (const lexeme of lexemes.keys()) {
        if (!found.has(lexeme)) found.set(lexeme, []);
        found.get(lexeme).push({ term, lexemes, weight });
      }
    }
    return found;
  });
  const byPair = new Map();
  for (const word of [...surface.keys()].sort()) {
    for (const pair of pairsOf(word)) {
      if (!byPair.has(pair)) byPair.set(pair, []);
      byPair.get(pair).push(word);
    }
  }
  for (const word of common) proper.delete(word);
  return {
    codes,
    tiles: payload.terms.map(({ tile }) => codes.indexOf(tile)),
    phrases,
    weights,
    alone: weightOf(1, codes.length),
    surface,
    proper,
    stop,
    fillers,
    noes,
    byPair,
    leading: setOf(payload.to_a_place),
    between: setOf(payload.between),
    everydayTowns: new Set(payload.everyday_towns.split("|")),
    aliases: payload.region_aliases,
  };
}

const vocabularies = new WeakMap();
const gazetteers = new WeakMap();

function kept(cache, key, make) {
  if (!cache.has(key)) cache.set(key, make(key));
  return cache.get(key);
}

/** One of the smallest words of some language, which texts are not searched for. */
const isSmallest = (word, { stop, noes }) =>
  LANGUAGES.some((language) => stop[language].has(word) || noes[language].has(word));

/** A word that says nothing of a need: it is small, or asks, or names the province. */
const isSmall = (word, vocabulary) =>
  word === PROVINCE ||
  isSmallest(word, vocabulary) ||
  LANGUAGES.some((language) => vocabulary.fillers[language].has(word));

/** How many letters two words share from the first on. */
function beginning(one, other) {
  let at = 0;
  while (at < Math.min(one.length, other.length) && one[at] === other[at]) at++;
  return at;
}

/**
 * Letters to change, add, drop or swap with the next to get from one word to the other.
 *
 * @param {string} one
 * @param {string} other
 * @param {number} most
 * @returns {number|null} at most `most`, null where more are needed
 */
export function edits(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return null;
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let least = Math.min(last[column] + 1, now[column - 1] + 1, last[column - 1] + !isSame);
      const isSwapped =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      if (isSwapped) least = Math.min(least, before[column - 2] + 1);
      now.push(least);
    }
    if (Math.min(...now) > most) return null;
    [before, last] = [last, now];
  }
  return last[other.length] <= most ? last[other.length] : null;
}

/** Known words that a word may be a misspelling of, each with what is left of it. */
function resembling(word, vocabulary) {
  if (word.length < SHORTEST_TYPO || /\p{N}/u.test(word)) return new Map();
  const most = word.length >= TWO_LETTERS_FROM ? 2 : 1;
  const pairs = pairsOf(word);
  const counts = new Map();
  for (const pair of pairs) {
    for (const known of vocabulary.byPair.get(pair) ?? []) {
      counts.set(known, (counts.get(known) ?? 0) + 1);
    }
  }
  const candidates = [...counts]
    .filter(([, count]) => 3 * count >= pairs.size)
    .map(([known]) => known)
    .sort();
  const near = new Map();
  for (const known of candidates) {
    if (known.length < SHORTEST_TYPO) continue;
    if (word.length === SHORTEST_TYPO && known[0] !== word[0]) continue;
    const wrong = edits(word, known, most);
    if (wrong !== null) near.set(known, wrong);
  }
  if (near.size) {
    const best = Math.min(...near.values());
    return new Map(
      [...near].filter(([, wrong]) => wrong === best).map(([known]) => [known, AFTER_TYPOS[best]]),
    );
  }
  const alike = candidates.filter((known) => {
    const letters = beginning(word, known);
    const longest = Math.max(word.length, known.length);
    return letters >= BEGINNING && letters >= BEGINNING_PART * longest;
  });
  return new Map(alike.map((known) => [known, BEGINS_LIKE]));
}

// Where.

/** Names of places as they stand in a question. */
function gazetteerOf(areas, aliases) {
  const names = new Map();
  for (const { code, name } of areas.regions) {
    names.set(fold(name), name);
    if (name.includes("–")) for (const part of name.split("–")) names.set(fold(part), name);
    for (const [alias, known] of Object.entries(aliases))
      if (known === code) names.set(alias, name);
  }
  const people = new Map();
  const towns = areas.municipalities.map(([, name, , , , , population]) => ({
    name,
    population: population ?? 0,
  }));
  const byName = ({ name: one }, { name: other }) => Number(one > other) - Number(one < other);
  towns.sort((one, other) => one.population - other.population || byName(one, other));
  for (const { name, population } of towns) {
    const folded = fold(name);
    people.set(folded, population);
    names.set(folded, name);
  }
  for (const folded of people.keys()) {
    const short = folded.replace(/^les /, "");
    if (!people.has(short)) names.set(short, names.get(folded));
  }
  const byLetter = new Map();
  const mostFirst = [...people].sort(
    ([one, some], [other, more]) => more - some || Number(one > other) - Number(one < other),
  );
  for (const [folded] of mostFirst) {
    if (!byLetter.has(folded[0])) byLetter.set(folded[0], []);
    byLetter.get(folded[0]).push(folded);
  }
  return { names, byLetter };
}

const tokensOf = (text) => wordsOf(text).map((word) => ({ ...word, senses: {}, isKnown: false }));

/** Where the words that stand between a leading word and `start` begin. */
function beforeBetween(tokens, start, { between }) {
  let at = start;
  while (at > 0 && between.has(tokens[at - 1].word)) at--;
  return at;
}

function isLed(tokens, start, vocabulary) {
  const at = beforeBetween(tokens, start, vocabulary);
  return at > 0 && vocabulary.leading.has(tokens[at - 1].word);
}

/** Without the words before `start` that only lead to a place. */
function dropLeading(tokens, start, vocabulary) {
  if (!isLed(tokens, start, vocabulary)) return tokens;
  const at = beforeBetween(tokens, start, vocabulary) - 1;
  return [...tokens.slice(0, at), ...tokens.slice(start)];
}

/** The name stands for the place here, and for nothing else. */
function isMeant(tokens, start, size, name, vocabulary) {
  const before = tokens[start - 1]?.word ?? "";
  const after = tokens[start + size]?.word ?? "";
  if (name === PROVINCE) {
    const twoBefore = tokens.slice(0, start).slice(-2);
    const hasCity = CITY.has(after) || twoBefore.some(({ word }) => CITY.has(word));
    return hasCity || before === "a" || tokens.length === 1;
  }
  if (tokens.length === size) return true;
  if (vocabulary.everydayTowns.has(name)) {
    const isWrittenSo = tokens[start + size - 1].hasCapital && start > 0;
    return isWrittenSo || (size === 1 && vocabulary.leading.has(before) && !after);
  }
  const isWord = size === 1 && (vocabulary.surface.has(name) || isSmall(name, vocabulary));
  return !isWord || isLed(tokens, start, vocabulary);
}

/** A town that is written nearly so, after a word that leads to one, or at the end. */
function misspeltPlace(tokens, vocabulary, gazetteer) {
  for (let start = 0; start < tokens.length; start++) {
    const led = isLed(tokens, start, vocabulary);
    const most = Math.min(MOST_WORDS_OF_MISSPELT_TOWN, tokens.length - start);
    for (let size = most; size > 0; size--) {
      const isLast = start + size === tokens.length && start > 0;
      if (!led && !isLast) continue;
      const part = tokens.slice(start, start + size);
      if (vocabulary.between.has(part[0].word) || isSmall(part[size - 1].word, vocabulary))
        continue;
      if (part.some(({ word }) => vocabulary.surface.has(word))) continue;
      const name = part.map(({ word }) => word).join(" ");
      if (name.length < SHORTEST_TOWN_TYPO) continue;
      if (size === 1 && !led && resembling(name, vocabulary).size) continue;
      const letters = name.length >= TWO_LETTERS_OF_TOWN_FROM ? 2 : 1;
      let best = null;
      for (const candidate of gazetteer.byLetter.get(name[0]) ?? []) {
        const wrong = edits(name, candidate, letters);
        if (wrong !== null && (!best || wrong < best.wrong)) best = { wrong, candidate };
      }
      if (best) return { start, size, known: gazetteer.names.get(best.candidate) };
    }
  }
  return null;
}

/** The name of a place in a question, and the tokens without it. */
function splitPlace(text, vocabulary, gazetteer) {
  const written = text.normalize("NFC");
  const postal = POSTAL_CODE.exec(written);
  if (postal) {
    const [whole, lead, ...halves] = postal;
    const before = written.slice(0, postal.index) + lead;
    const rest = tokensOf(`${before} ${written.slice(postal.index + whole.length)}`);
    const place = halves.filter(Boolean).join(" ").toUpperCase();
    return { place, tokens: dropLeading(rest, wordsOf(before).length, vocabulary) };
  }
  const tokens = tokensOf(text);
  let best = null;
  for (let start = 0; start < tokens.length; start++) {
    for (let size = Math.min(MOST_WORDS_OF_TOWN, tokens.length - start); size > 0; size--) {
      const name = tokens
        .slice(start, start + size)
        .map(({ word }) => word)
        .join(" ");
      const known = gazetteer.names.get(name);
      if (known === undefined || !isMeant(tokens, start, size, name, vocabulary)) continue;
      const led = Number(isLed(tokens, start, vocabulary));
      if (!best || size > best.size || (size === best.size && led >= best.led)) {
        best = { start, size, led, known };
      }
      break;
    }
  }
  best ??= misspeltPlace(tokens, vocabulary, gazetteer);
  if (!best) return { place: "", tokens };
  const { start, size, known } = best;
  const end = CITY.has(tokens[start + size]?.word) ? start + size + 1 : start + size;
  const rest = [...tokens.slice(0, start), ...tokens.slice(end)];
  return { place: known, tokens: dropLeading(rest, start, vocabulary) };
}

// What.

/** Two words that are one: "car pooling"; but "at me" is no meat. */
function giveJoined(one, other, vocabulary) {
  if (isSmallest(one.word, vocabulary) || isSmallest(other.word, vocabulary)) return;
  const joined = vocabulary.surface.get(one.word + other.word) ?? {};
  for (const [language, lexeme] of Object.entries(joined)) {
    for (const half of [one, other]) {
      half.senses[language] ??= new Map();
      half.senses[language].set(lexeme, 1);
    }
  }
}

/** One word that is two of a language: "foodbank". Say whether it is. */
function giveHalves(token, { surface }) {
  const { word, senses } = token;
  for (let at = SHORTEST_HALF; at <= word.length - SHORTEST_HALF; at++) {
    const [one, other] = [surface.get(word.slice(0, at)), surface.get(word.slice(at))];
    for (const language of LANGUAGES) {
      if (one?.[language] === undefined || other?.[language] === undefined) continue;
      senses[language] = new Map([one, other].map((half) => [half[language], 1]));
    }
    if (Object.keys(senses).length) return true;
  }
  return false;
}

/** Say what each token may be, in each language. */
function giveSenses(tokens, vocabulary) {
  for (const token of tokens) {
    for (const language of LANGUAGES) {
      if (vocabulary.noes[language].has(token.word)) {
        token.senses[language] = new Map([[NO, 1]]);
      } else if (!vocabulary.stop[language].has(token.word)) {
        const lexeme = lexemeOf(token.word, language);
        if (vocabulary.weights[language].has(lexeme)) {
          token.senses[language] = new Map([[lexeme, 1]]);
        }
      }
    }
    token.isKnown = Object.keys(token.senses).length > 0;
  }
  for (let at = 1; at < tokens.length; at++) giveJoined(tokens[at - 1], tokens[at], vocabulary);
  for (const token of tokens) {
    if (Object.keys(token.senses).length || isSmall(token.word, vocabulary)) continue;
    const alike = resembling(token.word, vocabulary);
    const surest = Math.max(0, ...alike.values());
    if (surest <= BEGINS_LIKE && giveHalves(token, vocabulary)) continue;
    for (const [known, left] of alike) {
      for (const [language, lexeme] of Object.entries(vocabulary.surface.get(known))) {
        token.senses[language] ??= new Map();
        const senses = token.senses[language];
        senses.set(lexeme, Math.max(left, senses.get(lexeme) ?? 0));
      }
    }
    const likely = [...alike].filter(([, left]) => left === surest);
    if (surest > BEGINS_LIKE && likely.length === 1) {
      token.word = likely[0][0];
      token.isKnown = true;
    }
  }
}

/** How much the question seems to be in each language: its words known there. */
function sharesOf(tokens, { stop, fillers }, page) {
  const counts = byLanguage((language) => (language === page ? PAGE_LANGUAGE : 0));
  for (const { word, senses } of tokens) {
    for (const language of LANGUAGES) {
      if (stop[language].has(word) || fillers[language].has(word) || senses[language]) {
        counts[language]++;
      }
    }
  }
  return counts;
}

/** How much a word counts in a language, if the question seems to be in another. */
function factorOf({ word }, language, counts, { stop, noes }) {
  const best = Math.max(...Object.values(counts));
  const factor = best ? FOREIGN + ((1 - FOREIGN) * counts[language]) / best : 1;
  const isSmallElsewhere = LANGUAGES.some(
    (other) =>
      other !== language &&
      (stop[other].has(word) || noes[other].has(word)) &&
      counts[other] > counts[language],
  );
  return isSmallElsewhere ? SMALL_WORD_OF_ANOTHER * factor : factor;
}

/** How much of a phrase is in the question, by weight: 0 to 1, a little more if it says no too. */
function coveredOf({ lexemes, weight }, present, words, weights, alone) {
  let held = 0;
  const ifNo = present.has(NO) ? SAYS_NO_TOO : SAYS_NO;
  const part = lexemes.has(NO) ? ifNo : 1;
  for (const [lexeme, word] of lexemes) {
    let left = present.get(lexeme) ?? 0;
    const isOther = !words.has(word) && lexeme !== NO && weights.get(lexeme) < alone;
    if (isOther) left *= OTHER_ENDING;
    held += weights.get(lexeme) * left;
  }
  return (part * held) / weight;
}

/** The needs of a question, the best first, and whether the best is sure. */
function needsOf(tokens, vocabulary, page) {
  const counts = sharesOf(tokens, vocabulary, page);
  const likeliest = Math.max(...Object.values(counts));
  const present = byLanguage(() => new Map());
  for (const { senses } of tokens) {
    for (const [language, found] of Object.entries(senses)) {
      const held = present[language];
      for (const [lexeme, left] of found) held.set(lexeme, Math.max(left, held.get(lexeme) ?? 0));
    }
  }
  const isFiller = ({ word }) => LANGUAGES.some((code) => vocabulary.fillers[code].has(word));
  const hasContent = tokens.some((token) => !isSmall(token.word, vocabulary));
  const words = new Set(tokens.map(({ word }) => word));
  const evidence = [];
  const seen = new Set();
  let total = 0;
  for (const token of tokens) {
    if (seen.has(token.word)) continue;
    seen.add(token.word);
    const part = isFiller(token) && hasContent ? FILLER : 1;
    const found = new Map();
    let heaviest = 0;
    for (const [language, senses] of Object.entries(token.senses)) {
      const weights = vocabulary.weights[language];
      for (const [lexeme, left] of senses) {
        if (lexeme === NO) continue;
        const known = weights.get(lexeme) * left * part;
        heaviest = Math.max(heaviest, weights.get(lexeme) * part);
        const factor = factorOf(token, language, counts, vocabulary);
        const alone = counts[language] === likeliest ? vocabulary.alone : Infinity;
        for (const phrase of vocabulary.phrases[language].get(lexeme)) {
          const covered = coveredOf(phrase, present[language], words, weights, alone);
          const value = known * factor * covered * Math.sqrt(covered);
          if (value > (found.get(phrase.term) ?? 0)) found.set(phrase.term, value);
        }
      }
    }
    const hasSense = Object.keys(token.senses).length > 0;
    total += !hasSense && !isSmall(token.word, vocabulary) ? UNKNOWN : heaviest;
    evidence.push(found);
  }
  const scored = [];
  vocabulary.codes.forEach((code, index) => {
    const tile = vocabulary.tiles[index];
    const gravity = GRAVE.has(code) ? GRAVER : 1;
    let own = 0;
    let weight = 0;
    for (const found of evidence) {
      const value = gravity * (found.get(index) ?? 0);
      own += value;
      weight += tile === index ? value : Math.max(value, FROM_TILE * (found.get(tile) ?? 0));
    }
    const isTile = Number(tile === index);
    if (own > 0) scored.push({ code, index, isTile, weight: rounded(weight, 1_000_000) });
  });
  scored.sort(
    (one, other) =>
      other.weight - one.weight || one.isTile - other.isTile || one.index - other.index,
  );
  if (!scored.length || !total) return { needs: [], isSure: false };
  const best = scored[0].weight;
  const needs = scored
    .slice(0, MOST_NEEDS)
    .filter(({ weight }) => weight >= WORTH_OFFERING * best)
    .map(({ code, weight }) => ({
      code,
      score: rounded(Math.min(1, weight / total), 1000),
      weight,
    }));
  return { needs, isSure: best >= SURE && needs[0].score >= SURE_PART };
}

/** The best need and those as good; of a tile and its leaves, the first only. */
function asGood(needs, { codes, tiles }) {
  const tileOf = (code) => codes[tiles[codes.indexOf(code)]];
  const best = [];
  for (const { code, weight } of needs) {
    const isRelated = best.map(tileOf).includes(code) || best.includes(tileOf(code));
    if (weight >= AS_GOOD * needs[0].weight && !isRelated) best.push(code);
  }
  return best;
}

/**
 * What a question asks for.
 *
 * @param {string} text - as the person wrote it
 * @param {object} vocabulary - the server's vocabulary.json
 * @param {Areas} areas - the server's areas.json
 * @param {string} language - of the page, which breaks ties
 * @returns {{needs: {code: string, score: number, weight: number}[],
 *   best: string[], place: object|null, placeText: string, rest: string[], isName: boolean}}
 *   `needs`: the best first; `best`: the codes to answer, empty unless sure; `place`: as of
 *   `findPlaces`; `placeText`: the words that name it, or empty; `rest`: the other
 *   words that say something, folded, misspellings mended; `isName`: one is no word of every day
 */
export function understand(text, vocabulary, areas, language) {
  const words = kept(vocabularies, vocabulary, made);
  const gazetteer = kept(gazetteers, areas, () => gazetteerOf(areas, words.aliases));
  const asked = Array.from(text).slice(0, LONGEST_TEXT).join("");
  const { place, tokens } = splitPlace(asked, words, gazetteer);
  giveSenses(tokens, words);
  const { needs, isSure } = needsOf(tokens, words, language);
  const telling = tokens.filter(({ word }) => !isSmall(word, words));
  const content = telling.length ? telling : tokens.filter(({ word }) => !isSmallest(word, words));
  return {
    needs,
    best: isSure ? asGood(needs, words) : [],
    place: place ? (findPlaces(place, areas, 1)[0] ?? null) : null,
    placeText: place,
    rest: [...new Set(content.map(({ word }) => word))],
    isName: content.some(({ word, isKnown }) => !isKnown || words.proper.has(word)),
  };
}

/**
 * A question taken by the letter: its words are looked for in names and texts.
 *
 * @param {string} text
 * @param {object} vocabulary - the server's vocabulary.json
 * @returns {object} as of `understand`, without needs and place
 */
export function onlyWords(text, vocabulary) {
  const words = kept(vocabularies, vocabulary, made);
  const tokens = tokensOf(Array.from(text).slice(0, LONGEST_TEXT).join(""));
  const rest = tokens.map(({ word }) => word).filter((word) => !isSmallest(word, words));
  return {
    needs: [],
    isSure: false,
    best: [],
    place: null,
    placeText: "",
    rest: [...new Set(rest)],
    isName: true,
  };
}

/** Lexemes of the texts of services, made once for each text and language. */
const stemmed = new Map();

function lexemesOf(text, language) {
  const key = `${language} ${text}`;
  if (!stemmed.has(key)) {
    stemmed.set(key, new Set(text.split(" ").map((word) => lexemeOf(word, language))));
  }
  return stemmed.get(key);
}

/**
 * Where all the words are found in the texts of a service.
 *
 * @param {string[]} words - folded
 * @param {{names: string, body: string}} texts - folded, of all languages
 * @param {string} language - of the page, whose stemmer compares the words
 * @returns {0|1|null} 0: in its names; 1: in its names and description; null: not all of them
 */
export function textRank(words, { names, body }, language) {
  const lexemes = words.map((word) => lexemeOf(word, language));
  const inNames = lexemesOf(names, language);
  if (lexemes.every((lexeme) => inNames.has(lexeme))) return 0;
  const inBody = lexemesOf(body, language);
  const isHeld = (lexeme) => inNames.has(lexeme) || inBody.has(lexeme);
  return lexemes.every(isHeld) ? 1 : null;
}

/** Each word resembles a word of the names, one of them well enough to be looked for so. */
function isLikeName(words, { names }) {
  return words.every(
    (word) => word.length >= SHORTEST_RESEMBLING && strictWordSimilarity(word, names) >= RESEMBLES,
  );
}

/**
 * How a service answers what was understood: see `ResourceQuerySet.understood`.
 *
 * @param {{best: string[], rest: string[], isName: boolean}} understood
 * @param {{needs: string[], names: string, body: string}} service - `needs`: codes of its leaves
 * @param {{code: string, tile: string}[]} terms - of the vocabulary
 * @param {string} language - of the page
 * @returns {number|null} the smaller the better; null if it does not answer
 */
export function matchOf({ best, rest, isName }, service, terms, language) {
  if (!best.length && !rest.length) return NEED;
  const inText = rest.length ? textRank(rest, service, language) : null;
  if (isName && inText === 0) return NAMED;
  const place = best.findIndex((code) =>
    terms.some(
      (term) => (term.code === code || term.tile === code) && service.needs.includes(term.code),
    ),
  );
  if (place >= 0) return NEED + place;
  if (inText === 0) return NAME;
  if (best.length || !rest.length) return null;
  if (inText === 1) return TEXT;
  return isName && isLikeName(rest, service) ? LIKE_NAME : null;
}
