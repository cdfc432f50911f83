import { describe, expect, it } from "vitest";
import { fromWallTime, interval, readSpan, wallTime, writeSpan } from "../../src/pages/log/span";

const RIGA = "Europe/Riga";

describe("wall time", () => {
  // Riga: UTC+2 in winter, UTC+3 in summer; changes on 2026-03-29 and 2026-10-25 at 01:00 UTC.
  it.each([
    ["winter", "2026-11-22T14:05", "2026-11-22T12:05:00.000Z"],
    ["summer", "2026-07-01T14:05", "2026-07-01T11:05:00.000Z"],
    ["midnight", "2026-01-01T00:00", "2025-12-31T22:00:00.000Z"],
    ["just before spring", "2026-03-29T02:59", "2026-03-29T00:59:00.000Z"],
    ["just after spring", "2026-03-29T04:00", "2026-03-29T01:00:00.000Z"],
    ["the hour that comes twice: the first", "2026-10-25T03:30", "2026-10-25T00:30:00.000Z"],
    ["after autumn", "2026-10-25T04:00", "2026-10-25T02:00:00.000Z"],
  ])("in %s", (_when, wall, utc) => {
    expect(new Date(fromWallTime(wall, RIGA)).toISOString()).toBe(utc);
    expect(wallTime(Date.parse(utc), RIGA)).toBe(wall);
  });

  it("of a field that is not filled in is no number", () => {
    expect(fromWallTime("", RIGA)).toBeNaN();
    for (const text of ["2026-13-40 99:99", "2026-02-30 10:00", "22.11.2026 14:05", "2026-11-22", "now"]) {
      expect(fromWallTime(text, RIGA)).toBeNaN();
    }
  });

  it("may be typed with a space", () => {
    expect(fromWallTime(" 2026-11-22 14:05 ", RIGA)).toBe(Date.parse("2026-11-22T12:05:00.000Z"));
  });
});

describe("span", () => {
  const now = Date.parse("2026-11-22T12:00:00.000Z");

  it("of a preset reaches back from now", () => {
    expect(interval({ preset: "8h" }, now).since_ms).toBe(Date.parse("2026-11-22T04:00:00.000Z"));
    expect(interval({ preset: "8h" }, now).until_ms).toBeGreaterThan(now);
  });

  it.each(["", "span=9h", "since=x&until=y", "since=2026-01-02T00:00Z&until=2026-01-01T00:00Z"])(
    "of the address '%s' is the usual one",
    (text) => {
      expect(readSpan(new URLSearchParams(text), "24h")).toEqual({ preset: "24h" });
    },
  );

  it("goes into an address and comes back", () => {
    const query = new URLSearchParams();
    const span = { preset: null, since_ms: now - 1_000, until_ms: now };
    writeSpan(query, span);
    expect(readSpan(query, "1h")).toEqual(span);
  });
});
