import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setLanguage } from "../../src/i18n";
import { stores } from "../../src/stores";
import { Banner } from "../../src/ui/banner";
import { chosenEmergency } from "../../src/ui/emergency-actions";
import { startKeys } from "../../src/ui/keys";
import { nearestUnits } from "../../src/ui/nearest";
import { Notices } from "../../src/ui/notices";
import { before, emergency, position, radio, unit } from "../fixtures";
import { click, draw, press, settle } from "../screen";
import { serve } from "../server";

startKeys();

const PLACE = { lat: 56.51, lon: 21.0 };

beforeEach(async () => {
  await setLanguage("lv");
  stores.clock.learn(Date.parse(before(0)));
  const just = new Date(stores.clock.read() - 1000).toISOString();
  const near = { heard_at: just, fixed_at: just };
  stores.units.replace([unit(1), unit(2), unit(3, { status: "busy" }), unit(4), unit(5, { status: "off_duty" })]);
  stores.radios.replace([1, 2, 3, 4, 5].map((id) => radio(id, { last_heard_at: just })));
  stores.positions.replace([
    position(1, { ...PLACE, ...near }),
    position(2, { lat: 56.52, lon: 21.0, ...near }), // 1112 m
    position(3, { lat: 56.519, lon: 21.0, ...near }), // 1001 m, busy
    position(4, { ...PLACE, heard_at: just, fixed_at: new Date(stores.clock.read() - 600_000).toISOString() }),
    position(5, { ...PLACE, ...near }),
  ]);
  chosenEmergency.value = null;
  stores.emergencies.replace([emergency(1, { ...PLACE })]);
});

afterEach(() => vi.unstubAllGlobals());

test("says who and the nearest unit that is free with a fresh fix", async () => {
  await draw(<Banner />);
  expect(document.querySelector(".emg .w")?.textContent).toBe("TRAUKSME · LP-101");
  expect(document.querySelector(".emg .d")?.textContent).toContain("tuvākā vienība LP-102, 1,1\u00a0km");
});

test("names the officers before whose they are, so that nothing pushes them off the screen", async () => {
  stores.agencies.replace([{ id: 2, code: "PL", name: "Palangos policija", country: "LT", colour: null }]);
  stores.units.put(unit(1, { agency_id: 2, officers: ["M. Eglītis", "S. Ozola"] }));
  stores.emergencies.replace([emergency(1, { ...PLACE, agency_id: 2, escalation: 1 })]);
  await draw(<Banner />);
  expect(document.querySelector(".emg .w")?.textContent).toContain("LP-101 · M. Eglītis, S. Ozola · Palangos policija");
});

test.each([
  ["alarm", "trauksmes taustiņš"], ["voice", "trauksmes saruna"], ["position", "trauksmes pozīcija"], ["status", "trauksmes statuss"],
] as const)("how it was raised is a detail: %s", async (source, words) => {
  stores.emergencies.replace([emergency(1, { ...PLACE, source })]);
  await draw(<Banner />);
  expect(document.querySelector(".emg .w")?.textContent).toBe("TRAUKSME · LP-101");
  expect(document.querySelector(".emg .d")?.textContent).toContain(words);
});

test("the nearest are free before busy at like distance, stale and off duty left out", () => {
  expect(nearestUnits(stores, PLACE, 1).map(({ unitId }) => unitId)).toEqual([2, 3]);
});

describe("acknowledging", () => {
  test("is one key and is marked by the server's answer", async () => {
    const asked = serve(() => ({
      status: 200, body: { emergency: emergency(1, { version: 2, state: "acknowledged", acknowledged_at: before(0), acknowledged_by: "A. Kalniņa" }), seq: 9 },
    }));
    await draw(<Banner />);
    await press("F2");
    expect(asked.map(({ path }) => path)).toEqual(["/api/emergencies/1/acknowledge"]);
    expect(document.querySelector(".emg.acknowledged")?.textContent).toContain("apstiprināja A. Kalniņa");
  });

  test("second, it shows who was first", async () => {
    serve(() => ({
      status: 409,
      body: {
        code: "already_acknowledged", detail: "x", by: "J. Ozola", at: "2026-11-22T11:59:00.000Z",
        emergency: emergency(1, { version: 2, state: "acknowledged", acknowledged_by: "J. Ozola" }),
      },
    }));
    await draw(<><Banner /><Notices /></>);
    await press("F2");
    expect(document.querySelector(".notice.bad")?.textContent).toContain("Trauksmi jau apstiprināja J. Ozola 13:59:00.");
    expect(stores.openEmergencies.value[0]?.state).toBe("acknowledged");
  });

  test("over a broken line leaves the alarm open and repeats with the same key", async () => {
    const asked = serve(() => "unreachable");
    await draw(<Banner />);
    await press("F2");
    await press("F2");
    expect(asked).toHaveLength(2);
    expect(asked[0]?.key).toBe(asked[1]?.key);
    expect(stores.openEmergencies.value[0]?.state).toBe("raised");
  });
});

test("several alarms stand with the oldest waiting in front", async () => {
  stores.emergencies.replace([
    emergency(1, { state: "acknowledged", raised_at: before(300) }),
    emergency(2, { unit_id: 3, radio_id: 3, raised_at: before(20) }), emergency(3, { unit_id: 2, radio_id: 2, raised_at: before(60) }),
  ]);
  await draw(<Banner />);
  expect(document.querySelector(".emg .w")?.textContent).toContain("LP-102");
  expect(document.querySelector(".emg-others")?.textContent).toContain("Vēl 2 trauksmes:");
  await click([...document.querySelectorAll(".emg-others button")].find((one) => one.textContent?.includes("LP-103")));
  expect(document.querySelector(".emg .w")?.textContent).toContain("LP-103");
});

test("F6 writes to the nearest unit, and sends nothing by itself", async () => {
  const asked = serve(() => ({ status: 500 }));
  await draw(<Banner />);
  await press("F6");
  await settle();
  expect(stores.selection.recipients.value).toEqual([{ to: "unit", id: 2 }]);
  expect(stores.selection.draft.value).toContain("LP-101 trauksme: ");
  expect(asked).toEqual([]);
});
