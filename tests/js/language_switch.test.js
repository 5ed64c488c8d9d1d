import assert from "node:assert/strict";
import { test } from "node:test";
import { put, take } from "../../frontend/src/language_switch.js";

function storage() {
  const rows = new Map();
  return {
    setItem: (key, text) => rows.set(key, text),
    getItem: (key) => rows.get(key) ?? null,
    removeItem: (key) => rows.delete(key),
    get length() {
      return rows.size;
    },
  };
}

test("what is put is taken once", () => {
  const tab = storage();
  put(tab, { query: "lat=48.83&lon=-64.48", map: { zoom: 9 } }, 1_000);

  assert.deepEqual(take(tab, 2_000), { query: "lat=48.83&lon=-64.48", map: { zoom: 9 } });
  assert.equal(take(tab, 2_000), null);
  assert.equal(tab.length, 0);
});

test("what was put long ago is another visit, and is gone", () => {
  const tab = storage();
  put(tab, { query: "lat=48.83" }, 0);

  assert.equal(take(tab, 61_000), null);
  assert.equal(tab.length, 0);
});
