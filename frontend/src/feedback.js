/**
 * Messages about a service: sent without leaving the page; kept where there is no network, and
 * sent when it is back.
 */
import { keep, kept } from "./kept_list.js";

const UNSENT = "repere-unsent";
/** More would be a machine. */
const MOST = 20;
/** After so many days nobody wants to know. */
const DAYS = 30;
const DAY_MS = 86_400_000;

/** @returns {Promise<Response|null>} null when the server was not reached */
async function send(url, body) {
  try {
    return await fetch(url, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
    });
  } catch {
    return null;
  }
}

/** The server may want it later; else it has it, or never will. */
function isForLater(response) {
  return !response || response.status === 429 || response.status >= 500;
}

async function sendKept() {
  const list = kept(UNSENT).filter(({ at }) => Date.now() - at < DAYS * DAY_MS);
  if (!list.length || navigator.onLine === false) return;
  // Off the phone first: two open pages must not send it twice.
  keep(UNSENT, []);
  const left = [];
  for (const one of list) {
    if (isForLater(await send(one.url, one.body))) left.push(one);
  }
  if (left.length) keep(UNSENT, [...kept(UNSENT), ...left].slice(0, MOST));
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-feedback]")) return;
  event.preventDefault();
  const said = form.closest(".tell").querySelector("[data-said]");
  const url = form.action;
  const body = new URLSearchParams(new FormData(form, event.submitter)).toString();
  form.setAttribute("aria-busy", "true");
  const response = await send(url, body);
  form.removeAttribute("aria-busy");
  const isKept =
    !response && keep(UNSENT, [{ url, body, at: Date.now() }, ...kept(UNSENT)].slice(0, MOST));
  if (isKept) {
    said.textContent = said.dataset.kept;
  } else if (response) {
    const answer = await response.json().catch(() => null);
    if (!answer) {
      // No answer of ours: the browser asks again, as without scripts.
      form.submit();
      return;
    }
    said.textContent = answer.detail;
    if (!response.ok) return;
  } else {
    form.submit();
    return;
  }
  form.reset();
  form.closest("details").open = false;
}

export function startFeedback() {
  document.addEventListener("submit", onSubmit);
  addEventListener("online", sendKept);
  sendKept();
}
