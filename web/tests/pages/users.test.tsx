import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage, t } from "../../src/i18n";
import UsersPage from "../../src/pages/users";
import { Notices } from "../../src/ui/notices";
import { click, draw, settle } from "../screen";
import { type Asked, serve } from "../server";

const PETRAS = { id: 7, name: "petras", display_name: "Petras", role: "dispatcher", agency_ids: [], language: "lt", disabled: false };

beforeEach(() => setLanguage("en"));
afterEach(() => vi.unstubAllGlobals());

async function page(): Promise<{ root: HTMLElement; changes: () => Asked[] }> {
  let now = PETRAS;
  const asked = serve(({ method, body }) => {
    if (method !== "PATCH") return { status: 200, body: { items: [now], next: null } };
    now = { ...now, ...(body as object) };
    return { status: 200, body: { user: now } };
  });
  const root = await draw(<><UsersPage /><Notices /></>);
  await settle();
  return { root, changes: () => asked.filter((one) => one.method === "PATCH") };
}

function button(root: ParentNode, text: string): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].find((one) => one.textContent === text);
  if (!found) throw new Error(`no button ${text}`);
  return found;
}

test("nobody is blocked by one click, and it is said once it is done", async () => {
  const { root, changes } = await page();
  await click(button(root, t("users.disable")));
  expect(changes()).toEqual([]);
  const dialog = root.querySelector("dialog");
  expect(dialog?.textContent).toContain(t("users.disable_title", { user: "petras" }));
  if (!dialog) return;
  await click(button(dialog, t("users.disable")));
  expect(changes().map((one) => [one.path, one.body])).toEqual([["/api/users/7", { disabled: true }]]);
  expect(root.querySelector("dialog")).toBeNull();
  expect(root.textContent).toContain(t("users.disabled"));
  expect(root.textContent).toContain(t("users.is_disabled", { user: "petras" }));
});

test("going back leaves the user as it was", async () => {
  const { root, changes } = await page();
  await click(button(root, t("users.disable")));
  await click(root.querySelector("dialog header button"));
  expect(root.querySelector("dialog")).toBeNull();
  expect(changes()).toEqual([]);
});
