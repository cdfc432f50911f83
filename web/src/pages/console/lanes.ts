/** The last half hour as lanes: one per talkgroup that spoke, then private calls, texts, and the quiet talkgroups. */
import type { Call, Id } from "../../api/types";
import { t } from "../../i18n";
import { compareNames } from "../../i18n/format";
import type { Stores } from "../../stores";
import { plain } from "../../ui/text";
import { wording } from "../../ui/wording";

export const SPAN_MS = 30 * 60_000;

export interface Bar {
  key: string;
  /** Milliseconds since 1970. */
  from: number;
  /** null: still running. */
  to: number | null;
  emergency: boolean;
  unitId: Id | null;
  label: string;
}

export interface Lane {
  key: string;
  name: string;
  /** What the talkgroup is called, or nothing. */
  more: string;
  bars: Bar[];
}

export interface Lanes {
  /** With traffic in the order of their numbers, and the texts. */
  busy: Lane[];
  /** Talkgroups in which nobody spoke. */
  quiet: Lane[];
}

/** @param caller how to call the one who spoke */
export function lanes(stores: Stores, nowMs: number, caller: (call: Call) => string): Lanes {
  const since = nowMs - SPAN_MS;
  const groups = new Map<Id, Lane>();
  for (const talkgroup of stores.talkgroups.all.value) {
    groups.set(talkgroup.id, {
      key: `g${talkgroup.id}`, name: t("talkgroup.short", { number: String(talkgroup.number) }), more: plain(talkgroup.name), bars: [],
    });
  }
  const others: Lane = { key: "private", name: t("lane.private"), more: "", bars: [] };
  /** Some networks do not say which talkgroup speaks: then the site is all that is known. */
  const sites = new Map<string, Lane>();
  const laneOf = (call: Call): Lane => {
    const known = call.talkgroup_id === null ? undefined : groups.get(call.talkgroup_id);
    if (known || call.kind !== "group") return known ?? others;
    const site = call.site ?? call.link;
    const lane = sites.get(site) ?? { key: `s${site}`, name: plain(site), more: t("talkgroup.not_told"), bars: [] };
    sites.set(site, lane);
    return lane;
  };
  for (const call of stores.calls.all.value) {
    const to = call.ended_at === null ? null : Date.parse(call.ended_at);
    if ((to ?? nowMs) < since) continue;
    const lane = laneOf(call);
    lane.bars.push({
      key: `c${call.id}`, from: Date.parse(call.started_at), to, emergency: call.emergency,
      unitId: call.unit_id, label: caller(call),
    });
  }
  const texts: Lane = { key: "texts", name: t("lane.texts"), more: "", bars: [] };
  for (const message of stores.messages.all.value) {
    const at = Date.parse(message.created_at);
    if (at < since) continue;
    texts.bars.push({
      key: `m${message.id}`, from: at, to: at, emergency: false, unitId: message.unit_id, label: wording(message),
    });
  }
  const spoken = [...groups.values()].filter((lane) => lane.bars.length);
  const silent = [...groups.values()].filter((lane) => !lane.bars.length);
  const byName = (a: Lane, b: Lane): number => compareNames(a.name, b.name);
  return {
    busy: [...spoken.sort(byName), ...[...sites.values()].sort(byName), ...(others.bars.length ? [others] : []), texts],
    quiet: silent.sort(byName),
  };
}

/** Share of the span during which somebody spoke on any channel, 0..1. */
export function load(all: readonly Lane[], nowMs: number): number {
  const since = nowMs - SPAN_MS;
  const spans = all
    .filter((lane) => lane.key !== "texts")
    .flatMap((lane) => lane.bars.map(({ from, to }): [number, number] => [Math.max(since, from), to ?? nowMs]))
    .sort((a, b) => a[0] - b[0]);
  let busy = 0;
  let until = since;
  for (const [from, to] of spans) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy / SPAN_MS;
}
