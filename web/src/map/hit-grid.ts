/** Finds what was drawn near a spot without asking every unit. */
interface Entry {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

const CELL = 48;

export class HitGrid {
  readonly #cells = new Map<number, Entry[]>();

  add(id: number, x: number, y: number): void {
    const key = cell(Math.floor(x / CELL), Math.floor(y / CELL));
    const entries = this.#cells.get(key);
    if (entries) entries.push({ id, x, y });
    else this.#cells.set(key, [{ id, x, y }]);
  }

  /** The nearest within `radius` pixels (at most a cell, 48); null when there is none. */
  nearest(x: number, y: number, radius: number): number | null {
    const column = Math.floor(x / CELL);
    const row = Math.floor(y / CELL);
    let found: number | null = null;
    let best = radius * radius;
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        for (const entry of this.#cells.get(cell(column + dx, row + dy)) ?? []) {
          const distance = (entry.x - x) ** 2 + (entry.y - y) ** 2;
          if (distance <= best) {
            best = distance;
            found = entry.id;
          }
        }
      }
    }
    return found;
  }
}

function cell(column: number, row: number): number {
  return row * 65_536 + column;
}
