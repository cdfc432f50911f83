// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { setLanguage, t } from "../../src/i18n";
import {
  age, ago, clock, compareNames, dateAndClock, distance, duration, zoneName, zoneOf,
} from "../../src/i18n/format";

beforeEach(() => setLanguage("lv"));

test("plurals follow the language", async () => {
  expect([0, 1, 2, 21].map((count) => t("emergency.repeats", { count }))).toEqual([
    "atkārtota 0 reižu", "atkārtota 1 reizi", "atkārtota 2 reizes", "atkārtota 21 reizi",
  ]);
  await setLanguage("lt");
  expect([1, 2, 10, 21].map((count) => t("emergency.repeats", { count }))).toEqual([
    "kartota 1 kartą", "kartota 2 kartus", "kartota 10 kartų", "kartota 21 kartą",
  ]);
});

test("markup in a value stays text", () => {
  expect(t("emergency.send_nearest", { unit: "<b>{x}</b>" })).toBe("Nosūtīt <b>{x}</b>");
});

describe("times", () => {
  const winter = "2026-11-22T12:32:49.000Z";
  test("are shown in the agency's zone with seconds", () => {
    expect(clock(winter, zoneOf("LV"))).toBe("14:32:49");
    expect(clock("2026-07-01T22:30:00.000Z", zoneOf("LT"))).toBe("01:30:00");
    expect(dateAndClock("2026-07-01T22:30:00.000Z", zoneOf("LT"))).toBe("2026-07-02 01:30:00");
    expect(clock("2026-11-22T22:00:00.000Z", zoneOf("LV"))).toBe("00:00:00");
  });
  test("name the zone by season", () => {
    expect(zoneName(Date.parse(winter))).toBe("EET");
    expect(zoneName(Date.parse("2026-07-01T12:00:00.000Z"))).toBe("EEST");
  });
});

test("ages are compact", () => {
  expect([0, 59_999, 60_000, 3_599_000, 7_200_000, 172_800_000, -5].map(age)).toEqual([
    "0 s", "59 s", "1 min", "59 min", "2 h", "2 d", "0 s",
  ]);
});

test("ages in sentences are the language's own", () => {
  expect(ago(11 * 60_000)).toBe("pirms 11 min.");
});

test("running times count minutes, then hours", () => {
  expect([41_000, 727_000, 3_727_000].map(duration)).toEqual(["0:41", "12:07", "1:02:07"]);
});

test("distances are rounded to what is known", () => {
  expect([8, 684, 1234, 46_000].map(distance)).toEqual(["8\u00a0m", "680\u00a0m", "1,2\u00a0km", "46\u00a0km"]);
});

test("call signs are ordered as people count", () => {
  expect(["LP-101", "LP-9", "ŽU-1", "LP-10", "AB-1"].sort(compareNames)).toEqual(["AB-1", "LP-9", "LP-10", "LP-101", "ŽU-1"]);
});
