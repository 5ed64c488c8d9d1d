/** The page of what is kept: made here, of what this phone knows. */
import { favourites, forgetFavourites } from "./favourites.js";
import "./page.js";

const page = document.getElementById("favourites");
const list = page.querySelector("ol");
const nothing = document.getElementById("nothing-kept");
const all = document.getElementById("forget-all");

/** A kept card as an element, with the day of its copy. */
function cardOf({ html, day, lang }) {
  const card = new DOMParser().parseFromString(html, "text/html").querySelector("li.card");
  if (!card) return null;
  const pageLanguage = document.documentElement.lang;
  if (lang !== pageLanguage) card.lang = lang;
  card.querySelector("[data-star]")?.setAttribute("aria-pressed", "true");
  const note = document.createElement("p");
  note.className = "small";
  note.lang = pageLanguage;
  // At noon it is that day in every time zone.
  const words = new Date(`${day}T12:00`).toLocaleDateString(pageLanguage, { dateStyle: "long" });
  note.textContent = page.dataset.copied.replace("{day}", words);
  card.append(note);
  return document.adoptNode(card);
}

function show() {
  const cards = favourites().map(cardOf).filter(Boolean);
  list.replaceChildren(...cards);
  nothing.hidden = cards.length > 0;
  all.hidden = !cards.length;
}

all.addEventListener("click", () => {
  if (!confirm(page.dataset.sure)) return;
  forgetFavourites();
  show();
  nothing.tabIndex = -1;
  nothing.focus();
});
show();
