import assert from "node:assert/strict";
import { test } from "node:test";
import { difference } from "../../frontend/src/difference.js";

test("what stays is neither taken away nor added again", () => {
  const shown = new Map([
    ["amos", 1],
    ["gaspe", 2],
  ]);
  const wanted = new Map([
    ["gaspe", "new"],
    ["laval", "newer"],
  ]);
  const { leaving, arriving } = difference(shown, wanted);
  assert.deepEqual(leaving, ["amos"]);
  assert.deepEqual(arriving, [["laval", "newer"]]);
});

test("nothing to do when nothing moved", () => {
  const same = new Map([["amos", 1]]);
  assert.deepEqual(difference(same, new Map(same)), { leaving: [], arriving: [] });
});
