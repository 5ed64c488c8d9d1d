/**
 * What a person keeps: cards, with the star. They stay on the phone, in the language and with the
 * facts of the day; a card that is seen again renews its copy.
 */
import { keep, kept } from "./kept_list.js";

const FAVOURITES = "repere-favourites";
/** The oldest leaves when there are more. */
const MOST = 100;

/** @returns {{id: string, html: string, day: string, lang: string}[]} newest first */
export function favourites() {
  return kept(FAVOURITES);
}

/** Take one off the list, or all of them. */
export function forgetFavourites(id) {
  keep(FAVOURITES, id ? favourites().filter((one) => one.id !== id) : []);
}

/** A card without what tells where the person was. */
function cardOf(card) {
  const copy = card.cloneNode(true);
  for (const distance of copy.querySelectorAll("[data-distance], [data-part=distance]")) {
    const after = distance.nextSibling;
    if (after?.nodeType === Node.TEXT_NODE && after.data.startsWith(" · ")) after.remove();
    distance.remove();
  }
  return copy.outerHTML;
}

/** A small card made of the page of a service. */
function cardOfSheet(sheet, id) {
  const card = document.createElement("li");
  card.className = "card";
  card.dataset.id = id;
  const name = document.createElement("h3");
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = sheet.querySelector("h1").textContent;
  name.append(link);
  const calls = document.createElement("p");
  calls.className = "actions";
  calls.append(
    ...[...sheet.querySelectorAll(".contacts .call")].map((call) => call.cloneNode(true)),
  );
  const star = sheet.querySelector("[data-star]").cloneNode(true);
  const more = [...sheet.querySelectorAll(":scope > .by, :scope > .alert")];
  card.append(name, star, ...more.map((part) => part.cloneNode(true)), calls);
  return card.outerHTML;
}

function copyOf(star) {
  const id = star.dataset.star;
  const card = star.closest(".card");
  const html = card ? cardOf(card) : cardOfSheet(star.closest(".sheet"), id);
  const day = new Date().toLocaleDateString("sv");
  return { id, html, day, lang: document.documentElement.lang };
}

function write(list) {
  return keep(FAVOURITES, list.slice(0, MOST));
}

/** Fill the stars of what is kept, and renew the copies of the cards among them. */
function mark(stars) {
  const list = favourites();
  if (!list.length || !stars.length) return;
  const at = new Map(list.map(({ id }, place) => [id, place]));
  let isRenewed = false;
  for (const star of stars) {
    const place = at.get(star.dataset.star);
    star.setAttribute("aria-pressed", String(place !== undefined));
    const card = star.closest(".card");
    if (place === undefined || !card || card.closest("#favourites")) continue;
    list[place] = copyOf(star);
    isRenewed = true;
  }
  if (isRenewed) write(list);
}

function toggle(star) {
  const { id, html, day, lang } = copyOf(star);
  const others = favourites().filter((one) => one.id !== id);
  const isKept = others.length < favourites().length;
  const isWritten = write(isKept ? others : [{ id, html, day, lang }, ...others]);
  if (!isWritten) return;
  for (const same of document.querySelectorAll(`[data-star="${id}"]`)) {
    same.setAttribute("aria-pressed", String(!isKept));
  }
}

/** Cards may come later, from the server or from the phone itself. */
export function startStars() {
  document.addEventListener("click", (event) => {
    const star = event.target.closest?.("[data-star]");
    if (star) toggle(star);
  });
  mark(document.querySelectorAll("[data-star]"));
  const main = document.getElementById("main");
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    mark(added.flatMap((node) => [...(node.querySelectorAll?.("[data-star]") ?? [])]));
  }).observe(main, { childList: true, subtree: true });
}
