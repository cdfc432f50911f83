import { describe, expect, it } from "vitest";
import { Plane } from "../../src/map/geo";
import { blockLines, curve, landOutline, type Pen, rounded } from "../../src/map/outline";
import { schematic } from "../../src/map/schematic";

/** Notes where the pen went. */
class Notes implements Pen {
  readonly ends: [number, number][] = [];
  closed = 0;

  moveTo(x: number, y: number): void {
    this.ends.push([x, y]);
  }

  lineTo(x: number, y: number): void {
    this.ends.push([x, y]);
  }

  bezierCurveTo(...[, , , , x, y]: [number, number, number, number, number, number]): void {
    this.ends.push([x, y]);
  }

  quadraticCurveTo(...[, , x, y]: [number, number, number, number]): void {
    this.ends.push([x, y]);
  }

  closePath(): void {
    this.closed += 1;
  }
}

const plane = new Plane({ lat: 56.05, lon: 21.1 });

describe("curve", () => {
  const points = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }];

  it("passes through every point", () => {
    const pen = new Notes();
    curve(pen, points);
    expect(pen.ends).toEqual([[0, 0], [10, 0], [10, 10]]);
    expect(pen.closed).toBe(0);
  });

  it("comes back to the start when closed", () => {
    const pen = new Notes();
    curve(pen, points, true);
    expect(pen.ends.at(-1)).toEqual([0, 0]);
    expect(pen.closed).toBe(1);
  });

  it("draws nothing without points", () => {
    const pen = new Notes();
    curve(pen, []);
    expect(pen.ends).toEqual([]);
  });
});

describe("rounded corners", () => {
  it("leave the legs where they are outside the radius", () => {
    const pen = new Notes();
    rounded(pen, [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }], 10);
    expect(pen.ends).toEqual([[0, 0], [90, 0], [100, 10], [100, 100]]);
  });

  it("take at most half of a short leg", () => {
    const pen = new Notes();
    rounded(pen, [{ x: 0, y: 0 }, { x: 8, y: 0 }, { x: 8, y: 100 }], 10);
    expect(pen.ends).toEqual([[0, 0], [4, 0], [8, 10], [8, 100]]);
  });

  it("bear a vertex that comes twice", () => {
    const pen = new Notes();
    rounded(pen, [{ x: 1, y: 1 }, { x: 1, y: 1 }, { x: 1, y: 1 }], 10);
    for (const end of pen.ends) expect(end).toEqual([1, 1]);
  });
});

describe("land", () => {
  it("is closed for each shore", () => {
    for (const land of schematic.land) {
      const pen = new Notes();
      landOutline(pen, land, plane);
      expect(pen.closed).toBe(1);
    }
  });
});

describe("blocks", () => {
  it("are the same each time", () => {
    const quarter = schematic.urban[0];
    if (!quarter) throw new Error("the built-in map has quarters");
    const [first, second] = [new Notes(), new Notes()];
    blockLines(first, quarter, plane);
    blockLines(second, quarter, plane);
    expect(first.ends.length).toBeGreaterThan(20);
    expect(second.ends).toEqual(first.ends);
  });
});
