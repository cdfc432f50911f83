// @vitest-environment node
import { expect, test } from "vitest";
import { NO_DATA, emergencyPattern } from "../../src/ui/tones";

test("an emergency gets louder and more frequent at 15, 30 and 60 s", () => {
  const steps = [0, 14.9, 15, 30, 60, 3600].map((seconds) => emergencyPattern(seconds));
  expect(steps.map((step) => step.gain)).toEqual([0.3, 0.3, 0.4, 0.5, 0.6, 0.6]);
  expect(steps.map((step) => step.everyMs)).toEqual([3000, 3000, 2500, 2000, 1500, 1500]);
});

test("an emergency on a clock that is ahead still sounds", () => {
  expect(emergencyPattern(-5)).toBe(emergencyPattern(0));
});

test("a pattern ends before the next begins", () => {
  for (const pattern of [...[0, 15, 30, 60].map(emergencyPattern), NO_DATA]) {
    const end = Math.max(...pattern.notes.map((note) => note.at + note.length));
    expect(end * 1000).toBeLessThan(pattern.everyMs);
  }
});

test("no data never sounds like an emergency", () => {
  const emergency = new Set(emergencyPattern(0).notes.map((note) => note.frequency));
  expect(emergency).toEqual(new Set([880, 1320]));
  for (const note of NO_DATA.notes) expect(note.frequency).toBeLessThan(500);
});
