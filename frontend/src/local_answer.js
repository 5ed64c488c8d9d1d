/** The phone's own answer to a question: the list that the server would make, from the packs. */
import { PROVINCE, regionAround, regionAt, regionsWithin } from "./areas.js";
import { EVERYWHERE } from "./directory.js";
import {
  answering,
  delivered,
  inOrder,
  meantBy,
  ofKind,
  openAt,
  reached,
  speaking,
} from "./local_resources.js";

export const PAGE_SIZE = 20;

/** Who knows of all the rest: offered where a need has no line of its own. */
const GUIDANCE = "accueil-orientation";

/** Lines that are offered when nothing answers. */
const RESCUE_LINES = 5;

/** A pack holds the places of so many kilometres around its region. */
const AROUND_KM = 50;

/**
 * The regions whose packs a question needs to be answered in full.
 *
 * @param {{where: Where, radiusKm: number}} question
 * @param {Areas} areas
 * @returns {string[]|null} codes; null if it is about all of Québec
 */
export function regionsAsked({ where, radiusKm }, areas) {
  const { point, region } = where;
  if (region && !point) return [region.code];
  if (!point) return null;
  const around = regionAround(point, areas);
  if (around && radiusKm <= AROUND_KM) return [around];
  const nearest = regionAt(point, areas);
  const within = regionsWithin(point, radiusKm * 1000, areas);
  return [...new Set([...(nearest ? [nearest] : []), ...within])].sort();
}

/**
 * How far what is saved answers a question.
 *
 * @param {string[]|null} asked - of `regionsAsked`
 * @param {string[]} saved - codes of regions, or `all`
 * @returns {{used: string[], missing: string[]}} the packs to read, and those that would be needed
 */
export function coverage(asked, saved) {
  if (saved.includes(EVERYWHERE)) return { used: [EVERYWHERE], missing: [] };
  if (asked === null) return { used: saved, missing: [] };
  const missing = asked.filter((code) => !saved.includes(code));
  // With a part missing, whatever is saved may still hold something near.
  return { used: missing.length || !asked.length ? saved : asked, missing };
}

/** A need and its leaves. */
function codesOf(code, terms) {
  return terms.filter((term) => term.code === code || term.tile === code).map((term) => term.code);
}

/** The rows of what is asked, but for the place. */
function rowsAsked(resources, { fields, heard }, { vocabulary: { terms }, language, now }) {
  let rows = resources.map((resource) => ({ resource }));
  if (fields.need) rows = answering(rows, codesOf(fields.need, terms));
  if (fields.kind) rows = ofKind(rows, fields.kind);
  if (fields.language) rows = speaking(rows, fields.language);
  if (fields.mode) rows = delivered(rows, fields.mode);
  if (heard) rows = meantBy(rows, heard, terms, language);
  if (fields.open_now) rows = openAt(rows, now);
  return rows;
}

/** Where `reached` looks: around, in a region, in the saved regions, or everywhere. */
function reachOf({ where, radiusKm }, saved) {
  if (where.point) return { point: where.point, radiusKm };
  if (where.region) return { regions: [where.region.code] };
  return saved.includes(EVERYWHERE) ? {} : { regions: saved };
}

/**
 * The answer to a question.
 *
 * @param {object} question - of `readQuestion`
 * @param {object} world
 * @param {Resource[]} world.resources - of `directoryOf`
 * @param {string[]} world.saved - codes of the packs they come from
 * @param {Areas} world.areas
 * @param {{terms: object[]}} world.vocabulary
 * @param {string} world.language - of the page
 * @param {number} world.now - seconds since 1970
 * @returns {{rows: object[], counts: {places: number, lines: number}, lines: object[]}} `rows` are
 *   all that answer, in order; `lines`: what is offered where nothing answers, in the same place:
 *   for the need, else for its kind, else who knows more
 */
export function answer(question, world) {
  const { resources, saved, areas, now } = world;
  const reach = reachOf(question, saved);
  const within = (rows) => reached(rows, resources, reach, areas);
  const rows = inOrder(within(rowsAsked(resources, question, world)), {
    isAround: Boolean(question.where.point),
    province: PROVINCE,
    now,
  });
  const places = rows.filter(({ resource }) => !resource.remote).length;
  const counts = { places, lines: rows.length - places };
  return { rows, counts, lines: rows.length ? [] : rescue(question, world, within) };
}

/** Lines for when nothing answers: of the need, else of its kind, else of who knows more. */
function rescue({ need }, world, within) {
  const { resources, vocabulary, now } = world;
  const remote = resources.filter((resource) => resource.remote);
  const tile = vocabulary.terms.find(({ code }) => code === need)?.tile;
  for (const code of [need, tile, GUIDANCE].filter(Boolean)) {
    const lines = within(rowsAsked(remote, { fields: { need: code }, heard: null }, world));
    const ordered = inOrder(lines, { isAround: false, province: PROVINCE, now });
    if (ordered.length) return ordered.slice(0, RESCUE_LINES);
  }
  return [];
}

/**
 * One page of a list. A page that does not exist is the first, or the last if it lies beyond.
 *
 * @param {object[]} rows
 * @param {string|null} asked - as the address has it
 * @returns {{number: number, total: number, start: number, rows: object[]}} `start`: the number of
 *   its first row, from 1
 */
export function pageOf(rows, asked) {
  const total = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  const wanted = /^\s*-?\d+\s*$/.test(asked ?? "") ? Number(asked) : 1;
  const number = wanted < 1 || wanted > total ? total : wanted;
  const start = (number - 1) * PAGE_SIZE;
  return { number, total, start: start + 1, rows: rows.slice(start, start + PAGE_SIZE) };
}

/**
 * The alerts that a person should see: see `geo.alerts.alerts_for`.
 *
 * @param {{regions: string[], needs: string[], starts: number, expires: number}[]} alerts - the
 *   gravest first; without regions, of all Québec; without needs, about whatever people need
 * @param {{region: string|null, need: string|null, now: number}} person - codes of where they are
 *   and of the need they ask for; seconds since 1970
 * @param {{code: string, tile: string}[]} terms
 * @returns {object[]} some of `alerts`
 */
export function alertsFor(alerts, { region, need, now }, terms) {
  const asked = terms.filter(({ code }) => code === need).flatMap(({ code, tile }) => [code, tile]);
  return alerts.filter(
    ({ regions, needs, starts, expires }) =>
      starts <= now &&
      expires > now &&
      (!regions.length || regions.includes(region)) &&
      (!needs.length || !need || needs.some((code) => asked.includes(code))),
  );
}
