/**
 * Another language is the same page: where the person was in it, on its map, and what was asked
 * around a position are carried over. The tab holds them for the time of the switch only.
 */

const KEY = "repere-switch";

/** After so long it is another visit, not a switch. */
const LIMIT_MS = 60_000;

/**
 * @param {Storage} storage - of the tab
 * @param {object} what - plain values
 * @param {number} now - ms
 */
export function put(storage, what, now) {
  storage.setItem(KEY, JSON.stringify({ ...what, at: now }));
}

/**
 * What was put, once: it is gone from the storage afterwards.
 *
 * @param {Storage} storage
 * @param {number} now - ms
 * @returns {object|null} null where nothing was put, or too long ago
 */
export function take(storage, now) {
  const text = storage.getItem(KEY);
  storage.removeItem(KEY);
  if (!text) return null;
  const { at, ...what } = JSON.parse(text);
  return now - at <= LIMIT_MS ? what : null;
}

/** What is carried besides the place on the page: name to a function that reads it. */
const readers = {};

let carried = null;
try {
  carried = globalThis.sessionStorage ? take(sessionStorage, Date.now()) : null;
} catch {
  // A browser that keeps nothing loses the place, and nothing else.
}

/**
 * Carry something over the switch.
 *
 * @param {string} name
 * @param {() => unknown} read - gives a plain value
 */
export function carry(name, read) {
  readers[name] = read;
}

/** What the page in the other language has handed over under a name, or undefined. */
export function handedOver(name) {
  return carried?.[name];
}

/** The element nearest to the top of the window that the other language has too. */
function topmost() {
  let best = null;
  for (const element of document.querySelectorAll("main [id]")) {
    if (!element.getClientRects().length) continue;
    const { top } = element.getBoundingClientRect();
    if (!best || Math.abs(top) < Math.abs(best.top)) best = { id: element.id, top };
  }
  return best;
}

/** Scroll to where the person was in the other language; called again when the list has changed. */
export function returnToPlace() {
  const place = handedOver("place");
  const element = place && document.getElementById(place.id);
  if (!element) return;
  scrollBy({ top: element.getBoundingClientRect().top - place.top, behavior: "instant" });
}

/** Listen for the switch, and come back from one. */
export function startLanguageSwitch() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#languages a[hreflang]")) return;
    const what = { place: scrollY > 0 ? topmost() : null };
    for (const [name, read] of Object.entries(readers)) what[name] = read();
    try {
      put(sessionStorage, what, Date.now());
    } catch {
      // See above.
    }
  });
  returnToPlace();
}
