import { type ReadonlySignal, computed, signal } from "@preact/signals";

/**
 * The server's time on a PC whose own clock may be wrong.
 *
 * Every server time that arrives shows how late the PC's clock is at least; the
 * sample with the shortest way tells best, so the largest offset of the last
 * minute counts.
 */
export class ServerClock {
  readonly #samples: { offset: number; at: number }[] = [];
  readonly #offset = signal(0);
  readonly #tick = signal(0);

  /** Server time minus the PC's time, in milliseconds. */
  readonly offset: ReadonlySignal<number> = this.#offset;

  /** Server time in milliseconds since 1970, renewed once a second by `tick`. */
  readonly now: ReadonlySignal<number> = computed(() => {
    void this.#tick.value;
    return this.local() + this.#offset.value;
  });

  constructor(private readonly local: () => number = Date.now) {}

  /** Server time right now, not followed. */
  read(): number {
    return this.local() + this.#offset.peek();
  }

  /** Take a server time that has just arrived, in milliseconds since 1970. */
  learn(serverMs: number): void {
    if (!Number.isFinite(serverMs)) return;
    const at = this.local();
    const fresh = this.#samples.filter((sample) => Math.abs(at - sample.at) < 60_000);
    fresh.push({ offset: serverMs - at, at });
    this.#samples.splice(0, this.#samples.length, ...fresh);
    this.#offset.value = Math.max(...fresh.map((sample) => sample.offset));
  }

  tick(): void {
    this.#tick.value++;
  }
}
