/** The painted map of coverage. Fetched when somebody opens it, after Leaflet itself. */
import { drawBasemap } from "./basemap.js";
import { fetchJson, labelsOf, makeBar } from "./map_parts.js";
import { beside, fillOf, labelled, MISSING } from "./painted.js";

const FIT_MARGIN_PX = 12;
const ROOM_AROUND = 0.3;

/** Where most workers of an MRC are; its outline is not known. */
const CIRCLE_PX = 7;

/** Where nearly all workers are; the north is a drag away. Latitude, longitude. */
const OPENING = [
  [45, -79.6],
  [53, -60],
];

function popupContent({ name, value, url }, labels) {
  const content = document.createElement("div");
  content.className = "popup";
  const heading = document.createElement("p");
  heading.className = "popup-name";
  heading.textContent = name;
  const said = document.createElement("p");
  said.textContent = value;
  const link = document.createElement("a");
  link.href = url;
  link.textContent = labels.reasons;
  content.append(heading, said, link);
  return content;
}

/**
 * Draw the map in its box. Leaflet and django-leaflet are loaded by then.
 *
 * @param {HTMLElement} box - #map-box: addresses and words in its data- attributes
 * @param {HTMLElement} note - a line of text, read out when it changes
 * @returns {Promise<object>} `show` paints the areas that it is given
 */
export async function openMap(box, note) {
  const labels = labelsOf(box);
  const topology = await fetchJson(box.dataset.basemapUrl);
  const place = box.querySelector("[data-djoptions]");
  const goHome = () => {
    map.fitBounds(OPENING, { padding: [FIT_MARGIN_PX, FIT_MARGIN_PX], animate: false });
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
    zoomSnap: 0.25,
  });
  const ground = L.latLngBounds(map.options.maxBounds);
  map.setMaxBounds(ground.pad(ROOM_AROUND));
  map.getContainer().setAttribute("role", "group");
  map
    .getContainer()
    .setAttribute("aria-label", `${box.parentElement.getAttribute("aria-label")}. ${labels.keys}`);
  drawBasemap(map, topology);
  goHome();

  // As elements of the page: the style sheet paints them, light, dark and hatched.
  const renderer = L.svg({ padding: 0.3 });
  let painted = null;
  let origin = null;

  /** The areas in the order of the table, each with its shape on the page. */
  let shapes = [];

  const mark = (code, isMarked) => {
    const row = document.querySelector(`#results [data-code="${CSS.escape(code)}"]`);
    row?.classList.toggle("is-marked", isMarked);
  };

  const openPopup = (layer, area, byKeyboard) => {
    const where = layer.getCenter ? layer.getBounds().getCenter() : layer.getLatLng();
    const popup = L.popup({ maxWidth: 240, autoPanPadding: [8, 8] })
      .setLatLng(where)
      .setContent(popupContent(area, labels))
      .openOn(map);
    origin = layer.getElement();
    popup
      .getElement()
      .querySelector(".leaflet-popup-close-button")
      .setAttribute("aria-label", labels.close);
    if (byKeyboard) popup.getElement().querySelector("a[href]")?.focus({ preventScroll: true });
  };

  /** One stop of the Tab key for all areas: arrows go from one to the next. */
  const moveTo = (index) => {
    for (const [number, { element }] of shapes.entries()) {
      element.setAttribute("tabindex", number === index ? "0" : "-1");
    }
    shapes[index].element.focus({ preventScroll: true });
  };

  const onKey = (event, index) => {
    const { layer, area } = shapes[index];
    const next = beside(event.key, index, shapes.length);
    if (next !== null) moveTo(next);
    else if (event.key === "Enter" || event.key === " ") openPopup(layer, area, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const equip = (layer, area) => {
    const element = layer.getElement();
    const index = shapes.length;
    element.setAttribute("tabindex", index ? "-1" : "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", labelled(area));
    element.addEventListener("keydown", (event) => onKey(event, index));
    element.addEventListener("focus", () => {
      layer.openTooltip();
      mark(area.code, true);
    });
    element.addEventListener("blur", () => {
      layer.closeTooltip();
      mark(area.code, false);
    });
    layer.on("mouseover", () => mark(area.code, true));
    layer.on("mouseout", () => mark(area.code, false));
    layer.on("click", () => openPopup(layer, area, false));
    const text = document.createElement("span");
    text.textContent = labelled(area);
    layer.bindTooltip(text, { sticky: false, direction: "top", opacity: 1 });
    shapes.push({ layer, area, element });
  };

  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !origin) return;
    const back = origin;
    map.closePopup();
    back.focus({ preventScroll: true });
  });
  map.on("popupclose", () => {
    origin = null;
  });

  return {
    async show({ areasUrl, query, areas }, signal) {
      note.textContent = labels.loading;
      const collection = await fetchJson(`${areasUrl}?${query}`, signal);
      map.closePopup();
      painted?.remove();
      shapes = [];
      const words = ({ properties }) => areas.get(properties.code);
      const style = (feature) => {
        const key = words(feature)?.key ?? MISSING;
        return { className: `area k-${key}`, fillColor: fillOf(key), fillOpacity: 1, weight: 1 };
      };
      painted = L.geoJSON(collection, {
        renderer,
        filter: (feature) => Boolean(feature.geometry && words(feature)),
        style,
        pointToLayer: (feature, position) =>
          L.circleMarker(position, { renderer, radius: CIRCLE_PX, ...style(feature) }),
      }).addTo(map);
      painted.eachLayer((layer) => {
        const { code } = layer.feature.properties;
        equip(layer, { code, ...areas.get(code) });
      });
      note.textContent = "";
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
