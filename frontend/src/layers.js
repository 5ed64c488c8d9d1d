/** Layers that an operator adds over the ground: raster tiles, or a file of vector tiles. */

/**
 * @typedef {{type: "raster"|"pmtiles", name: string, url: string, attribution: string}} LayerOption
 */

/**
 * @param {string|undefined} json - from `data-layers`
 * @returns {LayerOption[]} those of a type that is known
 */
export function layerOptions(json) {
  return JSON.parse(json || "[]").filter(({ type }) => type === "raster" || type === "pmtiles");
}

/**
 * Pictures of a tile server.
 *
 * Not `L.TileLayer`, which gives a picture that it drops a `data:` address: our content security
 * policy allows none.
 *
 * @param {string} url - with `{z}`, `{x}` and `{y}`
 * @returns {L.GridLayer}
 */
function tileLayer(url) {
  const Tiles = L.GridLayer.extend({
    createTile(place, done) {
      const tile = document.createElement("img");
      tile.alt = "";
      tile.onload = () => done(null, tile);
      tile.onerror = () => done(new Error(tile.src), tile);
      tile.src = L.Util.template(url, place);
      return tile;
    },
  });
  return new Tiles();
}

/**
 * @param {L.Map} map
 * @param {LayerOption[]} options
 * @param {string} pmtilesUrl - of the module that reads vector tiles, fetched only if needed
 * @param {HTMLElement|null} credits - where attributions are written, as text
 */
export async function addLayers(map, options, pmtilesUrl, credits) {
  for (const { type, url, attribution } of options) {
    if (type === "raster") {
      tileLayer(url).addTo(map);
    } else {
      const { pmtilesLayer } = await import(pmtilesUrl);
      pmtilesLayer(url, document.documentElement.lang).addTo(map);
    }
    if (credits && attribution) credits.append(` · ${attribution}`);
  }
}
