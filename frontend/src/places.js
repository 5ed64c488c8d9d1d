/** Names of places, proposed while somebody writes one. */

const PATIENCE_MS = 250;
const SHORTEST = 2;

/**
 * @param {GeoJSON.FeatureCollection} collection - of the API's places
 * @returns {string[]} their labels, each once
 */
export function labelsOf(collection) {
  return [...new Set(collection.features.map(({ properties }) => properties.label))];
}

/**
 * Whether a text is worth a question: long enough, and not one that was just chosen.
 *
 * @param {string} text
 * @param {Iterable<string>} proposed - what the list holds already
 */
export function worthAsking(text, proposed) {
  return text.trim().length >= SHORTEST && ![...proposed].includes(text);
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLDataListElement} list - `data-places-url` says whom to ask
 * @param {(text: string) => Promise<string[]|null>} [known] - the labels that the phone knows by
 *   itself; null where the server is to be asked
 */
export function startPlaces(input, list, known = async () => null) {
  const url = list.dataset.placesUrl;
  let timer = null;
  let request = null;

  const propose = async (text) => {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    const query = new URLSearchParams({ q: text, lang: document.documentElement.lang });
    try {
      let labels = await known(text);
      if (!labels) {
        const response = await fetch(`${url}?${query}`, { signal });
        if (!response.ok) return;
        labels = labelsOf(await response.json());
      }
      if (signal.aborted) return;
      const options = labels.map((label) => {
        const option = document.createElement("option");
        option.value = label;
        return option;
      });
      list.replaceChildren(...options);
    } catch {
      // Without proposals the field still takes any name; the form answers.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const proposed = [...list.options].map((option) => option.value);
    if (!worthAsking(input.value, proposed)) return;
    timer = setTimeout(() => propose(input.value.trim()), PATIENCE_MS);
  });
}
