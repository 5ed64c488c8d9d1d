/** The stops of a tour on one map, in the admin: the list under it says the same. */
import { drawBasemap } from "./basemap.js";
import { nameTowns } from "./town_names.js";

/** Latitude and longitude, as Leaflet wants them: the middle of Québec's towns. */
const QUEBEC = [47.5, -70.5];

const beside = (path) => new URL(path, document.currentScript.src).href;
const basemap = beside("basemap.topojson");
const images = beside("leaflet/images/");

/** A link to the form of a new place, already at the position that was clicked. */
function addLink({ addUrl, labelAdd }, { lng, lat }) {
  const link = document.createElement("a");
  const point = `SRID=4326;POINT (${lng.toFixed(5)} ${lat.toFixed(5)})`;
  link.href = addUrl + encodeURIComponent(point);
  link.textContent = labelAdd;
  return link;
}

function drawStops(map) {
  const corners = [];
  for (const [index, row] of [...document.querySelectorAll("#stops > li")].entries()) {
    if (!row.dataset.point) continue;
    const [longitude, latitude] = row.dataset.point.split(",").map(Number);
    const words = document.createElement("div");
    words.append(...[...row.childNodes].map((node) => node.cloneNode(true)));
    L.marker([latitude, longitude], { title: row.textContent.trim() })
      .bindTooltip(String(index + 1), { permanent: true, direction: "right" })
      .bindPopup(words)
      .addTo(map);
    corners.push([latitude, longitude]);
  }
  if (corners.length) map.fitBounds(corners, { maxZoom: 10, padding: [40, 40] });
}

document.addEventListener("DOMContentLoaded", async () => {
  const box = document.getElementById("stops-map");
  box.style.blockSize = "28rem";
  L.Icon.Default.imagePath = images;
  const map = L.map(box, { minZoom: 4, maxZoom: 17, attributionControl: false });
  map.setView(QUEBEC, 6);
  drawStops(map);
  if (box.dataset.addUrl) {
    map.on("click", ({ latlng }) => {
      L.popup().setLatLng(latlng).setContent(addLink(box.dataset, latlng)).openOn(map);
    });
  }
  const response = await fetch(basemap);
  if (!response.ok) return;
  drawBasemap(map, await response.json());
  nameTowns(map);
});
