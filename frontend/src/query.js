/** What the pages ask of the server, and what the address bar may show of it. */

const POSITION = ["lat", "lon"];

/**
 * A coordinate to about 1 km: enough to find help, too little to find the person.
 *
 * @param {number} degrees
 * @returns {string} two decimals
 */
export function rounded(degrees) {
  return degrees.toFixed(2);
}

/**
 * The question that a form asks, as the browser would send it, without its empty fields.
 *
 * A place that the person writes wins over a position asked from the phone.
 *
 * @param {Iterable<[string, string]>} entries - names and values, as of a FormData
 * @returns {URLSearchParams}
 */
export function formQuery(entries) {
  const query = new URLSearchParams();
  for (const [name, value] of entries) {
    if (value.trim()) query.append(name, value.trim());
  }
  if (query.has("place")) for (const name of POSITION) query.delete(name);
  query.delete("page");
  return query;
}

/**
 * The same question around a position.
 *
 * @param {URLSearchParams} query
 * @param {{longitude: number, latitude: number}} position - degrees, as exact as the phone has it
 * @returns {URLSearchParams} with the position rounded, without a place nor a page
 */
export function aroundPosition(query, { longitude, latitude }) {
  const around = new URLSearchParams(query);
  for (const name of ["place", "region", "page"]) around.delete(name);
  around.set("lat", rounded(latitude));
  around.set("lon", rounded(longitude));
  return around;
}

/** Whether a question holds a position. */
export function hasPosition(query) {
  return POSITION.some((name) => query.has(name));
}

/**
 * An address that may be kept in the history: nothing of where the person is.
 *
 * @param {string} address - absolute
 * @returns {string} path, query and fragment
 */
export function withoutPosition(address) {
  const url = new URL(address);
  for (const name of POSITION) url.searchParams.delete(name);
  return url.pathname + url.search + url.hash;
}

/**
 * The address of the features of a question.
 *
 * @param {string} url - the API's, from `data-resources-url`
 * @param {string} query - from `data-query`
 * @param {number} limit - features at most
 * @returns {string}
 */
export function featuresUrl(url, query, limit) {
  const asked = new URLSearchParams(query);
  asked.delete("page");
  asked.set("limit", String(limit));
  return `${url}?${asked}`;
}

/**
 * The question that a link of a phone with packs carries behind the `#`, which is not sent.
 *
 * @param {string} hash - of the address
 * @returns {{query: URLSearchParams, isPositionGone: boolean}|null}
 */
export function questionBehindHash(hash) {
  if (!hash.startsWith("#?")) return null;
  const query = new URLSearchParams(hash.slice(2));
  const isPositionGone = query.has("position");
  for (const name of [...POSITION, "position"]) query.delete(name);
  return { query, isPositionGone };
}
