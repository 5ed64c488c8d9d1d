/** The map beside the list. Fetched when somebody opens it, after Leaflet itself. */
import { drawBasemap } from "./basemap.js";
import { addLayers, layerOptions } from "./layers.js";
import { fetchJson, labelsOf, makeBar } from "./map_parts.js";
import { pinLayer } from "./pins.js";
import { popupContent } from "./popup.js";
import { featuresUrl } from "./query.js";
import { leafletBounds, spotsOf, worthOpeningOn } from "./spots.js";
import { nameTowns } from "./town_names.js";
import { fill } from "./words.js";

/** As many as the API gives at once. */
const MOST_FEATURES = 500;

/** Fitting one address must not show an empty street. */
const CLOSEST_FIT_ZOOM = 10;

const FIT_MARGIN_PX = 36;

/** How far one may move past the ground, as a part of its size. */
const ROOM_AROUND = 0.3;

const UNDER_PINS = -10_000;

/** Nearer, the generalised outlines of regions would run through houses. */
const LAST_OUTLINED_ZOOM = 10;

/** The features of the list: from the phone if it answers by itself, else from the server. */
async function collectionOf({ resourcesUrl, query, local, isStart }, signal) {
  if (local && !isStart) return local.features(query);
  // Before a question all of Québec is shown, which the phone may not hold.
  const url = featuresUrl(resourcesUrl, query, MOST_FEATURES);
  return fetchJson(url, signal).catch((error) => {
    if (!local || signal?.aborted) throw error;
    return local.features(query);
  });
}

/** What the map leaves to the list, in words. */
function noteOf(collection, labels) {
  const remote = collection.features.filter((feature) => !feature.geometry).length;
  const sentences = [];
  if (remote === 1) sentences.push(labels.remoteOne);
  if (remote > 1) sentences.push(fill(labels.remote, { n: remote }));
  if (collection.numberMatched > collection.features.length) {
    sentences.push(fill(labels.truncated, { n: collection.features.length }));
  }
  return sentences.join(" ");
}

/** The popups of a map: named in the page's language, closed by Escape, never a trap. */
function popups(map, labels) {
  let origin = null;
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !origin) return;
    const back = origin;
    map.closePopup();
    back.focus({ preventScroll: true });
  });
  map.on("popupclose", () => {
    origin = null;
  });
  return (spot, marker, byKeyboard) => {
    const offset = marker.options.icon.options.popupAnchor;
    const popup = L.popup({ maxWidth: 260, maxHeight: 240, offset, autoPanPadding: [8, 8] })
      .setLatLng(marker.getLatLng())
      .setContent(popupContent(spot, labels))
      .openOn(map);
    origin = marker.getElement();
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", labels.close);
    close.addEventListener("click", (event) => {
      if (event.detail === 0) marker.getElement()?.focus({ preventScroll: true });
    });
    if (!byKeyboard) return;
    popup.getElement().querySelector("a[href]")?.focus({ preventScroll: true });
  };
}

/**
 * Draw the map in its box. Leaflet and django-leaflet are loaded by then.
 *
 * @param {HTMLElement} box - #map-box: addresses and words in its data- attributes
 * @param {HTMLElement} note - a line of text, read out when it changes
 * @param {HTMLElement|null} credits - where the sources of the map are named
 * @returns {Promise<{show: (asked: DOMStringMap, signal?: AbortSignal) => Promise<void>}>}
 *   `show` draws what `data-resources-url`, `data-query` and `data-point` say; `local` answers that
 *   on the phone, else it is fetched
 */
