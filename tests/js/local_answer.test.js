import assert from "node:assert/strict";
import { test } from "node:test";
import { directoryOf } from "../../frontend/src/directory.js";
import {
  alertsFor,
  answer,
  coverage,
  pageOf,
  regionsAsked,
} from "../../frontend/src/local_answer.js";

const NOW = 1_800_000_000;
const DAY = 24 * 3600;

const box = (west, south, east, north) => [
  [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ],
];

/** Three regions in a row, each about 76 km wide. */
const AREAS = {
  regions: [
    { code: "01", name: "Ouest", outline: [box(-73, 46, -72, 47)] },
    { code: "02", name: "Milieu", outline: [box(-72, 46, -71, 47)] },
    { code: "03", name: "Est", outline: [box(-71, 46, -70, 47)] },
  ],
  municipalities: [],
  mrcs: [["010", "MRC", "01"]],
};

const TERMS = {
  terms: [
    { code: "sante", tile: "sante" },
    { code: "sante-dentaire", tile: "sante" },
    { code: "droits", tile: "droits" },
  ],
};

function service(id, more = {}) {
  return {
    id,
    sort: id,
    kind: "obnl",
    needs: ["droits"],
    languages: [],
    modes: [],
    areas: [],
    has_phone: false,
    short: false,
    ...more,
  };
}

/** A pack of services, each with what `places` and `lines` say of its resources. */
function packOf(...given) {
  const resources = given.flatMap(({ at = [], isLine = false, ...fields }, index) => [
    ...at.map((point, number) => ({
      id: `${fields.id}-${number}`,
      service: index,
      remote: false,
      region: fields.region ?? "01",
      point,
      stop: fields.stop ?? null,
      hours: null,
    })),
    ...(isLine
      ? [
          {
            id: fields.id,
            service: index,
            remote: true,
            region: null,
            point: null,
            stop: null,
            hours: null,
          },
        ]
      : []),
  ]);
  return {
    made: "2026-11-22",
    services: given.map(({ id, ...more }) => service(id, more)),
    resources,
  };
}

const NOTHING = { point: null, region: null, place: null, others: [], isUnknown: false };

function asked({ point = null, region = null, radiusKm = 50, ...fields } = {}) {
  const where = { ...NOTHING, point, region: region && { code: region } };
  return { fields, need: fields.need ?? null, where, radiusKm, isQuestion: true };
}

function found(pack, question, saved = ["all"]) {
  const resources = directoryOf([pack], NOW);
  const world = { resources, saved, areas: AREAS, vocabulary: TERMS, now: NOW };
  const { rows } = answer(question, world);
  return rows.map(({ resource }) => resource.id);
}

test("after each two places comes one line, and when one kind runs out the other goes on", () => {
  const pack = packOf(
    { id: "a", at: [[-72.5, 46.5]] },
    { id: "b", at: [[-72.6, 46.5]] },
    { id: "c", at: [[-72.7, 46.5]] },
    { id: "x", isLine: true, areas: ["24"] },
    { id: "y", isLine: true, areas: ["24"] },
    { id: "z", isLine: true, areas: ["24"] },
  );

  assert.deepEqual(found(pack, asked({ point: [-72.5, 46.5] })), [
    "a-0",
    "b-0",
    "x",
    "c-0",
    "y",
    "z",
  ]);
});

test("short numbers come before numbers, these before none, smaller areas before Québec", () => {
  const pack = packOf(
    { id: "a", isLine: true, areas: ["24"] },
    { id: "b", isLine: true, areas: ["24"], has_phone: true },
    { id: "c", isLine: true, areas: ["01"], has_phone: true },
    { id: "d", isLine: true, areas: ["24"], has_phone: true, short: true },
  );

  assert.deepEqual(found(pack, asked({ region: "01" })), ["d", "c", "b", "a"]);
});

