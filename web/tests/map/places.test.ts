import { describe, expect, it } from "vitest";
import { placeName } from "../../src/map/places";
import { schematic } from "../../src/map/schematic";

describe("placeName", () => {
  // Spots taken from the list of surveyed stops, not from the code.
  it.each([
    ["a crossing in Karosta", 56.55414, 21.0118, "Karosta", /Pulkveža Brieža iela/],
    ["the main street of Klaipėda", 55.71525, 21.13018, "Klaipėda", /H\. Manto g\./],
    ["Vytauto gatvė in Palanga", 55.9133, 21.064, "Palanga", /Vytauto g\./],
    ["Šventoji", 56.03622, 21.07459, "Šventoji", /Šventosios g\./],
    ["the airport of Palanga", 55.9733, 21.0985, null, /Palangos oro uostas|Liepojos pl\./],
  ])("names %s", (_what, lat, lon, area, name) => {
    const place = placeName(lat, lon);
    if (area) expect(place?.area).toBe(area);
    expect(place?.text).toMatch(name);
    expect(place?.distance_m).toBeLessThan(400);
  });

  it("names both streets at a crossing", () => {
    expect(placeName(56.55619, 21.00785)?.text).toBe("Karosta, Atmodas bulvāris / Pulkveža Brieža iela");
  });

  it("does not say the town twice", () => {
    expect(placeName(55.97333, 21.09389)?.text.match(/Palang/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it("says how far away a road in open country is", () => {
    const place = placeName(56.3, 21.09);
    expect(place?.text).toContain("A11");
    expect(place?.distance_m).toBeGreaterThan(500);
  });

  it.each([
    ["the open sea", 56.4, 19.5],
    ["Riga, off the map", 56.95, 24.1],
    ["no number", Number.NaN, 21],
    ["an infinite number", 56.5, Number.POSITIVE_INFINITY],
  ])("has no name for %s", (_what, lat, lon) => {
    expect(placeName(lat, lon)).toBeNull();
  });
});

describe("built-in map", () => {
  it("has only coordinates of the coast between Lithuania's south and Kurzeme's north", () => {
    const roads = schematic.roads.flatMap((road) => road.path);
    const places = schematic.places.map((place) => place.at);
    for (const [lon, lat] of [...roads, ...places]) {
      expect(lon).toBeGreaterThan(20.5);
      expect(lon).toBeLessThan(26);
      expect(lat).toBeGreaterThan(54.5);
      expect(lat).toBeLessThan(57.7);
    }
  });

  it("has roads of at least two vertices", () => {
    for (const road of schematic.roads) expect(road.path.length).toBeGreaterThan(1);
  });
});
