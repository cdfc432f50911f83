import { type ReadonlySignal, type Signal, computed, signal } from "@preact/signals";
import type { Id } from "../api/types";

/**
 * Newest state of every row of one kind, by id.
 *
 * `get` and `all` subscribe the component or effect that reads them: to one row,
 * or to the set. A row that did not change is the same object as before.
 */
export class EntityStore<T extends { id: Id }> {
  readonly #rows = new Map<Id, Signal<T | undefined>>();
  readonly #version = signal(0);

  /** Ids touched by the latest change. */
  readonly changed = signal<ReadonlySet<Id>>(new Set());

  /** Every row, in the order in which they were first heard of. */
  readonly all: ReadonlySignal<readonly T[]> = computed(() => {
    void this.#version.value;
    const rows: T[] = [];
    for (const row of this.#rows.values()) {
      const value = row.peek();
      if (value) rows.push(value);
    }
    return rows;
  });

  /** One row, followed; undefined while it is unknown. */
  get(id: Id | null | undefined): T | undefined {
    return id === null || id === undefined ? undefined : this.#row(id).value;
  }

  /** One row as it is now, without following it. */
  peek(id: Id | null | undefined): T | undefined {
    return id === null || id === undefined ? undefined : this.#rows.get(id)?.peek();
  }

  /** Take new states of some rows; the others stay. */
  put(...rows: readonly T[]): void {
    if (!rows.length) return;
    for (const row of rows) this.#row(row.id).value = row;
    this.#told(rows.map((row) => row.id));
  }

  /** Take the whole truth: rows that are not in it are gone. */
  replace(rows: readonly T[]): void {
    const known = new Set(rows.map((row) => row.id));
    const gone = [...this.#rows.keys()].filter((id) => !known.has(id));
    for (const id of gone) this.#row(id).value = undefined;
    for (const row of rows) this.#row(row.id).value = row;
    this.#told([...gone, ...known]);
  }

  /** Forget rows, such as calls that have left the timeline. */
  forget(ids: readonly Id[]): void {
    for (const id of ids) {
      this.#row(id).value = undefined;
      this.#rows.delete(id);
    }
    if (ids.length) this.#told(ids);
  }

  #row(id: Id): Signal<T | undefined> {
    let row = this.#rows.get(id);
    if (!row) {
      row = signal<T | undefined>(undefined);
      this.#rows.set(id, row);
    }
    return row;
  }

  #told(ids: readonly Id[]): void {
    this.#version.value++;
    this.changed.value = new Set(ids);
  }
}
