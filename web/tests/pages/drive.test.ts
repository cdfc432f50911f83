import { describe, expect, it } from "vitest";
import type { TrackPoint } from "../../src/api/types";
import { drive, indexAt } from "../../src/pages/track/drive";

const START = Date.parse("2026-11-22T12:00:00.000Z");
/** One thousandth of a degree of latitude is 111.2 m. */
const STEP = 0.001;

function point(second: number, lat: number, change: Partial<TrackPoint> = {}): TrackPoint {
  const at = new Date(START + second * 1_000).toISOString();
  return {
    radio_id: 7, lat, lon: 21, heard_at: at, fixed_at: at, speed_kmh: 40, bearing_deg: 0, error_m: 8,
    altitude_m: null, source: "lrrp", stale: false, verified: true, ...change,
  };
}

describe("drive", () => {
  it("without positions is empty", () => {
    expect(drive([])).toEqual({
      points: [], legs: [], stops: [], gaps: [], length_m: 0, fastest_kmh: null, doubtful: 0,
    });
  });

  it("adds up its legs", () => {
    const track = [point(0, 56.5), point(10, 56.5 + STEP), point(20, 56.5 + 2 * STEP, { speed_kmh: 71 })];
    const found = drive(track);
    expect(found.length_m).toBeCloseTo(222.4, 0);
    expect(found.fastest_kmh).toBe(71);
    expect(found.legs).toHaveLength(1);
  });

  it("is put in order of the fix, not of arrival", () => {
    const found = drive([point(20, 56.502), point(0, 56.5), point(10, 56.501)]);
    expect(found.points.map((one) => one.lat)).toEqual([56.5, 56.501, 56.502]);
  });

  it("has a gap where nothing was heard for more than five minutes, and does not bridge it", () => {
    const found = drive([point(0, 56.5), point(300, 56.501), point(601, 56.51), point(610, 56.511)]);
    expect(found.legs.map((leg) => leg.length)).toEqual([2, 2]);
    expect(found.gaps).toHaveLength(1);
    expect(found.gaps[0]).toMatchObject({ from_ms: START + 300_000, to_ms: START + 601_000 });
    expect(found.length_m).toBeCloseTo(222.4, 0);
  });

  it("has a stop after three minutes within forty metres, whose wander is no way", () => {
    const standing = [60, 120, 180, 240].map((second, i) => point(second, 56.501 + (i % 2) * 0.0002, { speed_kmh: 0 }));
    const found = drive([point(0, 56.5), ...standing, point(250, 56.502)]);
    expect(found.stops).toHaveLength(1);
    expect(found.stops[0]).toMatchObject({ from_ms: START + 60_000, to_ms: START + 240_000 });
    expect(found.length_m).toBeCloseTo(111.2 + 89, 0);
  });

  it("has no stop for a halt at a light", () => {
    expect(drive([point(0, 56.5), point(90, 56.5), point(100, 56.501)]).stops).toEqual([]);
  });

  it("leaves out what cannot be true and says how many", () => {
    const found = drive([point(0, 56.5), point(10, 12, { verified: false }), point(20, 56.501)]);
    expect(found.doubtful).toBe(1);
    expect(found.points).toHaveLength(2);
    expect(found.length_m).toBeCloseTo(111.2, 0);
  });

  it("takes ten thousand positions of one spot", () => {
    const found = drive(Array.from({ length: 10_000 }, (_, i) => point(i, 56.5)));
    expect(found.stops).toHaveLength(1);
    expect(found.length_m).toBe(0);
  });
});

describe("place on the slider", () => {
  const { points } = drive([point(0, 56.5), point(10, 56.501), point(20, 56.502)]);

  it.each([[-5, 0], [0, 0], [9, 0], [10, 1], [19, 1], [20, 2], [99, 2]])("at second %i is point %i", (second, index) => {
    expect(indexAt(points, START + second * 1_000)).toBe(index);
  });

  it("does not exist without points", () => {
    expect(indexAt([], START)).toBe(-1);
  });
});
