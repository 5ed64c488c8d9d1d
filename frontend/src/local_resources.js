/**
 * The questions of the map and of the list, asked of the packs: what `ResourceQuerySet` asks of
 * the database, with the same answers in the same order.
 *
 * A row is `{resource, match?, needRank?, openGroup?, metres?}`.
 */
import { covering, serving } from "./areas.js";
import { distance } from "./geodesic.js";
import { openGroup, stateAt } from "./hours.js";
import { matchOf } from "./search.js";

/** A place further than this does not stand for a service that also covers where one is. */
const CLOSE_BY_M = 50_000;

/** A stop of a tour is far ahead from 14 days on, and then counts as 1 km further away. */
const FAR_AHEAD_S = 14 * 24 * 3600;
const LATER_IS_FURTHER_M = 1000;

/** No `match` is as great. */
const MORE_THAN_MATCHES = 100;

/** What is said of hours that nobody wrote down. */
const UNKNOWN = { state: "unknown" };

/** Stands for an interpreter of many languages: answers a question about any of them. */
const ANY_LANGUAGE = "mul";

/** The needs of a row: the topics that a stop names, else those of its service. */
function needsOf({ service, stop }) {
  return stop?.needs.length ? stop.needs : service.needs;
}

/** How known a service is for one of some needs: 1 is the most, also for a stop with topics. */
function rankOf({ service }, codes) {
  const place = service.needs.findIndex((code) => codes.has(code));
  return Math.max(place, 0) + 1;
}

/** Those that answer one of some needs, each with its `needRank`: 1 if it is known for it. */
export function answering(rows, codes) {
  const asked = new Set(codes);
  return rows
    .filter(({ resource }) => needsOf(resource).some((code) => asked.has(code)))
    .map((row) => ({ ...row, needRank: rankOf(row.resource, asked) }));
}

/**
 * Those that a question in a person's own words means, each with its `match`: see
 * `ResourceQuerySet.meant_by`.
 *
 * @param {object[]} rows
 * @param {object} understood - of `understand`
 * @param {{code: string, tile: string}[]} terms
 * @param {string} language - of the page
 * @returns {object[]}
 */
export function meantBy(rows, understood, terms, language) {
  const { best, rest } = understood;
  if (!best.length && !rest.length) return rows;
  const leaves = terms.filter(({ code, tile }) => best.includes(code) || best.includes(tile));
  const codes = new Set(leaves.map(({ code }) => code));
  return rows.flatMap((row) => {
    const texts = { ...row.resource.service, needs: needsOf(row.resource) };
    const match = matchOf(understood, texts, terms, language);
    if (match === null) return [];
    return [
      best.length ? { ...row, match, needRank: rankOf(row.resource, codes) } : { ...row, match },
    ];
  });
}

/**
 * Those that are not known to be closed at a moment, each with its `openGroup`: 0 open, 1 nobody
 * knows. A stop is there while it lasts.
 *
 * @param {object[]} rows
 * @param {number} now - seconds since 1970
 * @returns {object[]}
 */
export function openAt(rows, now) {
  return rows.flatMap((row) => {
    const { stop, opening } = row.resource;
    if (stop) return stop.starts <= now ? [{ ...row, openGroup: 0 }] : [];
    const group = openGroup(opening ? stateAt(opening.table, opening.index, now) : UNKNOWN);
    return group === null ? [] : [{ ...row, openGroup: group }];
  });
}

/** Those of one kind of organization. */
export function ofKind(rows, kind) {
  return rows.filter(({ resource }) => resource.service.kind === kind);
}

/**
 * Those given in a language, by staff, an interpreter, or on a trusted line. A stop that names its
 * languages is given in these.
 */
export function speaking(rows, language) {
  return rows.filter(({ resource: { service, stop } }) => {
    const spoken = stop?.languages.length ? stop.languages : service.languages;
    return spoken.some((code) => code === language || code === ANY_LANGUAGE);
  });
}

/** Those given in one way: on site, by phone and so on. */
export function delivered(rows, mode) {
  return rows.filter(({ resource }) => resource.service.modes.includes(mode));
}

