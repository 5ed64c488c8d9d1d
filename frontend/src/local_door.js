/** Whether this phone answers by itself; what it needs for that is fetched only then. */
import { NoAnswer } from "./results.js";

/** Where packs are kept (see packs.js). */
const PACKS = "repere-packs-1";

/** The address of a pack, and not of what goes with packs. */
const A_PACK = /\/packs\/(\d\d|all)\.json$/;

let opened = null;

/** Whether a pack is saved, in whatever language: who has one does not want to be heard. */
async function hasPack() {
  // Some private windows have the object and refuse its use.
  if (!(await globalThis.caches?.has(PACKS).catch(() => false))) return false;
  const requests = await (await caches.open(PACKS)).keys();
  return requests.some(({ url }) => A_PACK.test(url));
}

/**
 * @param {string|undefined} url - of `local.js`, from `data-local-js`
 * @returns {Promise<object|null>} see `openLocal`; null where no pack is saved
 * @throws {NoAnswer} packs are saved, and the code to read them is neither saved nor reached
 */
export async function localAnswers(url) {
  if (!url || !(await hasPack())) return null;
  try {
    opened ??= import(url).then(({ openLocal }) => openLocal(document.documentElement.lang));
    return await opened;
  } catch (error) {
    opened = null;
    throw new NoAnswer(url, { cause: error });
  }
}
