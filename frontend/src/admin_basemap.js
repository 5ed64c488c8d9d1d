/** The same ground under the map of the admin's form fields. */
import { drawBasemap } from "./basemap.js";
import { nameTowns } from "./town_names.js";

// The admin's widget lists file names only: other files lie beside this script, under the names
// that WhiteNoise keeps without a fingerprint.
const beside = (path) => new URL(path, document.currentScript.src).href;
const basemap = beside("basemap.topojson");
const images = beside("leaflet/images/");

addEventListener("map:init", async ({ detail }) => {
  // Leaflet guesses the folder of its marker from its style sheet, which fingerprints defeat.
  L.Icon.Default.imagePath = images;
  const response = await fetch(basemap);
  if (!response.ok) return;
  drawBasemap(detail.map, await response.json());
  nameTowns(detail.map);
});
