/** Distances on the Earth as it is: flattened. A sphere would be wrong by up to 0.5 %. */

/** WGS 84. */
const EQUATOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const POLE_M = EQUATOR_M * (1 - FLATTENING);

const RADIANS = Math.PI / 180;

/** 1e-12 radian is 0.006 mm. */
const PRECISE_ENOUGH = 1e-12;

/** Québec needs four; only a point on the other side of the Earth never settles. */
const MOST_ROUNDS = 200;

/**
 * The length of the shortest way between two positions.
 *
 * Vincenty's inverse formula (Survey Review 23, 1975): within 0.1 mm of PostGIS's `geography` over
 * Québec. Between antipodes it does not settle, and the last round is the answer, some km off.
 *
 * @param {[number, number]} one - [longitude, latitude], degrees
 * @param {[number, number]} other - the same
 * @returns {number} metres
 */
export function distance([longitude1, latitude1], [longitude2, latitude2]) {
  if (longitude1 === longitude2 && latitude1 === latitude2) return 0;
  const turn = (longitude2 - longitude1) * RADIANS;
  const reduced1 = Math.atan((1 - FLATTENING) * Math.tan(latitude1 * RADIANS));
  const reduced2 = Math.atan((1 - FLATTENING) * Math.tan(latitude2 * RADIANS));
  const [sin1, cos1] = [Math.sin(reduced1), Math.cos(reduced1)];
  const [sin2, cos2] = [Math.sin(reduced2), Math.cos(reduced2)];
  let lambda = turn;
  let sinSigma = 0;
  let cosSigma = 0;
  let sigma = 0;
  let squaredCosAlpha = 0;
  let cosTwiceMiddle = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [sinLambda, cosLambda] = [Math.sin(lambda), Math.cos(lambda)];
    sinSigma = Math.hypot(cos2 * sinLambda, cos1 * sin2 - sin1 * cos2 * cosLambda);
    if (sinSigma === 0) return 0;
    cosSigma = sin1 * sin2 + cos1 * cos2 * cosLambda;
    sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cos1 * cos2 * sinLambda) / sinSigma;
    squaredCosAlpha = 1 - sinAlpha * sinAlpha;
    // Along the equator every middle is as good.
    cosTwiceMiddle = squaredCosAlpha ? cosSigma - (2 * sin1 * sin2) / squaredCosAlpha : 0;
    const c = (FLATTENING / 16) * squaredCosAlpha * (4 + FLATTENING * (4 - 3 * squaredCosAlpha));
    const before = lambda;
    lambda =
      turn +
      (1 - c) *
        FLATTENING *
        sinAlpha *
        (sigma +
          c *
            sinSigma *
            (cosTwiceMiddle + c * cosSigma * (2 * cosTwiceMiddle * cosTwiceMiddle - 1)));
    if (Math.abs(lambda - before) < PRECISE_ENOUGH) break;
  }
  const u = (squaredCosAlpha * (EQUATOR_M * EQUATOR_M - POLE_M * POLE_M)) / (POLE_M * POLE_M);
  const a = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
  const b = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
  const twice = 2 * cosTwiceMiddle * cosTwiceMiddle - 1;
  const correction =
    b *
    sinSigma *
    (cosTwiceMiddle +
      (b / 4) *
        (cosSigma * twice -
          (b / 6) * cosTwiceMiddle * (4 * sinSigma * sinSigma - 3) * (2 * twice - 1)));
  return POLE_M * a * (sigma - correction);
}
