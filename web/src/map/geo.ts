/** Distances, bearings and the flat plane that the built-in map is drawn in. */

/** WGS 84, decimal degrees. */
export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

export interface Bounds {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

const EARTH_M = 6_371_008.8;
const MERCATOR_M = 6_378_137;
const RADIANS = Math.PI / 180;

/** Great-circle distance in metres (haversine on the mean sphere; within 0.5 %). */
export function distanceM(a: LatLon, b: LatLon): number {
  const dLat = (b.lat - a.lat) * RADIANS;
  const dLon = (b.lon - a.lon) * RADIANS;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Initial bearing from `a` to `b`, degrees clockwise from north, 0 <= bearing < 360. */
export function bearingDeg(a: LatLon, b: LatLon): number {
  const dLon = (b.lon - a.lon) * RADIANS;
  const y = Math.sin(dLon) * Math.cos(b.lat * RADIANS);
  const x =
    Math.cos(a.lat * RADIANS) * Math.sin(b.lat * RADIANS) -
    Math.sin(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * Math.cos(dLon);
  return (Math.atan2(y, x) / RADIANS + 360) % 360;
}

/** Smallest box around `points`; null when there are none. */
export function boundsOf(points: Iterable<LatLon>): Bounds | null {
  let south = Infinity;
  let west = Infinity;
  let north = -Infinity;
  let east = -Infinity;
  for (const { lat, lon } of points) {
    south = Math.min(south, lat);
    north = Math.max(north, lat);
    west = Math.min(west, lon);
    east = Math.max(east, lon);
  }
  return south === Infinity ? null : { south, west, north, east };
}

export interface Nearest {
  /** Metres from the point to the line. */
  readonly distance_m: number;
  /** The place on the line. */
  readonly at: LatLon;
}

/** The place on a line of at least one vertex that is nearest to `point`. */
export function nearestOnLine(point: LatLon, line: readonly LatLon[]): Nearest {
  const east = MERCATOR_M * RADIANS * Math.cos(point.lat * RADIANS);
  const north = MERCATOR_M * RADIANS;
  let best: Nearest = { distance_m: Infinity, at: point };
  for (let i = 0; i < line.length; i += 1) {
    const a = line[i] as LatLon;
    const b = line[i + 1] ?? a;
    const ax = (a.lon - point.lon) * east;
    const ay = (a.lat - point.lat) * north;
    const dx = (b.lon - a.lon) * east;
    const dy = (b.lat - a.lat) * north;
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
    const distance_m = Math.hypot(ax + t * dx, ay + t * dy);
    if (distance_m < best.distance_m) {
      best = {
        distance_m,
        at: { lat: a.lat + t * (b.lat - a.lat), lon: a.lon + t * (b.lon - a.lon) },
      };
    }
  }
  return best;
}

/** A flat plane in Web Mercator metres, x to the east and y to the south of an origin.
 *
 * Canvas paths hold 32-bit floats: numbers near zero keep centimetres at every zoom,
 * world pixels of zoom 17 would not.
 */
export class Plane {
  readonly #x: number;
  readonly #y: number;

  constructor(readonly origin: LatLon) {
    this.#x = mercatorX(origin.lon);
    this.#y = mercatorY(origin.lat);
  }

  x(lon: number): number {
    return mercatorX(lon) - this.#x;
  }

  y(lat: number): number {
    return this.#y - mercatorY(lat);
  }
}

function mercatorX(lon: number): number {
  return MERCATOR_M * lon * RADIANS;
}

function mercatorY(lat: number): number {
  return MERCATOR_M * Math.log(Math.tan(Math.PI / 4 + (lat * RADIANS) / 2));
}

/** Pixels per metre of the plane at a zoom (tiles of 256 pixels). */
export function planeScale(zoom: number): number {
  return (256 * 2 ** zoom) / (2 * Math.PI * MERCATOR_M);
}

/** Pixels that one metre on the ground takes at a zoom and latitude. */
export function pixelsPerMetre(zoom: number, lat: number): number {
  return planeScale(zoom) / Math.cos(lat * RADIANS);
}

/** The largest of 1, 2, 5 x 10^n metres that is not longer than `widest` pixels. */
export function scaleBar(perMetre: number, widest: number): { length_m: number; width: number } {
  const most = widest / perMetre;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((factor) => factor * power <= most) ?? 1;
  return { length_m: step * power, width: step * power * perMetre };
}
