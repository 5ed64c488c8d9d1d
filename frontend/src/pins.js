/** The pins of a map: DOM elements, only those in view, kept while they stay in view. */
import { difference } from "./difference.js";
import { clustersOf } from "./spots.js";
import { fill } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** A drop whose tip is at the bottom; the hole is the page's colour. */
const DROP = "M12 0C5.4 0 0 5.3 0 11.9 0 20.4 12 32 12 32s12-11.6 12-20.1C24 5.3 18.6 0 12 0z";

/** Positions that are those of a door; any other is the middle of a town or of a postal code. */
const EXACT = ["address", "entrance"];

/** Whether a resource stands where its pin is, and not only somewhere around. */
export function isExact(feature) {
  return EXACT.includes(feature.properties.precision);
}

function svg(name, attributes, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function shape(approximate) {
  const body = approximate ? svg("circle", { cx: 12, cy: 16, r: 11 }) : svg("path", { d: DROP });
  const hole = svg("circle", { class: "hole", cx: 12, cy: approximate ? 16 : 12, r: 4 });
  return svg("svg", { viewBox: "-2 -2 28 36", "aria-hidden": "true" }, [body, hole]);
}

/** What a pin looks like and how it is called, from what stands there. */
function faceOf({ total, spot }, labels) {
  if (!spot) {
    const size = total < 10 ? 36 : total < 100 ? 42 : 48;
    return {
      className: "pin pin-cluster",
      content: String(total),
      size: [size, size],
      label: fill(labels.cluster, { n: total }),
    };
  }
  const approximate = !spot.resources.some(isExact);
  const kind = approximate ? "pin pin-approximate" : "pin";
  const note = approximate ? [labels.approximate] : [];
  if (total > 1) {
    return {
      className: `${kind} pin-several`,
      content: String(total),
      size: [32, 32],
      label: [fill(labels.several, { n: total }), ...note].join(", "),
    };
  }
  const { name, needs, stop } = spot.resources[0].properties;
  return {
    className: kind,
    content: shape(approximate),
    size: [28, 36],
    anchor: approximate ? [14, 18] : [14, 34],
    label: [name, needs[0]?.name, stop?.when, ...note].filter(Boolean).join(", "),
  };
}

/**
 * Keep the pins of a map in step with what it shows.
 *
 * @param {L.Map} map
 * @param {{cluster: string, several: string, approximate: string}} labels - sentences
 * @param {(spot: Spot, marker: L.Marker, byKeyboard: boolean) => void} onSpot - a pin was chosen
 * @returns {{show: (spots: Spot[]) => void, middles: () => L.Point[]}} `middles` of the pins
 *   drawn, in pixels of the map's layers
 */
export function pinLayer(map, labels, onSpot) {
  let clusters = clustersOf([]);
  const shown = new Map();
  /** Where the focus goes once a chosen cluster has fallen apart. */
  let focusNear = null;

  const choose = (pin, marker, byKeyboard) => {
    if (pin.spot) {
      onSpot(pin.spot, marker, byKeyboard);
      return;
    }
    if (byKeyboard) focusNear = marker.getLatLng();
    map.setView(marker.getLatLng(), clusters.expansion(pin.cluster));
  };

  const add = (key, pin) => {
    const face = faceOf(pin, labels);
    const html = document.createElement("span");
    html.append(face.content);
    const marker = L.marker([pin.position[1], pin.position[0]], {
      icon: L.divIcon({
        className: face.className,
        html,
        iconSize: face.size,
        iconAnchor: face.anchor,
        popupAnchor: [0, -(face.anchor ?? [0, face.size[1] / 2])[1]],
      }),
      autoPanOnFocus: false,
      riseOnHover: true,
    });
    marker.addTo(map);
    const element = marker.getElement();
    element.setAttribute("aria-label", face.label);
    element.title = face.label;
    // Leaflet's own event: it comes after the map has closed the popup that was open, and not at
    // the end of a drag.
    marker.on("click", ({ originalEvent }) => choose(pin, marker, originalEvent.detail === 0));
    // Leaflet reports no key of a marker without a popup of its own.
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      choose(pin, marker, true);
    });
    shown.set(key, marker);
  };

  const update = () => {
    // Half a screen more on each side, so that a small drag finds its pins in place.
    const bounds = map.getBounds().pad(0.5);
    const rectangle = [
      bounds.getWest(),
      Math.max(bounds.getSouth(), -85),
      bounds.getEast(),
      Math.min(bounds.getNorth(), 85),
    ];
    const { leaving, arriving } = difference(shown, clusters.inView(rectangle, map.getZoom()));
    for (const key of leaving) {
      shown.get(key).remove();
      shown.delete(key);
    }
    for (const [key, pin] of arriving) add(key, pin);
    if (focusNear) {
      nearest(shown.values(), focusNear)?.getElement().focus({ preventScroll: true });
      focusNear = null;
    }
  };
  map.on("moveend", update);

  return {
    show(spots) {
      for (const marker of shown.values()) marker.remove();
      shown.clear();
      clusters = clustersOf(spots);
      update();
    },
    middles: () =>
      [...shown.values()].map((marker) => {
        const { iconSize, iconAnchor } = marker.options.icon.options;
        const tip = map.latLngToLayerPoint(marker.getLatLng());
        return iconAnchor ? tip.add([0, iconSize[1] / 2 - iconAnchor[1]]) : tip;
      }),
  };
}

function nearest(markers, place) {
  let best = null;
  for (const marker of markers) {
    const metres = marker.getLatLng().distanceTo(place);
    if (!best || metres < best.metres) best = { marker, metres };
  }
  return best?.marker;
}