test("those known for a need come before those that have it too", () => {
  const pack = packOf(
    { id: "a", isLine: true, areas: ["24"], needs: ["droits", "sante-dentaire"] },
    { id: "b", isLine: true, areas: ["24"], needs: ["sante-dentaire"] },
    { id: "c", isLine: true, areas: ["24"] },
  );

  assert.deepEqual(found(pack, asked({ region: "01", need: "sante" })), ["b", "a"]);
});

test("a line of another region is left out, that of an MRC of the region is not", () => {
  const pack = packOf(
    { id: "a", isLine: true, areas: ["02"] },
    { id: "b", isLine: true, areas: ["010"] },
  );

  assert.deepEqual(found(pack, asked({ region: "01" })), ["b"]);
});

test("a service answers by its place or by its area, not by both", () => {
  const pack = packOf({ id: "a", at: [[-72.5, 46.5]], isLine: true, areas: ["24"] });

  assert.deepEqual(found(pack, asked({ region: "01" })), ["a-0"]);
  assert.deepEqual(found(pack, asked({ region: "02" })), ["a"]);
});

test("further than 50 km a place does not stand for the area, and both are there", () => {
  const pack = packOf({ id: "a", at: [[-72.5, 46.5]], isLine: true, areas: ["24"] });

  assert.deepEqual(found(pack, asked({ point: [-71.6, 46.5], radiusKm: 100 })), ["a-0", "a"]);
});

test("a stop of a tour stands for nothing but itself, and is gone when it is over", () => {
  const stop = { starts: NOW, ends: NOW + 3600, needs: [], languages: [] };
  const pack = packOf({ id: "a", at: [[-72.5, 46.5]], isLine: true, areas: ["24"], stop });

  assert.deepEqual(found(pack, asked({ region: "01" })), ["a-0", "a"]);
  assert.deepEqual(
    directoryOf([pack], NOW + 3600).map(({ id }) => id),
    ["a"],
  );
});

test("a stop three weeks ahead comes after a place half a kilometre further away", () => {
  const stop = { starts: NOW + 21 * DAY, ends: NOW + 22 * DAY, needs: [], languages: [] };
  const pack = packOf({ id: "a", at: [[-72.5, 46.5]], stop }, { id: "b", at: [[-72.507, 46.5]] });

  assert.deepEqual(found(pack, asked({ point: [-72.5, 46.5] })), ["b-0", "a-0"]);
});

test("a stop that names topics and languages answers these, and not those of its service", () => {
  const stop = { starts: NOW, ends: NOW + DAY, needs: ["sante-dentaire"], languages: ["mam"] };
  const pack = packOf({ id: "a", at: [[-72.5, 46.5]], stop, languages: ["es"] });

  assert.deepEqual(found(pack, asked({ region: "01", need: "sante" })), ["a-0"]);
  assert.deepEqual(found(pack, asked({ region: "01", need: "droits" })), []);
  assert.deepEqual(found(pack, asked({ region: "01", language: "mam" })), ["a-0"]);
  assert.deepEqual(found(pack, asked({ region: "01", language: "es" })), []);
});

test("many languages answer a question about any", () => {
  const pack = packOf({ id: "a", at: [[-72.5, 46.5]], languages: ["mul"] });

  assert.deepEqual(found(pack, asked({ region: "01", language: "quc" })), ["a-0"]);
});

test("where nothing answers, the lines for the same need are offered", () => {
  const pack = packOf({ id: "a", isLine: true, areas: ["24"], needs: ["sante-dentaire"] });
  const world = {
    resources: directoryOf([pack], NOW),
    saved: ["all"],
    areas: AREAS,
    vocabulary: TERMS,
    now: NOW,
  };

  const answered = answer(asked({ region: "01", need: "sante", kind: "clinic" }), world);

  assert.deepEqual(answered.rows, []);
  assert.deepEqual(
    answered.lines.map(({ resource }) => resource.id),
    ["a"],
  );
});

