import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  forget,
  hasPacks,
  MOST_BY_VISIT,
  NoRoom,
  NotFetched,
  readPack,
  savedPacks,
  savePack,
  touchPack,
} from "../../frontend/src/packs.js";

const ORIGIN = "https://repere.example";

let stores;
let room;
let server;
let clock;

/** A browser's caches, and a server that gives packs; `room` is how many entries fit. */
beforeEach(() => {
  stores = new Map();
  room = Number.POSITIVE_INFINITY;
  server = () => new Response('{"version":"0123456789ab","made":"2026-11-22","format":1}');
  clock = 1_000;
  Date.now = () => ++clock;
  globalThis.location = { href: `${ORIGIN}/fr/` };
  globalThis.fetch = async (path) => server(path);
  const full = (url) => new URL(url, ORIGIN).href;
  const used = () => [...stores.values()].reduce((sum, entries) => sum + entries.size, 0);
  globalThis.caches = {
    delete: async (name) => stores.delete(name),
    open: async (name) => {
      if (!stores.has(name)) stores.set(name, new Map());
      const entries = stores.get(name);
      return {
        keys: async () => [...entries.keys()].map((url) => ({ url })),
        match: async (key) => entries.get(full(key.url ?? key))?.clone(),
        delete: async (key) => entries.delete(full(key.url ?? key)),
        put: async (key, response) => {
          if (!entries.has(full(key)) && used() >= room) {
            throw Object.assign(new Error(), { name: "QuotaExceededError" });
          }
          entries.set(full(key), response);
        },
      };
    },
  };
});

const codes = async (lang = "fr") => (await savedPacks(lang)).map(({ code }) => code);

test("a pack is kept with what packs need", async () => {
  await savePack("11", "fr");
  assert.deepEqual(
    [...stores.get("repere-packs-1").keys()].map((url) => url.replace(`${ORIGIN}/fr/packs/`, "")),
    ["areas.json", "vocabulary.json", "11.json"],
  );
  const [pack] = await savedPacks("fr");
  assert.equal(pack.version, "0123456789ab");
  assert.equal(pack.byHand, true);
  assert.equal((await readPack("11", "fr")).format, 1);
  assert.deepEqual(await codes("es"), []);
  assert.equal(await hasPacks(), true);
});

test("of the regions kept by visits, the one not seen for longest goes", async () => {
  for (const code of ["01", "02", "03"]) await savePack(code, "fr", { byHand: false });
  await touchPack("01", "fr");
  await savePack("04", "fr", { byHand: false });
  assert.equal((await codes()).length, MOST_BY_VISIT);
  assert.deepEqual(await codes(), ["01", "03", "04"]);
});

test("regions kept by hand stay, also when a visit refreshes them", async () => {
  await savePack("16", "fr");
  await savePack("16", "fr", { byHand: false });
  for (const code of ["01", "02", "03", "04"]) await savePack(code, "fr", { byHand: false });
  assert.deepEqual(await codes(), ["02", "03", "04", "16"]);
});

test("the whole province takes the place of its regions", async () => {
  await savePack("16", "fr");
  await savePack("11", "es");
  await savePack("all", "fr");
  assert.deepEqual(await codes(), ["all"]);
  assert.deepEqual(await codes("es"), ["11"]);
});

test("with the last pack of a language goes what only packs need", async () => {
  await savePack("16", "fr");
  await savePack("11", "fr");
  await forget("16", "fr");
  assert.equal(stores.get("repere-packs-1").size, 3);
  await forget("11", "fr");
  assert.equal(stores.get("repere-packs-1").size, 0);
  assert.equal(await hasPacks(), false);
});

test("an error page and a pack of another format are not kept", async () => {
  server = () => new Response("<html>", { status: 500 });
  await assert.rejects(savePack("11", "fr"), NotFetched);
  server = () => new Response('{"version":"0123456789ab","made":"2026-11-22","format":99}');
  await assert.rejects(savePack("11", "fr"), NotFetched);
  assert.deepEqual(await codes(), []);
});

test("what nobody asked for makes room on a full phone", async () => {
  await savePack("01", "fr", { byHand: false });
  const pages = await caches.open("repere-pages-1");
  await pages.put("/fr/regions/", new Response(""));
  room = 4;
  await savePack("16", "fr");
  assert.deepEqual(await codes(), ["16"]);
  assert.ok(!stores.has("repere-pages-1"));
});

test("a phone without any room says so", async () => {
  room = 0;
  await assert.rejects(savePack("11", "fr"), NoRoom);
});
