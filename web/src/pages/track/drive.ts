/** What a list of positions tells: legs, gaps, stops, length and speed. */
import type { TrackPoint } from "../../api/types";
import { distanceM, type LatLon } from "../../map/geo";

/** Silence longer than this ends a leg. */
export const GAP_MS = 5 * 60_000;
/** Within this radius for at least `STOP_MS` a unit stands. */
export const STOP_RADIUS_M = 40;
export const STOP_MS = 3 * 60_000;

export interface DrivePoint extends LatLon {
  readonly at_ms: number;
  readonly speed_kmh: number | null;
  readonly bearing_deg: number | null;
  readonly error_m: number | null;
}

export interface Stop {
  readonly at: LatLon;
  readonly from_ms: number;
  readonly to_ms: number;
}

export interface Gap {
  readonly from_ms: number;
  readonly to_ms: number;
  /** Straight distance between its ends. */
  readonly distance_m: number;
}

export interface Drive {
  /** In order of time, without those that the server marked as impossible. */
  readonly points: readonly DrivePoint[];
  readonly legs: readonly (readonly DrivePoint[])[];
  readonly stops: readonly Stop[];
  readonly gaps: readonly Gap[];
  /** Along the legs; what lies within a stop is noise of the receiver and does not count. */
  readonly length_m: number;
  readonly fastest_kmh: number | null;
  /** Positions left out because they cannot be true. */
  readonly doubtful: number;
}

/** @param track oldest first or not; times are UTC ISO 8601 */
export function drive(track: readonly TrackPoint[]): Drive {
  const sound = track.filter((point) => point.verified);
  const points = sound
    .map(({ lat, lon, speed_kmh, bearing_deg, error_m, heard_at, fixed_at }) => ({
      lat, lon, speed_kmh, bearing_deg, error_m, at_ms: Date.parse(fixed_at ?? heard_at),
    }))
    .sort((a, b) => a.at_ms - b.at_ms);
  const legs = legsOf(points);
  const stops = legs.flatMap(stopsOf);
  const speeds = points.flatMap((point) => point.speed_kmh ?? []);
  return {
    points,
    legs,
    stops,
    gaps: gapsOf(legs),
    length_m: legs.reduce((sum, leg) => sum + lengthOf(leg, stops), 0),
    fastest_kmh: speeds.length ? speeds.reduce((a, b) => Math.max(a, b)) : null,
    doubtful: track.length - sound.length,
  };
}

function legsOf(points: readonly DrivePoint[]): DrivePoint[][] {
  const legs: DrivePoint[][] = [];
  for (const point of points) {
    const leg = legs.at(-1);
    const last = leg?.at(-1);
    if (leg && last && point.at_ms - last.at_ms <= GAP_MS) leg.push(point);
    else legs.push([point]);
  }
  return legs;
}

function gapsOf(legs: readonly (readonly DrivePoint[])[]): Gap[] {
  return legs.slice(1).flatMap((leg, i) => {
    const from = legs[i]?.at(-1);
    const to = leg[0];
    return from && to ? [{ from_ms: from.at_ms, to_ms: to.at_ms, distance_m: distanceM(from, to) }] : [];
  });
}

function stopsOf(leg: readonly DrivePoint[]): Stop[] {
  const stops: Stop[] = [];
  let start = 0;
  while (start < leg.length) {
    const anchor = leg[start];
    if (!anchor) break;
    let end = start;
    for (let next = leg[end + 1]; next && distanceM(anchor, next) <= STOP_RADIUS_M; next = leg[end + 1]) end += 1;
    const last = leg[end] ?? anchor;
    if (last.at_ms - anchor.at_ms < STOP_MS) {
      start += 1;
      continue;
    }
    const stood = leg.slice(start, end + 1);
    stops.push({ at: middle(stood), from_ms: anchor.at_ms, to_ms: last.at_ms });
    start = end + 1;
  }
  return stops;
}

function middle(points: readonly LatLon[]): LatLon {
  const sum = points.reduce((a, b) => ({ lat: a.lat + b.lat, lon: a.lon + b.lon }));
  return { lat: sum.lat / points.length, lon: sum.lon / points.length };
}

function lengthOf(leg: readonly DrivePoint[], stops: readonly Stop[]): number {
  let length = 0;
  for (let i = 1; i < leg.length; i += 1) {
    const [a, b] = [leg[i - 1], leg[i]];
    if (!a || !b) continue;
    const stands = stops.some((stop) => a.at_ms >= stop.from_ms && b.at_ms <= stop.to_ms);
    if (!stands) length += distanceM(a, b);
  }
  return length;
}

/** Index of the last point at or before a moment; the first when all are later; -1 without points. */
export function indexAt(points: readonly DrivePoint[], at_ms: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at_ms ?? 0) <= at_ms) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, points.length ? 0 : -1);
}
