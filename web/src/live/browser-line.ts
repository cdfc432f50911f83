/** The live line of a real browser. */
import { get } from "../api/client";
import type { EventsAnswer } from "../api/frames";
import type { Snapshot } from "../api/types";
import type { Line } from "./stream";

const NAME = "sardze.last";

/** The last event that this tab had applied before it was loaded anew; null: a new tab. */
function recall(): { epoch: string; last: number } | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as unknown;
    if (typeof stored !== "object" || stored === null) return null;
    const { epoch, last } = stored as { epoch?: unknown; last?: unknown };
    return typeof epoch === "string" && typeof last === "number" ? { epoch, last } : null;
  } catch {
    return null;
  }
}

export function browserLine(): Line {
  return {
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`),
    snapshot: () => get<Snapshot>("/api/snapshot"),
    events: (after, limit) => get<EventsAnswer>("/api/events", { after, limit }),
    remember: (epoch, last) => {
      try {
        sessionStorage.setItem(NAME, JSON.stringify({ epoch, last }));
      } catch {
        // Without storage a reload counts every text as seen.
      }
    },
    recall,
  };
}
