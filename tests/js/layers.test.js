import assert from "node:assert/strict";
import { test } from "node:test";
import { layerOptions } from "../../frontend/src/layers.js";

test("no layer is configured by default", () => {
  assert.deepEqual(layerOptions(undefined), []);
  assert.deepEqual(layerOptions("[]"), []);
});

test("layers of an unknown type are left out", () => {
  const raster = {
    type: "raster",
    name: "Routes",
    url: "/tiles/{z}/{x}/{y}.png",
    attribution: "©",
  };
  assert.deepEqual(layerOptions(JSON.stringify([raster, { type: "wms" }])), [raster]);
});
