import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setLanguage } from "../../src/i18n";
import { Composer } from "../../src/pages/console/composer";
import { stores } from "../../src/stores";
import { startKeys } from "../../src/ui/keys";
import { message, radio, talkgroup, unit } from "../fixtures";
import { click, draw, press, settle, type } from "../screen";
import { serve } from "../server";

startKeys();

beforeEach(async () => {
  await setLanguage("lv");
  stores.units.replace([unit(1, { call_sign: "LP-101" }), unit(2, { call_sign: "LP-102" }), unit(3, { call_sign: "LP-103" })]);
  stores.radios.replace([radio(1), radio(2, { text_limit: 20 }), radio(4, { unit_id: 4, abilities: [] })]);
  stores.talkgroups.replace([talkgroup(1)]);
  stores.selection.recipients.value = [];
  stores.selection.draft.value = "";
});

afterEach(() => vi.unstubAllGlobals());

const field = (): HTMLTextAreaElement | null => document.querySelector("textarea");
const sendButton = (): HTMLButtonElement | null => document.querySelector('button[type="submit"]');
const to = (id: number) => ({ to: "unit", id }) as const;

test("selected unit, template by figure, Enter: the text goes out once", async () => {
  const asked = serve(() => ({ status: 201, body: { message: message(1), seq: 5 } }));
  await draw(<Composer />);
  stores.selection.compose({ recipients: [to(1)] });
  await settle();
  await press("1");
  expect(document.activeElement).toBe(sendButton());
  await click(sendButton());
  expect(asked).toEqual([expect.objectContaining({
    method: "POST", path: "/api/messages", body: { unit_id: 1, text: "Ziņojiet pozīciju" },
  })]);
  expect(field()?.value).toBe("");
});

test("Ctrl+Enter sends to each recipient with a key of its own", async () => {
  const asked = serve(() => ({ status: 201, body: { message: message(1), seq: 5 } }));
  stores.selection.recipients.value = [to(1), { to: "talkgroup", id: 1 }];
  await draw(<Composer />);
  await type(field(), "Dodieties uz vietu");
  field()?.focus();
  await press("Enter", { ctrlKey: true });
  expect(asked.map(({ body }) => body)).toEqual([
    { unit_id: 1, text: "Dodieties uz vietu" }, { talkgroup_id: 1, text: "Dodieties uz vietu" },
  ]);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
});

describe("length", () => {
  test("is held against the shortest limit of the recipients", async () => {
    stores.selection.recipients.value = [to(1), to(2)];
    await draw(<Composer />);
    await type(field(), "x".repeat(21));
    expect(document.querySelector(".problem")?.textContent).toBe("21 / 20");
    expect(sendButton()?.disabled).toBe(true);
    await type(field(), "x".repeat(20));
    expect(sendButton()?.disabled).toBe(false);
  });
});

test("a recipient that cannot take texts is explained before sending", async () => {
  stores.selection.recipients.value = [to(3)];
  await draw(<Composer />);
  await type(field(), "a");
  expect(document.querySelector(".refusals")?.textContent).toBe("LP-103: vienībai nav rācijas");
  expect(sendButton()?.disabled).toBe(true);
});

test("a refused recipient stays with its reason, the text too", async () => {
  serve(({ body }) => (body as { unit_id: number }).unit_id === 2
    ? { status: 409, body: { code: "radio_cannot", detail: "English words", ability: "text_to_radio" } }
    : { status: 201, body: { message: message(1), seq: 5 } });
  stores.selection.recipients.value = [to(1), to(2)];
  await draw(<Composer />);
  await type(field(), "Zvaniet");
  await click(sendButton());
  expect(stores.selection.recipients.value).toEqual([to(2)]);
  expect(field()?.value).toBe("Zvaniet");
  expect(document.body.textContent).toContain("LP-102: Šī rācija to nespēj: saņemt ziņas.");
  expect(document.body.textContent).not.toContain("English");
});

test("sent again after a broken line, the key is the same", async () => {
  let works = false;
  const asked = serve(() => (works ? { status: 201, body: { message: message(1), seq: 5 } } : "unreachable"));
  stores.selection.recipients.value = [to(1)];
  await draw(<Composer />);
  await type(field(), "Atbildiet");
  await click(sendButton());
  works = true;
  await click(sendButton());
  expect(asked).toHaveLength(2);
  expect(asked[0]?.key).toBe(asked[1]?.key);
});

test("a recipient is added by a part of the name and Enter", async () => {
  await draw(<Composer />);
  const picker = document.querySelector<HTMLInputElement>('[role="combobox"]');
  picker?.focus();
  await type(picker, "103");
  await press("Enter");
  expect(stores.selection.recipients.value).toEqual([to(3)]);
});
