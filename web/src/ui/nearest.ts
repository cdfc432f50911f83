import type { Emergency, Id } from "../api/types";
import { type LatLon, distanceM } from "../map/geo";
import type { Stores } from "../stores";

export interface NearUnit {
  unitId: Id;
  distanceM: number;
}

/**
 * Units that could go there, nearest first: free before busy at like distance.
 *
 * A unit without a fresh fix, off duty or itself in an emergency is left out.
 */
export function nearestUnits(stores: Stores, place: LatLon, except: Id | null): NearUnit[] {
  const found: (NearUnit & { weight: number })[] = [];
  for (const unit of stores.units.all.value) {
    if (unit.id === except) continue;
    const view = stores.unitViews.of(unit.id);
    const state = view.state.value;
    const position = view.position.value;
    if (!position || (state !== "free" && state !== "busy")) continue;
    const distance = distanceM(place, position);
    found.push({ unitId: unit.id, distanceM: distance, weight: state === "busy" ? distance * 1.25 : distance });
  }
  return found
    .sort((a, b) => a.weight - b.weight)
    .map(({ unitId, distanceM: distance }) => ({ unitId, distanceM: distance }));
}

/** Where an emergency is: the newest position of its unit, or the one that came with it. */
export function placeOf(stores: Stores, emergency: Emergency): (LatLon & { heardAt: string | null; errorM: number | null }) | null {
  const position = stores.positions.get(emergency.radio_id)
    ?? (emergency.unit_id === null ? undefined : stores.unitViews.of(emergency.unit_id).position.value);
  if (position && (emergency.position_heard_at === null || position.heard_at >= emergency.position_heard_at)) {
    return { lat: position.lat, lon: position.lon, heardAt: position.fixed_at ?? position.heard_at, errorM: position.error_m };
  }
  if (emergency.lat === null || emergency.lon === null) return null;
  return { lat: emergency.lat, lon: emergency.lon, heardAt: emergency.position_heard_at, errorM: emergency.error_m };
}
