import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Role } from "../../src/api/types";
import { PAGES } from "../../src/pages";
import { stores } from "../../src/stores";
import { SHORTCUTS, isTextField, startKeys } from "../../src/ui/keys";
import { currentPath, navigate } from "../../src/ui/router";

beforeAll(() => void startKeys());

beforeEach(() => {
  document.body.replaceChildren();
  stores.preferences.letterKeys.value = true;
  navigate("/");
});

function press(key: string, target: Element = document.body): boolean {
  return target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

const USER = { id: 1, name: "a", display_name: "A", agency_ids: [], language: "lv", disabled: false };

function signIn(role: Role): void {
  stores.session.current.value = {
    user: { ...USER, role }, expires_at: "", demo: false, server_time: "", version: "", password_set: true,
    console: { map: { pmtiles: false, tile_url: null, attribution: "" }, templates: [] },
  };
}

test("g and a letter go to every page that has one", () => {
  signIn("administrator");
  for (const page of PAGES.filter(({ key }) => key !== null)) {
    press("g");
    press(page.key ?? "");
    expect(currentPath()).toBe(page.path);
  }
});

test("pages for others stay closed", () => {
  signIn("dispatcher");
  press("g");
  press("u");
  expect(currentPath()).toBe("/");
});

test("no key means two things", () => {
  const letters = PAGES.flatMap(({ key }) => key ?? []);
  expect(new Set(letters).size).toBe(letters.length);
  const keys = SHORTCUTS.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("letters in a text field are text", () => {
  const field = document.createElement("input");
  document.body.append(field);
  press("g", field);
  press("c", field);
  expect(currentPath()).toBe("/");
  expect(isTextField(field)).toBe(true);
  field.type = "checkbox";
  expect(isTextField(field)).toBe(false);
});

test("letters can be switched off", () => {
  stores.preferences.letterKeys.value = false;
  press("g");
  press("c");
  expect(currentPath()).toBe("/");
});

test("a letter after another letter than g goes nowhere", () => {
  press("x");
  press("c");
  expect(currentPath()).toBe("/");
});
