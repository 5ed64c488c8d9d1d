/**
 * Leaving in a hurry, after GOV.UK's "Exit this page": the page goes blank at once, the phone
 * forgets what it keeps of us, and a neutral page takes the place of ours in the history. Never by
 * Esc, which people press for other reasons and which stops the page from loading.
 */

const PRESSES = 3;
/** The presses of Shift must come so close together. */
const WITHIN_MS = 5_000;
/** A network that has not answered by then is not waited for. */
const LIMIT_MS = 4_000;
/** A page without a network, and without a word about us. */
const BLANK = "about:blank";

/** What `Clear-Site-Data` does too, but only with a network, and only over HTTPS. */
function forget() {
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
  const pass = () => {};
  window.caches?.keys().then((names) => names.forEach((name) => void caches.delete(name)), pass);
  navigator.serviceWorker
    ?.getRegistrations()
    .then((workers) => workers.forEach((worker) => void worker.unregister()), pass);
  window.indexedDB
    ?.databases?.()
    .then((all) => all.forEach(({ name }) => void indexedDB.deleteDatabase(name)), pass);
}

/** @param {string} address - our own, which sends the browser on */
function leave(address) {
  document.documentElement.classList.add("left");
  document.title = "…";
  forget();
  location.replace(navigator.onLine === false ? BLANK : address);
  setTimeout(() => location.replace(BLANK), LIMIT_MS);
}

/**
 * @param {HTMLAnchorElement} link - the button, with its words
 */
export function startExit(link) {
  const counter = document.createElement("p");
  counter.className = "presses";
  counter.setAttribute("role", "status");
  link.after(counter);

  let presses = 0;
  let timer = 0;
  let withOthers = false;

  function begin(words) {
    clearTimeout(timer);
    presses = 0;
    counter.textContent = words;
  }

  addEventListener("keyup", ({ key, shiftKey }) => {
    if (key !== "Shift") {
      if (presses) begin("");
    } else if (!withOthers) {
      clearTimeout(timer);
      presses += 1;
      if (presses === PRESSES) {
        leave(link.href);
        return;
      }
      counter.textContent = link.dataset[`left-${PRESSES - presses}`];
      timer = setTimeout(() => begin(link.dataset.over), WITHIN_MS);
    }
    // The Shift of a capital letter is let go of after the letter.
    withOthers = shiftKey;
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-leave]")) return;
    event.preventDefault();
    leave(link.href);
  });
}
