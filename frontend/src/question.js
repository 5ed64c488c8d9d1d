/** From the address of the page to the help that is asked for: what `SearchForm` does, here. */
import { rounded } from "./query.js";

export const DEFAULT_RADIUS_KM = 50;

/** Other meanings of a name that are offered; more would hide the answer. */
const MOST_OTHERS = 5;

const LONGEST_PLACE = 100;
const LONGEST_WORDS = 200;

/** Any of these alone is a question. */
const FILTERS = ["q", "need", "open_now", "language", "kind", "mode"];

/** What a checkbox of the address says. */
const isYes = (text) => !["", "false", "0"].includes((text ?? "").trim().toLowerCase());

/** A text of the address that is not too long; else empty. */
function textOf(query, name, longest) {
  const text = (query.get(name) ?? "").trim();
  return text.length <= longest ? text : "";
}

/** What the field proposes: `Gaspé (Gaspésie–Îles-de-la-Madeleine)`, or `G4X 1A1 Gaspé (…)`. */
const LABEL = /^(?<name>[^()]+)\((?<region>[^()]+)\)$/;
/** The second half of a code is not a town. */
const CODE_AND_TOWN = /^(?<code>[A-Z]\d[A-Z](?: ?\d[A-Z]\d)?) (?!\d[A-Z]\d\b)\S/i;

const BOUNDS = { lat: 90, lon: 180 };

/**
 * @typedef {object} Where - around a position, in a region, or anywhere
 * @property {[number, number]|null} point - [longitude, latitude], degrees
 * @property {{code: string, name: string}|null} region - asked for, or that of a place without a
 *   position
 * @property {object|null} place - what the text was taken for; null for the phone's position
 * @property {object[]} others - what else the text may mean
 * @property {boolean} isUnknown - a place was written that nobody knows
 */

/** A name as part of an address, as Django's `slugify` writes it. */
export function slugOf(name) {
  return name
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replace(/[-\s]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "");
}

/** The places worth offering beside the best one (see `frontend/forms.py`). */
function meant(text, best, others) {
  const slug = slugOf(best.name);
  let offered = others.filter((place) => place.kind !== "region" || slugOf(place.name) !== slug);
  if (slugOf(text) === slug) {
    offered = offered.filter((place) => `${slugOf(place.name)}-`.startsWith(`${slug}-`));
  }
  return offered.slice(0, MOST_OTHERS);
}

function whereNamed(written, askedRegion, { areas, findPlaces }) {
  let text = written;
  let region = askedRegion;
  const label = LABEL.exec(text)?.groups;
  if (label) {
    text = label.name.trim();
    region = areas.regions.find(({ name }) => name === label.region.trim()) ?? region;
  }
  text = CODE_AND_TOWN.exec(text)?.groups.code ?? text;
  const places = findPlaces(text);
  if (!places.length) return { point: null, region, place: null, others: [], isUnknown: true };
  if (region) {
    places.sort((one, other) => isElsewhere(one, region) - isElsewhere(other, region));
  }
  const [best, ...others] = places;
  const home = areas.regions.find(({ code }) => code === best.region_code) ?? null;
  return {
    point: best.point ?? null,
    region: best.point ? null : home,
    place: best,
    others: meant(text, best, others),
    isUnknown: false,
  };
}

const isElsewhere = (place, region) => Number(place.region_code !== region.code);

/** A coordinate of the address, degrees; null if it is none. */
function coordinate(query, name) {
  const text = (query.get(name) ?? "").trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const degrees = Number(text);
  return Math.abs(degrees) <= BOUNDS[name] ? degrees : null;
}

/** The phone's position in a question: as exact as the phone has it, if it is still that one. */
function positionOf(query, exact) {
  const [longitude, latitude] = [coordinate(query, "lon"), coordinate(query, "lat")];
  if (longitude === null || latitude === null) return null;
  const asked = [Number(rounded(longitude)), Number(rounded(latitude))];
  const isThat = exact?.every((degrees, axis) => Number(rounded(degrees)) === asked[axis]);
  return isThat ? exact : asked;
}

/** The fields in use, cleaned; a value that no select has counts as empty. */
function fieldsOf(query, choices) {
  const fields = { place: textOf(query, "place", LONGEST_PLACE) };
  for (const [name, values] of Object.entries(choices)) {
    const value = query.get(name) ?? "";
    fields[name] = values.includes(value) ? value : "";
  }
  fields.q = textOf(query, "q", LONGEST_WORDS);
  for (const name of ["words", "open_now"]) fields[name] = isYes(query.get(name)) ? "true" : "";
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
}

/**
 * What a question asks. A field that is wrong counts as empty.
 *
 * A place that is written wins over one that the words name, that one over a position, a position
 * over a region. A region beside a place says which of two places of the same name is meant.
 *
 * @param {URLSearchParams} query
 * @param {object} world
 * @param {Areas} world.areas
 * @param {Record<string, string[]>} world.choices - the values that each select of the form has
 * @param {(text: string) => object[]} world.findPlaces - the places a text may mean, best first
 * @param {(text: string, byLetter: boolean) => object} world.listen - `understand`, or `onlyWords`
 * @param {[number, number]} [exact] - the phone's position, [longitude, latitude], not rounded
 * @returns {{fields: Record<string, string>, heard: object|null, need: string|null, where: Where,
 *   radiusKm: number, isQuestion: boolean, hasOwnPosition: boolean}} `fields`: those in use,
 *   cleaned; `heard`: what the words ask for; `need`: that of the field, or surely of the words
 */
export function readQuestion(query, world, exact = null) {
  const fields = fieldsOf(query, world.choices);
  const radiusKm = Number(fields.radius_km ?? DEFAULT_RADIUS_KM);
  if (radiusKm === DEFAULT_RADIUS_KM) delete fields.radius_km;
  const heard = fields.q ? world.listen(fields.q, Boolean(fields.words)) : null;
  const region = world.areas.regions.find(({ code }) => code === fields.region) ?? null;
  const named = fields.place || heard?.placeText;
  const position = named ? null : positionOf(query, exact);
  let where = { point: null, region, place: null, others: [], isUnknown: false };
  if (named) where = whereNamed(named, region, world);
  else if (position) where = { ...where, point: position, region: null };
  // A place that nobody knows is wrong, and counts as empty.
  if (where.isUnknown) delete fields.place;
  if (position) {
    fields.lat = rounded(position[1]);
    fields.lon = rounded(position[0]);
  }
  return {
    fields,
    heard,
    need: fields.need ?? heard?.best[0] ?? null,
    where,
    radiusKm,
    isQuestion: Boolean(where.point || where.region || FILTERS.some((name) => fields[name])),
    hasOwnPosition: Boolean(position),
  };
}
