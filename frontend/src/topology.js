/** The file of the base map. */
import { feature } from "topojson-client";

/** Drawn in this order; a border is thinner the less it divides. */
const LAYERS = ["land", "lakes", "coast", "borders"];

/**
 * The base map's file as GeoJSON, by the name of each layer, the ground first.
 *
 * @param {object} topology - TopoJSON with `land`, `coast`, `lakes`, `borders`
 * @returns {Record<string, GeoJSON.Feature | GeoJSON.FeatureCollection>}
 */
export function decoded(topology) {
  return Object.fromEntries(
    LAYERS.map((name) => [name, feature(topology, topology.objects[name])]),
  );
}
