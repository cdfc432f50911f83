/** Lines of the built-in map as canvas paths on its plane. */
import type { Plane } from "./geo";
import type { Line, Quarter, Shore } from "./schematic";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a path is drawn into; `Path2D` is one. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(ax: number, ay: number, x: number, y: number): void;
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void;
  closePath(): void;
}

export function onPlane(line: Line, plane: Plane): Point[] {
  return line.map(([lon, lat]) => ({ x: plane.x(lon), y: plane.y(lat) }));
}

/** A smooth curve through all points (Catmull-Rom as Bézier). */
export function curve(pen: Pen, points: readonly Point[], closed = false): void {
  const count = points.length;
  const first = points[0];
  if (!first) return;
  const at = (i: number): Point =>
    points[closed ? (i + count) % count : Math.min(count - 1, Math.max(0, i))] ?? first;
  pen.moveTo(first.x, first.y);
  for (let i = 0; i < (closed ? count : count - 1); i += 1) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    pen.bezierCurveTo(
      from.x + (to.x - before.x) / 6, from.y + (to.y - before.y) / 6,
      to.x - (after.x - from.x) / 6, to.y - (after.y - from.y) / 6,
      to.x, to.y,
    );
  }
  if (closed) pen.closePath();
}

/** Straight legs with corners rounded by `radius`: whoever follows the legs stays on the road. */
export function rounded(pen: Pen, points: readonly Point[], radius: number): void {
  const [first, ...rest] = points;
  if (!first) return;
  pen.moveTo(first.x, first.y);
  let from = first;
  rest.forEach((corner, i) => {
    const to = rest[i + 1];
    if (!to) {
      pen.lineTo(corner.x, corner.y);
      return;
    }
    const before = towards(corner, from, radius);
    const after = towards(corner, to, radius);
    pen.lineTo(before.x, before.y);
    pen.quadraticCurveTo(corner.x, corner.y, after.x, after.y);
    from = corner;
  });
}

/** The point `distance` from `start` on the way to `end`, at most half of it. */
function towards(start: Point, end: Point, distance: number): Point {
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const share = length === 0 ? 0 : Math.min(distance / length, 0.5);
  return { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share };
}

/** Land behind a shore: the shore is smooth, the corners that only close the ring are not. */
export function landOutline(pen: Pen, land: Shore, plane: Plane): void {
  if (land.back) {
    curve(pen, onPlane([...land.shore, ...land.back], plane), true);
    return;
  }
  curve(pen, onPlane(land.shore, plane));
  for (const corner of onPlane(land.close, plane)) pen.lineTo(corner.x, corner.y);
  pen.closePath();
}

const BLOCK_M = 150;

/** Block lines of a quarter, to be clipped by its ring: texture, not surveyed streets.
 *
 * Spacing varies by a fixed pseudo-random sequence, so that every painting is the same.
 */
export function blockLines(pen: Pen, quarter: Quarter, plane: Plane): void {
  const ring = onPlane(quarter.ring, plane);
  const middle = {
    x: ring.reduce((sum, point) => sum + point.x, 0) / ring.length,
    y: ring.reduce((sum, point) => sum + point.y, 0) / ring.length,
  };
  const reach = Math.max(...ring.map((point) => Math.hypot(point.x - middle.x, point.y - middle.y)));
  const random = sequence(quarter.name.length + Math.round(reach));
  for (const angle of quarter.angles) {
    const along = { x: Math.cos((angle * Math.PI) / 180), y: Math.sin((angle * Math.PI) / 180) };
    for (let offset = -reach; offset < reach; offset += BLOCK_M * (0.8 + random() * 0.9)) {
      const lean = (random() - 0.5) * 0.05;
      const tilted = { x: along.x - along.y * lean, y: along.y + along.x * lean };
      const start = { x: middle.x - along.y * offset, y: middle.y + along.x * offset };
      pen.moveTo(start.x - tilted.x * reach, start.y - tilted.y * reach);
      pen.lineTo(start.x + tilted.x * reach, start.y + tilted.y * reach);
    }
  }
}

/** Numbers 0 <= n < 1 by a linear congruence; equal seeds give equal sequences. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
