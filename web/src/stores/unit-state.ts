/** What a dispatcher reads from a unit: one state, by the order of its weight. */
import type { Emergency, Position, Radio, Unit } from "../api/types";

export type UnitState = "emergency" | "off" | "no_gps" | "busy" | "free";

/** Weight first: the order of filters and of sorting. */
export const UNIT_STATES: readonly UnitState[] = ["emergency", "busy", "free", "no_gps", "off"];

/** A radio that was not heard for this long counts as off. */
export const SILENT_AFTER_MS = 15 * 60_000;
/** A fix older than this, while its radio is heard, is no position. */
export const NO_GPS_AFTER_MS = 2 * 60_000;

/** When the satellites gave a position: the fix time, or when it was heard. */
export function fixedAtMs(position: Position): number {
  return Date.parse(position.fixed_at ?? position.heard_at);
}

/** When any of the radios was last heard in milliseconds; null: never. */
export function lastHeardMs(radios: readonly Radio[], positions: readonly Position[]): number | null {
  const times = [
    ...radios.map((radio) => radio.last_heard_at),
    ...positions.map((position) => position.heard_at),
  ].flatMap((at) => (at ? [Date.parse(at)] : []));
  return times.length ? Math.max(...times) : null;
}

/** Whether a radio is switched off or was not heard for 15 minutes. */
export function isSilent(radio: Radio, position: Position | undefined, nowMs: number): boolean {
  if (radio.presence === "off") return true;
  const heard = lastHeardMs([radio], position ? [position] : []);
  return heard === null || nowMs - heard > SILENT_AFTER_MS;
}

/**
 * @param emergencies open ones of this unit
 * @param positions newest per radio of this unit
 */
export function unitState(
  unit: Unit, radios: readonly Radio[], positions: readonly Position[],
  emergencies: readonly Emergency[], nowMs: number,
): UnitState {
  if (emergencies.length) return "emergency";
  const heard = radios.filter(
    (radio) => !isSilent(radio, positions.find((p) => p.radio_id === radio.id), nowMs),
  );
  if (!heard.length || unit.status === "off_duty") return "off";
  const newest = Math.max(...positions.map(fixedAtMs), Number.NEGATIVE_INFINITY);
  if (nowMs - newest > NO_GPS_AFTER_MS) return "no_gps";
  return unit.status === "busy" ? "busy" : "free";
}
