import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setLanguage } from "../../src/i18n";
import { Footer } from "../../src/ui/footer";
import { useShortcut } from "../../src/ui/keys";
import { navigate } from "../../src/ui/router";
import { draw, settle } from "../screen";

beforeEach(() => setLanguage("en"));
afterEach(() => navigate("/"));

function Timeline() {
  useShortcut("timeline", () => true);
  return null;
}

const hints = (): string[] => [...document.querySelectorAll(".foot span:has(> kbd)")].map((hint) => hint.textContent ?? "");

test("only keys that do something here are named", async () => {
  navigate("/");
  const page = await draw(<><Footer /><Timeline /></>);
  await settle();
  expect(hints()).toEqual(["↑↓unit", "Enteron map", "Ttimeline"]);
  navigate("/calls");
  await act(() => render(<><Footer /></>, page));
  await settle();
  expect(hints()).toEqual([]);
});
