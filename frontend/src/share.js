/** Share what a page is about: with an app of the phone, or copied. Nothing is sent from here. */

/** @returns {string} what goes into a message: a text, an address, or both */
function message({ words, url }) {
  return [words, url].filter(Boolean).join("\n");
}

/** @param {HTMLElement} section - of `includes/share.html` */
function startSharing(section) {
  const open = section.querySelector("[data-share-open]");
  const copy = section.querySelector("[data-share-copy]");
  const said = section.querySelector("[data-share-said]");
  const { words, url } = section.dataset;

  if (navigator.share) {
    open.parentElement.hidden = false;
    open.addEventListener("click", async () => {
      try {
        // An empty address would stand for that of the page.
        await navigator.share(url ? { text: words, url } : { text: words });
      } catch (error) {
        // Closing the list of apps is no failure.
        if (error.name !== "AbortError") throw error;
      }
    });
  }

  // Absent where the page did not come by HTTPS.
  if (navigator.clipboard) {
    copy.parentElement.hidden = false;
    copy.addEventListener("click", async () => {
      said.textContent = "";
      try {
        await navigator.clipboard.writeText(message({ words, url }));
        said.textContent = copy.dataset.copied;
      } catch {
        said.textContent = copy.dataset.failed;
        section.querySelector("details").open = true;
      }
    });
  }
}

/** Offer what this phone can do to share. */
export function startShare() {
  for (const section of document.querySelectorAll("[data-share]")) startSharing(section);
}
