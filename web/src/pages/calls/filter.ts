/** Filters of the call log: in the address, in the question to the server, and on live rows. */
import { address, type Query } from "../../api/client";
import type { Call, CallKind } from "../../api/types";
import { fold } from "../../ui/text";
import { interval, readSpan, type Span, writeSpan } from "../log/span";
import { readWords } from "../log/words";

export interface CallFilter {
  readonly span: Span;
  readonly talkgroupId: number | null;
  readonly unitId: number | null;
  readonly radioId: number | null;
  readonly kind: CallKind | null;
  readonly emergency: boolean;
  /** Words sought in aliases and names; "" for none. */
  readonly words: string;
}

export const CALL_KINDS: readonly CallKind[] = ["group", "private", "all"];

export function readCallFilter(query: URLSearchParams): CallFilter {
  return {
    span: readSpan(query, "8h"),
    talkgroupId: readId(query.get("talkgroup_id")),
    unitId: readId(query.get("unit_id")),
    radioId: readId(query.get("radio_id")),
    kind: CALL_KINDS.find((kind) => kind === query.get("kind")) ?? null,
    emergency: query.get("emergency") === "true",
    words: readWords(query),
  };
}

/** Address of the page with these filters, so that it can be kept or sent. */
export function callAddress(filter: CallFilter): string {
  const query = new URLSearchParams();
  writeSpan(query, filter.span);
  for (const [name, value] of Object.entries(members(filter))) {
    if (value !== null && value !== "") query.set(name, String(value));
  }
  if (filter.words) query.set("q", filter.words);
  return `/calls?${query.toString()}`;
}

/** Parameters of `GET /api/calls`. */
export function callQuery(filter: CallFilter, now_ms: number, limit: number): Query {
  return { ...times(filter.span, now_ms), ...members(filter), q: filter.words, limit };
}

/** Address of the same calls as a file; free words are no filter of reports. */
export function callReport(filter: CallFilter, now_ms: number): string {
  return address("/api/reports/calls", { ...times(filter.span, now_ms), ...members(filter), format: "csv" });
}

/** Whether a call that has just begun belongs into the list; free words only the server can judge. */
export function matchesCall(call: Call, filter: CallFilter): boolean {
  if (filter.span.preset === null || fold(filter.words) !== "") return false;
  return (
    (filter.talkgroupId === null || call.talkgroup_id === filter.talkgroupId) &&
    (filter.unitId === null || call.unit_id === filter.unitId) &&
    (filter.radioId === null || call.radio_id === filter.radioId) &&
    (filter.kind === null || call.kind === filter.kind) &&
    (!filter.emergency || call.emergency)
  );
}

function members(filter: CallFilter): Record<string, string | number | null> {
  return {
    talkgroup_id: filter.talkgroupId,
    unit_id: filter.unitId,
    radio_id: filter.radioId,
    kind: filter.kind,
    emergency: filter.emergency ? "true" : null,
  };
}

function times(span: Span, now_ms: number): { since: string; until: string } {
  const { since_ms, until_ms } = interval(span, now_ms);
  return { since: new Date(since_ms).toISOString(), until: new Date(until_ms).toISOString() };
}

/** A database id of an address; null for what is none. */
export function readId(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
