import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createStores, stores } from "../../src/stores";
import { setLanguage } from "../../src/i18n";
import { Help, helpOpen } from "../../src/ui/help";
import { keyOf, startKeys } from "../../src/ui/keys";
import { click, draw, press } from "../screen";

startKeys();

beforeEach(async () => {
  await setLanguage("en");
  stores.keys.reset();
  helpOpen.value = true;
  await draw(<Help />);
});

afterEach(() => {
  helpOpen.value = false;
  stores.keys.reset();
});

function keyButton(action: string): Element | undefined {
  return [...document.querySelectorAll(".key-b")].find((one) => one.getAttribute("title") === `Change the key: ${action}`);
}

async function give(action: string, key: string): Promise<void> {
  await click(keyButton(action));
  await press(key);
}

describe("in the list of keys", () => {
  test("a shortcut takes the key that is pressed", async () => {
    await give("acknowledge emergency", "F8");
    expect(keyOf("acknowledge")).toBe("F8");
    expect(keyButton("acknowledge emergency")?.textContent).toBe("F8");
  });

  test("a key that means something else is refused by the name of its action", async () => {
    await give("acknowledge emergency", "m");
    expect(document.querySelector(".problem")?.textContent).toBe("M already means “text”.");
    expect(keyOf("acknowledge")).toBe("F2");
  });

  test.each(["1", " ", "Enter", "ArrowUp"])("%j cannot be chosen", async (key) => {
    await give("text", key);
    expect(document.querySelector(".problem")?.textContent).toContain("cannot be chosen");
    expect(keyOf("message")).toBe("m");
  });

  test("Delete switches a shortcut off, Escape changes nothing", async () => {
    await give("timeline", "Delete");
    expect(keyOf("timeline")).toBe("");
    await give("text", "Escape");
    expect(keyOf("message")).toBe("m");
    expect(helpOpen.value).toBe(true);
  });

  test("all can be had back", async () => {
    await give("text", "q");
    await click([...document.querySelectorAll("button")].find((one) => one.textContent === "Restore the original keys"));
    expect(keyOf("message")).toBe("m");
  });
});

test("each user has keys of their own, kept over a reload", () => {
  localStorage.clear();
  const user = { id: 1, name: "a", display_name: "A", role: "dispatcher", agency_ids: [1], language: "lv", disabled: false } as const;
  const session = { user: { ...user, agency_ids: [1] }, expires_at: "", demo: false, server_time: "", version: "", password_set: true,
    console: { map: { pmtiles: false, tile_url: null, attribution: "" }, templates: [] } };
  const first = createStores({ storage: localStorage });
  first.session.current.value = session;
  first.keys.bind("message", "q");
  const second = createStores({ storage: localStorage });
  expect(second.keys.chosen.value).toEqual({});
  second.session.current.value = session;
  expect(second.keys.chosen.value).toEqual({ message: "q" });
  second.session.current.value = { ...session, user: { ...session.user, id: 2 } };
  expect(second.keys.chosen.value).toEqual({});
});
