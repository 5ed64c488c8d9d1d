import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aroundPosition,
  featuresUrl,
  formQuery,
  hasPosition,
  rounded,
  withoutPosition,
} from "../../frontend/src/query.js";

const MONTREAL = { longitude: -73.567256, latitude: 45.501689 };

test("the position is rounded before it leaves the browser", () => {
  const query = aroundPosition(new URLSearchParams("need=sante"), MONTREAL);
  assert.equal(query.toString(), "need=sante&lat=45.50&lon=-73.57");
});

test("a coordinate has two decimals, zeros among them", () => {
  assert.deepEqual([45.5, -64.996, 0, -0.004].map(rounded), ["45.50", "-65.00", "0.00", "-0.00"]);
});

test("a position takes the place of a town, of a region and of the page", () => {
  const asked = new URLSearchParams("place=Gasp%C3%A9&region=11&page=3&radius_km=50&language=es");
  const query = aroundPosition(asked, MONTREAL);
  assert.equal(query.toString(), "radius_km=50&language=es&lat=45.50&lon=-73.57");
});

test("the question asked is left as it was", () => {
  const asked = new URLSearchParams("place=Amos");
  aroundPosition(asked, MONTREAL);
  assert.equal(asked.toString(), "place=Amos");
});

test("empty fields are not asked, and a new question starts at its first page", () => {
  const fields = [
    ["place", " Amos "],
    ["need", ""],
    ["kind", "  "],
    ["page", "2"],
  ];
  assert.equal(formQuery(fields).toString(), "place=Amos");
});

test("a place that somebody writes wins over the position of before", () => {
  const fields = [
    ["lat", "45.50"],
    ["lon", "-73.57"],
    ["place", "Amos"],
  ];
  assert.equal(formQuery(fields).toString(), "place=Amos");
});

test("without a place the position of before is kept while filters change", () => {
  const fields = [
    ["lat", "45.50"],
    ["lon", "-73.57"],
    ["place", ""],
    ["need", "sante"],
  ];
  assert.equal(formQuery(fields).toString(), "lat=45.50&lon=-73.57&need=sante");
});

test("an address that is kept holds no position", () => {
  const address = "https://example.org/es/?need=sante&lat=48.83&lon=-64.48&page=2#results";
  assert.equal(withoutPosition(address), "/es/?need=sante&page=2#results");
  assert.equal(withoutPosition("https://example.org/fr/?lat=48.83&lon=-64.48"), "/fr/");
});

test("half a position is a position", () => {
  assert.ok(hasPosition(new URLSearchParams("lon=-64.48")));
  assert.ok(!hasPosition(new URLSearchParams("place=Gasp%C3%A9")));
});

test("the map asks for the whole of what the list shows by pages", () => {
  const url = featuresUrl("/api/v1/resources/", "need=sante&lang=es&page=3", 500);
  assert.equal(url, "/api/v1/resources/?need=sante&lang=es&limit=500");
});
