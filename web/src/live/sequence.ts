import type { EventFrame, NumberedFrame } from "../api/frames";

/**
 * Puts numbered frames into their only order: each once, none left out.
 *
 * A frame that comes too early waits until the hole before it has been filled.
 */
export class Sequence {
  #last = 0;
  #early: NumberedFrame[] = [];

  /** @param apply takes every event exactly once, in the order of `seq` */
  constructor(private readonly apply: (frame: EventFrame) => void) {}

  /** Number of the last event applied. */
  get last(): number {
    return this.#last;
  }

  /** Whether frames wait for a hole to be filled. */
  get hole(): boolean {
    return this.#early.length > 0;
  }

  /** A snapshot holds everything up to `seq`. */
  startAfter(seq: number): void {
    this.#last = seq;
    this.#drain();
  }

  feed(frame: NumberedFrame): void {
    if (frame.seq <= this.#last) return;
    this.#early.push(frame);
    this.#drain();
  }

  /** Forget the frames that wait: a new connection will send them again. */
  dropEarly(): void {
    this.#early = [];
  }

  #drain(): void {
    this.#early.sort((a, b) => a.seq - b.seq);
    while (this.#early[0] && firstOf(this.#early[0]) <= this.#last + 1) {
      const frame = this.#early.shift();
      if (!frame || frame.seq <= this.#last) continue;
      this.#last = frame.seq;
      if (frame.type !== "skip") this.apply(frame);
    }
  }
}

function firstOf(frame: NumberedFrame): number {
  return frame.type === "skip" ? (frame.seq_from ?? frame.seq) : frame.seq;
}
