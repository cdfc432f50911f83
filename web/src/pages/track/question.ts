/** Which track is asked for: in the address and in the question to the server. */
import { address, type Query } from "../../api/client";
import { readId } from "../calls/filter";
import { readSpan, type Interval, interval, type Span, writeSpan } from "../log/span";

export interface TrackQuestion {
  readonly unitId: number | null;
  readonly span: Span;
}

/** A longer look needs a supervisor and a reason. */
export const FREE_MS = 8 * 3_600_000;
export const LONGEST_MS = 31 * 24 * 3_600_000;

export function readQuestion(query: URLSearchParams): TrackQuestion {
  return { unitId: readId(query.get("unit_id") ?? query.get("unit")), span: readSpan(query, "1h") };
}

export function questionAddress({ unitId, span }: TrackQuestion): string {
  const query = new URLSearchParams();
  if (unitId !== null) query.set("unit_id", String(unitId));
  writeSpan(query, span);
  return `/track?${query.toString()}`;
}

/** The time asked for; a preset ends now, so that eight hours are not more than eight. */
export function trackInterval(span: Span, now_ms: number): Interval {
  const asked = interval(span, now_ms);
  return { since_ms: asked.since_ms, until_ms: span.preset === null ? asked.until_ms : now_ms };
}

export function needsReason({ since_ms, until_ms }: Interval): boolean {
  return until_ms - since_ms > FREE_MS;
}

export function trackQuery(asked: Interval, reason: string): Query {
  return { ...times(asked), limit: 5000, reason: needsReason(asked) ? reason.trim() : null };
}

export function trackReport(unitId: number, asked: Interval, reason: string): string {
  return address("/api/reports/track", {
    unit_id: unitId, ...times(asked), reason: needsReason(asked) ? reason.trim() : null, format: "csv",
  });
}

function times({ since_ms, until_ms }: Interval): { since: string; until: string } {
  return { since: new Date(since_ms).toISOString(), until: new Date(until_ms).toISOString() };
}
