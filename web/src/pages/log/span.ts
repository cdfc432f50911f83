/** The time that a log shows: the last hours up to now, or two moments chosen by hand. */

export const PRESETS = ["1h", "8h", "24h", "7d"] as const;
export type Preset = (typeof PRESETS)[number];
export type Span =
  | { readonly preset: Preset }
  | { readonly preset: null; readonly since_ms: number; readonly until_ms: number };

const HOUR_MS = 3_600_000;
const LENGTH_MS: Readonly<Record<Preset, number>> = {
  "1h": HOUR_MS, "8h": 8 * HOUR_MS, "24h": 24 * HOUR_MS, "7d": 7 * 24 * HOUR_MS,
};

export interface Interval {
  /** since <= t < until, milliseconds since 1970. */
  readonly since_ms: number;
  readonly until_ms: number;
}

/** Half-open interval of a span; a preset ends a minute after `now_ms`, so that nothing new is cut off. */
export function interval(span: Span, now_ms: number): Interval {
  if (span.preset === null) return span;
  return { since_ms: now_ms - LENGTH_MS[span.preset], until_ms: now_ms + 60_000 };
}

/** Span of an address: `span=8h`, or `since=` and `until=`; anything else is `fallback`. */
export function readSpan(query: URLSearchParams, fallback: Preset): Span {
  const preset = PRESETS.find((one) => one === query.get("span"));
  if (preset) return { preset };
  const since_ms = Date.parse(query.get("since") ?? "");
  const until_ms = Date.parse(query.get("until") ?? "");
  return since_ms < until_ms ? { preset: null, since_ms, until_ms } : { preset: fallback };
}

/** Put a span into an address. */
export function writeSpan(query: URLSearchParams, span: Span): void {
  if (span.preset) {
    query.set("span", span.preset);
  } else {
    query.set("since", new Date(span.since_ms).toISOString());
    query.set("until", new Date(span.until_ms).toISOString());
  }
}

/** "2026-11-22T14:05" in a time zone. */
export function wallTime(at_ms: number, zone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  return format.format(at_ms).replace(" ", "T");
}

/** The moment when a zone's clocks show "2026-11-22 14:05"; NaN for what is no time.
 *
 * An hour that comes twice in autumn is the first one; one that spring leaves out is moved on.
 */
export function fromWallTime(wall: string, zone: string): number {
  const parts = /^\s*(\d{4}-\d{2}-\d{2})[ T]+(\d{2}:\d{2})\s*$/.exec(wall);
  if (!parts) return Number.NaN;
  const shown = `${parts[1]}T${parts[2]}`;
  const asUtc = Date.parse(`${shown}Z`);
  if (Number.isNaN(asUtc) || wallTime(asUtc, "UTC") !== shown) return Number.NaN;
  const early = asUtc - offset(asUtc - 12 * HOUR_MS, zone);
  return wallTime(early, zone) === shown ? early : asUtc - offset(asUtc + 12 * HOUR_MS, zone);
}

/** Milliseconds by which a zone's clocks are ahead of UTC. */
function offset(at_ms: number, zone: string): number {
  return Date.parse(`${wallTime(at_ms, zone)}Z`) - Math.floor(at_ms / 60_000) * 60_000;
}
