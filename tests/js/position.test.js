import assert from "node:assert/strict";
import { test } from "node:test";
import { askPosition } from "../../frontend/src/position.js";

const refusing = (code) => ({ getCurrentPosition: (_found, refused) => refused({ code }) });

test("a refusal has the name of the words that tell it", async () => {
  for (const [code, reason] of [
    [1, "denied"],
    [2, "unavailable"],
    [3, "timeout"],
    [9, "unavailable"],
  ]) {
    await assert.rejects(askPosition(refusing(code)), { name: "NoPosition", reason });
  }
});

test("a browser without geolocation has no position", async () => {
  await assert.rejects(askPosition(undefined), { reason: "unavailable" });
});

test("only longitude and latitude are taken from what the phone says", async () => {
  const coords = { longitude: -64.48, latitude: 48.83, accuracy: 12, speed: 3, heading: 90 };
  const phone = { getCurrentPosition: (found) => found({ coords }) };
  assert.deepEqual(await askPosition(phone), { longitude: -64.48, latitude: 48.83 });
});
