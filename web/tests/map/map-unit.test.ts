import { describe, expect, it } from "vitest";
import { freshness, type MapUnit, onMap, opacity } from "../../src/map/map-unit";

const UNIT: MapUnit = {
  id: 1, label: "LP-104", at: { lat: 56.5, lon: 21 }, state: "busy", bearing_deg: null, error_m: null,
  fixed_ms: 0, talking: false, trail: [],
};

describe("age of a position", () => {
  it.each([
    [0, "fresh", 1],
    [29_999, "fresh", 1],
    [30_000, "fading", 1],
    [75_000, "fading", 0.8],
    [119_999, "fading", 0.6],
    [120_000, "hollow", 0.6],
    [899_999, "hollow", 0.6],
    [900_000, "gone", 0.6],
  ])("of %i ms looks %s", (ageMs, look, alpha) => {
    expect(freshness(ageMs)).toBe(look);
    expect(opacity(ageMs)).toBe(alpha);
  });

  it("counts a clock that runs behind as fresh", () => {
    expect(freshness(-5_000)).toBe("fresh");
    expect(opacity(-5_000)).toBe(1);
  });
});

describe("who is on the map", () => {
  it.each([
    ["a fresh unit", UNIT, 1_000, false, true],
    ["a unit silent for 15 minutes", UNIT, 900_000, false, false],
    ["the selected one at any age", UNIT, 9_000_000, true, true],
    ["an emergency at any age", { ...UNIT, state: "emergency" as const }, 9_000_000, false, true],
    ["a unit that is off", { ...UNIT, state: "off" as const }, 1_000, false, false],
  ])("%s: %#", (_who, unit, ageMs, selected, shown) => {
    expect(onMap(unit, ageMs, selected)).toBe(shown);
  });
});
