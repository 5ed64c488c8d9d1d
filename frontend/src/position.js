/** Where the phone is, asked once, when the person wants it. */

/** Names of the refusals, as the words for them are called in `data-` attributes. */
const REFUSALS = { 1: "denied", 2: "unavailable", 3: "timeout" };

const PATIENCE_MS = 15_000;
const STILL_GOOD_MS = 300_000;

/** The phone gave no position; `reason` is denied, unavailable or timeout. */
export class NoPosition extends Error {
  constructor(reason) {
    super(reason);
    this.name = "NoPosition";
    this.reason = reason;
  }
}

/**
 * @param {Geolocation|undefined} geolocation - the navigator's
 * @returns {Promise<{longitude: number, latitude: number}>} degrees
 * @throws {NoPosition}
 */
export function askPosition(geolocation) {
  return new Promise((resolve, reject) => {
    if (!geolocation) {
      reject(new NoPosition("unavailable"));
      return;
    }
    geolocation.getCurrentPosition(
      ({ coords }) => resolve({ longitude: coords.longitude, latitude: coords.latitude }),
      ({ code }) => reject(new NoPosition(REFUSALS[code] ?? "unavailable")),
      { enableHighAccuracy: false, timeout: PATIENCE_MS, maximumAge: STILL_GOOD_MS },
    );
  });
}
