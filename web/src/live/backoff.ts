const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** Waits between attempts: 0.25 s doubling to 5 s, each up to a fifth longer. */
export class Backoff {
  #next = FIRST_MS;

  constructor(private readonly random: () => number = Math.random) {}

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const wait = this.#next;
    this.#next = Math.min(LONGEST_MS, wait * 2);
    return wait * (1 + this.random() * 0.2);
  }

  reset(): void {
    this.#next = FIRST_MS;
  }
}
