// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** Colour tokens of a theme, as `tokens.css` has them. */
function tokens(theme: string): Map<string, string> {
  const css = readFileSync("src/styles/tokens.css", "utf8");
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name ?? "", value ?? ""]));
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const full = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT: [string, string][] = [
  ["ink", "panel"], ["ink", "panel2"], ["ink", "sel"], ["ink", "emg-soft"], ["ink", "busy-soft"],
  ["ink2", "panel"], ["ink2", "panel2"], ["ink2", "sel"], ["ink2", "emg-soft"], ["ink2", "busy-soft"], ["ink2", "bg"],
  ["ink3", "panel"], ["ink3", "panel2"], ["ok", "panel"], ["ok", "ok-soft"], ["busy", "busy-soft"], ["warn", "panel"],
  ["warn", "panel2"], ["warn", "warn-soft"], ["emg-mark", "panel"], ["emg-mark", "emg-soft"], ["emg-ink", "emg"],
  ["accent", "panel"], ["accent-ink", "accent"], ["bar-ink", "bar"], ["bar-ink2", "bar"], ["map-ink", "land"],
];
const SHAPES: [string, string][] = [["line2", "panel"], ["line2", "panel2"], ["off", "panel"], ["sel-line", "sel"], ["focus", "panel"]];

describe.each(["day", "night"])("the colours of the %s", (theme) => {
  const of = tokens(theme);
  const ratio = ([one, other]: [string, string]): number => contrast(of.get(one) ?? "", of.get(other) ?? "");

  test.each(TEXT)("%s on %s can be read", (one, other) => {
    expect(ratio([one, other])).toBeGreaterThanOrEqual(4.5);
  });

  test.each(SHAPES)("%s on %s can be told apart", (one, other) => {
    expect(ratio([one, other])).toBeGreaterThanOrEqual(3);
  });
});

test("the measure itself: black on white is 21, a colour on itself 1", () => {
  expect(contrast("#000000", "#fff")).toBeCloseTo(21);
  expect(contrast("#123456", "#123456")).toBe(1);
});
