import assert from "node:assert/strict";
import { test } from "node:test";
import { distance } from "../../frontend/src/geodesic.js";

/** From PostGIS: ST_Distance of two geographies, metres. */
const MEASURED = [
  ["Montréal – Laval", [-73.5673, 45.5017], [-73.7124, 45.6066], 16257.13779497],
  ["Gaspé – Percé", [-64.48, 48.83], [-64.2172, 48.5231], 39234.00266766],
  ["Montréal – Gaspé", [-73.5673, 45.5017], [-64.48, 48.83], 781347.04411552],
  ["Rimouski – Matane", [-68.52, 48.45], [-67.53, 48.84], 84870.00744694],
  ["the Islands – Rouyn-Noranda", [-61.88, 47.38], [-79.02, 48.24], 1284638.63408458],
  ["Maniwaki – Salluit", [-75.97, 46.38], [-77.7433, 62.4], 1786735.5444064],
  ["due north", [-74.37, 49.92], [-74.37, 49.93], 1112.27618167],
  ["along a parallel", [-71.2, 46.8], [-71.3, 46.8], 7633.9334405],
  ["Guatemala – Montréal", [-90.5069, 14.6349], [-73.5673, 45.5017], 3773875.82278897],
];

for (const [name, one, other, metres] of MEASURED) {
  test(`${name} is as far as the database says, to a millimetre`, () => {
    assert.ok(Math.abs(distance(one, other) - metres) < 0.001);
    assert.ok(Math.abs(distance(other, one) - metres) < 0.001);
  });
}

test("a place is no way from itself", () => {
  assert.equal(distance([-64.48, 48.83], [-64.48, 48.83]), 0);
});

test("along the equator, where the formula divides by nothing", () => {
  assert.ok(Math.abs(distance([0, 0], [1, 0]) - 111319.4908) < 0.001);
});

test("between antipodes it ends", () => {
  assert.ok(distance([0, 0], [179.9, 0.1]) > 19_000_000);
});
