/** Which towns a map names at which zoom: the largest first, where there is room. */

/** Room that a name takes, in pixels: 6.5 a letter, and a line with its neighbour's dot. */
const LETTER_PX = 6.5;
const LINE_PX = 26;

const FIRST_ZOOM = 4;
const LAST_ZOOM = 10;

/** Below these numbers of people a town is not named before these zooms. */
const SMALLEST = { 4: 60_000, 5: 14_000, 6: 6_000, 7: 3_000, 8: 1_500, 9: 700, 10: 300 };

/**
 * @param {[number, number]} position - [longitude, latitude], degrees
 * @param {number} zoom
 * @returns {[number, number]} pixels of the web's Mercator map, tiles of 256
 */
function pixels([longitude, latitude], zoom) {
  const size = 256 * 2 ** zoom;
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [
    ((longitude + 180) / 360) * size,
    (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size,
  ];
}

/** The values of a line of comma-separated values; quotes hold commas. */
function values(line) {
  const parts = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return parts.map((part) => part.replace(/,$/, "").replace(/^"|"$/g, "").replace(/""/g, '"'));
}

/**
 * @param {string} csv - the gazetteer: name, population, longitude and latitude among its columns
 * @returns {[string, number, number, number][]} name, longitude, latitude (degrees, 3 decimals),
 *   first zoom that names it; the largest first
 */
export function towns(csv) {
  const [header, ...lines] = csv.trim().split(/\r?\n/).map(values);
  const column = (name) => header.indexOf(name);
  const all = lines
    .map((line) => ({
      name: line[column("name")],
      population: Number(line[column("population")]),
      position: [Number(line[column("longitude")]), Number(line[column("latitude")])],
      zoom: 0,
    }))
    .filter((town) => town.population > 0 && town.position.every((degrees) => degrees !== 0))
    .sort((a, b) => b.population - a.population);
  for (let zoom = FIRST_ZOOM; zoom <= LAST_ZOOM; zoom++) {
    const placed = all.filter((town) => town.zoom).map((town) => box(town, zoom));
    for (const town of all) {
      if (town.zoom || town.population < SMALLEST[zoom]) continue;
      const mine = box(town, zoom);
      if (placed.some((other) => overlap(mine, other))) continue;
      town.zoom = zoom;
      placed.push(mine);
    }
  }
  return all
    .filter((town) => town.zoom)
    .map(({ name, position, zoom }) => [
      name,
      ...position.map((degrees) => Number(degrees.toFixed(3))),
      zoom,
    ]);
}

/**
 * The towns to name: those of this zoom inside a rectangle.
 *
 * @param {[string, number, number, number][]} towns - name, longitude, latitude, first zoom
 * @param {[number, number, number, number]} rectangle - west, south, east, north, degrees
 * @param {number} zoom
 * @returns {Map<string, [string, number, number, number]>} by a key of their own
 */
export function namedTowns(towns, [west, south, east, north], zoom) {
  const named = new Map();
  for (const town of towns) {
    const [name, longitude, latitude, first] = town;
    if (first > zoom) continue;
    if (longitude < west || longitude > east || latitude < south || latitude > north) continue;
    named.set(`${name} ${longitude}`, town);
  }
  return named;
}

/** Half of what a pin covers, in pixels, and the room a name takes below its town. */
const PIN_PX = 19;
const NAME_TOP_PX = 2;
const NAME_HEIGHT_PX = 15;

/** Further from its town a name would mislead. */
const FURTHEST_PX = 40;

/**
 * Where names go once pins are drawn: at the town, else under or over the pin that covers it.
 *
 * @param {{x: number, y: number, width: number, isNeeded?: boolean}[]} names - pixels; the most
 *   important first; one that is needed may lie over a pin's edge, never over another name
 * @param {{x: number, y: number}[]} pins - their middles, in pixels
 * @returns {(number|null)[]} for each name the pixels to move it down; null: there is no room
 */
export function roomForNames(names, pins) {
  const taken = pins.map(({ x, y }) => ({
    left: x - PIN_PX,
    right: x + PIN_PX,
    top: y - PIN_PX,
    bottom: y + PIN_PX,
  }));
  return names.map(({ x, y, width, isNeeded = false }) => {
    const at = (down) => ({
      left: x - width / 2,
      right: x + width / 2,
      top: y + NAME_TOP_PX + down,
      bottom: y + NAME_TOP_PX + down + NAME_HEIGHT_PX,
    });
    const covering = taken.slice(0, pins.length).filter((pin) => overlap(pin, at(0)));
    const around = covering.flatMap(({ bottom, top }) => [
      bottom - y,
      top - y - NAME_HEIGHT_PX - 2 * NAME_TOP_PX,
    ]);
    const moves = (around.length ? around : [0])
      .filter((move) => Math.abs(move) <= FURTHEST_PX)
      .sort((one, other) => other - one);
    const isFreeOf = (things) => (move) => !things.some((thing) => overlap(thing, at(move)));
    const written = taken.slice(pins.length);
    const down = moves.find(isFreeOf(taken)) ?? (isNeeded ? moves.find(isFreeOf(written)) : null);
    if (down === undefined || down === null) return null;
    taken.push(at(down));
    return down;
  });
}

function box(town, zoom) {
  const [x, y] = pixels(town.position, zoom);
  const half = (town.name.length * LETTER_PX) / 2;
  return { left: x - half, right: x + half, top: y - LINE_PX / 2, bottom: y + LINE_PX / 2 };
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
