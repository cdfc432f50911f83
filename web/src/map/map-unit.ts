import type { UnitState } from "../stores/unit-state";
import type { LatLon } from "./geo";

/** A unit as the map draws it. */
export interface MapUnit {
  /** The unit's id; below zero: an alarm that belongs to no unit. */
  readonly id: number;
  readonly label: string;
  readonly at: LatLon;
  readonly state: UnitState;
  /** Course over ground in degrees from north; null: stands still or unknown. */
  readonly bearing_deg: number | null;
  /** Radius that holds the unit, metres; null: the radio did not say. */
  readonly error_m: number | null;
  /** When the position was fixed, milliseconds of the server's clock. */
  readonly fixed_ms: number;
  /** Whether one of its radios transmits now. */
  readonly talking: boolean;
  /** Where it was before, oldest first, without `at`. */
  readonly trail: readonly LatLon[];
}

export type Freshness = "fresh" | "fading" | "hollow" | "gone";

export const FADE_AFTER_MS = 30_000;
export const HOLLOW_AFTER_MS = 2 * 60_000;
export const GONE_AFTER_MS = 15 * 60_000;
const FADED = 0.6;

/** How old a position looks: it fades from 30 s, is hollow from 2 min, leaves the map at 15 min. */
export function freshness(ageMs: number): Freshness {
  if (ageMs < FADE_AFTER_MS) return "fresh";
  if (ageMs < HOLLOW_AFTER_MS) return "fading";
  return ageMs < GONE_AFTER_MS ? "hollow" : "gone";
}

/** Opacity 0.6 .. 1 in steps of a tenth, so that a picture is redrawn a few times and not each second. */
export function opacity(ageMs: number): number {
  if (ageMs < FADE_AFTER_MS) return 1;
  const share = Math.min(1, (ageMs - FADE_AFTER_MS) / (HOLLOW_AFTER_MS - FADE_AFTER_MS));
  return Math.round((1 - share * (1 - FADED)) * 10) / 10;
}

/** Whether a unit stays on the map: an emergency and the selected one do at any age. */
export function onMap(unit: MapUnit, ageMs: number, selected: boolean): boolean {
  if (unit.state === "emergency" || selected) return true;
  return unit.state !== "off" && freshness(ageMs) !== "gone";
}
