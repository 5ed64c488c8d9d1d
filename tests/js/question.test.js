import assert from "node:assert/strict";
import { test } from "node:test";
import { readQuestion, slugOf } from "../../frontend/src/question.js";

const GASPE = {
  kind: "municipality",
  name: "Gaspé",
  label: "Gaspé (Gaspésie–Îles-de-la-Madeleine)",
  point: [-64.48, 48.83],
  region_code: "11",
};
const AREAS = {
  regions: [
    { code: "11", name: "Gaspésie–Îles-de-la-Madeleine" },
    { code: "16", name: "Montérégie" },
  ],
};
const simon = (region_code, name = "Saint-Simon") => ({
  kind: "municipality",
  name,
  label: name,
  point: [-70, 46],
  region_code,
});

function read(text, places = [], exact = null) {
  const asked = [];
  const world = {
    areas: AREAS,
    choices: { need: ["", "sante"], radius_km: ["10", "50", "100"], region: ["11", "16"] },
    findPlaces: (name) => {
      asked.push(name);
      return [...places];
    },
    listen: (words) => ({ best: ["sante"], placeText: words.split(" in ")[1] ?? "" }),
  };
  return { ...readQuestion(new URLSearchParams(text), world, exact), asked };
}

test("a place wins over a position, a position over a region", () => {
  assert.deepEqual(
    read("place=gaspe&lat=45.5&lon=-73.6&region=16", [GASPE]).where.point,
    [-64.48, 48.83],
  );
  const around = read("lat=45.5&lon=-73.6&region=16");
  assert.deepEqual([around.where.point, around.where.region], [[-73.6, 45.5], null]);
  assert.equal(read("region=16").where.region.name, "Montérégie");
});

test("the label that the field proposes is read as the town of that region", () => {
  const { asked, where } = read(`place=${encodeURIComponent("Saint-Simon (Montérégie)")}`, [
    simon("01"),
    simon("16"),
  ]);
  assert.deepEqual(asked, ["Saint-Simon"]);
  assert.equal(where.place.region_code, "16");
});

test("of a postal code with its town only the code is looked for", () => {
  assert.deepEqual(read("place=G4X 1A1 Gaspé", [GASPE]).asked, ["G4X 1A1"]);
  assert.deepEqual(read("place=G4X 1A1", [GASPE]).asked, ["G4X 1A1"]);
});

test("other towns are offered only where the name may mean them", () => {
  const places = [simon("16"), simon("16", "Saint-Simon-les-Mines"), simon("01", "Saint-Siméon")];
  assert.deepEqual(
    read("place=saint simon", places).where.others.map(({ name }) => name),
    ["Saint-Simon-les-Mines"],
  );
  assert.equal(read("place=saint sim", places).where.others.length, 2);
});

test("a town without a position is looked for in its region", () => {
  const { where } = read("place=Gaspé", [{ ...GASPE, point: null }]);
  assert.equal(where.point, null);
  assert.equal(where.region.code, "11");
});

test("words may name the place and the need, where the fields do not", () => {
  const { where, need } = read("q=doctor in gaspe", [GASPE]);
  assert.deepEqual([where.place, need], [GASPE, "sante"]);
  assert.deepEqual(read("q=doctor in gaspe&place=amos", [GASPE]).asked, ["amos"]);
});

test("a place that nobody knows is said to be, and is no question by itself", () => {
  const { where, isQuestion } = read("place=xyz");
  assert.ok(where.isUnknown);
  assert.ok(!isQuestion);
});

test("a wrong value counts as empty", () => {
  const { fields, radiusKm } = read("need=nothing&radius_km=7&region=99&lat=91&lon=0&q= ");
  assert.deepEqual(fields, {});
  assert.equal(radiusKm, 50);
});

test("half a position is none", () => {
  assert.equal(read("lat=45.5").where.point, null);
  assert.equal(read("lat=45.5&lon=").where.point, null);
});

test("the exact position serves for the distance, and never for an address", () => {
  const exact = [-64.4787123, 48.8316456];
  const { where, fields } = read("lat=48.83&lon=-64.48", [], exact);
  assert.deepEqual(where.point, exact);
  assert.deepEqual([fields.lat, fields.lon], ["48.83", "-64.48"]);
});

test("a position that is not the phone's own one is rounded as the server rounds it", () => {
  const elsewhere = [-73.5673, 45.5017];
  assert.deepEqual(read("lat=48.8316&lon=-64.4787", [], elsewhere).where.point, [-64.48, 48.83]);
});

test("a slug is written as Django writes it", () => {
  assert.equal(slugOf("Gaspésie–Îles-de-la-Madeleine"), "gaspesieiles-de-la-madeleine");
  assert.equal(slugOf("  L'Étang-du-Nord "), "letang-du-nord");
});
