import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test } from "vitest";
import type { Call, Language, Message, Reception } from "../../src/api/types";
import { setLanguage } from "../../src/i18n";
import { ActivityPanel } from "../../src/pages/console/activity-panel";
import { lanes, load } from "../../src/pages/console/lanes";
import { stores } from "../../src/stores";
import { NOON, before, call, emergency, message, radio, talkgroup, unit } from "../fixtures";
import { click, draw } from "../screen";

beforeEach(async () => {
  await setLanguage("lv");
  stores.units.replace([unit(1, { call_sign: "LP-101" })]);
  stores.radios.replace([radio(1), radio(9, { unit_id: null, alias: "Viesis", label: "2349999" })]);
  stores.talkgroups.replace([talkgroup(1)]);
  stores.calls.replace([]);
  stores.messages.replace([]);
  stores.emergencies.replace([]);
});

const rows = (): string[] => [...document.querySelectorAll(".act li")].map((row) => row.textContent ?? "");

test("whoever talks now stands on top, then the newest", async () => {
  stores.calls.replace([
    call(1, { started_at: before(500), ended_at: null, duration_s: null }),
    call(2, { started_at: before(60) }), call(3, { started_at: before(90), radio_id: 9, unit_id: null }),
  ]);
  await draw(<ActivityPanel />);
  expect(rows()[0]).toContain("Runā tagad");
  expect(rows()[1]).toContain("LP-101 → TG 101");
  expect(rows()[2]).toContain("Viesis · 2349999");
});

test.each([[1, "uztverta 21 bāzes stacijā"], [2, "uztverta 22 bāzes stacijās"]])(
  "the end of a call brings how the sites heard it: %i more than twenty", async (more, words) => {
    const site = (number: number): Reception => (
      { site: `B${number}`, duration_s: 3, rssi_dbm: -70 - number, ber_percent: 0.25, loss_percent: null }
    );
    stores.calls.replace([call(1, { ended_at: null, duration_s: null })]);
    await draw(<ActivityPanel />);
    expect(document.querySelector("details")).toBeNull();
    await act(() => stores.calls.put(call(1, { receptions: Array.from({ length: 20 + more }, (_, n) => site(n)) })));
    expect(document.querySelector("summary")?.textContent).toBe(words);
    expect(document.querySelectorAll(".receptions li")[2]?.textContent).toBe("B2 -72\u00a0dBm · bitu kļūdas 0,3\u00a0%");
  },
);

test("a call told by a server that does not know of receptions is shown", async () => {
  const older: Partial<Call> = call(1);
  delete older.receptions;
  stores.calls.replace([older as Call]);
  await draw(<ActivityPanel />);
  expect(rows()[0]).toContain("LP-101 → TG 101");
});

test("times are the agency's, with seconds", async () => {
  stores.calls.replace([call(1, { started_at: "2026-11-22T12:00:07.000Z" })]);
  await draw(<ActivityPanel />);
  expect(document.querySelector("time")?.textContent).toBe("14:00:07");
});

test("tabs narrow the list", async () => {
  stores.calls.replace([call(1)]);
  stores.emergencies.replace([emergency(1)]);
  await draw(<ActivityPanel />);
  await click(document.querySelector('[data-tab="emergencies"]'));
  expect(rows()).toHaveLength(1);
  expect(rows()[0]).toContain("TRAUKSME");
});

