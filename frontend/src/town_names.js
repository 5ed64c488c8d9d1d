/** The names of towns on the map. */
import TOWNS from "virtual:towns";
import { difference } from "./difference.js";
import { namedTowns, roomForNames } from "./towns.js";

/** The largest are written larger. */
const LARGE_TOWNS = 8;

/**
 * Write the names of towns on the map, for the eye only: the list says each town in words.
 *
 * @param {L.Map} map
 * @param {() => L.Point[]} pins - their middles, in pixels of the map's layers: names make room
 * @returns {() => void} call it when other pins are drawn
 */
export function nameTowns(map, pins = () => []) {
  const pane = map.createPane("towns");
  pane.setAttribute("aria-hidden", "true");
  const shown = new Map();

  const add = (key, town) => {
    const [name, longitude, latitude] = town;
    const label = document.createElement("span");
    label.textContent = name;
    const rank = TOWNS.indexOf(town);
    const icon = L.divIcon({
      className: rank < LARGE_TOWNS ? "town town-large" : "town",
      html: label,
      iconSize: [0, 0],
    });
    const options = { icon, interactive: false, keyboard: false, pane: "towns" };
    const marker = L.marker([latitude, longitude], options).addTo(map);
    shown.set(key, { marker, label, rank });
  };

  const makeRoom = () => {
    const towns = [...shown.values()].sort((one, other) => one.rank - other.rank);
    const names = towns.map(({ marker, label, rank }) => {
      const { x, y } = map.latLngToLayerPoint(marker.getLatLng());
      return { x, y, width: label.offsetWidth, isNeeded: rank < LARGE_TOWNS };
    });
    roomForNames(names, pins()).forEach((down, index) => {
      const { style } = towns[index].label;
      style.visibility = down === null ? "hidden" : "";
      style.marginTop = `${Math.round(down ?? 0)}px`;
    });
  };

  const update = () => {
    const bounds = map.getBounds();
    const rectangle = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const wanted = namedTowns(TOWNS, rectangle, Math.floor(map.getZoom()));
    const { leaving, arriving } = difference(shown, wanted);
    for (const key of leaving) {
      shown.get(key).marker.remove();
      shown.delete(key);
    }
    for (const [key, town] of arriving) add(key, town);
    makeRoom();
  };
  map.on("moveend", update);
  update();
  return makeRoom;
}
