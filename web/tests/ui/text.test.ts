// @vitest-environment node
import { describe, expect, test } from "vitest";
import { fold, plain } from "../../src/ui/text";

describe("foreign text", () => {
  test.each([
    ["markup stays text", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    ["right-to-left override", "a\u202eb", "a⟨202E⟩b"],
    ["isolate", "\u2066x\u2069", "⟨2066⟩x⟨2069⟩"],
    ["zero width", "a\u200bb\ufeff", "a⟨200B⟩b⟨FEFF⟩"],
    ["NUL and bell", "\u0000\u0007", "␀␇"],
    ["delete", "\u007f", "␡"],
    ["C1 control", "\u0085", "⟨0085⟩"],
    ["line breaks", "a\r\nb\nc\rd", "a⏎b⏎c⏎d"],
    ["half of a pair", "a\ud800b", "a⟨D800⟩b"],
    ["tag character", "\u{e0041}", "⟨E0041⟩"],
    ["letters of the coast", "Žukauskas Ģ ė Ю 👮", "Žukauskas Ģ ė Ю 👮"],
  ])("%s", (_, text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});

test("searching forgets marks and case", () => {
  expect(fold("Žukauskas")).toBe("zukauskas");
  expect(fold("BĒRZIŅŠ")).toBe("berzins");
});
