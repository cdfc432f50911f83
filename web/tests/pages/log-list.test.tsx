import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { setLanguage, t } from "../../src/i18n";
import { LogList } from "../../src/pages/log/log-list";
import { PagedLog } from "../../src/pages/log/paged-log";
import { stores } from "../../src/stores";
import { draw, settle } from "../screen";

beforeEach(() => setLanguage("en"));

test("a list that could not be read is read when the server is back", async () => {
  let away = true;
  const log = new PagedLog<{ id: number }>("/api/calls", () => (
    away ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve({ items: [], next: null } as never)
  ));
  stores.stream.phase.value = "lost";
  const page = await draw(<LogList log={log} fresh={0} onFresh={() => undefined} empty="nothing heard">{null}</LogList>);
  await act(() => log.load({}));
  expect(page.querySelector("[role=alert]")?.textContent).toContain(t("log.retry"));
  away = false;
  await act(() => { stores.stream.phase.value = "live"; });
  await settle();
  expect(page.querySelector("[role=alert]")).toBeNull();
  expect(page.textContent).toContain("nothing heard");
});
