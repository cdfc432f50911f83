import { beforeEach, expect, test } from "vitest";
import type { AccessLogEntry } from "../../src/api/types";
import { setLanguage } from "../../src/i18n";
import { Row } from "../../src/pages/access-log";
import { scopeWords } from "../../src/pages/access-log/scope";
import { stores } from "../../src/stores";
import { radio, talkgroup, unit } from "../fixtures";
import { draw } from "../screen";

const RIGA = "Europe/Riga";

beforeEach(async () => {
  await setLanguage("en");
  stores.units.replace([unit(4)]);
  stores.radios.replace([radio(7, { alias: "Ozola" })]);
  stores.talkgroups.replace([talkgroup(5)]);
});

test.each([
  [
    { unit_id: 4, until: "2026-11-22T14:00:00+00:00", since: "2026-11-22T12:00:00.939000+00:00" },
    "From: 2026-11-22 14:00:00 · To: 2026-11-22 16:00:00 · Unit: LP-104",
  ],
  [{ radio_id: 7, talkgroup_id: 5 }, "Radio: Ozola · 2340107 · Talkgroup: TG 105 Liepāja"],
  [{ unit_id: 99, talkgroup_id: 98, radio_id: 97 }, "Unit: #99 · Talkgroup: #98 · Radio: #97"],
  [{ kind: "private", emergency: true, q: "parks" }, "Kind: Private · Emergencies only · Search: parks"],
  [{ radio_id: 7, kind: "radio_check" }, "Radio: Ozola · 2340107 · Kind: Radio check"],
  [{ state: "failed" }, "State: Not delivered"],
  [{ request: "POST /api/emergencies/3/acknowledge" }, "No. 3 · acknowledged"],
  [{ message_id: 12, step: "send" }, "No. 12 · sent"],
  [{ report: "track", unit_id: 4 }, "track · Unit: LP-104"],
  [{ user: "lp", fields: ["role", "disabled"] }, "User name: lp · Changed: role, blocked"],
  [{ unit_id: 4, status: "off_duty" }, "Unit: LP-104 · Status: Off duty"],
  [{ by_link: true }, "by one-time link"],
  [{ by_link: false }, ""],
  [{ password: "wrong" }, "wrong password"],
  [{ seq: 68 }, ""],
  [{ after: 68, cursor: "x" }, ""],
  [{ clock: "2026-11-22T12:00:00Z", limits: { calls: 30 } }, 'clock: 2026-11-22T12:00:00Z · limits: {"calls":30}'],
  [{ "a\u202eb": "c\u200bd" }, "a⟨202E⟩b: c⟨200B⟩d"],
])("%j is told as %s", (scope, words) => {
  expect(scopeWords(scope, RIGA)).toBe(words);
});

test("the words are those of the language on the screen", async () => {
  await setLanguage("lv");
  expect(scopeWords({ unit_id: 4, since: "2026-11-22T12:00:00Z" }, RIGA)).toBe("No: 2026-11-22 14:00:00 · Vienība: LP-104");
});

test("a row stands in the agency's time, its count as a figure", async () => {
  const entry: AccessLogEntry = {
    id: 1, at: "2026-11-22T22:30:05.123Z", action: "consultation", subject: "positions", scope: { unit_id: 4 }, count: 1200,
    reason: null, user: "demo", role: "administrator", agency_id: null, address: "127.0.0.1",
  };
  const page = await draw(<table><tbody><Row entry={entry} /></tbody></table>);
  expect(page.querySelector("time")?.textContent).toBe("2026-11-23 00:30:05");
  expect(page.querySelector(".figure")?.textContent).toBe("1,200");
  expect(page.textContent).toContain("newest positions");
});
