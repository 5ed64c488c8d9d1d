/** The question of the page of coverage, as short as it can be. */

/** What the server takes when nothing is said. */
const DEFAULTS = { measure: "class", basis: "verified", level: "region" };

/**
 * @param {Iterable<[string, string]>} fields - of the form
 * @param {string} latest - the day that is shown where none is asked for
 * @returns {URLSearchParams} without what is empty or taken anyway
 */
export function askedQuery(fields, latest) {
  const query = new URLSearchParams();
  const taken = { ...DEFAULTS, as_of: latest };
  for (const [name, value] of fields) {
    if (value && value !== taken[name]) query.append(name, value);
  }
  return query;
}
