import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Call, Message, Radio, Reception, Talkgroup, Unit } from "../../src/api/types";
import { setLanguage } from "../../src/i18n";
import { CallTable } from "../../src/pages/calls/call-table";
import { MessageTable } from "../../src/pages/messages/message-table";
import { stores } from "../../src/stores";

const HOSTILE = "<img src=x onerror=alert(1)>\u202e\u200b";

const CALL: Call = {
  id: 1, call: "c", kind: "group", radio_id: 7, unit_id: 3, talkgroup_id: 5, called_radio_id: null, agency_id: 1,
  started_at: "2026-11-22T12:00:00.000Z", ended_at: "2026-11-22T12:00:12.000Z", duration_s: 12.4, end_reason: "lost",
  slot: 2, colour_code: 1, link: "liepaja", site: "Karosta", late_entry: true, emergency: true, encrypted: false,
  conversation: null, ber_percent: 1.25, rssi_dbm: -93, loss_percent: null, receptions: [], talker_alias: null,
};

const RECEPTIONS: Reception[] = [
  { site: "Karosta", duration_s: 12.4, rssi_dbm: -71.2, ber_percent: 0.4, loss_percent: 0 },
  { site: HOSTILE, duration_s: 9, rssi_dbm: -98, ber_percent: null, loss_percent: 1 },
  { site: null, duration_s: 3, rssi_dbm: null, ber_percent: null, loss_percent: null },
];

const MESSAGE: Message = {
  id: 1, direction: "out", kind: "text", text: HOSTILE, radio_id: 7, talkgroup_id: null, called_radio_id: null, unit_id: 3,
  agency_id: 1, state: "failed", state_at: "2026-11-22T12:00:09.000Z", created_at: "2026-11-22T12:00:00.000Z",
  expires_at: null, user: "a.kalnina", detail: null, reason: null, waiting_for: null,
  history: [
    { state: "queued", at: "2026-11-22T12:00:00.000Z", detail: null, reason: null },
    { state: "sent", at: "2026-11-22T12:00:01.000Z", detail: null, reason: null },
    { state: "failed", at: "2026-11-22T12:00:09.000Z", detail: HOSTILE, reason: null },
  ],
};

let page: HTMLElement;

beforeEach(async () => {
  await setLanguage("en");
  stores.units.replace([{
    id: 3, agency_id: 1, call_sign: "LP-104", kind: "car", status: "free", status_at: null, status_note: null,
    officers: [], talkgroup_id: 5,
  } satisfies Unit]);
  stores.radios.replace([{
    id: 7, network: "kurzeme", number: 2340104, label: "2340104", alias: HOSTILE, model: null, unit_id: 3, agency_id: 1,
    presence: "on", presence_at: null, last_heard_at: null, link: null, abilities: [], text_limit: null,
  } satisfies Radio]);
  stores.talkgroups.replace([{
    id: 5, network: "kurzeme", number: 101, name: "Liepāja", agency_id: 1, abilities: [], text_limit: null,
  } satisfies Talkgroup]);
  page = document.createElement("div");
  document.body.append(page);
});

afterEach(() => {
  render(null, page);
  page.remove();
});

function show(table: Parameters<typeof render>[0]): string {
  act(() => render(table, page));
  return page.textContent ?? "";
}

describe("a row of the call log", () => {
  it("says who, to whom, where, how it ended and how well it was heard", () => {
    const text = show(<CallTable calls={[CALL]} />);
    for (const part of ["14:00:00", "0:12", "LP-104", "2340104", "TG 101 Liepāja", "Karosta", "signal lost", "93\u00a0dBm", "1.3", "late entry", "emergency"]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/(TS|slot)\s2/i);
  });

  it("shows foreign text as text, with its tricks visible", () => {
    const text = show(<CallTable calls={[CALL]} />);
    expect(page.querySelector("img")).toBeNull();
    expect(text).toContain("<img src=x onerror=alert(1)>⟨202E⟩⟨200B⟩");
  });

  it("follows the live state of a call that was loaded while it ran", () => {
    const running: Call = { ...CALL, ended_at: null, duration_s: null, end_reason: null };
    expect(show(<CallTable calls={[running]} />)).toContain("Talking now");
    act(() => stores.calls.put(CALL));
    expect(page.textContent).not.toContain("Talking now");
    stores.calls.replace([]);
  });

  it("lists the sites of a call that several heard, and nothing more for any other", () => {
    show(<CallTable calls={[CALL]} />);
    expect(page.querySelector("details")).toBeNull();
    show(<CallTable calls={[{ ...CALL, receptions: RECEPTIONS }]} />);
    expect(page.querySelector("summary")?.textContent).toBe("heard by 3 sites");
    expect([...page.querySelectorAll(".receptions li")].map((line) => line.textContent)).toEqual([
      "Karosta -71\u00a0dBm · bit errors 0.4\u00a0%", "<img src=x onerror=alert(1)>⟨202E⟩⟨200B⟩ -98\u00a0dBm", "liepaja",
    ]);
    expect(page.querySelector("img")).toBeNull();
  });

  it("keeps to itself that one site lost a call and heard it again", () => {
    show(<CallTable calls={[{ ...CALL, receptions: RECEPTIONS.slice(0, 1).concat(RECEPTIONS.slice(0, 1)) }]} />);
    expect(page.querySelector("details")).toBeNull();
  });

  it("begins each day with its date", () => {
    const earlier: Call = { ...CALL, id: 2, started_at: "2026-11-21T12:00:00.000Z" };
    const text = show(<CallTable calls={[CALL, earlier]} />);
    expect(text).toContain("2026-11-22");
    expect(text).toContain("2026-11-21");
  });
});

describe("a row of the message log", () => {
  it("shows the text as text and the way it went", () => {
    const text = show(<MessageTable messages={[MESSAGE]} />);
    expect(page.querySelector("img")).toBeNull();
    expect(text).toContain("<img src=x onerror=alert(1)>⟨202E⟩⟨200B⟩");
    expect(page.querySelectorAll("li")).toHaveLength(3);
  });

  it("says of a call alert what it asks, and of whom", () => {
    const asks: Message = {
      ...MESSAGE, direction: "in", kind: "call_alert", text: "", state: "received", user: null,
      history: [{ state: "received", at: "2026-11-22T12:00:00.000Z", detail: null, reason: null }],
    };
    show(<MessageTable messages={[asks]} />);
    const cell = (): HTMLElement | null => page.querySelector(".message-text");
    expect(cell()?.textContent?.trim()).toBe("Asks to be called back");
    expect(cell()?.querySelectorAll("svg.icon")).toHaveLength(1);
    expect(page.querySelectorAll("button")).toHaveLength(0);
    show(<MessageTable messages={[{ ...asks, called_radio_id: 7 }]} />);
    expect(cell()?.textContent?.trim()).toBe("Asks to be called back by LP-104");
    show(<MessageTable messages={[MESSAGE]} />);
    expect(cell()?.querySelector("svg")).toBeNull();
  });

  it("offers to send again what failed, and to cancel what waits", () => {
    show(<MessageTable messages={[MESSAGE]} />);
    expect(page.querySelectorAll("button")).toHaveLength(1);
    show(<MessageTable messages={[{ ...MESSAGE, id: 2, state: "delivered" }]} />);
    expect(page.querySelectorAll("button")).toHaveLength(0);
  });
});