test("what two packs hold is there once, by name, from the one made last", () => {
  const old = { ...packOf({ id: "b", at: [[-72.5, 46.5]], kind: "faith" }), made: "2026-01-01" };
  const fresh = packOf({ id: "a", isLine: true, areas: ["24"] }, { id: "b", at: [[-72.5, 46.5]] });

  const resources = directoryOf([fresh, old], NOW);

  assert.deepEqual(
    resources.map(({ id }) => id),
    ["a", "b-0"],
  );
  assert.equal(resources[1].service.kind, "obnl");
});

test("a region's pack is enough for 50 km around any position in it, and for itself", () => {
  assert.deepEqual(regionsAsked(asked({ point: [-72.01, 46.5] }), AREAS), ["01"]);
  assert.deepEqual(regionsAsked(asked({ region: "02" }), AREAS), ["02"]);
  assert.equal(regionsAsked(asked(), AREAS), null);
});

test("a wider radius needs the regions that it touches, a position at sea those around it", () => {
  assert.deepEqual(regionsAsked(asked({ point: [-72.5, 46.5], radiusKm: 100 }), AREAS), [
    "01",
    "02",
  ]);
  assert.deepEqual(regionsAsked(asked({ point: [-73.3, 46.5] }), AREAS), ["01"]);
  assert.deepEqual(regionsAsked(asked({ point: [-60, 46.5] }), AREAS), []);
});

test("the whole province covers every question", () => {
  assert.deepEqual(coverage(["01"], ["all"]), { used: ["all"], missing: [] });
  assert.deepEqual(coverage(null, ["all"]), { used: ["all"], missing: [] });
});

test("only the packs that a question needs are read, and what is not saved is named", () => {
  assert.deepEqual(coverage(["01"], ["01", "02"]), { used: ["01"], missing: [] });
  assert.deepEqual(coverage(["01", "03"], ["01", "02"]), { used: ["01", "02"], missing: ["03"] });
  assert.deepEqual(coverage(null, ["01", "02"]), { used: ["01", "02"], missing: [] });
});

test("without a place, the saved regions answer, and no others", () => {
  const pack = packOf(
    { id: "a", at: [[-72.5, 46.5]], region: "01" },
    { id: "b", at: [[-71.9, 46.5]], region: "02" },
    { id: "c", isLine: true, areas: ["02"] },
    { id: "d", isLine: true, areas: ["24"] },
  );

  assert.deepEqual(found(pack, asked({ need: "droits" }), ["01"]), ["a-0", "d"]);
});

test("a page that does not exist is the first, or the last if it lies beyond", () => {
  const rows = Array.from({ length: 45 }, (_, index) => index);
  const numbers = [null, "", "x", "2", " 2 ", "9", "0", "2.0"].map(
    (text) => pageOf(rows, text).number,
  );

  assert.deepEqual(numbers, [1, 1, 1, 2, 2, 3, 3, 1]);
  assert.deepEqual(pageOf(rows, "3"), { number: 3, total: 3, start: 41, rows: rows.slice(40) });
  assert.equal(pageOf([], null).total, 1);
});

test("an alert is for a region and a need, or for all, and only while it stands", () => {
  const alert = (name, more) => ({
    name,
    regions: [],
    needs: [],
    starts: NOW - 1,
    expires: NOW + 1,
    ...more,
  });
  const alerts = [
    alert("all"),
    alert("west", { regions: ["01"] }),
    alert("east", { regions: ["03"] }),
    alert("health", { needs: ["sante"] }),
    alert("rights", { needs: ["droits"] }),
    alert("over", { expires: NOW }),
    alert("to come", { starts: NOW + 1 }),
  ];
  const names = (person) =>
    alertsFor(alerts, { region: null, need: null, now: NOW, ...person }, TERMS.terms).map(
      ({ name }) => name,
    );

  assert.deepEqual(names({}), ["all", "health", "rights"]);
  assert.deepEqual(names({ region: "01", need: "sante-dentaire" }), ["all", "west", "health"]);
});
