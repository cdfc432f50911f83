import { beforeEach, expect, test } from "vitest";
import { setLanguage, t } from "../../src/i18n";
import type { PageEntry } from "../../src/pages";
import { stores } from "../../src/stores";
import { PageView, fetchAhead } from "../../src/ui/page-view";
import { draw, settle } from "../screen";

beforeEach(async () => {
  await setLanguage("en");
  stores.stream.phase.value = "live";
});

function page(path: string, load: PageEntry["load"]): PageEntry {
  return { path, title: "page.calls", key: null, load };
}

const Content = () => <p>{"rows of calls"}</p>;

test("a page that was fetched ahead opens while the server is away", async () => {
  let away = false;
  const calls = page("/ahead", () => (away ? Promise.reject(new Error("away")) : Promise.resolve({ default: Content })));
  await fetchAhead([calls]);
  away = true;
  expect((await draw(<PageView page={calls} />)).textContent).toBe("rows of calls");
});

test("one page that cannot be fetched does not keep back the others", async () => {
  const broken = page("/broken", () => Promise.reject(new Error("away")));
  const sound = page("/sound", () => Promise.resolve({ default: Content }));
  await fetchAhead([broken, sound]);
  expect((await draw(<PageView page={sound} />)).textContent).toBe("rows of calls");
});

test("pages of a higher role are not fetched", async () => {
  const asked: string[] = [];
  await fetchAhead([{ ...page("/users", () => (asked.push("users"), Promise.resolve({ default: Content }))), role: "administrator" }]);
  expect(asked).toEqual([]);
});

test("without a server nothing offers to reload and lose what is on the screen", async () => {
  stores.stream.phase.value = "lost";
  const drawn = await draw(<PageView page={page("/gone", () => Promise.reject(new Error("away")))} />);
  await settle();
  expect(drawn.textContent).toContain(t("error.unreachable"));
  expect(drawn.querySelector("button")).toBeNull();
  expect(drawn.querySelector("a")?.getAttribute("href")).toBe("/");
  stores.stream.phase.value = "live";
  await settle();
  expect(drawn.querySelector("button")?.textContent).toBe(t("retry"));
});
