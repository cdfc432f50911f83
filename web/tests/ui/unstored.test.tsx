import { beforeEach, expect, test } from "vitest";
import { setLanguage } from "../../src/i18n";
import { applyEvent, applyLoose } from "../../src/live/apply";
import { stores } from "../../src/stores";
import { Banner } from "../../src/ui/banner";
import { startKeys } from "../../src/ui/keys";
import { Notices } from "../../src/ui/notices";
import { before, emergency, position, radio, unit, unstored } from "../fixtures";
import { click, draw, press, settle } from "../screen";

startKeys();

beforeEach(async () => {
  await setLanguage("lv");
  stores.clock.learn(Date.parse(before(0)));
  stores.units.replace([unit(1)]);
  stores.radios.replace([radio(1)]);
  stores.positions.replace([position(1)]);
  stores.emergencies.replace([]);
  stores.unstored.replace([]);
  stores.unstored.muted.value = new Set();
});

const take = (...data: ReturnType<typeof unstored>[]): void => applyLoose(stores, { t: before(0), type: "unstored", data });
const banner = (): HTMLElement | null => document.querySelector(".emg.unstored");

test("it is shown at once, says that it is not stored, and why it cannot be acknowledged", async () => {
  await draw(<><Banner /><Notices /></>);
  take(unstored("e1"));
  await settle();
  expect(banner()?.textContent).toContain("VĒL NAV SAGLABĀTS TRAUKSME · LP-101");
  const button = banner()?.querySelector('[aria-disabled="true"]');
  expect(document.getElementById(button?.getAttribute("aria-describedby") ?? "")?.textContent).toContain("datubāze nav pieejama");
  await press("F2");
  expect(document.querySelector(".notice")?.textContent).toContain("Vēl nevar apstiprināt");
});

test("it can be muted here; another one sounds again", async () => {
  await draw(<Banner />);
  take(unstored("e1"));
  await settle();
  expect(stores.unstored.sounding.value?.event).toBe("e1");
  await click(banner()?.querySelector(".bt .p") ?? null);
  expect(stores.unstored.sounding.value).toBeUndefined();
  expect(banner()?.textContent).toContain("Šeit apklusināts");
  take(unstored("e2", { radio_id: 2, unit_id: null, call_sign: null, label: "2340102" }));
  expect(stores.unstored.sounding.value?.event).toBe("e2");
});

test("the emergency of the same radio replaces it", async () => {
  await draw(<Banner />);
  take(unstored("e1"), unstored("e2", { radio_id: null, label: "99", call_sign: null }));
  applyEvent(stores, { seq: 5, t: before(0), type: "emergency.raised", data: emergency(1) });
  await settle();
  expect(stores.unstored.all.value.map(({ event }) => event)).toEqual(["e2"]);
  expect(document.querySelectorAll(".emg.raised:not(.unstored)")).toHaveLength(1);
});

test("news that it is stored takes it away", () => {
  take(unstored("e1"));
  take(unstored("e1", { stored: true }));
  expect(stores.unstored.all.value).toEqual([]);
});

test("an escalated alarm of another agency names whom this console does not know", async () => {
  stores.emergencies.replace([
    emergency(7, {
      radio_id: 900, unit_id: 900, agency_id: 2, escalation: 2,
      caller: { radio: "2350001", unit: "KL-7", agency: "Klaipėdos viešoji tvarka" },
    }),
  ]);
  await draw(<Banner />);
  const text = document.querySelector(".emg")?.textContent ?? "";
  expect(text).toContain("NEVIENS NEATBILD TRAUKSME · KL-7 · Klaipėdos viešoji tvarka");
  expect(text).toContain("paziņots visām iestādēm");
  expect(text).toContain("palaista trauksmes programma");
});
