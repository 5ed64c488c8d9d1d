/** Pages that were visited, kept to be read again without a network; for the service worker. */

export const PAGES = "repere-pages-1";

/** The page that was visited longest ago goes first. */
export const MOST_PAGES = 50;

/**
 * Whether an answer may be kept: a whole public page, asked for without a question. What the server
 * marks `no-store` holds a position, or is for one reader only.
 *
 * @param {URL} url
 * @param {Response} response
 */
export function mayKeep(url, response) {
  const { headers } = response;
  return (
    response.status === 200 &&
    response.type === "basic" &&
    !response.redirected &&
    !url.search &&
    !/no-store|private/.test(headers.get("Cache-Control") ?? "") &&
    (headers.get("Content-Type") ?? "").startsWith("text/html")
  );
}

/** @returns {string[]} the addresses of the files that a page is shown with */
export function assetsOf(html, folder) {
  const addresses = html.match(/[^"'\s&<>\\]+/g) ?? [];
  return [...new Set(addresses.filter((text) => text.startsWith(folder) && !text.endsWith("/")))];
}

/** @returns {Response} the same page with the moment it was kept */
export function dated(html, headers) {
  const kept = new Headers(headers);
  // The text is not packed any more, and one address has one copy.
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) kept.delete(name);
  kept.set("X-Saved", String(Date.now()));
  return new Response(html, { headers: kept });
}

/** Keep a page as the last one visited, and let go of those beyond the limit. */
export async function keepPage(cache, path, page, most = MOST_PAGES) {
  // A cache lists its entries in the order they came in.
  await cache.delete(path);
  await cache.put(path, page);
  const requests = await cache.keys();
  const spare = requests.slice(0, Math.max(0, requests.length - most));
  await Promise.all(spare.map((request) => cache.delete(request)));
}

/** Say in a page that it is a copy: the page's script tells the reader, with the date. */
export function asCopy(html, savedMs) {
  return html.replace(/<html\b/, `<html data-copied="${new Date(savedMs).toISOString()}"`);
}

/**
 * A page made of the frame of another one.
 *
 * @param {string} frame - the html of a page of the same language
 * @param {{title: string, main: string, languages: Record<string, string>}} page - what is put in;
 *   `languages`, the address of the same page in each language
 */
export function composed(frame, { title, main, languages }) {
  const start = frame.indexOf(">", frame.indexOf("<main")) + 1;
  const head = frame.slice(0, start);
  const foot = frame.slice(frame.indexOf("</main>"));
  const links = (html) =>
    html.replace(/href="[^"]*" lang="(\w+)"/g, (whole, lang) =>
      languages[lang] ? `href="${languages[lang]}" lang="${lang}"` : whole,
    );
  return links(head).replace(/<title>[^<]*/, `<title>${title}`) + main + foot;
}
