/** What was asked for, in words: the server keeps names of fields, numbers of rows and times in UTC. */
import { type MessageKey, isKey, t } from "../../i18n";
import { dateAndClock } from "../../i18n/format";
import { stores } from "../../stores";
import { names } from "../../ui/names";
import { plain } from "../../ui/text";

type Scope = Readonly<Record<string, unknown>>;

/** Where a list or a stream goes on: nothing that anybody asked for. */
const INNER: ReadonlySet<string> = new Set(["cursor", "after", "seq"]);
/** In front, in this order. */
const FIRST: readonly string[] = ["until", "since"];

const LABELS: Readonly<Record<string, MessageKey>> = {
  since: "log.since", until: "log.until", unit_id: "log.unit", radio_id: "log.radio", talkgroup_id: "log.talkgroup",
  q: "log.words", user: "account.name", status: "units.status", state: "messages.state", kind: "calls.kind",
  fields: "access.scope.fields", north: "compass.n", south: "compass.s", east: "compass.e", west: "compass.w",
};

/** Fields that say all by being there. */
const PHRASES: Readonly<Record<string, MessageKey>> = {
  emergency: "calls.only_emergency", by_link: "access.scope.by_link", password: "access.scope.wrong_password",
};

/** Beginnings of the keys that a value may have a word under. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  state: ["text.state", "messages.state", "emergency.state"], kind: ["calls.kind", "command"], status: ["status"],
  report: ["access.subject"], step: ["access.scope.step"],
  fields: ["access.scope.field"],
};

const STEP = /^POST \/api\/(?:emergencies|messages)\/(\d+)\/(\w+)$/;

/** "From 2026-11-22 14:00:00 · Unit LP-104"; what is not known here stays as the server wrote it. */
export function scopeWords(scope: Scope, zone: string): string {
  return Object.entries(scope)
    .filter(([name, value]) => !INNER.has(name) && !(name in PHRASES && value === false))
    .sort(([a], [b]) => FIRST.indexOf(b) - FIRST.indexOf(a))
    .map(([name, value]) => part(name, value, zone))
    .join(" · ");
}

function part(name: string, value: unknown, zone: string): string {
  const phrase = PHRASES[name];
  if (phrase) return t(phrase);
  if (name === "message_id") return t("access.scope.number", { id: String(value) });
  if (name === "report" || name === "step") return word(name, value);
  const step = name === "request" ? STEP.exec(String(value)) : null;
  if (step?.[1]) return `${t("access.scope.number", { id: step[1] })} · ${word("step", step[2])}`;
  const label = LABELS[name];
  return `${label ? t(label) : plain(name)}: ${words(name, value, zone)}`;
}

function words(name: string, value: unknown, zone: string): string {
  if (name === "since" || name === "until") {
    const at = Date.parse(String(value));
    return Number.isNaN(at) ? plain(String(value)) : dateAndClock(at, zone);
  }
  if (Array.isArray(value)) return value.map((one) => word(name, one)).join(", ");
  return typeof value === "number" ? (named(name, value) ?? String(value)) : word(name, value);
}

function word(name: string, value: unknown): string {
  if (typeof value !== "string") return plain(JSON.stringify(value));
  for (const beginning of VALUES[name] ?? []) {
    const key = `${beginning}.${value}`;
    if (isKey(key)) return t(key);
  }
  return plain(value);
}

/** Who has that number in the database; one that is gone keeps it. */
function named(name: string, id: number): string | null {
  switch (name) {
    case "unit_id": return names.unit(id) ?? `#${id}`;
    case "radio_id": return stores.radios.get(id) ? names.radio(id) : `#${id}`;
    case "talkgroup_id": return names.talkgroup(id) ?? `#${id}`;
    default: return null;
  }
}
