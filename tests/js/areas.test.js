import assert from "node:assert/strict";
import { test } from "node:test";
import {
  covering,
  regionAround,
  regionAt,
  regionsWithin,
  serving,
} from "../../frontend/src/areas.js";

const box = (west, south, east, north) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

/** Two regions side by side, with an enclave of the second in the first, and a sea around. */
const AREAS = {
  regions: [
    {
      code: "01",
      name: "Ouest",
      outline: [[box(-72, 46, -71, 47), box(-71.6, 46.4, -71.4, 46.6)]],
    },
    {
      code: "02",
      name: "Est",
      outline: [[box(-71, 46, -70, 47)], [box(-71.6, 46.4, -71.4, 46.6)]],
    },
  ],
  municipalities: [
    ["01010", "Le Bourg", "01", "010", -71.8, 46.2, 500],
    ["01020", "La Pointe", "01", null, -71.1, 46.9, 50],
    ["01030", "Le Bourg-Paroisse", "01", "011", -71.8, 46.2, 40],
    ["01040", "Sans-Lieu", "01", "010", null, null, null],
    ["02010", "La Rive", "02", "020", -70.98, 46.5, 900],
  ],
  mrcs: [
    ["010", "MRC du Bourg", "01"],
    ["011", "MRC de la Paroisse", "01"],
    ["020", "MRC de la Rive", "02"],
  ],
};

test("a position lies in the region that covers it, enclaves and holes included", () => {
  assert.equal(regionAround([-71.9, 46.1], AREAS), "01");
  assert.equal(regionAround([-70.5, 46.5], AREAS), "02");
  assert.equal(regionAround([-71.5, 46.5], AREAS), "02");
  assert.equal(regionAround([-69, 46.5], AREAS), null);
});

test("on a border the region of the lower code has it, whatever the arithmetic", () => {
  assert.equal(regionAt([-71, 46.5], AREAS), "01");
  assert.equal(regionAt([-71, 46], AREAS), "01");
  const slanted = {
    ...AREAS,
    regions: [
      {
        code: "05",
        outline: [
          [
            [
              [-71.1, 46.1],
              [-70.8, 46.4],
              [-71.1, 46.4],
              [-71.1, 46.1],
            ],
          ],
        ],
      },
      {
        code: "06",
        outline: [
          [
            [
              [-71.1, 46.1],
              [-70.8, 46.1],
              [-70.8, 46.4],
              [-71.1, 46.1],
            ],
          ],
        ],
      },
    ],
  };
  const regions = [-71.0, -70.95, -70.9].map((x) => regionAround([x, x + 117.2], slanted));
  assert.ok(regions.every((code) => code === "05" || code === "06"));
});

test("off the coast the nearest region within 30 km has it, and none beyond", () => {
  assert.equal(regionAt([-72.3, 46.5], AREAS), "01");
  assert.equal(regionAt([-69.7, 46.5], AREAS), "02");
  assert.equal(regionAt([-72.5, 46.5], AREAS), null);
});

test("as near to two regions as their common corner, the lower code has it", () => {
  assert.equal(regionAt([-71, 45.9], AREAS), "01");
});

test("the regions within a radius are those of which a part lies in it", () => {
  assert.deepEqual(regionsWithin([-71.9, 46.1], 10_000, AREAS), ["01"]);
  assert.deepEqual(regionsWithin([-71.9, 46.1], 100_000, AREAS), ["01", "02"]);
  assert.deepEqual(regionsWithin([-60, 50], 100_000, AREAS), []);
});

test("a position is covered by its region, the nearest town of it, that town's MRC, Québec", () => {
  assert.deepEqual([...covering([-71.75, 46.25], AREAS)].sort(), ["01", "010", "01010", "24"]);
});

test("the nearest town is one of the same region, and none further than 30 km", () => {
  assert.deepEqual([...covering([-71.01, 46.5], AREAS)].sort(), ["01", "24"]);
  assert.deepEqual([...covering([-71.05, 46.8], AREAS)].sort(), ["01", "01020", "24"]);
});

test("of two towns at one position the first of the list stands for both", () => {
  assert.ok(covering([-71.8, 46.2], AREAS).has("01010"));
  assert.ok(!covering([-71.8, 46.2], AREAS).has("01030"));
});

test("outside every region only Québec covers", () => {
  assert.deepEqual([...covering([-60, 50], AREAS)], ["24"]);
});

test("a region is served by the province, by itself and by all that lies in it", () => {
  assert.deepEqual([...serving(["02"], AREAS)].sort(), ["02", "020", "02010", "24"]);
});
