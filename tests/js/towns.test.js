import assert from "node:assert/strict";
import { test } from "node:test";
import { namedTowns, roomForNames, towns } from "../../frontend/src/towns.js";

const HEADER = "code,name,population,latitude,longitude";

test("the largest town is named first, and its suburb when there is room", () => {
  const csv = [
    HEADER,
    "1,Longueuil,254483,45.5312,-73.5181",
    "2,Montréal,1762949,45.5017,-73.5673",
  ].join("\n");
  const [montreal, longueuil] = towns(csv);
  assert.deepEqual(montreal, ["Montréal", -73.567, 45.502, 4]);
  assert.equal(longueuil[0], "Longueuil");
  assert.ok(longueuil[3] > montreal[3]);
});

test("a town without a position or without people is not named", () => {
  assert.deepEqual(towns(`${HEADER}\n1,Nowhere,500,,\n2,Nobody,,48.5,-78.1`), []);
});

test("a name may hold a comma", () => {
  const [[name]] = towns(`${HEADER}\n1,"Amos, ville",12823,48.571,-78.116`);
  assert.equal(name, "Amos, ville");
});

test("only the towns of this zoom and of this rectangle are named", () => {
  const all = [
    ["Montréal", -73.567, 45.502, 4],
    ["Longueuil", -73.518, 45.531, 8],
    ["Gaspé", -64.479, 48.832, 5],
  ];
  const around = [-75, 45, -72, 46];
  const names = (zoom) => [...namedTowns(all, around, zoom).values()].map(([name]) => name);
  assert.deepEqual(names(6), ["Montréal"]);
  assert.deepEqual(names(9), ["Montréal", "Longueuil"]);
});

test("a name makes room for the pin of its town", () => {
  const town = { x: 100, y: 100, width: 60 };
  assert.deepEqual(roomForNames([town], []), [0]);
  const [down] = roomForNames([town], [{ x: 100, y: 100 }]);
  assert.ok(down >= 19);
});

test("of two names that would overlap the more important one is written", () => {
  const large = { x: 100, y: 100, width: 60 };
  const small = { x: 120, y: 105, width: 60 };
  assert.deepEqual(roomForNames([large, small], []), [0, null]);
});

test("a name goes over a pin when there is no room under it", () => {
  const town = { x: 100, y: 100, width: 60 };
  const pins = [
    { x: 100, y: 100 },
    { x: 100, y: 140 },
  ];
  const [down] = roomForNames([town], pins);
  assert.ok(down < -19);
});

test("the largest towns are named even in a crowd", () => {
  const town = { x: 100, y: 100, width: 60, isNeeded: true };
  const pins = [100, 140, 60].map((y) => ({ x: 100, y }));
  const [down] = roomForNames([town], pins);
  assert.ok(down >= 19);
  assert.deepEqual(roomForNames([{ ...town, isNeeded: false }], pins), [null]);
});
