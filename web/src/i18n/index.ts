/**
 * Words of the console in Latvian, Lithuanian and English.
 *
 * `t` follows the chosen language: a component that calls it is drawn anew when
 * the language changes. Names, texts and call signs are data and stay as they are.
 */
import { signal } from "@preact/signals";
import { IntlMessageFormat } from "intl-messageformat";
import type { Language } from "../api/types";
import type messages from "./en.json";
import type conditionMessages from "./parts/condition.en.json";
import type mapMessages from "./parts/map.en.json";

export type MessageKey = keyof typeof messages | keyof typeof conditionMessages | keyof typeof mapMessages;
export type MessageArguments = Readonly<Record<string, string | number>>;

export const LANGUAGES: readonly Language[] = ["lv", "lt", "en"];

/** Locale of figures, dates and sorting. */
export const LOCALES: Readonly<Record<Language, string>> = { lv: "lv", lt: "lt", en: "en-GB" };

type Catalogue = Readonly<Record<string, string>>;

const LOADERS: Readonly<Record<Language, () => Promise<{ default: Catalogue }>>> = {
  lv: () => import("./catalogues/lv"),
  lt: () => import("./catalogues/lt"),
  en: () => import("./catalogues/en"),
};

const catalogues = new Map<Language, Catalogue>();
const formats = new Map<string, IntlMessageFormat>();
const current = signal<Language>("lv");

/** The language on the screen, followed. */
export function language(): Language {
  return current.value;
}

/** Locale of the language on the screen, followed. */
export function locale(): string {
  return LOCALES[current.value];
}

/** Fetch a language, then show it. */
export async function setLanguage(chosen: Language): Promise<void> {
  if (!catalogues.has(chosen)) catalogues.set(chosen, (await LOADERS[chosen]()).default);
  current.value = chosen;
  if (typeof document !== "undefined") document.documentElement.lang = LOCALES[chosen];
}

/** The text of a key; an unknown one shows itself, so that it is noticed. */
export function t(key: MessageKey, values?: MessageArguments): string {
  const chosen = current.value;
  const text = catalogues.get(chosen)?.[key];
  if (text === undefined) return key;
  if (!text.includes("{") && !text.includes("'")) return text;
  const name = `${chosen} ${key}`;
  let format = formats.get(name);
  if (!format) {
    format = new IntlMessageFormat(text, LOCALES[chosen], undefined, { ignoreTag: true });
    formats.set(name, format);
  }
  return String(format.format(values ? { ...values } : {}));
}

/** Whether a key exists, for codes that come from outside. */
export function isKey(key: string): key is MessageKey {
  return catalogues.get(current.value)?.[key] !== undefined;
}
