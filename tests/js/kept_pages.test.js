import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asCopy,
  assetsOf,
  composed,
  dated,
  keepPage,
  mayKeep,
} from "../../frontend/src/kept_pages.js";

/** The few things that a cache of a browser does, in the order of its entries. */
function fakeCache() {
  const entries = new Map();
  return {
    put: async (path, response) => entries.set(path, response),
    delete: async (path) => entries.delete(path),
    keys: async () => [...entries.keys()],
  };
}

const page = (headers = {}, more = {}) => ({
  status: 200,
  type: "basic",
  redirected: false,
  headers: new Headers({ "Content-Type": "text/html; charset=utf-8", ...headers }),
  ...more,
});

const url = (path) => new URL(path, "https://repere.example");

test("the page that was visited longest ago makes room", async () => {
  const cache = fakeCache();
  for (const path of ["/a", "/b", "/c", "/a", "/d"]) await keepPage(cache, path, {}, 3);
  assert.deepEqual(await cache.keys(), ["/c", "/a", "/d"]);
});

test("a plain page is kept", () => {
  assert.ok(mayKeep(url("/fr/regions/"), page()));
});

test("a question, a private answer, an error, another site and another type are not kept", () => {
  assert.ok(!mayKeep(url("/fr/?need=sante"), page()));
  assert.ok(!mayKeep(url("/fr/"), page({ "Cache-Control": "private, no-store" })));
  assert.ok(!mayKeep(url("/fr/"), page({}, { status: 500 })));
  assert.ok(!mayKeep(url("/fr/"), page({}, { redirected: true })));
  assert.ok(!mayKeep(url("/fr/"), page({}, { type: "opaque", status: 0 })));
  assert.ok(!mayKeep(url("/fr/x.ics"), page({ "Content-Type": "text/calendar" })));
});

test("the files of a page are found in attributes of any kind", () => {
  const html = `<link href="/static/app.0123456789ab.css"><div data-js="/static/a.js /static/b.js"
    data-layers="{&quot;path&quot;: &quot;/static/images/&quot;}"><a href="/fr/">`;
  assert.deepEqual(assetsOf(html, "/static/"), [
    "/static/app.0123456789ab.css",
    "/static/a.js",
    "/static/b.js",
  ]);
});

test("a copy says so, and since when, and forgets how it was packed", async () => {
  const kept = dated("<p>", { "Content-Encoding": "br", "Referrer-Policy": "no-referrer" });
  assert.equal(kept.headers.get("Content-Encoding"), null);
  assert.equal(kept.headers.get("Referrer-Policy"), "no-referrer");
  assert.ok(Date.now() - Number(kept.headers.get("X-Saved")) < 1000);
  assert.match(asCopy('<html lang="fr">', 0), /^<html data-copied="1970-01-01T00:00:00.000Z" lang/);
});

test("a page is made of the frame of another one", () => {
  const frame = `<title>Sans réseau</title><nav><a href="/es/offline/" lang="es">Español</a></nav>
    <main id="main" class="narrow"><h1>Sans réseau</h1></main><footer>f</footer>`;
  const html = composed(frame, {
    title: "Fiche – Repère",
    main: "<article>$& $1</article>",
    languages: { es: "/es/recursos/1/" },
  });
  assert.equal(
    html,
    `<title>Fiche – Repère</title><nav><a href="/es/recursos/1/" lang="es">Español</a></nav>
    <main id="main" class="narrow"><article>$& $1</article></main><footer>f</footer>`,
  );
});
