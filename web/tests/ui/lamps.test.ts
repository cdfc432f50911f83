import { expect, test } from "vitest";
import type { Link } from "../../src/api/types";
import { apart, lampState, withoutListeners } from "../../src/ui/lamps";
import { NOON, before } from "../fixtures";

function link(changes: Partial<Link> = {}): Link {
  return {
    id: 1, gateway: "north", name: "lp", site: "Karosta", kind: "homebrew", title: "Karosta", network: "lv", state: "up",
    reason: "login accepted", since: before(600), last_payload_at: before(4), frames: 9, malformed: 0, refused: 0,
    latency_ms: null, seen_at: before(2), ...changes,
  };
}

test.each([
  ["up", {}],
  ["quiet", { last_payload_at: before(301) }],
  ["quiet", { last_payload_at: null }],
  ["connecting", { state: "connecting" }],
  ["down", { state: "down" }],
  ["unknown", { seen_at: before(31) }],
] as const)("a lamp says %s", (state, changes) => {
  expect(lampState(link(changes), NOON)).toBe(state);
});

test.each([
  [3, 1500, true], [5, 1920, true], [6, 1920, true],
  [7, 2560, false], [3, 1499, false], [1, 1366, false], [5, 1500, false],
])("%i links in a window of %i px stand apart: %s", (count, width, expected) => {
  expect(apart(count, width)).toBe(expected);
});

test("a port that listens for repeaters has no lamp beside theirs until it fails", () => {
  const site = link();
  const port = link({ id: 2, site: null });
  const other = link({ id: 3, name: "pl", site: null });
  expect(withoutListeners([site, port, other])).toEqual([site, other]);
  const failed = link({ id: 2, site: null, state: "down" });
  expect(withoutListeners([site, failed])).toEqual([site, failed]);
});
