/** The built-in map of the coast: what `data/schematic.json` holds, as typed values. */
import data from "../../data/schematic.json";
import type { LatLon } from "./geo";

/** Longitude first, as in GeoJSON. */
export type Coordinate = readonly [lon: number, lat: number];
export type Line = readonly Coordinate[];

export type RoadClass = "trunk" | "main" | "street" | "path" | "tram" | "ferry";
export type LabelKind = "country" | "city" | "town" | "district" | "sea" | "water";
export type PlaceKind =
  | "stop" | "street" | "church" | "public" | "airport" | "waterfront" | "beach" | "park"
  | "stadium" | "museum" | "station" | "monument" | "bridge" | "square" | "ferry" | "mall"
  | "port" | "town" | "junction";

export interface Shore {
  /** Runs from north to south with the sea on its right. */
  readonly shore: Line;
  /** The other side of a strip of land, south to north. */
  readonly back?: Line;
  /** Corners that close the ring without being coast. */
  readonly close: Line;
}

export interface Ring {
  readonly name: string;
  readonly ring: Line;
}

export interface Quarter extends Ring {
  /** Directions of the streets, degrees clockwise from east on the screen. */
  readonly angles: readonly number[];
}

export interface Channel {
  readonly name: string;
  readonly width_m: number;
  readonly path: Line;
}

export interface Road {
  /** Empty when the road is drawn for orientation only. */
  readonly name: string;
  readonly class: RoadClass;
  readonly town: string;
  readonly ref?: string;
  readonly path: Line;
}

export interface MapLabel {
  readonly text: string;
  readonly kind: LabelKind;
  readonly at: Coordinate;
  /** Shown at zooms from <= zoom < to. */
  readonly from: number;
  readonly to: number;
  /** Degrees clockwise. */
  readonly angle?: number;
}

export interface Area {
  readonly name: string;
  readonly at: Coordinate;
  readonly reach_m: number;
}

export interface Place {
  readonly name: string;
  readonly kind: PlaceKind;
  readonly town: string;
  readonly at: Coordinate;
}

export interface Schematic {
  readonly origin: Coordinate;
  readonly land: readonly Shore[];
  readonly lakes: readonly Ring[];
  readonly islands: readonly Ring[];
  readonly channels: readonly Channel[];
  readonly parks: readonly Line[];
  readonly urban: readonly Quarter[];
  readonly moles: readonly Line[];
  readonly rails: readonly Line[];
  readonly runways: readonly Line[];
  readonly border: Line;
  readonly roads: readonly Road[];
  readonly labels: readonly MapLabel[];
  /** Small ones before the towns that hold them. */
  readonly areas: readonly Area[];
  readonly places: readonly Place[];
}

export const schematic = data as unknown as Schematic;

export function latLon([lon, lat]: Coordinate): LatLon {
  return { lat, lon };
}