describe("the ladder of a text", () => {
  const ladder = (): string => document.querySelector(".ladder")?.textContent ?? "";

  test("sent does not look like delivered", async () => {
    stores.messages.replace([message(1, {
      state: "sent", history: [{ state: "queued", at: before(9), detail: null, reason: null }, { state: "sent", at: before(8), detail: null, reason: null }],
    })]);
    await draw(<ActivityPanel />);
    expect(ladder()).toBe("✓Rindā✓Nosūtīta 13:59:52○piegādāta");
  });

  test("a delivered one shows when", async () => {
    stores.messages.replace([message(1, {
      state: "delivered", state_at: before(5),
      history: [{ state: "queued", at: before(9), detail: null, reason: null }, { state: "sent", at: before(8), detail: null, reason: null }, { state: "delivered", at: before(5), detail: null, reason: null }],
    })]);
    await draw(<ActivityPanel />);
    expect(ladder()).toContain("✓✓Piegādāta 13:59:55");
  });

  test("one that waits says for what", async () => {
    stores.messages.replace([message(1, { waiting_for: "registration" })]);
    await draw(<ActivityPanel />);
    expect(ladder()).toContain("gaida, līdz rāciju ieslēgs");
    expect(document.querySelector(".act button.round")?.textContent).toBe("Atcelt");
  });

  test.each([
    ["not_registered", "rācija nav tīklā"], ["no_answer", "rācija neatbild"], ["too_long", "ziņa par garu"],
    ["no_link", "rācija nav piesaistīta nevienam savienojumam"], ["cancelled", "atcelta"],
  ] as const)("one that failed says why: %s", async (reason, words) => {
    stores.messages.replace([message(1, { state: "failed", reason, detail: "English for the log" })]);
    await draw(<ActivityPanel />);
    expect(ladder()).toContain(`· ${words}`);
    expect(document.querySelector('.ladder [title="English for the log"]')).not.toBeNull();
  });

  test("one that failed has no step left to hope for", async () => {
    stores.messages.replace([message(1, {
      state: "failed", state_at: before(5), reason: "no_answer",
      history: [{ state: "queued", at: before(9), detail: null, reason: null }, { state: "sent", at: before(8), detail: null, reason: null }, { state: "failed", at: before(5), detail: null, reason: "no_answer" }],
    })]);
    await draw(<ActivityPanel />);
    expect(ladder()).toBe("✓Rindā✓Nosūtīta 13:59:52✕Nav piegādāta 13:59:55 · rācija neatbild");
  });

  test("one that failed can be sent again, and never shows the server's English", async () => {
    stores.messages.replace([message(1, { state: "failed", detail: "no answer from radio" })]);
    await draw(<ActivityPanel />);
    expect(ladder()).toContain("Nav piegādāta");
    expect(document.body.textContent).not.toContain("no answer");
    expect(document.querySelector(".act button.round")?.textContent).toBe("Sūtīt vēlreiz");
  });
});

describe("a call alert", () => {
  const CALL_ALERT: Partial<Message> = {
    direction: "in", kind: "call_alert", text: "", state: "received", user: null,
    history: [{ state: "received", at: before(10), detail: null, reason: null }],
  };
  const mark = (): string | null | undefined => document.querySelector(".act li .icon path")?.getAttribute("d");

  test("stands among the texts with a mark and words of its own, and nothing to send", async () => {
    stores.messages.replace([message(1, { ...CALL_ALERT, kind: "text", text: "Klausos" })]);
    await draw(<ActivityPanel />);
    const ofText = mark();
    stores.messages.replace([message(1, CALL_ALERT)]);
    await draw(<ActivityPanel />);
    await click(document.querySelector('[data-tab="texts"]'));
    expect(rows()).toEqual(["13:59:50LP-101 → DispečersLūdz atzvanīt"]);
    expect(mark()).not.toBe(ofText);
    expect(document.querySelector(".act .msg, .act .ladder, .act .r button")).toBeNull();
    expect(document.querySelector(".cnt")).toBeNull();
  });

  test.each([[9, "Viesis · 2349999"], [1, "LP-101"], [77, "Nezināma rācija"]])(
    "for another radio says for whom: %i", async (called, name) => {
      stores.radios.put(radio(2, { alias: null }));
      stores.messages.replace([message(1, { ...CALL_ALERT, radio_id: 2, unit_id: null, called_radio_id: called })]);
      await draw(<ActivityPanel />);
      expect(rows()).toEqual([`13:59:502340102 → ${name}Lūdz atzvanīt`]);
    },
  );

  test.each([["lt", "Prašo perskambinti"], ["en", "Asks to be called back"]] satisfies [Language, string][])("in %s", async (language, words) => {
    await setLanguage(language);
    stores.messages.replace([message(1, CALL_ALERT)]);
    await draw(<ActivityPanel />);
    expect(rows()[0]).toContain(words);
  });

  test("has its words in the timeline", () => {
    stores.messages.replace([message(1, CALL_ALERT), message(2, { ...CALL_ALERT, called_radio_id: 9 })]);
    const texts = lanes(stores, NOON, () => "x").busy.find(({ key }) => key === "texts");
    expect(texts?.bars.map(({ label }) => label)).toEqual(["Lūdz atzvanīt", "Lūdz atzvanīt, adresāts: Viesis · 2349999"]);
  });
});

