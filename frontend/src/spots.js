/** Resources on a map: those at one spot together, spots that would overlap as clusters. */
import Supercluster from "supercluster";

/** Closer than this many pixels, pins would cover each other. */
const CLUSTER_RADIUS_PX = 42;

/** From this zoom on nothing is clustered; what still covers another is one spot. */
const LAST_CLUSTERED_ZOOM = 15;

/**
 * @typedef {{key: string, position: [number, number], resources: GeoJSON.Feature[]}} Spot
 *   position is [longitude, latitude]; resources in the order of the list, at least one
 */

/**
 * Resources by their position, to about 1 m. Those without a position are left out.
 *
 * @param {GeoJSON.Feature[]} features
 * @returns {Spot[]} in the order of the first resource of each
 */
export function spotsOf(features) {
  const spots = new Map();
  for (const feature of features) {
    if (!feature.geometry) continue;
    const position = feature.geometry.coordinates;
    const key = position.map((degrees) => degrees.toFixed(5)).join(",");
    const spot = spots.get(key);
    if (spot) spot.resources.push(feature);
    else spots.set(key, { key, position, resources: [feature] });
  }
  return [...spots.values()];
}

/**
 * An index of spots that answers what to draw in a rectangle.
 *
 * @param {Spot[]} spots
 * @returns {{inView: Function, expansion: Function}}
 */
export function clustersOf(spots) {
  const index = new Supercluster({
    radius: CLUSTER_RADIUS_PX,
    // Leaflet counts in tiles of 256 pixels, supercluster in tiles of 512.
    extent: 256,
    maxZoom: LAST_CLUSTERED_ZOOM,
    map: (spot) => ({ total: spot.resources.length }),
    reduce: (sum, part) => {
      sum.total += part.total;
    },
  });
  index.load(
    spots.map((spot) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: spot.position },
      properties: spot,
    })),
  );
  return {
    /**
     * @param {[number, number, number, number]} rectangle - west, south, east, north, degrees
     * @param {number} zoom
     * @returns {Map<string, {position: [number, number], total: number, spot?: Spot,
     *   cluster?: number}>} by a key that stays the same while the map moves at one zoom
     */
    inView(rectangle, zoom) {
      const found = new Map();
      for (const { geometry, properties } of index.getClusters(rectangle, Math.floor(zoom))) {
        const position = geometry.coordinates;
        if (properties.cluster) {
          const cluster = properties.cluster_id;
          found.set(`cluster ${cluster}`, { position, total: properties.total, cluster });
        } else {
          const total = properties.resources.length;
          found.set(properties.key, { position, total, spot: properties });
        }
      }
      return found;
    },

    /** The zoom at which a cluster falls apart. */
    expansion: (cluster) => index.getClusterExpansionZoom(cluster),
  };
}

// From this many on, a few far ones are not worth a map on which the towns are one heap.
const MANY_POSITIONS = 50;
const FAR_NORTH_SHARE = 0.05;

/**
 * Where a map opens that nobody asked about a place.
 *
 * @param {Array<[number, number]>} positions - [longitude, latitude], degrees
 * @returns {Array<[number, number]>} all of them, or if they are many all but the twentieth part
 *   that lies farthest north: Nunavik is as tall as all the rest
 */
export function worthOpeningOn(positions) {
  if (positions.length < MANY_POSITIONS) return positions;
  const latitudes = positions.map(([, latitude]) => latitude).sort((a, b) => a - b);
  const limit = latitudes[Math.floor(latitudes.length * (1 - FAR_NORTH_SHARE)) - 1];
  return positions.filter(([, latitude]) => latitude <= limit);
}

/**
 * The smallest rectangle around positions.
 *
 * @param {[number, number][]} positions - [longitude, latitude]
 * @returns {[[number, number], [number, number]] | null} south-west and north-east as Leaflet
 *   wants them, [latitude, longitude]; null without positions
 */
export function leafletBounds(positions) {
  if (!positions.length) return null;
  const longitudes = positions.map(([longitude]) => longitude);
  const latitudes = positions.map(([, latitude]) => latitude);
  return [
    [Math.min(...latitudes), Math.min(...longitudes)],
    [Math.max(...latitudes), Math.max(...longitudes)],
  ];
}
