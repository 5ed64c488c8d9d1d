/** What the saved packs hold together, as one directory. */

/**
 * @typedef {object} Resource - a way to get help: a service at a place, or by the area it covers
 * @property {string} id
 * @property {Service} service
 * @property {boolean} remote - by its area, without a position
 * @property {string|null} region - code of the region it lies in
 * @property {[number, number]|null} point - [longitude, latitude], degrees
 * @property {string} card - its card, as the server draws it
 * @property {{starts: number, ends: number, needs: string[], languages: string[]}|null} stop - of a
 *   tour: seconds since 1970; the needs and languages that it names, if any
 * @property {{table: object, index: number}|null} opening - its row in a table of hours
 */

/** The pack of the whole province, among the codes of regions. */
export const EVERYWHERE = "all";

const byName = (one, other) => {
  const [a, b] = [one.service.sort, other.service.sort];
  if (a !== b) return a < b ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
};

/** The resources of a pack, each with its service; a stop that is over is no offer. */
function resourcesOf(pack, now) {
  const offered = pack.resources.filter(({ stop }) => !stop || stop.ends > now);
  return offered.map((resource) => ({
    ...resource,
    service: pack.services[resource.service],
    opening:
      resource.hours === null || resource.hours === undefined
        ? null
        : { table: pack.hours, index: resource.hours },
  }));
}

/**
 * The resources of some packs of one language, each once, in the order that settles ties.
 *
 * Packs lie over each other by 50 km. What two of them hold is taken from the one made last.
 *
 * @param {object[]} packs
 * @param {number} now - seconds since 1970
 * @returns {Resource[]} by name, then by id
 */
export function directoryOf(packs, now) {
  // One pack has the order of the database, whatever its collation.
  if (packs.length === 1) return resourcesOf(packs[0], now);
  const found = new Map();
  const oldestFirst = [...packs].sort((one, other) => (one.made < other.made ? -1 : 1));
  for (const pack of oldestFirst) {
    for (const resource of resourcesOf(pack, now)) found.set(resource.id, resource);
  }
  return [...found.values()].sort(byName);
}
