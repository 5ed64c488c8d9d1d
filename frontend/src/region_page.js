/** The page of a region: its map, and all of it on paper. */
import { carry, handedOver } from "./language_switch.js";
import { localAnswers } from "./local_door.js";
import { startMapPanel } from "./map_panel.js";
import "./page.js";

const source = document.querySelector("[data-resources-url]");
if (source) {
  const { localJs, region } = document.getElementById("map-box").dataset;
  const panel = startMapPanel(async () => {
    const local = await localAnswers(localJs);
    return { ...source.dataset, local: (await local?.has(region)) ? local : null };
  }, handedOver("map"));
  carry("map", panel.view);
}

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
