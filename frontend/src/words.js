/** Sentences come from the page, in its language; numbers are put in here. */

/**
 * @param {string} sentence - with `{n}` or another name in braces
 * @param {Record<string, string|number>} values
 * @returns {string}
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * A distance as a person says it: metres rounded to 100 below 1 km, tenths below 10 km.
 *
 * @param {number} metres
 * @param {string} language - BCP 47
 * @returns {string}
 */
export function distanceWords(metres, language) {
  const near = metres < 950;
  const value = near ? Math.max(100, Math.round(metres / 100) * 100) : metres / 1000;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: near ? "meter" : "kilometer",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
