/** The home page: ask again without reloading, use the phone's position, open the map. */
import { startMapPanel } from "./map_panel.js";
import { startPlaces } from "./places.js";
import { askPosition, NoPosition } from "./position.js";
import { aroundPosition, formQuery, hasPosition, withoutPosition } from "./query.js";
import { fetchResults, NoAnswer, swap } from "./results.js";

const form = document.getElementById("search");
const locate = document.getElementById("locate");

/** Longer than this, and the person is told that something is going on. */
const SILENCE_MS = 1_000;

/** Says to the page in another language that a position was used here, and not which one. */
const POSITION_GONE = "#position-gone";

/**
 * Questions with a position, by the number of their entry in the history: the history itself
 * holds no position, and this map dies with the page.
 */
const positioned = new Map();

let request = null;
/** Numbers that no earlier life of this page gave to an entry. */
let lastEntry = Date.now();
let shownEntry = lastEntry;
/** The server answered badly: the browser asks the next question, as without scripts. */
let resigned = false;

const results = () => document.getElementById("results");
const panel = startMapPanel(() => results().dataset);

const notice = document.getElementById("notice");

/** The count is read out from here: a line that comes with the new results would be silent. */
const announcement = document.createElement("p");
announcement.className = "announcement";
announcement.setAttribute("role", "status");
form.append(announcement);

function focusOn(element) {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** Bring the count into sight, unless it is. */
function showCount() {
  const count = document.getElementById("count") ?? results();
  const { top } = count.getBoundingClientRect();
  if (top < 0 || top > innerHeight * 0.8) {
    // Not smoothly: the next page is asked at the end of a long list.
    count.scrollIntoView({ block: "start", behavior: "instant" });
  }
  return count;
}

/** Whether an entry was about a position that has died with an earlier life of this page. */
function hasLostPosition(state, query) {
  return Boolean(state?.positioned) && !hasPosition(query);
}

/**
 * Ask, and show the answer.
 *
 * @param {URLSearchParams} query
 * @param {{from: "link"|"form"|"history", said?: string}} origin - where the question comes from,
 *   and what is said with its answer
 */
async function ask(query, { from, said = "" }) {
  request?.abort();
  request = new AbortController();
  const address = new URL(location.pathname, location.origin);
  address.search = query.toString();
  const waiting = setTimeout(() => {
    notice.textContent = form.dataset.loading;
  }, SILENCE_MS);
  results().setAttribute("aria-busy", "true");
  try {
    const page = await fetchResults(address.href, request);
    if (!page) return;
    if (from !== "history") {
      lastEntry += 1;
      shownEntry = lastEntry;
      // Of a position, the history keeps only that there was one.
      const state = { entry: shownEntry, positioned: hasPosition(query) };
      history.pushState(state, "", withoutPosition(address.href));
      if (state.positioned) positioned.set(shownEntry, query.toString());
    }
    const lost = swap(page);
    resigned = false;
    notice.textContent = said;
    const count = document.getElementById("count");
    const typing = document.activeElement?.matches("input");
    if (from !== "history") showCount();
    if (lost || (from === "form" && typing)) focusOn(count ?? results());
    else announcement.textContent = count?.textContent ?? "";
    panel.refresh();
  } catch (error) {
    resigned = !(error instanceof NoAnswer);
    results().removeAttribute("aria-busy");
    if (resigned) {
      for (const hidden of form.querySelectorAll("[name=lat], [name=lon]")) hidden.remove();
    }
    notice.textContent = form.dataset.failed;
  } finally {
    clearTimeout(waiting);
  }
}

/** The question of a link of this page, or null for any other link. */
function questionOf(link) {
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== location.pathname) return null;
  if (!link.closest("main")) return null;
  if (url.hash && url.search === location.search) return null;
  return url.searchParams;
}

function onClick(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented) return;
  const url = new URL(link.href);
  const query = questionOf(link);
  const plain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (query && plain && !resigned) {
    event.preventDefault();
    ask(query, { from: "link" });
  } else if (url.origin === location.origin && hasPosition(url.searchParams)) {
    // Any other way out of the page leaves no trace of the position in an address.
    link.href = withoutPosition(link.href) + (link.hreflang ? POSITION_GONE : "");
  }
}

async function onLocate() {
  notice.textContent = locate.dataset.wait;
  locate.setAttribute("aria-busy", "true");
  try {
    const position = await askPosition(navigator.geolocation);
    await ask(aroundPosition(formQuery(new FormData(form)), position), { from: "form" });
  } catch (error) {
    if (!(error instanceof NoPosition)) throw error;
    notice.textContent = locate.dataset[error.reason];
    form.elements.place.focus();
  } finally {
    locate.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  if (resigned) return;
  event.preventDefault();
  ask(formQuery(new FormData(form)), { from: "form" });
});
document.addEventListener("click", onClick);
addEventListener("popstate", ({ state }) => {
  // A jump inside the page has no state, and is no other question.
  if (!state?.entry || state.entry === shownEntry) return;
  shownEntry = state.entry;
  const query = new URLSearchParams(positioned.get(shownEntry) ?? location.search);
  const said = hasLostPosition(state, query) ? form.dataset.positionGone : "";
  ask(query, { from: "history", said });
});

const first = new URLSearchParams(location.search);
if (hasPosition(first)) positioned.set(shownEntry, first.toString());
const hasLost = hasLostPosition(history.state, first) || location.hash === POSITION_GONE;
history.replaceState(
  { entry: shownEntry, positioned: hasLost || hasPosition(first) },
  "",
  withoutPosition(location.href).replace(POSITION_GONE, ""),
);
if (hasLost && form.dataset.positionGone) {
  notice.textContent = form.dataset.positionGone;
  // Where the person was in a list around a position is no place in this one.
  history.scrollRestoration = "manual";
  addEventListener("pagehide", () => {
    history.scrollRestoration = "auto";
  });
  notice.scrollIntoView({ block: "center", behavior: "instant" });
}

if (locate) {
  locate.hidden = false;
  locate.addEventListener("click", onLocate);
}
startPlaces(form.elements.place, document.getElementById("places"));
