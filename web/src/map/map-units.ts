/** What the map draws of every unit, read from the stores. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Emergency, Id, Position } from "../api/types";
import type { Stores } from "../stores";
import { fixedAtMs } from "../stores/unit-state";
import type { UnitView } from "../stores/unit-views";
import { radioName } from "../ui/names";
import { plain } from "../ui/text";
import { distanceM, type LatLon } from "./geo";
import type { MapUnit } from "./map-unit";

export const TRAIL_MS = 5 * 60_000;
/** Below this speed a course is noise of the receiver. */
export const STANDS_BELOW_KMH = 3;
/** Trail points nearer than this to the one before are left out. */
const TRAIL_STEP_M = 8;

/** Radios that transmit now. */
export function talkingRadios(stores: Pick<Stores, "calls">): ReadonlySignal<ReadonlySet<Id>> {
  return computed(() => {
    const radios = new Set<Id>();
    for (const call of stores.calls.all.value) if (call.ended_at === null) radios.add(call.radio_id);
    return radios;
  });
}

/** Every unit with a position, and every alarm that no such unit stands for; followed. */
export function mapUnits(
  stores: Pick<Stores, "units" | "unitViews" | "radios" | "positions" | "openEmergencies" | "clock">,
  talking: ReadonlySet<Id>,
): MapUnit[] {
  const units = stores.units.all.value.flatMap((unit) => {
    const view = stores.unitViews.of(unit.id);
    const position = view.position.value;
    return position ? [drawn(view, position, stores, talking)] : [];
  });
  const known = new Set(units.map((unit) => unit.id));
  const strays = stores.openEmergencies.value.filter(({ unit_id }) => unit_id === null || !known.has(unit_id));
  return [...units, ...strays.flatMap((emergency) => stray(emergency, stores, talking))];
}

/** Whether a picked id is a unit's; those of stray alarms are below zero. */
export function isUnit(id: Id): boolean {
  return id > 0;
}

/** An alarm of a radio that no unit carries, or whose unit was never placed: where it was raised. */
function stray(
  emergency: Emergency, stores: Pick<Stores, "units" | "radios" | "positions">, talking: ReadonlySet<Id>,
): MapUnit[] {
  const position = stores.positions.get(emergency.radio_id);
  const lat = position?.lat ?? emergency.lat;
  const lon = position?.lon ?? emergency.lon;
  if (lat === null || lon === null) return [];
  const radio = stores.radios.get(emergency.radio_id);
  const unit = stores.units.get(emergency.unit_id);
  return [{
    id: -emergency.id,
    label: unit ? plain(unit.call_sign) : radio ? radioName(radio) : "",
    at: { lat, lon },
    state: "emergency",
    bearing_deg: null,
    error_m: position?.error_m ?? emergency.error_m,
    fixed_ms: position ? fixedAtMs(position) : Date.parse(emergency.position_heard_at ?? emergency.raised_at),
    talking: talking.has(emergency.radio_id),
    trail: [],
  }];
}

function drawn(
  view: UnitView, position: Position, stores: Pick<Stores, "positions" | "clock">, talking: ReadonlySet<Id>,
): MapUnit {
  const moves = (position.speed_kmh ?? STANDS_BELOW_KMH) >= STANDS_BELOW_KMH;
  const trail = stores.positions.trail(position.radio_id);
  return {
    id: view.id,
    label: plain(view.unit.value?.call_sign ?? ""),
    at: { lat: position.lat, lon: position.lon },
    state: view.state.value,
    bearing_deg: moves ? position.bearing_deg : null,
    error_m: position.error_m,
    fixed_ms: fixedAtMs(position),
    talking: view.radios.value.some((radio) => talking.has(radio.id)),
    trail: recentTrail(trail, position, stores.clock.read() - TRAIL_MS),
  };
}

/** Points since `since_ms` without the newest, thinned to steps of 8 m. */
export function recentTrail(trail: readonly Position[], newest: Position, since_ms: number): LatLon[] {
  const points: LatLon[] = [];
  for (const one of trail) {
    if (one === newest || Date.parse(one.heard_at) < since_ms) continue;
    const last = points.at(-1);
    if (last && distanceM(last, one) < TRAIL_STEP_M) continue;
    points.push({ lat: one.lat, lon: one.lon });
  }
  return points;
}
