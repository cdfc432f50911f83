/** Keeps labels apart: a coarse grid of the boxes that are taken. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const CELL = 64;

export class LabelGrid {
  readonly #cells = new Map<number, Box[]>();

  /** Whether nothing taken overlaps `box`. */
  free(box: Box): boolean {
    for (const cell of cells(box)) {
      for (const other of this.#cells.get(cell) ?? []) {
        if (
          box.left < other.right && other.left < box.right &&
          box.top < other.bottom && other.top < box.bottom
        ) return false;
      }
    }
    return true;
  }

  take(box: Box): void {
    for (const cell of cells(box)) {
      const taken = this.#cells.get(cell);
      if (taken) taken.push(box);
      else this.#cells.set(cell, [box]);
    }
  }

  /** Take `box` if nothing overlaps it. */
  claim(box: Box): boolean {
    if (!this.free(box)) return false;
    this.take(box);
    return true;
  }
}

function* cells(box: Box): Generator<number> {
  for (let y = Math.floor(box.top / CELL); y <= Math.floor(box.bottom / CELL); y += 1) {
    for (let x = Math.floor(box.left / CELL); x <= Math.floor(box.right / CELL); x += 1) {
      yield y * 4096 + x;
    }
  }
}

/** The upright box around a rectangle of `width` x `height` about (x, y), turned by `angle` radians. */
export function turnedBox(x: number, y: number, width: number, height: number, angle: number): Box {
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  const halfWidth = (width * cos + height * sin) / 2;
  const halfHeight = (width * sin + height * cos) / 2;
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
}
