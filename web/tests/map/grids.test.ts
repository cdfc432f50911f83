import { describe, expect, it } from "vitest";
import { HitGrid } from "../../src/map/hit-grid";
import { LabelGrid, turnedBox } from "../../src/map/label-grid";

/** Numbers 0 <= n < 1 that are the same in every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("picking", () => {
  it("finds what a search through everything finds", () => {
    const random = sequence(7);
    const units = Array.from({ length: 300 }, (_, id) => ({ id, x: random() * 900 - 50, y: random() * 600 - 50 }));
    const grid = new HitGrid();
    for (const { id, x, y } of units) grid.add(id, x, y);
    for (let i = 0; i < 500; i += 1) {
      const x = random() * 900 - 50;
      const y = random() * 600 - 50;
      const within = units
        .map((unit) => ({ id: unit.id, distance: Math.hypot(unit.x - x, unit.y - y) }))
        .filter((one) => one.distance <= 22)
        .sort((a, b) => a.distance - b.distance);
      expect(grid.nearest(x, y, 22)).toBe(within[0]?.id ?? null);
    }
  });

  it("finds nothing on an empty map", () => {
    expect(new HitGrid().nearest(10, 10, 22)).toBeNull();
  });

  it("prefers the one drawn last at the same spot", () => {
    const grid = new HitGrid();
    grid.add(1, 10, 10);
    grid.add(2, 10, 10);
    expect(grid.nearest(10, 10, 22)).toBe(2);
  });
});

describe("labels", () => {
  it("never overlap", () => {
    const random = sequence(11);
    const grid = new LabelGrid();
    const kept = [];
    for (let i = 0; i < 400; i += 1) {
      const left = random() * 1_000 - 100;
      const top = random() * 700 - 100;
      const box = { left, top, right: left + 20 + random() * 120, bottom: top + 15 };
      if (grid.claim(box)) kept.push(box);
    }
    expect(kept.length).toBeGreaterThan(50);
    for (const a of kept) {
      for (const b of kept) {
        const overlap = a !== b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        expect(overlap).toBe(false);
      }
    }
  });

  it("may touch", () => {
    const grid = new LabelGrid();
    expect(grid.claim({ left: 0, top: 0, right: 64, bottom: 10 })).toBe(true);
    expect(grid.claim({ left: 64, top: 0, right: 90, bottom: 10 })).toBe(true);
  });

  it("stand in a box that grows when they are turned", () => {
    const flat = turnedBox(0, 0, 100, 20, 0);
    expect([flat.left, flat.top, flat.right, flat.bottom]).toEqual([-50, -10, 50, 10]);
    const upright = turnedBox(0, 0, 100, 20, Math.PI / 2);
    expect(upright.right).toBeCloseTo(10, 9);
    expect(upright.bottom).toBeCloseTo(50, 9);
  });
});
