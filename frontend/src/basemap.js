/** The ground of the map: sea, land, lakes, coast and borders, drawn on one canvas. */

import { decoded } from "./topology.js";

/** Where no style sheet of ours names the colours: in the admin. */
const ADMIN_COLOURS = { water: "#cfe3ee", land: "#fbfaf6", shore: "#7fa3b8", border: "#8a8478" };

/** Colours are the style sheet's, so that a dark screen gets a dark map. */
function styles(container) {
  const computed = getComputedStyle(container);
  const colour = (name) => computed.getPropertyValue(`--map-${name}`).trim() || ADMIN_COLOURS[name];
  const line = (name, weight, dashArray) => ({
    stroke: true,
    fill: false,
    color: colour(name),
    weight,
    dashArray,
  });
  const filled = (name) => ({ stroke: false, fill: true, fillColor: colour(name), fillOpacity: 1 });
  return {
    sea: filled("water"),
    land: filled("land"),
    lakes: filled("water"),
    coast: line("shore", 1),
    borders: line("border", 1, "6 4"),
    regions: line("region", 1.2, "2 4"),
    reach: line("reach", 1.5),
  };
}

/**
 * Put the base map under everything else of a Leaflet map.
 *
 * @param {L.Map} map
 * @param {object} topology
 * @returns {(name: string, layer: L.Path | L.GeoJSON, parent?: L.LayerGroup) => void} draws a
 *   further layer in the colours of a name that `styles` knows
 */
export function drawBasemap(map, topology) {
  // Under the tiles of an operator; lines drawn later go over them.
  map.createPane("ground").style.zIndex = "150";
  const renderer = L.canvas({ pane: "ground", padding: 0.3 });
  const drawn = [];
  const add = (name, layer, parent = map) => {
    layer.setStyle(styles(map.getContainer())[name]);
    layer.addTo(parent);
    drawn.push([name, layer]);
  };
  const [west, south, east, north] = topology.bbox;
  const frame = [
    [south, west],
    [north, east],
  ];
  add("sea", L.rectangle(frame, { renderer, interactive: false }));
  for (const [name, geojson] of Object.entries(decoded(topology))) {
    add(name, L.geoJSON(geojson, { renderer, interactive: false, smoothFactor: 1 }));
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => {
    const now = styles(map.getContainer());
    for (const [name, layer] of drawn) layer.setStyle(now[name]);
  };
  dark.addEventListener?.("change", repaint);
  map.on("unload", () => dark.removeEventListener?.("change", repaint));
  return add;
}
