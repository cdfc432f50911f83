import { signal } from "@preact/signals";

export type StreamPhase =
  /** Before the first snapshot. */
  | "loading"
  /** Every event up to now has been applied. */
  | "live"
  /** Connected, the backlog is on its way. */
  | "catching_up"
  /** The line broke a moment ago; the first attempts to restore it run. */
  | "reconnecting"
  /** No line: what is shown is old, and says so. */
  | "lost";

/** How fresh the screen is. */
export class StreamState {
  readonly phase = signal<StreamPhase>("loading");
  /** Number of the last event applied. */
  readonly last = signal(0);
  /** Server time in milliseconds when the line was last known to be good. */
  readonly goodAt = signal<number | null>(null);
  /** Error code of the last failed attempt; null while all is well. */
  readonly problem = signal<string | null>(null);
}
