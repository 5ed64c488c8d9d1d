/** The panels where people keep regions on their phone, and the list of what is kept. */
import { EVERYWHERE, forget, NoRoom, readAreas, savedPacks, savePack } from "./packs.js";
import { fill } from "./words.js";

const { lang } = document.documentElement;

/** A copy older than this may be wrong; its hours certainly are. */
const OLD_MS = 30 * 24 * 3_600_000;

const panel = document.getElementById("keep");
const list = document.getElementById("kept");
const words = (panel ?? list).dataset;

const size = (bytes) => fill(words.size, { n: Math.max(1, Math.round(bytes / 1000)) });

const date = (moment) =>
  new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" }).format(moment);

const aboutCopy = (pack) => fill(words.copy, { date: date(pack.saved), size: size(pack.bytes) });

/** Sizes of the packs, once they are known. */
let index = null;

async function readIndex() {
  const response = await fetch(words.packsUrl, { cache: "no-cache", credentials: "omit" });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

/** One thing that can be kept, a line of the panel. */
class Choice {
  /** @param {HTMLElement} line - with `data-choice`: `region` or `all` */
  constructor(line) {
    this.line = line;
    this.status = line.querySelector("[data-part=status]");
    this.button = line.querySelector("[data-part=keep]");
    this.forget = line.querySelector("[data-part=forget]");
    this.button.addEventListener("click", () => this.keep());
    this.forget.addEventListener("click", () => this.drop());
  }

  get code() {
    if (this.line.dataset.choice === "all") return EVERYWHERE;
    return document.getElementById("results")?.dataset.region;
  }

  /** Show how things are; `said` goes before what is told of the copy. */
  async show(said = "") {
    const { code } = this;
    this.line.hidden = !code;
    if (!code) return;
    const packs = await savedPacks(lang);
    const pack = packs.find((kept) => kept.code === code);
    const offered = index?.packs.find((row) => row.code === code);
    if (offered) {
      // The first one brings the map and the names of towns with it.
      const bytes = offered.bytes + (packs.length ? 0 : index.shared_bytes);
      const label = fill(this.button.dataset.label, { size: size(bytes) });
      this.button.querySelector("[data-part=label]").textContent = label;
    }
    this.button.hidden = Boolean(pack?.byHand) || !offered;
    this.forget.hidden = !pack;
    this.status.textContent = `${said} ${pack ? aboutCopy(pack) : ""}`.trim();
  }

  async keep() {
    this.button.disabled = true;
    this.line.setAttribute("aria-busy", "true");
    this.status.textContent = words.wait;
    let said = words.done;
    try {
      await savePack(this.code, lang);
      const registration = await navigator.serviceWorker?.getRegistration();
      registration?.active?.postMessage({ type: "map" });
    } catch (error) {
      said = error instanceof NoRoom ? words.noRoom : words.failed;
    }
    this.button.disabled = false;
    this.line.removeAttribute("aria-busy");
    await showAll(this, said);
    // A button that is gone has lost the focus.
    if (this.button.hidden) this.forget.focus();
    else this.button.focus();
  }

  async drop() {
    await forget(this.code, lang);
    await showAll(this, words.gone);
    this.button.focus();
  }
}

const choices = [...(panel?.querySelectorAll("[data-choice]") ?? [])].map(
  (line) => new Choice(line),
);

/** A change of one line may change the others: the whole province holds every region. */
async function showAll(changed = null, said = "") {
  for (const choice of choices) await choice.show(choice === changed ? said : "");
}

async function startPanel() {
  panel.hidden = false;
  await showAll();
  navigator.serviceWorker?.addEventListener("message", () => showAll());
  new MutationObserver(() => showAll()).observe(document.getElementById("main"), {
    childList: true,
  });
  try {
    index = await readIndex();
    await showAll();
  } catch {
    // Without a network nothing can be kept; what is kept is shown.
  }
}

/** The languages of the site, with the name that each gives itself. */
function languages() {
  const links = [...document.querySelectorAll("#languages a[lang]")];
  return links.map((link) => [link.lang, link.textContent]);
}

async function rowOf(pack, name, language) {
  const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
  const part = (which) => row.querySelector(`[data-part=${which}]`);
  part("name").textContent = `${name} (${language.name})`;
  part("about").textContent = aboutCopy(pack);
  part("old").textContent = Date.now() - pack.saved > OLD_MS ? words.old : "";
  const button = part("delete");
  button.setAttribute("aria-label", `${button.textContent} – ${part("name").textContent}`);
  button.addEventListener("click", async () => {
    await forget(pack.code, language.code);
    await showList();
    list.querySelector("[data-part=status]").textContent = words.gone;
    list.focus();
  });
  return row;
}

async function showList() {
  const rows = [];
  for (const [code, name] of languages()) {
    const areas = await readAreas(code);
    const names = new Map(areas?.regions.map((region) => [region.code, region.name]));
    names.set(EVERYWHERE, areas?.province.name);
    for (const pack of await savedPacks(code)) {
      rows.push(await rowOf(pack, names.get(pack.code) ?? pack.code, { code, name }));
    }
  }
  list.hidden = false;
  list.querySelector("ul").replaceChildren(...rows);
  list.querySelector("[data-part=none]").hidden = rows.length > 0;
}

if (panel) startPanel();
if (list) {
  showList();
  navigator.serviceWorker?.addEventListener("message", showList);
}
