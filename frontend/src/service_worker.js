/**
 * The site without a network. `frontend/views/offline.py` writes SITE before this script: its
 * version, its addresses, the files of the map.
 *
 * Files bear a digest in their names, so one address is one content for ever and no page is ever
 * shown with the files of another version. Pages come from the network if it answers in time.
 */
import { asCopy, assetsOf, composed, dated, keepPage, mayKeep, PAGES } from "./kept_pages.js";
import { EVERYWHERE, hasPacks, readPack, savedPacks, savePack, touchPack } from "./packs.js";

const SITE = self.SITE;

/** What every page needs, for one version of the site. */
const SHELLS = "repere-shell-";
const SHELL = SHELLS + SITE.version;

/** A network that has said nothing for so long is taken for absent, if there is a copy. */
const PATIENCE_MS = 3_000;

/** The digest in the name of a file: its content never changes. */
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

/** A pack is asked for again after a day; where data is dear, after a week. */
const FRESH_MS = 24 * 3_600_000;

/** @returns {string|undefined} the language of an address, if it is a page's */
function languageOf({ origin, pathname }) {
  if (origin !== self.location.origin) return undefined;
  return Object.keys(SITE.languages).find((lang) => pathname.startsWith(`/${lang}/`));
}

/** Addresses that are none of our business: they go to the network as without a worker. */
function isLeftAlone({ pathname }, lang) {
  return SITE.languages[lang].leftAlone.some((path) => pathname.startsWith(path));
}

/** Put files into the shell, those of them that no cache has. One that is absent is passed over. */
async function ensure(addresses) {
  const shell = await caches.open(SHELL);
  await Promise.all(
    addresses.map(async (address) => {
      if (await shell.match(address)) return;
      const response = (await caches.match(address)) ?? (await fetch(address));
      if (response.ok) await shell.put(address, response);
    }),
  );
}

/** The files without which a page is not itself; the map is fetched with a region. */
function neededBy(html) {
  return assetsOf(html, SITE.files).filter((address) => !SITE.apart.includes(address));
}

async function keepShellPage(path, html, headers) {
  await ensure(neededBy(html));
  await (await caches.open(SHELL)).put(path, dated(html, headers));
}

/** The pages of a language that answer when nothing else does. */
async function precache(lang) {
  const { home, offline, favourites } = SITE.languages[lang];
  await Promise.all(
    [home, offline, favourites].map(async (path) => {
      const response = await fetch(path, { cache: "no-cache", credentials: "omit" });
      if (!mayKeep(new URL(path, self.location.href), response)) throw new Error(path);
      await keepShellPage(path, await response.text(), response.headers);
    }),
  );
}

/** The languages of the open pages, and those kept before; the site's own where there are none. */
async function languagesInUse() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const used = new Set(windows.map(({ url }) => languageOf(new URL(url))));
  for (const lang of Object.keys(SITE.languages)) {
    if (await caches.match(SITE.languages[lang].offline)) used.add(lang);
  }
  used.delete(undefined);
  return used.size ? [...used] : [SITE.language];
}

async function install() {
  for (const lang of await languagesInUse()) await precache(lang);
  await self.skipWaiting();
}

/**
 * Let go of the shells of earlier versions: all of them when no page is open, else all but the
 * last, of which an open page may still want a file.
 */
async function sweep() {
  // Caches are listed in the order they were made: what comes after ours is a version to come.
  const shells = (await caches.keys()).filter((name) => name.startsWith(SHELLS));
  const old = shells.slice(0, Math.max(0, shells.indexOf(SHELL)));
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const spare = windows.length ? old.slice(0, -1) : old;
  if (!spare.length) return;
  await Promise.all(spare.map((name) => caches.delete(name)));
  const pages = await caches.open(PAGES);
  for (const request of await pages.keys()) {
    const html = await (await pages.match(request)).text();
    const found = await Promise.all(neededBy(html).map((address) => caches.match(address)));
    // A page of an earlier version would be shown without its style.
    if (!found.every(Boolean)) await pages.delete(request);
  }
}

async function keepVisited(url, lang, response) {
  if (!mayKeep(url, response)) return;
  const html = await response.text();
  const { home, offline, favourites } = SITE.languages[lang];
  if ([home, offline, favourites].includes(url.pathname)) {
    await keepShellPage(url.pathname, html, response.headers);
    return;
  }
  await ensure(neededBy(html));
  await keepPage(await caches.open(PAGES), url.pathname, dated(html, response.headers));
}

/** @returns {Promise<Response|null>} the copy of a page, which says of itself that it is one */
async function copyOf(path) {
  const response = (await (await caches.open(SHELL)).match(path)) ?? (await caches.match(path));
  if (!response) return null;
  const html = asCopy(await response.text(), Number(response.headers.get("X-Saved")));
  return new Response(html, { headers: response.headers });
}

