/** Times, ages, distances and figures, as the reader's language writes them. */
import { LOCALES, language, locale, t } from "./index";
import type { Iso, Language } from "../api/types";

const formatters = new Map<string, Intl.DateTimeFormat>();

function clockFormat(zone: string, seconds: boolean): Intl.DateTimeFormat {
  const name = `${zone} ${seconds}`;
  let format = formatters.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      ...(seconds ? { second: "2-digit" as const } : {}),
      hourCycle: "h23",
    });
    formatters.set(name, format);
  }
  return format;
}

/** Time zone of the agencies of a country. */
export function zoneOf(country: string | undefined): string {
  return country === "LT" ? "Europe/Vilnius" : "Europe/Riga";
}

function milliseconds(at: Iso | number): number {
  return typeof at === "number" ? at : Date.parse(at);
}

/** HH:MM:SS in the agency's zone. */
export function clock(at: Iso | number, zone = "Europe/Riga"): string {
  return clockFormat(zone, true).format(milliseconds(at));
}

/** HH:MM in the agency's zone. */
export function shortClock(at: Iso | number, zone = "Europe/Riga"): string {
  return clockFormat(zone, false).format(milliseconds(at));
}

/** YYYY-MM-DD in the agency's zone. */
export function isoDate(at: Iso | number, zone = "Europe/Riga"): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(milliseconds(at));
}

/** YYYY-MM-DD HH:MM:SS in the agency's zone. */
export function dateAndClock(at: Iso | number, zone = "Europe/Riga"): string {
  return `${isoDate(at, zone)} ${clock(at, zone)}`;
}

/** Abbreviation of the zone at that time: "EET", "EEST". */
export function zoneName(at: number, zone = "Europe/Riga"): string {
  const hours = -new Date(
    new Date(at).toLocaleString("en-US", { timeZone: "UTC" }),
  ).getTime() + new Date(new Date(at).toLocaleString("en-US", { timeZone: zone })).getTime();
  return hours === 3 * 3_600_000 ? "EEST" : "EET";
}

const UNITS: readonly [limitS: number, sizeS: number, unit: "second" | "minute" | "hour" | "day"][] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [48 * 3600, 3600, "hour"],
  [Number.POSITIVE_INFINITY, 86_400, "day"],
];

function inUnits(ageMs: number): { value: number; unit: "second" | "minute" | "hour" | "day" } {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  for (const [limit, size, unit] of UNITS) {
    if (seconds < limit) return { value: Math.floor(seconds / size), unit };
  }
  return { value: Math.floor(seconds / 86_400), unit: "day" };
}

/** Compact age for lists: "6 s", "11 min", "2 h", "3 d". */
export function age(ageMs: number): string {
  const { value, unit } = inUnits(ageMs);
  return t(`age.${unit}`, { value });
}

/** Age in a sentence: "pirms 11 min.", "prieš 6 sek.", "2 hr ago". */
export function ago(ageMs: number): string {
  const { value, unit } = inUnits(ageMs);
  const chosen = locale();
  return new Intl.RelativeTimeFormat(chosen, { style: "short", numeric: "auto" }).format(-value, unit);
}

/** A running time: "0:41", "12:07", "1:02:07". */
export function duration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** "680 m", "1,2 km". */
export function distance(metres: number): string {
  if (metres < 1000) return `${number(metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10)}\u00a0m`;
  return `${number(metres / 1000, metres < 10_000 ? 1 : 0)}\u00a0km`;
}

/** A figure with the separators of the language. */
export function number(value: number, decimals = 0): string {
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** "93 dBm", "0,4 %" with the separators of the language; "" where nothing was measured. */
export function measured(value: number | null, decimals: number, unit: string): string {
  return value === null ? "" : `${number(value, decimals)}\u00a0${unit}`;
}

const COMPASS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
const ARROWS = ["↑", "↗", "→", "↘", "↓", "↙", "←", "↖"] as const;

/** "↗ ZA" for 45 degrees in Latvian. */
export function bearing(degrees: number): string {
  const octant = Math.round((((degrees % 360) + 360) % 360) / 45) % 8;
  const point = COMPASS[octant] ?? "n";
  return `${ARROWS[octant] ?? ""} ${t(`compass.${point}`)}`;
}

const collators = new Map<Language, Intl.Collator>();

/** Order of names and call signs: LP-9 before LP-10, letters as the language has them. */
export function compareNames(a: string, b: string): number {
  const chosen = language();
  let collator = collators.get(chosen);
  if (!collator) {
    collator = new Intl.Collator(LOCALES[chosen], { numeric: true });
    collators.set(chosen, collator);
  }
  return collator.compare(a, b);
}
