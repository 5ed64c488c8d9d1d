/** What a pin says when it is chosen: the card's own facts, or those of the feature. */
import { isExact } from "./pins.js";
import { distanceWords, fill } from "./words.js";

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function anchor(href, text) {
  const made = element("a", "", text);
  made.href = href;
  return made;
}

/** Facts that the list's card already shows in its own words and marks with `data-part`. */
function fromCard(id) {
  const card = document.getElementById(`r-${id}`);
  if (!card) return [];
  return [...card.querySelectorAll("[data-part]")].map((part) => {
    const copy = part.cloneNode(true);
    for (const inner of [copy, ...copy.querySelectorAll("[id]")]) inner.removeAttribute("id");
    // A heading belongs to the outline of the list, not to that of the map.
    if (!/^H[1-6]$/.test(copy.tagName)) return copy;
    const name = element("p", "popup-name");
    name.append(...copy.childNodes);
    return name;
  });
}

function fromFeature({ properties }) {
  const name = element("p", "popup-name");
  name.append(anchor(properties.page, properties.name));
  const facts = [name, element("p", "", properties.organization.name)];
  if (properties.stop) {
    const { when, status_label: state } = properties.stop;
    facts.push(element("p", "popup-when", `${when} · ${state}`));
  }
  if (properties.distance_m !== null) {
    const words = distanceWords(properties.distance_m, document.documentElement.lang);
    facts.push(element("p", "", words));
  }
  for (const phone of properties.phones) {
    const line = element("p", "popup-phone");
    line.append(anchor(phone.uri, phone.display));
    facts.push(line);
  }
  return facts;
}

/**
 * What stands at a spot, for a popup.
 *
 * @param {Spot} spot
 * @param {{several: string, approximate: string, details: string}} labels - sentences
 * @returns {HTMLElement}
 */
export function popupContent(spot, labels) {
  const content = element("div", "popup");
  if (spot.resources.length === 1) {
    const [feature] = spot.resources;
    const facts = fromCard(feature.id);
    content.append(...(facts.length ? facts : fromFeature(feature)));
  } else {
    const sentence = fill(labels.several, { n: spot.resources.length });
    const list = element("ul", "popup-list");
    for (const { properties } of spot.resources) {
      const item = element("li");
      item.append(
        anchor(properties.page, properties.name),
        element("span", "popup-organization", properties.organization.name),
      );
      if (properties.stop) item.append(element("span", "popup-when", properties.stop.when));
      list.append(item);
    }
    content.append(element("p", "popup-name", sentence), list);
  }
  if (!spot.resources.some(isExact)) {
    content.append(element("p", "popup-approximate", labels.approximate));
  }
  return content;
}
