/** What happened lately, in one order: whoever talks now first, then the newest. */
import type { Call, Emergency, Message } from "../../api/types";
import type { StatusReceived } from "../../api/frames";
import type { Stores } from "../../stores";

export type ActivityTab = "all" | "calls" | "texts" | "emergencies";

export type ActivityItem =
  | { kind: "call"; key: string; at: string; call: Call }
  | { kind: "text"; key: string; at: string; message: Message }
  | { kind: "emergency"; key: string; at: string; emergency: Emergency }
  | { kind: "status"; key: string; at: string; status: StatusReceived };

/** Rows drawn; older ones are in the logs. */
const MOST = 150;

export function activityItems(stores: Stores, tab: ActivityTab): ActivityItem[] {
  const items: ActivityItem[] = [];
  if (tab === "all" || tab === "calls") {
    for (const call of stores.calls.all.value) {
      items.push({ kind: "call", key: `c${call.id}`, at: call.started_at, call });
    }
  }
  if (tab === "all" || tab === "texts") {
    for (const message of stores.messages.all.value) {
      items.push({ kind: "text", key: `m${message.id}`, at: message.created_at, message });
    }
  }
  if (tab === "all" || tab === "emergencies") {
    for (const emergency of stores.emergencies.all.value) {
      items.push({ kind: "emergency", key: `e${emergency.id}`, at: emergency.raised_at, emergency });
    }
  }
  if (tab === "all") {
    for (const status of stores.statuses.all.value) {
      items.push({ kind: "status", key: `s${status.id}`, at: status.at, status });
    }
  }
  return items
    .sort((a, b) => Number(runs(b)) - Number(runs(a)) || b.at.localeCompare(a.at))
    .slice(0, MOST);
}

function runs(item: ActivityItem): boolean {
  return item.kind === "call" && item.call.ended_at === null;
}

/** Numbers on the tabs: running calls, texts under way, open alarms. */
export function activityCounts(stores: Stores): Readonly<Record<Exclude<ActivityTab, "all">, number>> {
  return {
    calls: stores.calls.all.value.filter((call) => call.ended_at === null).length,
    texts: stores.messages.all.value.filter((m) => m.state === "queued" || m.state === "sent").length,
    emergencies: stores.openEmergencies.value.length,
  };
}
