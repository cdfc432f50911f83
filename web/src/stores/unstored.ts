import { type ReadonlySignal, computed, signal } from "@preact/signals";
import type { Emergency, UnstoredAlarm } from "../api/types";

/**
 * Alarms that are heard and not yet stored.
 *
 * They cannot be acknowledged: nothing holds who did. The emergency of the same radio
 * replaces them as soon as the database has it.
 */
export class UnstoredAlarms {
  readonly #known = signal<ReadonlyMap<string, UnstoredAlarm>>(new Map());
  /** Silenced at this workplace, by event. */
  readonly muted = signal<ReadonlySet<string>>(new Set());

  /** Oldest first. */
  readonly all: ReadonlySignal<readonly UnstoredAlarm[]> = computed(() => {
    const stored = new Set(this.open.value.map((emergency) => emergency.radio_id));
    return [...this.#known.value.values()]
      .filter((alarm) => alarm.radio_id === null || !stored.has(alarm.radio_id))
      .sort((a, b) => a.at.localeCompare(b.at) || a.event.localeCompare(b.event));
  });

  /** The oldest that sounds; undefined: none. */
  readonly sounding: ReadonlySignal<UnstoredAlarm | undefined> = computed(() =>
    this.all.value.find((alarm) => !this.muted.value.has(alarm.event)),
  );

  constructor(private readonly open: ReadonlySignal<readonly Emergency[]>) {}

  /** Take news: new alarms, and that some are stored now. */
  take(alarms: readonly UnstoredAlarm[]): void {
    const known = new Map(this.#known.value);
    for (const alarm of alarms) {
      if (alarm.stored) known.delete(alarm.event);
      else known.set(alarm.event, alarm);
    }
    this.#known.value = known;
  }

  /** Take the whole truth. */
  replace(alarms: readonly UnstoredAlarm[]): void {
    this.#known.value = new Map(alarms.map((alarm) => [alarm.event, alarm]));
  }

  mute(event: string): void {
    this.muted.value = new Set([...this.muted.value, event]);
  }
}
