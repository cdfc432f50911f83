import { signal } from "@preact/signals";
import { get, type Query } from "../../api/client";
import type { Page } from "../../api/types";

export type LoadState = "loading" | "ready" | "loading_more" | "failed";

/** A list of the server in pages, newest first; what is loaded stays while older rows are fetched. */
export class PagedLog<T extends { id: number }> {
  readonly items = signal<readonly T[]>([]);
  readonly state = signal<LoadState>("loading");
  /** What `explain` puts into words, while the state is failed. */
  readonly error = signal<unknown>(null);
  readonly hasMore = signal(false);
  #query: Query = {};
  #next: string | null = null;
  #running: AbortController | null = null;

  constructor(
    private readonly path: string,
    private readonly fetchPage: typeof get<Page<T>> = get,
  ) {}

  /** Begin anew; an answer to an earlier question that is still on its way is dropped. */
  load(query: Query): Promise<void> {
    this.#query = query;
    return this.#fetch(null);
  }

  /** Fetch the next older page, if there is one and none is on its way. */
  async more(): Promise<void> {
    if (this.state.value !== "ready" || this.#next === null) return;
    await this.#fetch(this.#next);
  }

  /** After a failure: ask again for what failed. */
  retry(): Promise<void> {
    return this.#fetch(this.items.value.length ? this.#next : null);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
  }

  async #fetch(cursor: string | null): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.state.value = cursor === null ? "loading" : "loading_more";
    this.error.value = null;
    if (cursor === null) {
      this.items.value = [];
      this.hasMore.value = false;
    }
    try {
      const page = await this.fetchPage(this.path, { ...this.#query, cursor }, running.signal);
      if (running !== this.#running) return;
      const known = new Set(this.items.value.map((item) => item.id));
      this.items.value = [...this.items.value, ...page.items.filter((item) => !known.has(item.id))];
      this.#next = page.next;
      this.hasMore.value = page.next !== null;
      this.state.value = "ready";
    } catch (error) {
      if (running !== this.#running) return;
      this.error.value = error;
      this.state.value = "failed";
    }
  }
}
