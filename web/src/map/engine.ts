/** What the console asks of a map, whichever library draws it. */
import type { MapSource } from "../api/types";
import type { Bounds, LatLon } from "./geo";
import type { MapUnit } from "./map-unit";

/** A drive to be drawn: legs between gaps, and where on it the reader stands. */
export interface MapTrack {
  /** Each leg is unbroken; between two legs nothing was heard. */
  readonly legs: readonly (readonly LatLon[])[];
  readonly stops: readonly { readonly at: LatLon; readonly label: string }[];
  /** The place under the time slider. */
  readonly cursor: (LatLon & { readonly bearing_deg: number | null }) | null;
}

export interface ViewChange {
  readonly zoom: number;
  readonly centre: LatLon;
  /** Whether a person moved the map, not a request of the console. */
  readonly byHand: boolean;
}

export interface MapListener {
  /** A unit was clicked, or null: the ground. */
  picked(unitId: number | null): void;
  moved(change: ViewChange): void;
  /** The base map cannot be shown; the built-in one is drawn instead. */
  baseFailed(): void;
}

export interface MapEngine {
  setBase(source: MapSource | null): void;
  setUnits(units: readonly MapUnit[]): void;
  setSelected(unitId: number | null): void;
  setTrails(shown: boolean): void;
  setTrack(track: MapTrack | null): void;
  /** Show the whole box. */
  fit(bounds: Bounds): void;
  /** Bring a spot to the middle; never zooms out. */
  locate(at: LatLon, leastZoom?: number): void;
  /** The unit at a point of the map's window, in CSS pixels. */
  pick(x: number, y: number): number | null;
  zoomBy(steps: number): void;
  /** Read the colours again after a change of theme. */
  recolour(): void;
  /** Called once a second, so that positions age. */
  tick(): void;
  /** The window of the map has another size. */
  resized(): void;
  destroy(): void;
}

export interface EngineOptions {
  readonly listener: MapListener;
  /** Server time in milliseconds. */
  readonly clock: () => number;
  readonly language: string;
}