export async function openMap(box, note, credits) {
  const labels = labelsOf(box);
  // First what may fail: nothing is drawn that a second try would draw twice.
  const topology = await fetchJson(box.dataset.basemapUrl);
  const place = box.querySelector("[data-djoptions]");
  let home = null;
  const goHome = () => {
    if (!home) return;
    map.fitBounds(home.bounds, home.options);
    // A fit that is wide and low would show what lies south of the ground: nothing.
    map.panInsideBounds(ground, { animate: false });
  };
  place.before(
    makeBar(note, [
      ["+", labels.zoomIn, () => map.zoomIn()],
      ["−", labels.zoomOut, () => map.zoomOut()],
      ["⤢", labels.fit, goHome],
    ]),
  );
  const map = L.Map.djangoMap(place.id, {
    djoptions: JSON.parse(place.dataset.djoptions),
    globals: false,
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.5,
  });
  // Past the edge of the ground, so that a popup there finds room.
  const ground = L.latLngBounds(map.options.maxBounds);
  map.setMaxBounds(ground.pad(ROOM_AROUND));
  map.getContainer().setAttribute("role", "group");
  map.getContainer().setAttribute("aria-label", box.parentElement.getAttribute("aria-label") ?? "");

  const draw = drawBasemap(map, topology);
  const renderer = L.canvas();
  addLayers(map, layerOptions(box.dataset.layers), box.dataset.pmtilesJs, credits).catch(
    () => null,
  );
  const pins = pinLayer(map, labels, popups(map, labels));
  let reach = null;
  let here = null;
  const nameAgain = nameTowns(map, () => [
    ...pins.middles(),
    ...(here ? [map.latLngToLayerPoint(here)] : []),
  ]);

  const fit = (bounds) => {
    if (!bounds) return;
    const margin = [FIT_MARGIN_PX, FIT_MARGIN_PX];
    home = { bounds, options: { padding: margin, maxZoom: CLOSEST_FIT_ZOOM, animate: false } };
    goHome();
  };

  const markPoint = (point, radiusKm) => {
    reach?.remove();
    here = point && L.latLng(point[1], point[0]);
    if (!here) return;
    reach = L.layerGroup().addTo(map);
    if (radiusKm) {
      const options = { radius: radiusKm * 1000, renderer, interactive: false };
      draw("reach", L.circle(here, options), reach);
    }
    const icon = L.divIcon({ className: "here", iconSize: [18, 18] });
    const options = { icon, interactive: false, keyboard: false, zIndexOffset: UNDER_PINS };
    const marker = L.marker(here, options).addTo(reach);
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", labels.here);
  };

  const drawRegions = async (local) => {
    const regions = await (local?.outlines() ?? fetchJson(box.dataset.regionsUrl));
    const outlines = L.geoJSON(regions, { renderer, interactive: false });
    draw("regions", outlines);
    const suit = () => outlines[map.getZoom() < LAST_OUTLINED_ZOOM ? "addTo" : "removeFrom"](map);
    map.on("zoomend", suit);
    suit();
    if (credits && labels.outline) credits.append(` · ${labels.outline}`);
    const own = regions.features.find(({ properties }) => properties.code === box.dataset.region);
    if (!own) return;
    const outline = L.geoJSON(own, { renderer, interactive: false });
    draw("reach", outline);
    fit(outline.getBounds());
  };

  let hasRegions = false;
  return {
    async show(asked, signal) {
      note.textContent = labels.loading;
      const { local } = asked;
      const collection = await collectionOf(asked, signal);
      const point = asked.point ? asked.point.split(",").map(Number) : null;
      const spots = spotsOf(collection.features);
      map.closePopup();
      const about = new URLSearchParams(asked.query);
      markPoint(point, Number(about.get("radius_km")));
      const positions = spots.map((spot) => spot.position);
      const isAboutPlace = point || about.has("region");
      if (point) positions.push(point);
      fit(leafletBounds(isAboutPlace ? positions : worthOpeningOn(positions)));
      pins.show(spots);
      nameAgain();
      note.textContent = noteOf(collection, labels);
      // The outlines are the largest file and the least needed one: last, and not waited for.
      if (hasRegions) return;
      hasRegions = true;
      drawRegions(local).catch(() => {
        hasRegions = false;
      });
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
