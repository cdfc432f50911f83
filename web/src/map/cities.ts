import type { Bounds, LatLon } from "./geo";

export interface City {
  readonly id: string;
  /** A name is data and stays in its own language. */
  readonly name: string;
  readonly lang: "lv" | "lt";
  readonly bounds: Bounds;
}

/** The towns of the cross-border area, with the view that holds their streets. */
export const CITIES: readonly City[] = [
  { id: "liepaja", name: "Liepāja", lang: "lv", bounds: { south: 56.492, west: 20.985, north: 56.562, east: 21.062 } },
  { id: "palanga", name: "Palanga", lang: "lt", bounds: { south: 55.897, west: 21.035, north: 55.935, east: 21.095 } },
  { id: "klaipeda", name: "Klaipėda", lang: "lt", bounds: { south: 55.657, west: 21.085, north: 55.74, east: 21.205 } },
];

/** All of the built-in map that has streets. */
export const COAST: Bounds = { south: 55.64, west: 20.9, north: 56.59, east: 21.3 };

/** The town with most of the given places; null when none of them is in a town. */
export function busiestCity(places: readonly LatLon[]): City | null {
  let best: City | null = null;
  let most = 0;
  for (const city of CITIES) {
    const { south, west, north, east } = city.bounds;
    const inside = places.filter(({ lat, lon }) => lat >= south && lat <= north && lon >= west && lon <= east).length;
    if (inside > most) {
      most = inside;
      best = city;
    }
  }
  return best;
}
