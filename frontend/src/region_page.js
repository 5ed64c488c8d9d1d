/** The page of a region: its map. */
import { startMapPanel } from "./map_panel.js";

const source = document.querySelector("[data-resources-url]");
if (source) startMapPanel(() => source.dataset);
