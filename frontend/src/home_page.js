/** The home page: ask again without reloading, use the phone's position, open the map. */
import { carry, handedOver, returnToPlace } from "./language_switch.js";
import { localAnswers } from "./local_door.js";
import { startMapPanel } from "./map_panel.js";
import { startPlaces } from "./places.js";
import { askPosition, NoPosition } from "./position.js";
import {
  aroundPosition,
  formQuery,
  hasPosition,
  questionBehindHash,
  withoutPosition,
} from "./query.js";
import { fetchResults, NoAnswer, swap } from "./results.js";
import "./page.js";

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

/** The phone's last position, [longitude, latitude]: it never leaves the phone unrounded. */
let exact = null;

let request = null;
/** Numbers that no earlier life of this page gave to an entry. */
let lastEntry = Date.now();
let shownEntry = lastEntry;
/** The server answered badly: the browser asks the next question, as without scripts. */
let resigned = false;

const results = () => document.getElementById("results");
/** What answers on this phone, or null: then the server does. */
const local = () => localAnswers(document.getElementById("map-box").dataset.localJs);
/** The page asks nothing yet: then it shows the tiles of the needs. */
const isStart = () => !document.getElementById("needs").hidden;
const panel = startMapPanel(
  async () => ({ ...results().dataset, local: await local(), isStart: isStart() }),
  handedOver("map"),
);

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
  const mine = request;
  /** Somebody has asked something else meanwhile. */
  const isOver = () => mine !== request;
  const say = (text) => {
    if (!isOver()) notice.textContent = text;
  };
  const address = new URL(location.pathname, location.origin);
  address.search = query.toString();
  let phone = null;
  const waiting = setTimeout(() => {
    say(form.dataset.loading);
  }, SILENCE_MS);
  results().setAttribute("aria-busy", "true");
  try {
    phone = await local();
    const page = await (phone
      ? phone.ask(query, { exact, say })
      : fetchResults(address.href, mine));
    if (!page || isOver()) return;
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
    if (isOver()) return;
    // A phone that answers by itself never hands a question over to the server.
    resigned = !phone && !(error instanceof NoAnswer);
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

/** Save the regions that an answer lacks, and ask again. */
async function onSaveRegions(codes) {
  notice.textContent = form.dataset.loading;
  // What cannot be had now is told by the answer.
  await local().then(
    (phone) => phone?.save(codes),
    () => {},
  );
  await ask(shownQuery(), { from: "history" });
}

/** The question that the page answers now. */
function shownQuery() {
  return new URLSearchParams(positioned.get(shownEntry) ?? location.search);
}

function onClick(event) {
  const wanted = event.target.closest?.("[data-save-regions]")?.dataset.saveRegions;
  if (wanted) onSaveRegions(wanted.split(" "));
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
  // The list that is shown again may have to be made again: it is scrolled to where it was left.
  if (!query) history.replaceState({ ...history.state, left: Math.round(scrollY) }, "");
}

async function onLocate() {
  notice.textContent = locate.dataset.wait;
  locate.setAttribute("aria-busy", "true");
  try {
    const position = await askPosition(navigator.geolocation);
    exact = [position.longitude, position.latitude];
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
  const query = shownQuery();
  const said = hasLostPosition(state, query) ? form.dataset.positionGone : "";
  ask(query, { from: "history", said });
});

carry("map", panel.view);
// No address ever holds a position: the tab hands it over to the page in the other language.
carry("query", () => (hasPosition(shownQuery()) ? shownQuery().toString() : null));
const around = handedOver("query");

const behind = questionBehindHash(location.hash);
const first = around
  ? new URLSearchParams(around)
  : (behind?.query ?? new URLSearchParams(location.search));
if (hasPosition(first)) positioned.set(shownEntry, first.toString());
const hasLost =
  !around &&
  (hasLostPosition(history.state, first) ||
    location.hash === POSITION_GONE ||
    behind?.isPositionGone);
const shown = new URL(withoutPosition(location.href).replace(POSITION_GONE, ""), location.origin);
if (behind) {
  shown.search = first.toString();
  shown.hash = "";
}
const left = history.state?.left;
history.replaceState(
  { entry: shownEntry, positioned: Boolean(hasLost) || hasPosition(first) },
  "",
  shown.pathname + shown.search + shown.hash,
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
startPlaces(form.elements.place, document.getElementById("places"), async (text) => {
  const phone = await local();
  return phone ? phone.proposals(text) : null;
});

/**
 * Answer the question of the address, if the page that came does not: a service worker that keeps
 * packs gives the plain page, whatever is asked.
 */
async function answerAddress() {
  if (!around) {
    if (!first.toString() || !isStart()) return;
    if (!behind && !(await local().catch(() => true))) return;
  }
  await ask(first, { from: "history", said: notice.textContent });
  if (left) scrollTo({ top: left, behavior: "instant" });
  returnToPlace();
}
answerAddress();