/** The page of a service, from the pack that holds it. */
async function pageFromPack(url, lang) {
  const { resource, title } = SITE.languages[lang];
  const id = /^[0-9a-f-]{36}(?=\/$)/.exec(url.pathname.slice(resource.length))?.[0];
  if (!url.pathname.startsWith(resource) || !id) return null;
  const frame = await (await caches.open(SHELL)).match(SITE.languages[lang].offline);
  if (!frame) return null;
  for (const { code, saved } of await savedPacks(lang)) {
    const pack = await readPack(code, lang);
    const row = pack.resources.find((candidate) => candidate.id === id);
    const index = row ? row.service : pack.services.findIndex((service) => service.id === id);
    if (index === -1) continue;
    const languages = Object.fromEntries(
      Object.entries(SITE.languages).map(([other, paths]) => [other, `${paths.resource}${id}/`]),
    );
    const { feedback } = pack;
    const service = pack.services[index].id;
    const main = pack.details[index].replace(
      "<!--feedback-->",
      feedback.html.split(feedback.id).join(service),
    );
    const html = composed(await frame.text(), { title, main, languages });
    return new Response(asCopy(html, saved), { headers: frame.headers });
  }
  return null;
}

/** The page of a region that was not visited: the list of its resources, which the home page makes. */
async function listFromPack(url, lang) {
  const { region, home } = SITE.languages[lang];
  const code = url.pathname.startsWith(region) && url.pathname.slice(region.length).slice(0, 2);
  if (!code) return null;
  const packs = await savedPacks(lang);
  const isKept = packs.some((pack) => pack.code === code || pack.code === EVERYWHERE);
  return isKept ? Response.redirect(`${home}?region=${code}`) : null;
}

async function withoutNetwork(url, lang) {
  const { home, offline } = SITE.languages[lang];
  // A question that nothing here can answer is not met by a page that ignores it.
  const page = url.pathname === home && url.search ? null : await copyOf(url.pathname);
  return (
    page ??
    (await pageFromPack(url, lang)) ??
    (await listFromPack(url, lang)) ??
    (await copyOf(offline)) ??
    Response.error()
  );
}

/** Where the copy would be no more than the page that says that there is no network. */
async function hasCopy(url, lang) {
  const { home } = SITE.languages[lang];
  if (url.pathname === home && url.search) return false;
  return Boolean(
    (await caches.match(url.pathname)) ??
      (await pageFromPack(url, lang)) ??
      (await listFromPack(url, lang)),
  );
}

/**
 * @param {URL} url - of the page; without its question where the phone answers that itself
 * @param {Promise<Response>} network
 */
async function pageOf(url, lang, network) {
  const answer = await Promise.race([
    network.catch(() => null),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, "late")),
  ]);
  if (answer === null) return withoutNetwork(url, lang);
  if (answer !== "late" && answer.status < 500) return answer;
  if (await hasCopy(url, lang)) return withoutNetwork(url, lang);
  return network.catch(() => withoutNetwork(url, lang));
}

async function visit(event, url, lang) {
  await sweep();
  const { home } = SITE.languages[lang];
  // With a pack, the question stays on the phone: the page's own script answers it. Who keeps one
  // in another language does not want to be heard either.
  const answersItself = url.pathname === home && url.search && (await hasPacks());
  const asked = answersItself ? new URL(home, url) : url;
  const network = answersItself ? fetch(home) : fetch(event.request);
  event.waitUntil(
    network
      .then((response) => keepVisited(asked, lang, response.clone()))
      .then(() => caches.match(SITE.languages[lang].offline))
      .then((known) => known ?? precache(lang))
      .catch(() => {}),
  );
  return pageOf(asked, lang, network);
}

/** The front door sends to the language of the browser; without it, to one that is kept. */
async function enter(event) {
  try {
    return await fetch(event.request);
  } catch (error) {
    for (const { home } of Object.values(SITE.languages)) {
      if (await caches.match(home)) return Response.redirect(home);
    }
    throw error;
  }
}

async function file(event) {
  const kept = await caches.match(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok && HASHED.test(event.request.url)) {
    const copy = response.clone();
    event.waitUntil(
      caches
        .open(SHELL)
        .then((shell) => shell.put(event.request, copy))
        .catch(() => {}),
    );
  }
  return response;
}

/** Keep a region because somebody is looking at it, or refresh the copy. */
async function onVisit({ code, lang, frugal }) {
  const packs = await savedPacks(lang);
  const kept =
    packs.find((pack) => pack.code === EVERYWHERE) ?? packs.find((pack) => pack.code === code);
  if (!kept && frugal) return;
  const age = kept ? Date.now() - kept.saved : Number.POSITIVE_INFINITY;
  if (age > FRESH_MS * (frugal ? 7 : 1)) {
    await savePack(kept?.code ?? code, lang, { byHand: false });
    await ensure(SITE.map);
    const windows = await self.clients.matchAll({ type: "window" });
    for (const window of windows) window.postMessage({ type: "packs" });
  } else {
    await touchPack(kept.code, lang);
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim().then(sweep)));
self.addEventListener("message", (event) => {
  const tasks = { visit: onVisit, map: () => ensure(SITE.map) };
  const task = tasks[event.data?.type];
  // A pack that cannot be had now is asked for at the next visit.
  if (task) event.waitUntil(Promise.resolve(task(event.data)).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(SITE.files)) {
    event.respondWith(file(event));
    return;
  }
  if (request.mode !== "navigate") return;
  const lang = languageOf(url);
  if (url.pathname === "/") event.respondWith(enter(event));
  else if (lang && !isLeftAlone(url, lang)) event.respondWith(visit(event, url, lang));
});
