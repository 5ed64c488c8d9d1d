import assert from "node:assert/strict";
import { test } from "node:test";
import { labelsOf, worthAsking } from "../../frontend/src/places.js";

test("each label is proposed once", () => {
  const feature = (label) => ({ type: "Feature", geometry: null, properties: { label } });
  const features = [
    feature("Amos (Abitibi-Témiscamingue)"),
    feature("Amos (Abitibi-Témiscamingue)"),
  ];
  assert.deepEqual(labelsOf({ features }), ["Amos (Abitibi-Témiscamingue)"]);
});

test("one letter is not asked about, nor a place that was just chosen", () => {
  assert.ok(!worthAsking(" A ", []));
  assert.ok(!worthAsking("Amos", ["Amos"]));
  assert.ok(worthAsking("Am", ["Amos"]));
});
