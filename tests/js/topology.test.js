import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decoded } from "../../frontend/src/topology.js";

const FILE = new URL("../../frontend/basemap/basemap.topojson", import.meta.url);

test("the base map has the layers that the map draws, ground first", async () => {
  const layers = decoded(JSON.parse(await readFile(FILE, "utf8")));
  assert.deepEqual(Object.keys(layers), ["land", "lakes", "coast", "borders"]);
  assert.equal(layers.land.geometry.type, "MultiPolygon");
  assert.deepEqual(
    new Set(layers.borders.features.map(({ properties }) => properties.level)),
    new Set(["country", "province"]),
  );
});

test("its coordinates are degrees around Québec, longitude first", async () => {
  const { coast } = decoded(JSON.parse(await readFile(FILE, "utf8")));
  for (const [longitude, latitude] of coast.geometry.coordinates.flat()) {
    assert.ok(longitude > -82 && longitude < -55, String(longitude));
    assert.ok(latitude > 43 && latitude < 64, String(latitude));
  }
});
