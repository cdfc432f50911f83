/** What people call a spot: the nearest street, its crossing or landmark, and the part of town.
 *
 * Works without a network, from the places of the built-in map.
 */
import { distanceM, nearestOnLine, type LatLon } from "./geo";
import { latLon, schematic, type PlaceKind } from "./schematic";

export interface PlaceName {
  /** "Karosta, Atmodas bulvāris / Pulkveža Brieža iela": names are data, not translated. */
  readonly text: string;
  /** Part of town or town; null in open country. */
  readonly area: string | null;
  /** Street or landmark that gave the name; null when only the area is known. */
  readonly name: string | null;
  /** Metres from the point to what is named; 0 within an area alone. */
  readonly distance_m: number;
}

interface Street {
  readonly name: string;
  readonly line: readonly LatLon[];
}

interface Landmark {
  readonly name: string;
  readonly at: LatLon;
  readonly reach_m: number;
}

const ON_STREET_M = 90;
const CROSSING_M = 130;
const NEAR_STREET_M = 600;
const FAR_STREET_M = 4_000;

/** How near one must be to stand "at" it; stops and streets only repeat street names. */
const REACH_M: Partial<Record<PlaceKind, number>> = {
  airport: 900, port: 700, park: 350, beach: 400, waterfront: 350, stadium: 250, mall: 200,
  station: 150, church: 90, museum: 120, public: 90, square: 120, bridge: 90, ferry: 200,
  monument: 100, town: 900,
};

const streets: readonly Street[] = schematic.roads
  .filter((road) => road.name !== "" && road.class !== "ferry" && road.class !== "tram")
  .map((road) => ({ name: road.name, line: road.path.map(latLon) }));

const landmarks: readonly Landmark[] = schematic.places.flatMap((place) => {
  const reach_m = REACH_M[place.kind];
  return reach_m === undefined ? [] : [{ name: place.name, at: latLon(place.at), reach_m }];
});

const areas = schematic.areas.map((area) => ({ ...area, at: latLon(area.at) }));

/** The name of a spot; null when nothing named lies within 4 km. */
export function placeName(lat: number, lon: number): PlaceName | null {
  const point: LatLon = { lat, lon };
  if (!Number.isFinite(lat) || !Number.isFinite(lon)) return null;
  const area = areas.find((one) => distanceM(one.at, point) <= one.reach_m)?.name ?? null;
  const near = nearestStreets(point);
  const [first, second] = near;
  const landmark = nearestLandmark(point);
  if (first && first.distance_m <= ON_STREET_M) {
    const crossing = second && second.distance_m <= CROSSING_M ? second.name : null;
    return named(area, crossing ? `${first.name} / ${crossing}` : first.name, first.distance_m);
  }
  if (landmark) return named(area, landmark.name, landmark.distance_m);
  if (first && first.distance_m <= (area ? NEAR_STREET_M : FAR_STREET_M)) {
    return named(area, first.name, first.distance_m);
  }
  return area ? { text: area, area, name: null, distance_m: 0 } : null;
}

function named(area: string | null, name: string, distance_m: number): PlaceName {
  const repeats = area !== null && name.startsWith(area);
  const text = area === null || repeats ? name : `${area}, ${name}`;
  return { text, area, name, distance_m: Math.round(distance_m) };
}

/** Streets by distance, each name once. */
function nearestStreets(point: LatLon): { name: string; distance_m: number }[] {
  const byName = new Map<string, number>();
  for (const { name, line } of streets) {
    const { distance_m } = nearestOnLine(point, line);
    if (distance_m < (byName.get(name) ?? Infinity)) byName.set(name, distance_m);
  }
  return [...byName]
    .map(([name, distance_m]) => ({ name, distance_m }))
    .sort((a, b) => a.distance_m - b.distance_m);
}

function nearestLandmark(point: LatLon): { name: string; distance_m: number } | null {
  let best: { name: string; distance_m: number } | null = null;
  for (const { name, at, reach_m } of landmarks) {
    const distance_m = distanceM(at, point);
    if (distance_m <= reach_m && (!best || distance_m < best.distance_m)) best = { name, distance_m };
  }
  return best;
}
