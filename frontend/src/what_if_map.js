/** The map on which a new place is tried. Fetched when somebody opens it, after Leaflet itself. */
import { drawBasemap } from "./basemap.js";
import { fetchJson, labelsOf, makeBar } from "./map_parts.js";

const FIT_MARGIN_PX = 24;
const ROOM_AROUND = 0.3;

/** Nearer, one place alone would show no road that leads to it. */
const CLOSEST_FIT_ZOOM = 9;

/** The tip of the pin is below its middle: it is a square that stands on a corner. */
const ICONS = {
  existing: { iconSize: [16, 16], iconAnchor: [8, 8] },
  proposed: { iconSize: [28, 28], iconAnchor: [14, 34] },
};

function icon(className) {
  return L.divIcon({ className, html: "<span></span>", ...ICONS[className] });
}

function cross(container) {
  const mark = document.createElement("span");
  mark.className = "map-cross";
  mark.setAttribute("aria-hidden", "true");
  container.append(mark);
}

/** A button with words, for those who move the map and not the pin. */
function dropButton(label, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.id = "drop-pin";
  button.className = "map-button map-words";
  button.textContent = label;
  button.addEventListener("click", action);
  return button;
}

/**
 * Draw the map in its box. Leaflet and django-leaflet are loaded by then.
 *
 * @param {HTMLElement} box - #map-box: addresses and words in its data- attributes
 * @param {HTMLElement} note - a line of text, read out when it changes
 * @returns {Promise<object>} `show` draws places and the pin, and says where a pin is dropped
 */
export async function openMap(box, note) {
  const labels = labelsOf(box);
  const topology = await fetchJson(box.dataset.basemapUrl);
  const place = box.querySelector("[data-djoptions]");
  const bar = makeBar(note, [
    ["+", labels.zoomIn, () => map.zoomIn()],
    ["−", labels.zoomOut, () => map.zoomOut()],
  ]);
  note.before(dropButton(labels.drop, () => drop(map.getCenter())));
  place.before(bar);
  const map = L.Map.djangoMap(place.id, {
    djoptions: JSON.parse(place.dataset.djoptions),
    globals: false,
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.5,
  });
  map.setMaxBounds(L.latLngBounds(map.options.maxBounds).pad(ROOM_AROUND));
  const container = map.getContainer();
  container.setAttribute("role", "group");
  container.setAttribute(
    "aria-label",
    `${box.parentElement.getAttribute("aria-label")}. ${labels.hint}`,
  );
  cross(container);
  const draw = drawBasemap(map, topology);
  const existing = L.layerGroup().addTo(map);
  let pin = null;
  let onDrop = async () => "";

  const mark = ([longitude, latitude]) => {
    if (pin) {
      pin.setLatLng([latitude, longitude]);
      return;
    }
    pin = L.marker([latitude, longitude], {
      icon: icon("proposed"),
      draggable: true,
      // The button under the map's bar places it by keyboard.
      keyboard: false,
      title: labels.pin,
      zIndexOffset: 1000,
    }).addTo(map);
    pin.getElement().setAttribute("role", "img");
    pin.getElement().setAttribute("aria-label", labels.pin);
    pin.on("dragend", () => drop(pin.getLatLng()));
  };
  const drop = async ({ lng, lat }) => {
    mark([lng, lat]);
    note.textContent = labels.asking;
    // The answer itself may be off the screen.
    const words = await onDrop([lng, lat]);
    if (words) note.textContent = words;
  };
  map.on("click", ({ latlng }) => drop(latlng));

  const fit = (bounds) =>
    map.fitBounds(bounds, {
      padding: [FIT_MARGIN_PX, FIT_MARGIN_PX],
      maxZoom: CLOSEST_FIT_ZOOM,
      animate: false,
    });

  let isDrawn = false;
  return {
    /**
     * @param {{places: {position: [number, number], name: string}[], pin: [number, number]|null,
     *   onDrop: (position: [number, number]) => Promise<string>}} asked - positions are
     *   [longitude, latitude]; `onDrop` gives the answer in a sentence, or nothing
     */
    async show(asked) {
      onDrop = asked.onDrop;
      if (asked.pin) mark(asked.pin);
      note.textContent = labels.hint;
      if (isDrawn) return;
      isDrawn = true;
      for (const { position, name } of asked.places) {
        const options = { icon: icon("existing"), title: name, keyboard: false };
        const marker = L.marker([position[1], position[0]], options).addTo(existing);
        marker.getElement().setAttribute("role", "img");
        marker.getElement().setAttribute("aria-label", name);
      }
      const regions = await fetchJson(box.dataset.regionsUrl).catch(() => ({ features: [] }));
      const own = regions.features.find(({ properties }) => properties.code === box.dataset.region);
      const corners = asked.places.map(({ position }) => [position[1], position[0]]);
      if (asked.pin) corners.push([asked.pin[1], asked.pin[0]]);
      if (own) {
        const outline = L.geoJSON(own, { interactive: false });
        draw("reach", outline);
        fit(outline.getBounds());
      } else if (corners.length) fit(corners);
    },
    /** What the map shows now: degrees and zoom. */
    view() {
      const { lng, lat } = map.getCenter();
      return { longitude: lng, latitude: lat, zoom: map.getZoom() };
    },
    /** Show what a `view` says. */
    look({ longitude, latitude, zoom }) {
      map.setView([latitude, longitude], zoom, { animate: false });
    },
    /** The box was hidden or has another size. */
    resized: () => map.invalidateSize({ animate: false }),
  };
}
