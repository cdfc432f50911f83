// @vitest-environment node
import { type MessageFormatElement, TYPE, parse } from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";
import en from "../../src/i18n/catalogues/en";
import lt from "../../src/i18n/catalogues/lt";
import lv from "../../src/i18n/catalogues/lv";

const CATALOGUES: Record<string, Record<string, string>> = { lv, lt, en };

/** Unicode CLDR, cardinal categories. */
const CATEGORIES: Record<string, string[]> = {
  lv: ["one", "other", "zero"],
  lt: ["few", "many", "one", "other"],
  en: ["one", "other"],
};

function walk(elements: MessageFormatElement[], see: (element: MessageFormatElement) => void): void {
  for (const element of elements) {
    see(element);
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const option of Object.values(element.options)) walk(option.value, see);
    }
  }
}

function placeholders(text: string): string[] {
  const found = new Set<string>();
  walk(parse(text), (element) => {
    if (element.type !== TYPE.literal && element.type !== TYPE.pound && "value" in element) found.add(element.value);
  });
  return [...found].sort();
}

describe.each(["lv", "lt"])("%s", (language) => {
  test("has the keys of English, no more and no fewer", () => {
    expect(Object.keys(CATALOGUES[language] ?? {}).sort()).toEqual(Object.keys(en).sort());
  });

  test("takes the same values in every message", () => {
    const texts = CATALOGUES[language] ?? {};
    const english: Record<string, string> = en;
    for (const [key, text] of Object.entries(texts)) {
      expect(placeholders(text), key).toEqual(placeholders(english[key] ?? ""));
    }
  });
});

describe.each(["lv", "lt", "en"])("%s", (language) => {
  test("every plural has exactly the categories of the language", () => {
    for (const [key, text] of Object.entries(CATALOGUES[language] ?? {})) {
      walk(parse(text), (element) => {
        if (element.type !== TYPE.plural) return;
        const named = Object.keys(element.options).filter((category) => !category.startsWith("="));
        expect(named.sort(), key).toEqual(CATEGORIES[language]);
      });
    }
  });

  test("no text is empty, and none has letters of another script", () => {
    for (const [key, text] of Object.entries(CATALOGUES[language] ?? {})) {
      expect(text.trim(), key).not.toBe("");
      expect(text, key).not.toMatch(/[\p{Script=Cyrillic}\p{Script=Greek}]/u);
    }
  });
});
