/** A layer of vector tiles, read by ranges from one file that the operator serves. */
import { leafletLayer } from "protomaps-leaflet";

/**
 * @param {string} url - of a .pmtiles file
 * @param {string} language - of the names on the map, BCP 47
 * @returns {L.GridLayer}
 */
export function pmtilesLayer(url, language) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  // The attribution is ours to write, with the other credits under the map.
  return leafletLayer({ url, lang: language, flavor: dark ? "dark" : "light", attribution: "" });
}
