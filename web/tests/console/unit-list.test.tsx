import { beforeEach, describe, expect, test } from "vitest";
import { setLanguage } from "../../src/i18n";
import { UnitPanel } from "../../src/pages/console/unit-panel";
import { unitGroups } from "../../src/pages/console/unit-rows";
import { stores } from "../../src/stores";
import { startKeys } from "../../src/ui/keys";
import { before, emergency, position, radio, unit } from "../fixtures";
import { click, draw, press, settle, type } from "../screen";

startKeys();

beforeEach(async () => {
  await setLanguage("lv");
  stores.selection.select(null);
  stores.clock.learn(Date.parse(before(0)));
  stores.agencies.replace([
    { id: 1, code: "LPP", name: "Liepājas pašvaldības policija", country: "LV", colour: null },
    { id: 2, code: "PAL", name: "Palangos savivaldybė", country: "LT", colour: null },
  ]);
  stores.units.replace([
    unit(1, { call_sign: "LP-101", officers: ["R. Krūmiņš"] }),
    unit(2, { call_sign: "LP-9", officers: ["V. Žukauskas"], status: "busy" }),
    unit(3, { call_sign: "LP-10" }),
    unit(4, { call_sign: "PL-21", agency_id: 2, officers: ["Ė. Jonaitis"] }),
  ]);
  const now = stores.clock.read();
  const just = new Date(now - 2000).toISOString();
  stores.radios.replace([
    radio(1, { last_heard_at: just }), radio(2, { last_heard_at: just }), radio(4, { last_heard_at: just, label: "U00103" }),
  ]);
  stores.positions.replace([1, 2, 4].map((id) => position(id, { heard_at: just, fixed_at: just })));
  stores.emergencies.replace([]);
});

const signs = (): string[] => [...document.querySelectorAll('[role="option"] .c')].map((cell) => cell.textContent ?? "");
const stops = (): Element[] => [...document.querySelectorAll('[role="option"][tabindex="0"]')];

describe("order", () => {
  test("is by call sign as people count, those away last, by agency", async () => {
    await draw(<UnitPanel />);
    expect(signs()).toEqual(["LP-9", "LP-101", "LP-10", "PL-21"]); // LP-10 has no radio: off
  });

  test("an alarm comes first", async () => {
    stores.emergencies.replace([emergency(1, { unit_id: 3, radio_id: 3 })]);
    await draw(<UnitPanel />);
    expect(signs()[0]).toBe("LP-10");
  });
});

describe("search", () => {
  test.each([
    ["zukausk", ["LP-9"]], ["JONAI", ["PL-21"]], ["lp10", ["LP-101", "LP-10"]], ["2340101", ["LP-101"]], ["u00103", ["PL-21"]], ["xyz", []],
  ])("%s", async (query, found) => {
    await draw(<UnitPanel />);
    await type(document.querySelector("input"), query);
    expect(signs()).toEqual(found);
  });

  test("slash, three letters and Enter select the first and move into the list", async () => {
    await draw(<UnitPanel />);
    await press("/");
    await type(document.activeElement, "zuk");
    await press("Enter");
    expect(stores.selection.unitId.value).toBe(2);
    expect(stores.selection.mapRequest.value).toEqual({ what: "show_unit", unitId: 2 });
    expect(document.activeElement?.getAttribute("data-unit")).toBe("2");
  });
});

test("a state filter shows that state alone and its count", async () => {
  await draw(<UnitPanel />);
  const busy = [...document.querySelectorAll(".chips button")].find((chip) => chip.textContent?.includes("Aizņemtas"));
  expect(busy?.textContent).toBe("1Aizņemtas");
  await click(busy);
  expect(signs()).toEqual(["LP-9"]);
});

describe("keyboard", () => {
  test("the list is one tab stop", async () => {
    await draw(<UnitPanel />);
    expect(stops()).toHaveLength(1);
  });

  test("arrows, Home and End move and select", async () => {
    await draw(<UnitPanel />);
    (stops()[0] as HTMLElement).focus();
    await press("ArrowDown");
    expect(stores.selection.unitId.value).toBe(1);
    await press("End");
    expect(stores.selection.unitId.value).toBe(4);
    await press("ArrowDown");
    expect(stores.selection.unitId.value).toBe(4);
    await press("Home");
    expect(stores.selection.unitId.value).toBe(2);
    expect(stops()).toHaveLength(1);
  });

  test("figures and letters go to the call sign that begins so", async () => {
    await draw(<UnitPanel />);
    (stops()[0] as HTMLElement).focus();
    await press("p");
    await press("l");
    expect(stores.selection.unitId.value).toBe(4);
  });

  test("Enter shows the unit on the map", async () => {
    await draw(<UnitPanel />);
    (stops()[0] as HTMLElement).focus();
    await press("Enter");
    expect(stores.selection.mapRequest.value).toEqual({ what: "show_unit", unitId: 2 });
  });
});

test("a row says state, crew and group in words", async () => {
  await draw(<UnitPanel />);
  const row = document.querySelector('[data-unit="2"]');
  expect(row?.querySelector("svg")?.getAttribute("aria-label")).toBe("Aizņemta");
  expect(row?.textContent).toContain("V. Žukauskas");
});

test("markup in a name stays text", async () => {
  stores.units.put(unit(1, { call_sign: "<b>x</b>", officers: ["<img src=x onerror=alert(1)>\u202e"] }));
  await draw(<UnitPanel />);
  await settle();
  expect(document.querySelector(".u img, .u .c b")).toBeNull();
  expect(document.body.textContent).toContain("<img src=x onerror=alert(1)>⟨202E⟩");
});

test("groups count who is on duty", () => {
  expect(unitGroups(stores, new Set(), "").map(({ onDuty, all }) => [onDuty, all])).toEqual([[2, 3], [1, 1]]);
});
