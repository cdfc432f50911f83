/** What is said and sounded of a message that has just come over the live line. */
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Language, Message } from "../../src/api/types";
import { setLanguage } from "../../src/i18n";
import { stores } from "../../src/stores";
import { Announcer } from "../../src/ui/announcer";
import { sound, startDesk, stream } from "../../src/ui/desk";
import { before, message, radio, unit } from "../fixtures";
import { TestLine } from "../live/line";
import { draw, settle } from "../screen";
import { serve } from "../server";

const line = new TestLine();
const CALL_ALERT: Partial<Message> = {
  direction: "in", kind: "call_alert", text: "", state: "received", user: null, history: [],
};
let sounded = 0;
let seq = 0;

startDesk();

beforeEach(async () => {
  const snapshot = { ...await line.snapshot(), units: [unit(1), unit(2)], radios: [radio(1), radio(2)], seq };
  serve(({ path }) => ({ status: 200, body: path === "/api/snapshot" ? snapshot : {} }));
  vi.stubGlobal("WebSocket", function open() { return line.open(); });
  vi.spyOn(sound, "text").mockImplementation(() => void sounded++);
  sounded = 0;
  stream.start();
  await settle();
  line.socket.accept();
  line.socket.say({ resumed: true, from: seq + 1, to: seq, epoch: line.epoch, emergencies: [] }, { live: true });
  await draw(<Announcer />);
});

afterEach(() => {
  stream.stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const come = (data: Message): Promise<void> =>
  act(() => line.socket.say({ seq: ++seq, t: before(0), type: "message.created", data }));
const said = (): string => document.querySelector('[role="status"]')?.textContent ?? "";

test.each([
  ["lv", "LP-101 lūdz atzvanīt", "LP-101 lūdz atzvanīt, adresāts: LP-102"],
  ["lt", "LP-101 prašo perskambinti", "LP-101 prašo perskambinti, adresatas: LP-102"],
  ["en", "LP-101 asks to be called back", "LP-101 asks to be called back by LP-102"],
] satisfies [Language, string, string][])("a call alert is said in %s and sounds as a text does", async (language, to_desk, to_radio) => {
  await setLanguage(language);
  await come(message(1, CALL_ALERT));
  expect(said()).toBe(to_desk);
  expect(sounded).toBe(1);
  await come(message(2, { ...CALL_ALERT, called_radio_id: 2 }));
  expect(said()).toBe(to_radio);
  expect(sounded).toBe(2);
  expect(stores.messages.all.value).toHaveLength(2);
});

test("a text says its words", async () => {
  await setLanguage("en");
  await come(message(1, { ...CALL_ALERT, kind: "text", text: "Klausos" }));
  expect(said()).toBe("Text from LP-101: Klausos");
  expect(sounded).toBe(1);
});

test("a text of ours is neither said nor sounded", async () => {
  await come(message(1));
  expect(said()).toBe("");
  expect(sounded).toBe(0);
});
