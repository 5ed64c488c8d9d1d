import assert from "node:assert/strict";
import { test } from "node:test";
import { clustersOf, leafletBounds, spotsOf, worthOpeningOn } from "../../frontend/src/spots.js";

const QUEBEC = [-80, 44, -56, 63.5];
const AMOS = [-78.116, 48.571];
const VAL_DOR = [-77.7828, 48.0974];
const GASPE = [-64.4787, 48.8316];

function resource(id, coordinates) {
  const geometry = coordinates && { type: "Point", coordinates };
  return { type: "Feature", id, geometry, properties: { name: id } };
}

test("resources at one position are one spot, in the order of the list", () => {
  const spots = spotsOf([resource("a", AMOS), resource("b", GASPE), resource("c", AMOS)]);
  assert.deepEqual(
    spots.map((spot) => spot.resources.map(({ id }) => id)),
    [["a", "c"], ["b"]],
  );
});

test("a resource by telephone has no spot", () => {
  assert.deepEqual(spotsOf([resource("line", null)]), []);
});

test("two positions a metre apart are one spot, two streets are not", () => {
  const [longitude, latitude] = AMOS;
  assert.equal(
    spotsOf([resource("a", AMOS), resource("b", [longitude, latitude + 1e-6])]).length,
    1,
  );
  assert.equal(
    spotsOf([resource("a", AMOS), resource("b", [longitude, latitude + 1e-3])]).length,
    2,
  );
});

test("a cluster counts resources, not spots", () => {
  const near = [AMOS[0] + 0.01, AMOS[1]];
  const clusters = clustersOf(
    spotsOf([resource("a", AMOS), resource("b", AMOS), resource("c", near), resource("d", GASPE)]),
  );
  const pins = [...clusters.inView(QUEBEC, 5).values()];
  assert.deepEqual(pins.map((pin) => pin.total).sort(), [1, 3]);
});

test("a cluster falls apart at the zoom that it announces", () => {
  const clusters = clustersOf(spotsOf([resource("a", AMOS), resource("b", VAL_DOR)]));
  const [together] = clusters.inView(QUEBEC, 4).values();
  const zoom = clusters.expansion(together.cluster);
  assert.equal(clusters.inView(QUEBEC, zoom - 1).size, 1);
  assert.equal(clusters.inView(QUEBEC, zoom).size, 2);
});

test("a pin keeps its key while the map moves, and at another zoom", () => {
  const clusters = clustersOf(spotsOf([resource("a", AMOS), resource("b", GASPE)]));
  const [before] = clusters.inView(QUEBEC, 7).keys();
  const [moved] = clusters.inView([-79, 48, -77, 49], 7.5).keys();
  const [closer] = clusters.inView([-79, 48, -77, 49], 12).keys();
  assert.equal(before, moved);
  assert.equal(before, closer);
});

test("what lies outside the rectangle is not drawn", () => {
  const clusters = clustersOf(spotsOf([resource("a", AMOS), resource("b", GASPE)]));
  const pins = [...clusters.inView([-79, 48, -77, 49], 9).values()];
  assert.deepEqual(
    pins.map((pin) => pin.spot.resources[0].id),
    ["a"],
  );
});

test("bounds are turned to latitude first, as Leaflet wants them", () => {
  assert.deepEqual(leafletBounds([AMOS, GASPE]), [
    [48.571, -78.116],
    [48.8316, -64.4787],
  ]);
  assert.equal(leafletBounds([]), null);
});

test("a map that nobody asked about a place opens without the far north", () => {
  const south = Array.from({ length: 57 }, (_, step) => [-79 + step / 4, 45 + step / 20]);
  const nunavik = [
    [-77.6, 60.1],
    [-68.4, 58.1],
    [-72.0, 61.5],
  ];
  assert.deepEqual(worthOpeningOn([...nunavik, ...south]), south);
});

test("a map of a few opens on all of them", () => {
  assert.deepEqual(worthOpeningOn([AMOS, [-68.4, 58.1]]), [AMOS, [-68.4, 58.1]]);
});
