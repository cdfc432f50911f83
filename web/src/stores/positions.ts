import { type Signal, signal } from "@preact/signals";
import type { Id, Position } from "../api/types";

/** Points kept per radio for the trail on the map. */
const TRAIL_POINTS = 120;

/** Newest position per radio; the map and the unit list read it. */
export class PositionStore {
  readonly #byRadio = new Map<Id, Signal<Position | undefined>>();
  readonly #trails = new Map<Id, Position[]>();

  /** Radios moved by the latest change. */
  readonly changed = signal<ReadonlySet<Id>>(new Set());

  /** Where a radio is, followed. */
  get(radioId: Id): Position | undefined {
    return this.#radio(radioId).value;
  }

  peek(radioId: Id): Position | undefined {
    return this.#byRadio.get(radioId)?.peek();
  }

  /** Newest position of every radio, without following. */
  latest(): Position[] {
    const positions: Position[] = [];
    for (const row of this.#byRadio.values()) {
      const position = row.peek();
      if (position) positions.push(position);
    }
    return positions;
  }

  /** Where a radio was since the page was opened, oldest first, newest last. */
  trail(radioId: Id): readonly Position[] {
    return this.#trails.get(radioId) ?? [];
  }

  /** Take reports in any order; one that is older than the known one is dropped. */
  apply(positions: readonly Position[]): void {
    const moved = new Set<Id>();
    for (const position of positions) {
      const row = this.#radio(position.radio_id);
      const old = row.peek();
      if (old && old.heard_at >= position.heard_at) continue;
      row.value = position;
      const trail = this.#trails.get(position.radio_id) ?? [];
      trail.push(position);
      if (trail.length > TRAIL_POINTS) trail.shift();
      this.#trails.set(position.radio_id, trail);
      moved.add(position.radio_id);
    }
    if (moved.size) this.changed.value = moved;
  }

  /** Take a snapshot; a radio without a position in it has none. */
  replace(positions: readonly Position[]): void {
    const known = new Set(positions.map((position) => position.radio_id));
    const gone = [...this.#byRadio.keys()].filter((id) => !known.has(id));
    for (const id of gone) {
      this.#radio(id).value = undefined;
      this.#trails.delete(id);
    }
    this.apply(positions);
    if (gone.length) this.changed.value = new Set([...gone, ...known]);
  }

  #radio(radioId: Id): Signal<Position | undefined> {
    let row = this.#byRadio.get(radioId);
    if (!row) {
      row = signal<Position | undefined>(undefined);
      this.#byRadio.set(radioId, row);
    }
    return row;
  }
}
