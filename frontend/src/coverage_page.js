/** The page of coverage: another question is answered without a new page; the map follows. */
import { carry, handedOver } from "./language_switch.js";
import { startMapPanel } from "./map_panel.js";
import "./page.js";
import { askedQuery } from "./coverage_query.js";
import { fetchResults, swap } from "./results.js";

const form = document.getElementById("search");
const results = () => document.getElementById("results");

if (form && results()) {
  const notice = document.getElementById("notice");
  /** The count of answers is silent to a screen reader: this says that they came. */
  const said = () => results().querySelector("h3")?.textContent ?? "";

  /** What the map draws: the words are those of the table, so that both say the same. */
  const panel = startMapPanel(async () => {
    const areas = new Map();
    for (const row of results().querySelectorAll("[data-code]")) {
      const link = row.querySelector("a");
      areas.set(row.dataset.code, {
        name: link.textContent,
        url: link.href,
        key: row.dataset.key,
        value: row.dataset.value,
      });
    }
    return { ...results().dataset, areas };
  }, handedOver("map"));
  carry("map", panel.view);

  let request = null;

  const show = async (address, isNew) => {
    request?.abort();
    request = new AbortController();
    const mine = request;
    results().setAttribute("aria-busy", "true");
    try {
      const page = await fetchResults(address, mine);
      if (!page || mine !== request) return;
      swap(page);
      if (isNew) history.pushState(null, "", address);
      notice.textContent = said();
      panel.refresh();
    } catch {
      if (mine !== request) return;
      results().removeAttribute("aria-busy");
      notice.textContent = form.dataset.failed;
    }
  };

  const onChange = () => {
    const address = new URL(location.pathname, location.origin);
    const latest = form.elements.as_of.options[0].value;
    address.search = askedQuery(new FormData(form), latest).toString();
    show(address.href, true);
  };

  document.querySelector("main").classList.add("is-live");
  // Fields outside the form belong to it by their attribute, and their events do not pass it.
  for (const field of form.elements) field.addEventListener("change", onChange);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onChange();
  });
  addEventListener("popstate", () => show(location.href, false));
}
