/** The copies of regions that this phone keeps; pages and the service worker share them. */

export const PACKS = "repere-packs-1";

/** The shape that this code reads: `geo.packs.FORMAT`. */
const FORMAT = 1;

/** So many regions are kept without having been asked for; the one not used for longest goes. */
export const MOST_BY_VISIT = 3;

/** The pack of the whole province, among the codes of regions. */
export const EVERYWHERE = "all";

/** What packs of a language need beside them. */
const COMMON = ["areas", "vocabulary"];

/** The server, or the network, did not give a pack. */
export class NotFetched extends Error {}

/** The phone has no room for it. */
export class NoRoom extends Error {}

/** Addresses of `frontend/urls.py`: no language translates them. */
const address = (name, lang) => `/${lang}/packs/${name}.json`;

function nameOf(url) {
  const match = /^\/([a-z]{2})\/packs\/(\w+)\.json$/.exec(new URL(url).pathname);
  return match && { lang: match[1], name: match[2] };
}

/** Copies that were read into memory, by address, with the moment they were saved. */
const read = new Map();

/** Nothing is kept where the browser keeps nothing, as over http or in some private windows. */
async function open() {
  return globalThis.caches ? caches.open(PACKS) : null;
}

function about(code, response) {
  const { headers } = response;
  return {
    code,
    version: headers.get("X-Version"),
    bytes: Number(headers.get("X-Bytes")),
    saved: Number(headers.get("X-Saved")),
    used: Number(headers.get("X-Used")),
    byHand: headers.get("X-By-Hand") === "1",
  };
}

/**
 * @param {string} lang - of the page
 * @returns {Promise<{code: string, version: string, bytes: number, saved: number, used: number,
 *   byHand: boolean}[]>} by code; `bytes` as they travelled; `saved`, when the server last gave or
 *   confirmed it, and `used`, when it was last visited, in milliseconds since 1970
 */
export async function savedPacks(lang) {
  const cache = await open();
  if (!cache) return [];
  const packs = [];
  for (const request of await cache.keys()) {
    const found = nameOf(request.url);
    if (found?.lang !== lang || COMMON.includes(found.name)) continue;
    const response = await cache.match(request);
    if (response) packs.push(about(found.name, response));
  }
  return packs.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** @returns {Promise<boolean>} whether any pack is kept, in whatever language */
export async function hasPacks() {
  const cache = await open();
  const requests = (await cache?.keys()) ?? [];
  return requests.some(({ url }) => !COMMON.includes(nameOf(url)?.name));
}

/** @returns {Promise<object|null>} what is kept under a name, parsed once for each copy */
async function readJson(name, lang) {
  const cache = await open();
  const url = address(name, lang);
  const response = await cache?.match(url);
  if (!response) return null;
  const saved = response.headers.get("X-Version");
  if (read.get(url)?.saved !== saved) read.set(url, { saved, json: response.json() });
  return read.get(url).json;
}

/** @returns {Promise<object|null>} the pack of a region, or null where it is not kept */
export const readPack = (code, lang) => readJson(code, lang);

/** @returns {Promise<object|null>} municipalities, regions, postal codes */
export const readAreas = (lang) => readJson("areas", lang);

/** @returns {Promise<object|null>} the words that people use for needs */
export const readVocabulary = (lang) => readJson("vocabulary", lang);

/** Fetch a file and say what is to be kept of it. */
async function fetched(name, lang, marks) {
  let response;
  let text;
  try {
    // The browser asks whether its copy is still good; one that is costs some 200 bytes.
    response = await fetch(address(name, lang), { cache: "no-cache", credentials: "omit" });
    text = await response.text();
  } catch (error) {
    throw new NotFetched(name, { cause: error });
  }
  const version = /^\{"version":"([0-9a-f]{12})"/.exec(text)?.[1];
  const format = /"format":(\d+)/.exec(text.slice(0, 200))?.[1];
  if (!response.ok || !version) throw new NotFetched(`${name}: ${response.status}`);
  if (format && Number(format) !== FORMAT) throw new NotFetched(`${name}: format ${format}`);
  const headers = {
    "Content-Type": "application/json",
    "X-Version": version,
    "X-Bytes": response.headers.get("Content-Length") ?? String(text.length),
    "X-Saved": String(Date.now()),
    ...marks,
  };
  return new Response(text, { headers });
}

const isFull = (error) => error.name === "QuotaExceededError";

async function put(url, response) {
  const cache = await open();
  if (!cache) throw new NoRoom(url);
  try {
    await cache.put(url, response.clone());
  } catch (error) {
    if (!isFull(error)) throw error;
    // What was kept without being asked for makes room for what is wanted now.
    await caches.delete("repere-pages-1");
    const lang = nameOf(new URL(url, location.href)).lang;
    for (const pack of await savedPacks(lang)) {
      if (!pack.byHand) await cache.delete(address(pack.code, lang));
    }
    await cache.put(url, response).catch((again) => {
      throw isFull(again) ? new NoRoom(url) : again;
    });
  }
}

/** Give up the regions that were visited longest ago, and those that the whole province holds. */
async function prune(lang) {
  const packs = await savedPacks(lang);
  const visited = packs.filter((pack) => !pack.byHand).sort((a, b) => b.used - a.used);
  const isSpare = (pack) => pack.code !== EVERYWHERE;
  const spare = packs.some((pack) => pack.code === EVERYWHERE)
    ? packs.filter(isSpare)
    : visited.slice(MOST_BY_VISIT);
  for (const pack of spare) await remove(pack.code, lang);
}

async function remove(code, lang) {
  const cache = await open();
  await cache?.delete(address(code, lang));
  read.delete(address(code, lang));
}

/**
 * Keep a region, or bring its copy up to date.
 *
 * @param {string} code - of a region, or `EVERYWHERE`
 * @param {string} lang
 * @param {{byHand?: boolean}} [how] - false for what is kept because it was visited: the oldest of
 *   these go, those asked for by hand stay
 * @returns {Promise<void>}
 * @throws {NotFetched|NoRoom}
 */
export async function savePack(code, lang, { byHand = true } = {}) {
  const present = (await savedPacks(lang)).find((pack) => pack.code === code);
  const marks = {
    "X-Used": String(Date.now()),
    "X-By-Hand": byHand || present?.byHand ? "1" : "0",
  };
  const files = await Promise.all([
    ...COMMON.map(async (name) => [name, await fetched(name, lang, {})]),
    fetched(code, lang, marks).then((response) => [code, response]),
  ]);
  // The pack comes last: where it is, its companions are.
  for (const [name, response] of files) await put(address(name, lang), response);
  await prune(lang);
}

/** Note that a region was visited again, without asking the server. */
export async function touchPack(code, lang) {
  const cache = await open();
  const response = await cache?.match(address(code, lang));
  if (!response) return;
  const headers = new Headers(response.headers);
  headers.set("X-Used", String(Date.now()));
  await cache.put(address(code, lang), new Response(await response.text(), { headers }));
}

/** Forget a region; with the last one of a language goes what only packs need. */
export async function forget(code, lang) {
  await remove(code, lang);
  if ((await savedPacks(lang)).length) return;
  for (const name of COMMON) await remove(name, lang);
}
