/** The button that opens the map, and the files it needs; nothing is fetched before. */

const WIDE = "(min-width: 64rem)";

/** Wait for an element that fetches a file; one that fails leaves no trace, to be tried again. */
function loaded(element, put) {
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = () => {
      element.remove();
      reject(new Error(element.src ?? element.href));
    };
    put(element);
  });
}

async function loadScript(url) {
  if (document.querySelector(`script[src="${url}"]`)) return;
  const script = document.createElement("script");
  script.src = url;
  await loaded(script, (element) => document.head.append(element));
}

async function loadStyles(url) {
  if (document.querySelector(`link[href="${url}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  // Before the page's own style sheet, which has the last word.
  await loaded(link, (element) => document.head.prepend(element));
}

async function loadMap(box, note) {
  const { leafletJs, leafletCss, mapJs } = box.dataset;
  const leaflet = (async () => {
    for (const url of leafletJs.trim().split(/\s+/)) await loadScript(url);
  })();
  const [module] = await Promise.all([import(mapJs), leaflet, loadStyles(leafletCss)]);
  return module.openMap(box, note, document.querySelector("#map-panel .credits"));
}

/**
 * Let the person open the map; open it at once where there is room beside the list.
 *
 * @param {() => Promise<object>} asked - the data of what the list shows now, with `local` if the
 *   phone answers by itself, and `isStart` before a question
 * @param {object|null} [left] - the `view` of a map that stood open, to be opened again
 * @returns {{refresh: () => void, view: () => object|null}} call `refresh` when the list has
 *   changed; `view` is what an open map shows
 */
export function startMapPanel(asked, left = null) {
  const button = document.getElementById("open-map");
  const box = document.getElementById("map-box");
  if (!button || !box) return { refresh() {}, view: () => null };
  let loading = null;
  let map = null;
  let request = null;
  const note = document.createElement("p");
  note.className = "map-note";
  note.setAttribute("role", "status");
  box.prepend(note);

  const refresh = async () => {
    if (!map) return;
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      await map.show(await asked(), signal);
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = box.dataset.labelFailed;
    }
  };

  const open = async () => {
    box.hidden = false;
    button.setAttribute("aria-expanded", "true");
    if (map) {
      map.resized();
      return;
    }
    note.textContent = box.dataset.labelLoading;
    try {
      loading ??= loadMap(box, note);
      map = await loading;
      await refresh();
      if (left) map.look(left);
    } catch {
      // Closing the map and opening it again tries again.
      loading = null;
      note.textContent = box.dataset.labelFailed;
    }
  };

  const close = () => {
    box.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    if (!box.hidden) {
      close();
      return;
    }
    open();
    button.scrollIntoView({ block: "start" });
  });
  const wide = matchMedia(WIDE);
  if (wide.matches || left) open();
  wide.addEventListener?.("change", () => wide.matches && box.hidden && open());
  return { refresh, view: () => (map && !box.hidden ? map.view() : null) };
}
