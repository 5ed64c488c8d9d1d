/** What every page does. The entry scripts of some pages bring it with them. */
import { startExit } from "./exit.js";
import { startStars } from "./favourites.js";
import { startFeedback } from "./feedback.js";
import { startHours } from "./hours.js";
import { startLanguageSwitch } from "./language_switch.js";
import "./offline.js";
import { startShare } from "./share.js";

const link = document.getElementById("leave");
if (link) startExit(link);
startStars();
startFeedback();
startHours();
startLanguageSwitch();
startShare();
