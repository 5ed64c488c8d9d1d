/** The question of the page of coverage, as short as it can be. */

/** What the server takes when nothing is said. */
const DEFAULTS = { measure: "class", basis: "verified", level: "region" };

/**
 * @param {Iterable<[string, string]>} fields - of the form
 * @returns {URLSearchParams} without what is empty or taken anyway
 */
export function askedQuery(fields) {
  const query = new URLSearchParams();
  for (const [name, value] of fields) {
    if (value && value !== DEFAULTS[name]) query.append(name, value);
  }
  return query;
}
