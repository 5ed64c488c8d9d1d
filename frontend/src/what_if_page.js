/** The page where help is tried: a pin on the map asks the form's own question again. */
import { startMapPanel } from "./map_panel.js";
import "./page.js";

/** Degrees to about 10 m: it is a place of help, not of a person. */
const DECIMALS = 4;

const form = document.getElementById("what-if");
let request = null;

/** [longitude, latitude] of an element that has them, or null. */
function positionOf(element) {
  const { longitude, latitude } = element.dataset;
  return longitude ? [Number(longitude), Number(latitude)] : null;
}

/**
 * The answer of the server in place of the present one; the browser asks where that fails.
 *
 * @returns {Promise<string>} the answer in a sentence; empty if a later question overtook it
 */
async function askAgain() {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const answer = document.getElementById("answer");
  answer.setAttribute("aria-busy", "true");
  const query = new URLSearchParams(new FormData(form));
  try {
    const response = await fetch(`${form.action.split("#")[0]}?${query}`, { signal });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("answer");
    answer.replaceChildren(...fresh.childNodes);
    Object.assign(answer.dataset, fresh.dataset);
    answer.removeAttribute("aria-busy");
    return answer.querySelector("[role=status], [role=alert]")?.textContent.trim() ?? "";
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
    return "";
  }
}

function onDrop([longitude, latitude]) {
  form.elements.lon.value = longitude.toFixed(DECIMALS);
  form.elements.lat.value = latitude.toFixed(DECIMALS);
  form.elements.town.value = "";
  return askAgain();
}

if (document.getElementById("map-box")) {
  startMapPanel(async () => ({
    places: [...document.querySelectorAll("#existing li")].map((item) => ({
      position: positionOf(item),
      name: item.textContent,
    })),
    pin: positionOf(document.getElementById("answer")),
    onDrop,
  }));
}