test.each([[1, "LP-101"], [3, "Dispečers"], [77, "Dispečers"], [null, "Dispečers"]])(
  "a text to another patrol says to whom, and to no patrol is the dispatcher's: %s", async (called, name) => {
    stores.radios.put(radio(3, { alias: null, unit_id: null }));
    const said: Partial<Message> = { direction: "in", state: "received", text: "Klausos", radio_id: 9, unit_id: null };
    stores.messages.replace([message(1, { ...said, called_radio_id: called })]);
    await draw(<ActivityPanel />);
    expect(rows()).toEqual([`13:59:50Viesis · 2349999 → ${name}Klausos`]);
  },
);

test("a text told by a server that does not know of kinds is shown", async () => {
  const older: Partial<Message> = message(1, { direction: "in", state: "received", text: "Klausos" });
  delete older.kind;
  stores.messages.replace([older as Message]);
  await draw(<ActivityPanel />);
  expect(rows()).toEqual(["13:59:50LP-101 → DispečersKlausos"]);
});

describe("lanes", () => {
  test("hold each call in its talkgroup, private calls and texts apart", () => {
    stores.calls.replace([call(1), call(2, { talkgroup_id: null, kind: "private" }), call(3, { ended_at: before(1900), started_at: before(1910) })]);
    stores.messages.replace([message(1)]);
    const { busy, quiet } = lanes(stores, NOON, () => "x");
    expect(quiet).toEqual([]);
    expect(busy.map(({ name, bars }) => [name, bars.length])).toEqual([["TG 101", 1], ["Privātās", 1], ["Ziņas", 1]]);
  });

  test("stand in the order of their numbers; groups in which nobody spoke are apart", () => {
    stores.talkgroups.replace([talkgroup(3), talkgroup(1), talkgroup(2)]);
    stores.calls.replace([call(1, { talkgroup_id: 3 }), call(2, { talkgroup_id: 1 }), call(3, { talkgroup_id: 1 })]);
    stores.messages.replace([]);
    const { busy, quiet } = lanes(stores, NOON, () => "x");
    expect(busy.map(({ name }) => name)).toEqual(["TG 101", "TG 103", "Ziņas"]);
    expect(quiet.map(({ name }) => name)).toEqual(["TG 102"]);
  });

  test("a group call whose talkgroup the network does not tell stands under its site", () => {
    stores.calls.replace([call(1, { talkgroup_id: null, site: "Giruliai" })]);
    const lane = lanes(stores, NOON, () => "x").busy.find(({ name }) => name === "Giruliai");
    expect(lane?.bars).toHaveLength(1);
  });

  test("overlapping calls load the channel once", () => {
    stores.calls.replace([
      call(1, { started_at: before(180), ended_at: before(90) }), call(2, { started_at: before(120), ended_at: before(0) }),
    ]);
    expect(load(lanes(stores, NOON, () => "x").busy, NOON)).toBeCloseTo(180 / 1800);
  });
});
