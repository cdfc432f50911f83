import { h } from "preact";
import { expect, test } from "vitest";
import type { Link } from "../../src/api/types";
import { setLanguage } from "../../src/i18n";
import { stores } from "../../src/stores";
import { Lamps, apart, lampState, withoutListeners } from "../../src/ui/lamps";
import { NOON, before } from "../fixtures";
import { click, draw } from "../screen";

function link(changes: Partial<Link> = {}): Link {
  return {
    id: 1, gateway: "north", name: "lp", site: "Karosta", kind: "homebrew", title: "Karosta", network: "lv", state: "up",
    reason: "login accepted", since: before(600), last_payload_at: before(4), frames: 9, malformed: 0, refused: 0,
    latency_ms: null, options: null, seen_at: before(2), ...changes,
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

test("what a repeater asks for is shown with its state", async () => {
  await setLanguage("lt");
  stores.clock.learn(NOON);
  stores.links.replace([link({ options: "TS1=1,2;TS2=9" })]);
  const page = await draw(h(Lamps, null));
  await click(page.querySelector(".menu-b"));
  expect(page.textContent).toContain("Prašo TS1=1,2;TS2=9");
  stores.links.replace([link()]);
  const silent = await draw(h(Lamps, null));
  await click(silent.querySelector(".menu-b"));
  expect(silent.textContent).not.toContain("Prašo");
});

test("no link claims to be up while the server does not say so", async () => {
  await setLanguage("en");
  stores.clock.learn(NOON);
  const seen_at = new Date(stores.clock.read()).toISOString();
  stores.links.replace([link({ seen_at, last_payload_at: seen_at })]);
  stores.stream.phase.value = "live";
  const page = await draw(h(Lamps, null));
  expect(page.textContent).toContain("Links 1/1");
  expect(page.querySelector(".lamp.up")).not.toBeNull();
  stores.stream.phase.value = "lost";
  const later = await draw(h(Lamps, null));
  expect(later.textContent).toContain("Links: no report");
  expect(later.querySelector(".lamp.up")).toBeNull();
});
