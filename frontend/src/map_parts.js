/** What every map of ours is made of, beside its ground. */

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @throws {Error} when the server refuses
 */
export async function fetchJson(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.json();
}

/** The words of a map: the `data-label-…` of its box, by name. */
export function labelsOf(box) {
  const labels = {};
  for (const [name, value] of Object.entries(box.dataset)) {
    const match = /^label(.)(.*)$/.exec(name);
    if (match) labels[match[1].toLowerCase() + match[2]] = value;
  }
  return labels;
}

/** Buttons before the map and not over it: over it they would cover pins. */
export function makeBar(note, actions) {
  const bar = document.createElement("div");
  bar.className = "map-bar";
  for (const [sign, label, action] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-button";
    button.textContent = sign;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", action);
    bar.append(button);
  }
  bar.append(note);
  return bar;
}
