/**
 * From what a person types to a place, on the phone: `geo.places.find_places`, with the measures
 * of resemblance of PostgreSQL's pg_trgm.
 *
 * An area is `[code, name, region_code, mrc_code, longitude, latitude, population]`; see the
 * server's `areas.json`.
 */
import { regionAt } from "./areas.js";
import { fold } from "./fold.js";

/** A name resembles a text from here on, 0 to 1 (`SIMILAR_ENOUGH` on the server). */
const SIMILAR_ENOUGH = 0.45;

const LONGEST_TEXT = 100;
const MOST_PLACES = 8;

/** A whole postal code, its first half, or a beginning of it, with or without the space. */
const POSTAL_CODE = /^([A-Z]\d[A-Z])\s*(\d[A-Z]?\d?)?$/i;

/** How a name answers a text, the best first. */
const SAME = 0;
const BEGINS = 1;
const WORD_BEGINS = 2;
const RESEMBLES = 3;

/** The runs of three letters of a folded text, in order; two spaces before each word, one after. */
function trigramsOf(text) {
  const found = [];
  for (const word of text.split(" ")) {
    if (!word) continue;
    const padded = `  ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) found.push(padded.slice(at, at + 3));
  }
  return found;
}

/** The share that two sets have in common, as the database computes it: in single precision. */
function shared(count, one, other) {
  return Math.fround(count / (one + other - count));
}

/**
 * How much two folded texts have in common (`similarity`).
 *
 * @param {string} one
 * @param {string} other
 * @returns {number} 0 to 1
 */
export function similarity(one, other) {
  const [first, second] = [new Set(trigramsOf(one)), new Set(trigramsOf(other))];
  if (!first.size || !second.size) return 0;
  let count = 0;
  for (const trigram of first) count += second.has(trigram) ? 1 : 0;
  return shared(count, first.size, second.size);
}

/**
 * How much of a folded text is in the likest part of another (`word_similarity`).
 *
 * @param {string} asked
 * @param {string} text
 * @returns {number} 0 to 1
 */
export function wordSimilarity(asked, text) {
  return likestPart(asked, text, false);
}

/**
 * The same, of parts that are whole words (`strict_word_similarity`).
 *
 * @param {string} asked
 * @param {string} text
 * @returns {number} 0 to 1
 */
export function strictWordSimilarity(asked, text) {
  return likestPart(asked, text, true);
}

/**
 * A part is a run of trigrams of the text. It grows at its end to each trigram that the question
 * has too, or to the end of each word, and is cut at its beginning where that makes it likelier.
 */
function likestPart(asked, text, areWordsWhole) {
  const wanted = new Set(trigramsOf(asked));
  const all = trigramsOf(text);
  if (!wanted.size || !all.length) return 0;
  const size = wanted.size;
  const begins = (at) => !areWordsWhole || all[at].startsWith("  ");
  const ends = (at) =>
    areWordsWhole ? at + 1 === all.length || all[at + 1].startsWith("  ") : wanted.has(all[at]);
  const last = new Map();
  let best = 0;
  let lower = areWordsWhole ? 0 : -1;
  let different = 0;
  let common = 0;
  for (let upper = 0; upper < all.length; upper++) {
    const trigram = all[upper];
    const isWanted = wanted.has(trigram);
    if (lower >= 0 || isWanted) {
      if (!last.has(trigram)) {
        different++;
        if (isWanted) common++;
      }
      last.set(trigram, upper);
    }
    if (!ends(upper)) continue;
    if (lower === -1) {
      lower = upper;
      different = 1;
    }
    let now = shared(common, size, different);
    let [fewerCommon, fewerDifferent] = [common, different];
    const first = lower;
    for (let cut = first; cut <= upper; cut++) {
      if (begins(cut)) {
        const after = shared(fewerCommon, size, fewerDifferent);
        if (after > now) {
          now = after;
          different = fewerDifferent;
          lower = cut;
          common = fewerCommon;
        }
      }
      if (last.get(all[cut]) === cut) {
        fewerDifferent--;
        if (wanted.has(all[cut])) fewerCommon--;
      }
    }
    best = Math.max(best, now);
    for (let cut = first; cut < lower; cut++) {
      if (last.get(all[cut]) === cut) last.delete(all[cut]);
    }
  }
  return best;
}

/** Areas with their folded names, made once for each areas.json. */
const named = new WeakMap();

function namesOf(areas) {
  let names = named.get(areas);
  if (!names) {
    names = [
      ...areas.regions.map(({ code, name, population }) => ({
        kind: "region",
        code,
        name,
        region: code,
        population,
      })),
      ...areas.municipalities.map(([code, name, region, , longitude, latitude, population]) => ({
        kind: "municipality",
        code,
        name,
        region,
        point: longitude === null ? null : [longitude, latitude],
        population,
      })),
    ].map((area) => ({ ...area, folded: fold(area.name) }));
    named.set(areas, names);
  }
  return names;
}

function matchOf({ folded }, asked, resemblance) {
  if (folded === asked) return SAME;
  if (folded.startsWith(asked)) return BEGINS;
  if (folded.includes(` ${asked}`)) return WORD_BEGINS;
  return resemblance >= SIMILAR_ENOUGH ? RESEMBLES : null;
}

/** The order of `AdminAreaQuerySet.named_like`; what is equal stays in the order of the list. */
function inOrder(one, other) {
  const isRegion = ({ match, area }) => Number(match === SAME && area.kind === "region");
  return (
    one.match - other.match ||
    isRegion(one) - isRegion(other) ||
    (one.match >= WORD_BEGINS &&
      (other.resemblance - one.resemblance || other.likeness - one.likeness)) ||
    (other.area.population ?? -1) - (one.area.population ?? -1)
  );
}

function labelOf(kind, name, regionName) {
  return kind === "region" || !regionName ? name : `${name} (${regionName})`;
}

function postalPlaces([, first, second], areas, limit) {
  const half = first.toUpperCase();
  const code = second ? `${half} ${second.toUpperCase()}` : half;
  const near = areas.postal
    .filter(([known]) => known.startsWith(code) || known === half)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, limit);
  const exact = near.filter(([known]) => known === code);
  return (exact.length ? exact : near).map(([known, place, longitude, latitude, precision]) => {
    const point = [longitude, latitude];
    const regionCode = regionAt(point, areas);
    const name = `${known} ${place}`.trim();
    const region = areas.regions.find((each) => each.code === regionCode);
    return {
      kind: "postal_code",
      code: known,
      name,
      label: labelOf("postal_code", name, region?.name),
      point,
      region_code: regionCode,
      region_name: region?.name ?? null,
      precision,
    };
  });
}

/**
 * The places that a text may mean, the best first.
 *
 * @param {string} text
 * @param {Areas} areas
 * @param {number} [limit]
 * @returns {{kind: "municipality"|"region"|"postal_code", code: string, name: string,
 *   label: string, point: [number, number]|null, region_code: string|null,
 *   region_name: string|null, precision: string}[]} `point` is [longitude, latitude], degrees
 */
export function findPlaces(text, areas, limit = MOST_PLACES) {
  const written = Array.from(text.trim().split(/\s+/).join(" ")).slice(0, LONGEST_TEXT).join("");
  const postal = POSTAL_CODE.exec(written);
  if (postal) return postalPlaces(postal, areas, limit);
  const asked = fold(written);
  if (!asked) return [];
  const regions = new Map(areas.regions.map(({ code, name }) => [code, name]));
  return namesOf(areas)
    .map((area) => {
      const resemblance = wordSimilarity(asked, area.folded);
      const match = matchOf(area, asked, resemblance);
      return { area, match, resemblance, likeness: similarity(asked, area.folded) };
    })
    .filter(({ match }) => match !== null)
    .sort(inOrder)
    .slice(0, limit)
    .map(({ area: { kind, code, name, region, point = null } }) => {
      const regionName = regions.get(region) ?? null;
      return {
        kind,
        code,
        name,
        label: labelOf(kind, name, regionName),
        point,
        region_code: region,
        region_name: regionName,
        precision: point ? "municipality" : "",
      };
    });
}
