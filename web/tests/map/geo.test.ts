import { describe, expect, it } from "vitest";
import { busiestCity } from "../../src/map/cities";
import {
  bearingDeg, boundsOf, distanceM, nearestOnLine, pixelsPerMetre, Plane, planeScale, scaleBar,
} from "../../src/map/geo";

const LIEPAJA = { lat: 56.5, lon: 21 };

describe("distance", () => {
  it("is 111.195 km for one degree of latitude (6371.0088 km sphere)", () => {
    expect(distanceM(LIEPAJA, { lat: 57.5, lon: 21 })).toBeCloseTo(111_195, -1);
  });

  it("shrinks with the cosine of the latitude along a parallel", () => {
    const expected = 111_195 * Math.cos((56.5 * Math.PI) / 180) * 0.01;
    expect(Math.abs(distanceM(LIEPAJA, { lat: 56.5, lon: 21.01 }) - expected)).toBeLessThan(1);
  });

  it("is zero at the same place and half the circumference at the antipode", () => {
    expect(distanceM(LIEPAJA, LIEPAJA)).toBe(0);
    expect(distanceM({ lat: 0, lon: 0 }, { lat: 0, lon: 180 })).toBeCloseTo(20_015_115, -2);
  });
});

describe("bearing", () => {
  it.each([
    ["north", { lat: 57, lon: 21 }, 0],
    ["south", { lat: 56, lon: 21 }, 180],
    ["almost east", { lat: 56.5, lon: 21.001 }, 90],
    ["almost west", { lat: 56.5, lon: 20.999 }, 270],
  ])("to the %s", (_name, to, expected) => {
    expect(bearingDeg(LIEPAJA, to)).toBeCloseTo(expected, 2);
  });
});

describe("bounds", () => {
  it("hold all points", () => {
    expect(boundsOf([LIEPAJA, { lat: 55.7, lon: 21.1 }])).toEqual({ south: 55.7, north: 56.5, west: 21, east: 21.1 });
  });

  it("are null without points", () => {
    expect(boundsOf([])).toBeNull();
  });
});

describe("nearest place on a line", () => {
  const line = [{ lat: 56.5, lon: 21 }, { lat: 56.5, lon: 21.02 }];

  it("lies square to a leg", () => {
    const { distance_m, at } = nearestOnLine({ lat: 56.501, lon: 21.01 }, line);
    expect(distance_m).toBeCloseTo(111.3, 0);
    expect(at.lat).toBeCloseTo(56.5, 6);
    expect(at.lon).toBeCloseTo(21.01, 6);
  });

  it("is the end when the point lies beyond it", () => {
    expect(nearestOnLine({ lat: 56.5, lon: 21.03 }, line).at).toEqual({ lat: 56.5, lon: 21.02 });
  });

  it("is the vertex of a line of one vertex", () => {
    expect(nearestOnLine({ lat: 56.5, lon: 21.03 }, [LIEPAJA]).at).toEqual(LIEPAJA);
  });
});

describe("plane", () => {
  it("has its origin at zero, x to the east and y to the south", () => {
    const plane = new Plane(LIEPAJA);
    expect(plane.x(21)).toBe(0);
    expect(plane.y(56.5)).toBe(0);
    expect(plane.x(21.1)).toBeGreaterThan(0);
    expect(plane.y(56.6)).toBeLessThan(0);
  });

  it("spans 256 pixels around the equator at zoom 0", () => {
    const plane = new Plane({ lat: 0, lon: -180 });
    expect(plane.x(180) * planeScale(0)).toBeCloseTo(256, 6);
  });
});

describe("scale", () => {
  it("has 156 543 m per pixel at the equator at zoom 0, half of it at 60 degrees", () => {
    expect(1 / pixelsPerMetre(0, 0)).toBeCloseTo(156_543.03, 1);
    expect(1 / pixelsPerMetre(0, 60)).toBeCloseTo(78_271.5, 0);
  });

  it.each([
    [0.1, 110, 1_000, 100],
    [0.1, 99, 500, 50],
    [0.03, 110, 2_000, 60],
    [1, 110, 100, 100],
  ])("at %f px/m and at most %i px is %i m long", (perMetre, widest, length_m, width) => {
    const bar = scaleBar(perMetre, widest);
    expect(bar.length_m).toBeCloseTo(length_m, 6);
    expect(bar.width).toBeCloseTo(width, 6);
  });
});

describe("busiest town", () => {
  it("is the one with most places in it", () => {
    const places = [{ lat: 55.91, lon: 21.06 }, { lat: 55.7, lon: 21.13 }, { lat: 55.69, lon: 21.15 }];
    expect(busiestCity(places)?.name).toBe("Klaipėda");
  });

  it("is none on the open road", () => {
    expect(busiestCity([{ lat: 56.3, lon: 21.05 }])).toBeNull();
  });
});
