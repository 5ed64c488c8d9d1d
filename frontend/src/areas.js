/** In which areas a position lies: the same answers as `AdminAreaQuerySet`, on the phone. */
import { distance } from "./geodesic.js";

/** A position outside every outline belongs to the nearest region within this distance. */
const REACH_M = 30_000;

/** Nearer than this to two outlines, a position is as near to both: they share that border. */
const SAME_M = 0.001;

export const PROVINCE = "24";

/** No arithmetic of decimals errs by more than this on the side of a border, degrees². */
const CERTAIN = 1e-9;

/** Degrees between 32 and 128 times this are whole numbers, without loss. */
const WHOLE = 2 ** 47;

/**
 * @typedef {object} Areas
 * @property {{code: string, name: string, slug: string, outline: [number, number][][][]}[]} regions
 *   by code; the outline is a GeoJSON MultiPolygon's coordinates
 * @property {[string, string, string, string|null, number|null, number|null, number|null][]}
 *   municipalities - code, name, region, MRC, longitude, latitude, population; in the order that
 *   decides between two at one position
 * @property {[string, string, string][]} mrcs - code, name, region
 */

/** On which side of the line from a to b a position lies: negative, 0 on it, positive. */
function side(a, b, position) {
  const cross = (b[0] - a[0]) * (position[1] - a[1]) - (b[1] - a[1]) * (position[0] - a[0]);
  if (Math.abs(cross) > CERTAIN) return cross;
  // Borders of round numbers run through round positions: there only exact arithmetic agrees with
  // the database.
  const [ax, ay, bx, by, px, py] = [...a, ...b, ...position].map((degrees) =>
    BigInt(Math.round(degrees * WHOLE)),
  );
  return Number((bx - ax) * (py - ay) - (by - ay) * (px - ax));
}

/** Where a position lies in a ring: 1 inside, 0 on it, -1 outside. */
function inRing(ring, position) {
  const [longitude, latitude] = position;
  let inside = false;
  for (let index = 1; index < ring.length; index++) {
    const [a, b] = [ring[index - 1], ring[index]];
    if (longitude > Math.max(a[0], b[0])) continue;
    const isLevel = a[1] === b[1];
    if (latitude < Math.min(a[1], b[1]) || latitude > Math.max(a[1], b[1])) continue;
    if (isLevel) {
      if (longitude >= Math.min(a[0], b[0])) return 0;
      continue;
    }
    const [low, high] = a[1] < b[1] ? [a, b] : [b, a];
    const turned = side(low, high, position);
    if (turned === 0) return 0;
    // The upper end belongs to the next edge.
    if (turned > 0 && latitude < high[1]) inside = !inside;
  }
  return inside ? 1 : -1;
}

function covers(outline, position) {
  return outline.some(([shell, ...holes]) => {
    const where = inRing(shell, position);
    return where === 0 || (where > 0 && holes.every((hole) => inRing(hole, position) <= 0));
  });
}

/**
 * How far a position lies from an outline that does not cover it.
 *
 * The nearest point is looked for on a plane that is true around the position, and measured on the
 * Earth: exact to a metre within 30 km.
 *
 * @returns {number} metres; Infinity further than `limit` metres
 */
function metresFrom(outline, position, limit) {
  const shrink = Math.cos((position[1] * Math.PI) / 180);
  const limitDegrees = limit / 100_000;
  let best = null;
  let least = Infinity;
  for (const polygon of outline) {
    for (const ring of polygon) {
      for (let index = 1; index < ring.length; index++) {
        const [a, b] = [ring[index - 1], ring[index]];
        if (Math.min(a[1], b[1]) > position[1] + limitDegrees) continue;
        if (Math.max(a[1], b[1]) < position[1] - limitDegrees) continue;
        const [dx, dy] = [(b[0] - a[0]) * shrink, b[1] - a[1]];
        const [px, py] = [(position[0] - a[0]) * shrink, position[1] - a[1]];
        const length = dx * dx + dy * dy;
        const along = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
        const squared = (px - along * dx) ** 2 + (py - along * dy) ** 2;
        if (squared >= least) continue;
        least = squared;
        best = [a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])];
      }
    }
  }
  const metres = best ? distance(position, best) : Infinity;
  return metres <= limit ? metres : Infinity;
}

/**
 * The region whose outline covers a position, else none.
 *
 * @param {[number, number]} position - [longitude, latitude], degrees
 * @param {Areas} areas
 * @returns {string|null} its code
 */
export function regionAround(position, { regions }) {
  return regions.find(({ outline }) => covers(outline, position))?.code ?? null;
}

/**
 * The region of a position: that which covers it, else the nearest within 30 km.
 *
 * @param {[number, number]} position - [longitude, latitude], degrees
 * @param {Areas} areas
 * @returns {string|null} its code; null further than 30 km from every region
 */
export function regionAt(position, areas) {
  const around = regionAround(position, areas);
  if (around) return around;
  let nearest = { code: null, metres: Infinity };
  for (const { code, outline } of areas.regions) {
    const metres = metresFrom(outline, position, REACH_M);
    if (metres < nearest.metres - SAME_M) nearest = { code, metres };
  }
  return nearest.code;
}

/**
 * The regions of which a part lies within a distance.
 *
 * @param {[number, number]} position - [longitude, latitude], degrees
 * @param {number} metres
 * @param {Areas} areas
 * @returns {string[]} codes
 */
export function regionsWithin(position, metres, { regions }) {
  return regions
    .filter(
      ({ outline }) =>
        covers(outline, position) || metresFrom(outline, position, metres) < Infinity,
    )
    .map(({ code }) => code);
}

/**
 * The areas a position lies in. MRC and municipalities have no outline: the nearest municipality
 * of the region within 30 km, and its MRC, stand for them.
 *
 * @param {[number, number]} position - [longitude, latitude], degrees
 * @param {Areas} areas
 * @returns {Set<string>} codes, the province's always among them
 */
export function covering(position, areas) {
  const found = new Set([PROVINCE]);
  const region = regionAt(position, areas);
  if (!region) return found;
  found.add(region);
  let nearest = null;
  let least = REACH_M;
  for (const municipality of areas.municipalities) {
    const [, , itsRegion, , longitude, latitude] = municipality;
    if (itsRegion !== region || longitude === null) continue;
    const metres = distance(position, [longitude, latitude]);
    if (metres > REACH_M || (nearest && metres >= least)) continue;
    nearest = municipality;
    least = metres;
  }
  if (nearest) {
    found.add(nearest[0]);
    if (nearest[3]) found.add(nearest[3]);
  }
  return found;
}

/**
 * The areas whose services serve somebody in one of some regions: the province, and all inside.
 *
 * @param {Iterable<string>} regions - codes
 * @param {Areas} areas
 * @returns {Set<string>} codes
 */
export function serving(regions, { mrcs, municipalities }) {
  const asked = new Set(regions);
  const inside = [...mrcs, ...municipalities].filter(([, , region]) => asked.has(region));
  return new Set([PROVINCE, ...asked, ...inside.map(([code]) => code)]);
}
