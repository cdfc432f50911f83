/** Filters of the message log: in the address, in the question to the server, and on live rows. */
import { address, type Query } from "../../api/client";
import type { Message, MessageState } from "../../api/types";
import { fold } from "../../ui/text";
import { readId } from "../calls/filter";
import { interval, readSpan, type Span, writeSpan } from "../log/span";
import { readWords } from "../log/words";

export interface MessageFilter {
  readonly span: Span;
  readonly unitId: number | null;
  readonly radioId: number | null;
  readonly talkgroupId: number | null;
  readonly state: MessageState | null;
  /** Words sought in the texts; "" for none. */
  readonly words: string;
}

export const MESSAGE_STATES: readonly MessageState[] = [
  "queued", "sent", "delivered", "failed", "expired", "received",
];

export function readMessageFilter(query: URLSearchParams): MessageFilter {
  return {
    span: readSpan(query, "24h"),
    unitId: readId(query.get("unit_id")),
    radioId: readId(query.get("radio_id")),
    talkgroupId: readId(query.get("talkgroup_id")),
    state: MESSAGE_STATES.find((state) => state === query.get("state")) ?? null,
    words: readWords(query),
  };
}

/** Address of the page with these filters. */
export function messageAddress(filter: MessageFilter): string {
  const query = new URLSearchParams();
  writeSpan(query, filter.span);
  for (const [name, value] of Object.entries(members(filter))) {
    if (value !== null) query.set(name, String(value));
  }
  if (filter.words) query.set("q", filter.words);
  return `/messages?${query.toString()}`;
}

/** Parameters of `GET /api/messages`. */
export function messageQuery(filter: MessageFilter, now_ms: number, limit: number): Query {
  return { ...times(filter.span, now_ms), ...members(filter), q: filter.words, limit };
}

/** Address of the same messages as a file; free words are no filter of reports. */
export function messageReport(filter: MessageFilter, now_ms: number): string {
  return address("/api/reports/messages", { ...times(filter.span, now_ms), ...members(filter), format: "csv" });
}

/** Whether a message that has just come belongs into the list; free words only the server can judge. */
export function matchesMessage(message: Message, filter: MessageFilter): boolean {
  return (
    filter.span.preset !== null && fold(filter.words) === "" &&
    (filter.unitId === null || message.unit_id === filter.unitId) &&
    (filter.radioId === null || message.radio_id === filter.radioId) &&
    (filter.talkgroupId === null || message.talkgroup_id === filter.talkgroupId) &&
    (filter.state === null || message.state === filter.state)
  );
}

function members(filter: MessageFilter): Record<string, string | number | null> {
  return {
    unit_id: filter.unitId, radio_id: filter.radioId, talkgroup_id: filter.talkgroupId, state: filter.state,
  };
}

function times(span: Span, now_ms: number): { since: string; until: string } {
  const { since_ms, until_ms } = interval(span, now_ms);
  return { since: new Date(since_ms).toISOString(), until: new Date(until_ms).toISOString() };
}