/**
 * Those that a person can reach.
 *
 * Around a position: places within the radius, and every area that covers it. In regions: places
 * in them, and every area that serves them. Without either: all. A service that covers an area is
 * not repeated if one of its places answers too; around a position, only if that place is near.
 *
 * @param {object[]} rows - what is looked for
 * @param {Resource[]} resources - all that is saved
 * @param {{point?: [number, number], radiusKm?: number, regions?: string[]}} where
 * @param {Areas} areas
 * @returns {object[]} those rows, with `metres` around a position
 */
export function reached(rows, resources, { point, radiusKm, regions }, areas) {
  const metres = new Map();
  let isPlace = () => true;
  let isClose = () => true;
  let areasAsked = null;
  if (point) {
    const radiusM = radiusKm * 1000;
    for (const resource of resources) {
      if (!resource.remote) metres.set(resource.id, distance(point, resource.point));
    }
    isPlace = ({ id }) => metres.get(id) <= radiusM;
    isClose = ({ id }) => metres.get(id) <= Math.min(radiusM, CLOSE_BY_M);
    areasAsked = covering(point, areas);
  } else if (regions) {
    const asked = new Set(regions);
    isPlace = ({ region }) => asked.has(region);
    areasAsked = serving(regions, areas);
  }
  const atPlaces = new Set(
    resources
      .filter(({ remote, stop }) => !remote && !stop)
      .filter((resource) => isPlace(resource) && isClose(resource))
      .map(({ service }) => service.id),
  );
  return rows.flatMap((row) => {
    const { resource } = row;
    if (!resource.remote) {
      return isPlace(resource) ? [{ ...row, metres: metres.get(resource.id) }] : [];
    }
    if (atPlaces.has(resource.service.id)) return [];
    const { areas: covered } = resource.service;
    return !areasAsked || covered.some((code) => areasAsked.has(code)) ? [row] : [];
  });
}

/** Short numbers first, then those with a number to call. */
function callRank({ short, has_phone: hasPhone }) {
  if (short) return 0;
  return hasPhone ? 1 : 2;
}

/** Compares by some keys in turn; a sort that is stable keeps the order by name for ties. */
function by(...keys) {
  return (one, other) => {
    for (const key of keys) {
      const difference = key(one) - key(other);
      if (difference) return difference;
    }
    return 0;
  };
}

/**
 * In the order of the list: after each two places, one service by area.
 *
 * Places: nearest first around a position; a stop of a tour far ahead counts as further than it
 * is. Services by area: by `callRank`, then by what they are known for, then those of a smaller
 * area than the province. The order by name, which `rows` have, settles ties. When one kind runs
 * out the other goes on. After `openAt`, those whose hours nobody knows come after all others, and
 * after `meantBy`, what answers better comes before what answers less, however near: each group is
 * in the order above.
 *
 * @param {object[]} rows - in the order of `directoryOf`
 * @param {{isAround: boolean, province: string, now: number}} how - whether `metres` count; the
 *   province's code; seconds since 1970
 * @returns {object[]}
 */
export function inOrder(rows, how) {
  const groups = new Map();
  for (const row of rows) {
    const key = (row.openGroup ?? 0) * MORE_THAN_MATCHES + (row.match ?? 0);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const keys = [...groups.keys()].sort((one, other) => one - other);
  return keys.flatMap((key) => mixed(groups.get(key), how));
}

function mixed(rows, { isAround, province, now }) {
  const far = ({ metres, resource: { stop } }) =>
    metres + (stop && stop.starts > now + FAR_AHEAD_S ? LATER_IS_FURTHER_M : 0);
  const places = rows.filter(({ resource }) => !resource.remote);
  const lines = rows.filter(({ resource }) => resource.remote);
  if (isAround) places.sort(by(far));
  lines.sort(
    by(
      ({ resource }) => callRank(resource.service),
      ({ needRank = 0 }) => needRank,
      ({ resource }) => Number(resource.service.areas.includes(province)),
    ),
  );
  const ordered = [];
  for (let taken = 0; taken < places.length || lines.length > 0; taken += 2) {
    ordered.push(...places.slice(taken, taken + 2), ...lines.splice(0, 1));
  }
  return ordered;
}
