/** How areas of a map are filled, named, and gone through by keys. */

/** The key of an area without a figure. */
export const MISSING = "no_data";

/** Keys that have a pattern on the page (`coverage/_signs.html`); the style sheet has the others. */
const PATTERNS = {
  stale: "hatch-stale",
  insufficient: "hatch-stale",
  [MISSING]: "hatch-stale",
  remote_only: "hatch-remote_only",
};

/**
 * @param {string} key - of the legend
 * @returns {string} a fill of SVG
 */
export function fillOf(key) {
  return PATTERNS[key] ? `url(#${PATTERNS[key]})` : "none";
}

/**
 * @param {{name: string, value: string}} area
 * @returns {string} an area with its value
 */
export function labelled({ name, value }) {
  return value ? `${name}: ${value}` : name;
}

/** Where the keys lead that go through the areas. */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param {string} key - as events name it
 * @param {number} index - of the present area
 * @param {number} count - of the areas
 * @returns {number|null} the index of another area; null for a key that leads nowhere
 */
export function beside(key, index, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key in STEPS ? (index + STEPS[key] + count) % count : null;
}
