import { describe, expect, it, vi } from "vitest";
import { kindOf, Patience } from "../../src/map/base-layer";

describe("base map", () => {
  it.each([
    ["schematic", null],
    ["schematic", { pmtiles: false, tile_url: null, attribution: "" }],
    ["tiles", { pmtiles: false, tile_url: "https://tiles.example/{z}/{x}/{y}.png", attribution: "" }],
    ["pmtiles", { pmtiles: true, tile_url: "https://tiles.example/{z}/{x}/{y}.png", attribution: "" }],
  ])("is %s", (kind, source) => {
    expect(kindOf(source)).toBe(kind);
  });
});

describe("patience with tiles", () => {
  it("ends after four failures in a row at the start, once", () => {
    const failed = vi.fn();
    const patience = new Patience(failed);
    for (let i = 0; i < 3; i += 1) patience.bad();
    expect(failed).not.toHaveBeenCalled();
    for (let i = 0; i < 5; i += 1) patience.bad();
    expect(failed).toHaveBeenCalledTimes(1);
  });

  it("bears a screen of misses once tiles have come", () => {
    const failed = vi.fn();
    const patience = new Patience(failed);
    patience.good();
    for (let i = 0; i < 15; i += 1) patience.bad();
    patience.good();
    for (let i = 0; i < 15; i += 1) patience.bad();
    expect(failed).not.toHaveBeenCalled();
    patience.bad();
    expect(failed).toHaveBeenCalledTimes(1);
  });
});
