/** The answer to another question, put into the page in place of the present one. */

/** What changes from one answer to the next: the results, and what the page marks. */
export const CHANGING = "#results, [data-swap][id]";

/** A request that has stalled for so long will not end: a weak signal comes and goes. */
const LIMIT_MS = 15_000;

/** The server was reached, and what it said is no page of results. */
export class BadAnswer extends Error {}

/** The server was not reached, or not in time. */
export class NoAnswer extends Error {}

/**
 * @param {string} url
 * @param {AbortController} controller - this request's own
 * @returns {Promise<Document|null>} a page, or a part of one, that holds #results; null when the
 *   caller has aborted
 * @throws {BadAnswer|NoAnswer} when the server or the network fails
 */
export async function fetchResults(url, controller) {
  const { signal } = controller;
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    controller.abort();
  }, LIMIT_MS);
  let response;
  let text;
  try {
    response = await fetch(url, { signal, headers: { "X-Requested-With": "fetch" } });
    text = await response.text();
  } catch (error) {
    if (signal.aborted && !late) return null;
    throw new NoAnswer(url, { cause: error });
  } finally {
    clearTimeout(limit);
  }
  if (!response.ok) throw new BadAnswer(String(response.status));
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("results")) throw new BadAnswer("no results in the answer");
  return page;
}

/** Give the fields of a form the values they have in another page's copy of it. */
function copyFields(form, other) {
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const hidden of other.querySelectorAll("input[type=hidden]")) form.append(hidden);
  for (const field of other.elements) {
    const mine = field.name && form.elements[field.name];
    if (!mine || mine.type === "hidden") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      for (const choice of form.querySelectorAll(`[name="${field.name}"]`)) {
        if (choice.value === field.value) choice.checked = field.checked;
      }
    } else {
      mine.value = field.value;
    }
  }
}

/** What stands in the new part of the page for an element of the old one: same id, same link. */
function counterpart(old, fresh) {
  if (old.id) return fresh.querySelector(`#${CSS.escape(old.id)}`);
  const href = old.getAttribute("href");
  if (!href) return undefined;
  return [...fresh.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === href);
}

/**
 * Replace what changes by what a fetched page has. The form stays, with other values: a keyboard
 * may be open on it. The focus stays where it was.
 *
 * @param {Document} page
 * @returns {boolean} whether the element that had the focus is gone without a counterpart
 */
export function swap(page) {
  const focused = document.activeElement;
  let lost = false;
  for (const old of document.querySelectorAll(CHANGING)) {
    const fresh = page.getElementById(old.id);
    if (!fresh) continue;
    const held = old.contains(focused);
    old.replaceWith(fresh);
    if (!held) continue;
    const same = counterpart(focused, fresh);
    same?.focus({ preventScroll: true });
    lost = !same;
  }
  const other = page.getElementById("search");
  if (other) copyFields(document.getElementById("search"), other);
  if (page.title) document.title = page.title;
  return lost;
}
