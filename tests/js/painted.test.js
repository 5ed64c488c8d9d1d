import assert from "node:assert/strict";
import { test } from "node:test";
import { askedQuery } from "../../frontend/src/coverage_query.js";
import { beside, fillOf, labelled } from "../../frontend/src/painted.js";

test("what the server takes anyway is left out of an address", () => {
  const fields = [
    ["need", "sante"],
    ["language", ""],
    ["measure", "class"],
    ["basis", "listed"],
    ["level", "region"],
  ];

  assert.equal(askedQuery(fields, "2026-11-24").toString(), "need=sante&basis=listed");
});

test("the latest day is left out, so that a bookmark follows it; another one stays", () => {
  assert.equal(askedQuery([["as_of", "2026-11-24"]], "2026-11-24").toString(), "");
  assert.equal(askedQuery([["as_of", "2021-06-30"]], "2026-11-24").toString(), "as_of=2021-06-30");
});

test("what is not certain has a pattern, the rest its colour from the style sheet", () => {
  assert.equal(fillOf("stale"), "url(#hatch-stale)");
  assert.equal(fillOf("no_data"), "url(#hatch-stale)");
  assert.equal(fillOf("remote_only"), "url(#hatch-remote_only)");
  assert.equal(fillOf("local"), "none");
});

test("an area is named with its value, where it has one", () => {
  assert.equal(labelled({ name: "Estrie", value: "58 %" }), "Estrie: 58 %");
  assert.equal(labelled({ name: "Estrie", value: "" }), "Estrie");
});

test("arrows go around the areas, Home and End to the ends", () => {
  assert.equal(beside("ArrowRight", 0, 17), 1);
  assert.equal(beside("ArrowDown", 16, 17), 0);
  assert.equal(beside("ArrowLeft", 0, 17), 16);
  assert.equal(beside("ArrowUp", 5, 17), 4);
  assert.equal(beside("Home", 5, 17), 0);
  assert.equal(beside("End", 5, 17), 16);
});

test("other keys lead nowhere", () => {
  assert.equal(beside("Enter", 3, 17), null);
  assert.equal(beside("Tab", 3, 17), null);
});
