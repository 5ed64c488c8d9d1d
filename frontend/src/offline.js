/**
 * On every page: says when there is no network, and starts what makes the site work without one,
 * after everything else.
 */
import { fill } from "./words.js";

const notice = document.getElementById("network");
const { lang } = document.documentElement;
const { copied } = document.documentElement.dataset;

/** A busy page waits for nobody longer than this. */
const IDLE_LIMIT_MS = 5_000;

/** Region that was told to the service worker last. */
let told = null;

function day(moment) {
  return new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" }).format(
    moment,
  );
}

function say() {
  const { absent, copy } = notice.dataset;
  if (copied) notice.textContent = fill(copy, { date: day(new Date(copied)) });
  else notice.textContent = navigator.onLine === false ? absent : "";
}

/** Data is dear or slow here: nothing is fetched that was not asked for. */
function isFrugal() {
  const { saveData, effectiveType } = navigator.connection ?? {};
  return Boolean(saveData) || /2g$/.test(effectiveType ?? "");
}

/** Have the region that the page is about kept. */
function tellRegion(worker) {
  const code = document.getElementById("results")?.dataset.region;
  if (!code || code === told) return;
  told = code;
  worker.postMessage({ type: "visit", code, lang, frugal: isFrugal() });
}

async function start() {
  const panel = document.querySelector("[data-keep-js]");
  // Without a network there is nothing to keep: the panel stays hidden.
  if (panel && globalThis.caches) import(panel.dataset.keepJs).catch(() => null);
  if (!navigator.serviceWorker) return;
  // Refused where the site has no certificate, and in some private windows: pages work without.
  const registration = await navigator.serviceWorker
    .register(notice.dataset.worker)
    .catch(() => null);
  if (!registration) return;
  const { active } = await navigator.serviceWorker.ready;
  tellRegion(active);
  // The home page puts other results in the place of these.
  new MutationObserver(() => tellRegion(active)).observe(document.getElementById("main"), {
    childList: true,
  });
}

function whenIdle() {
  if (globalThis.requestIdleCallback) requestIdleCallback(start, { timeout: IDLE_LIMIT_MS });
  else setTimeout(start, IDLE_LIMIT_MS);
}

addEventListener("online", say);
addEventListener("offline", say);
say();
if (document.readyState === "complete") whenIdle();
else addEventListener("load", whenIdle);
