import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage, t } from "../../src/i18n";
import SignInPage from "../../src/pages/sign-in";
import { click, draw, settle, type } from "../screen";
import { serve } from "../server";

beforeEach(() => {
  // the browser of the tests has no locks, by which windows agree on who sounds
  Object.defineProperty(navigator, "locks", { value: { query: () => Promise.resolve({ held: [] }) }, configurable: true });
  return setLanguage("lt");
});
afterEach(() => vi.unstubAllGlobals());

test("after a wrong password the next try begins where it is typed", async () => {
  serve(() => ({ status: 401, body: { code: "wrong_name_or_password", detail: "x" } }));
  const page = await draw(<SignInPage />);
  await type(page.querySelector("[name=name]"), "lp");
  const password = page.querySelector<HTMLInputElement>("[name=password]");
  await type(password, "wrong");
  await click(page.querySelector("button[type=submit]"));
  expect(page.querySelector("[role=alert]")?.textContent).toBe(t("error.wrong_name_or_password"));
  expect(password?.value).toBe("");
  expect(document.activeElement).toBe(password);
});

test("a link that is pasted over the address of the open page is taken, and leaves the address", async () => {
  const asked = serve(() => ({ status: 401, body: { code: "link_used_or_expired", detail: "x" } }));
  const page = await draw(<SignInPage />);
  location.hash = "#token=secret";
  await act(() => {
    dispatchEvent(new HashChangeEvent("hashchange"));
  });
  await settle();
  expect(location.hash).toBe("");
  expect(page.querySelector("button")?.textContent).toBe(t("sign_in.by_link"));
  await click(page.querySelector("button"));
  expect(page.querySelector("[role=alert]")?.textContent).toBe(t("error.link_used_or_expired"));
  expect(asked.map((one) => one.body)).toEqual([{ token: "secret" }]);
});
