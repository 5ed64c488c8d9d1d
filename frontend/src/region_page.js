/** The page of a region: its map, and all of it on paper. */
import { startMapPanel } from "./map_panel.js";

const source = document.querySelector("[data-resources-url]");
if (source) startMapPanel(() => source.dataset);

/** What the printer has opened, to be closed after it. */
let unfolded = [];

addEventListener("beforeprint", () => {
  unfolded = [...unfolded, ...document.querySelectorAll("main details:not([open])")];
  for (const details of unfolded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of unfolded) details.open = false;
  unfolded = [];
});
