/** The answer to another question, put into the page in place of the present one. */

/** What changes from one answer to the next: the results, and what the page marks. */
const CHANGING = "#results, [data-swap][id]";

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Document>} a page, or a part of one, that holds #results
 * @throws {Error} when the server or the network fails
 */
export async function fetchResults(url, signal) {
  const response = await fetch(url, { signal, headers: { "X-Requested-With": "fetch" } });
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.getElementById("results")) throw new Error("no results in the answer");
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
