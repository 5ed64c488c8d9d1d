import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceWords, fill } from "../../frontend/src/words.js";

test("numbers are put into the page's sentences", () => {
  assert.equal(fill("{n} ressources à cet endroit", { n: 12 }), "12 ressources à cet endroit");
});

test("a name that is not given stays to be seen", () => {
  assert.equal(fill("{n} of {total}", { n: 0 }), "0 of {total}");
});

test("distances are said as people say them, in three languages", () => {
  const plain = (metres, language) => distanceWords(metres, language).replace(/\s/g, " ");
  assert.equal(plain(12_345, "fr"), "12 km");
  assert.equal(plain(1_250, "fr"), "1,3 km");
  assert.equal(plain(1_250, "en"), "1.3 km");
  assert.equal(plain(640, "es"), "600 m");
  assert.equal(plain(980, "en"), "1 km");
});

test("nobody is at zero metres of a rounded position", () => {
  assert.match(distanceWords(3, "en"), /^100/);
});
