/** Names on the built-in map: water, places, streets along their course, landmarks. */
import type { CanvasView } from "./canvas-layer";
import type { Plane } from "./geo";
import { LabelGrid, turnedBox } from "./label-grid";
import type { LabelKind, Road, Schematic } from "./schematic";
import type { MapTheme } from "./theme";

export interface NamePainting {
  readonly plane: Plane;
  /** Pixels per metre of the plane. */
  readonly scale: number;
  /** The plane's origin on the canvas. */
  readonly offset: { readonly x: number; readonly y: number };
  readonly theme: MapTheme;
  readonly source: Schematic;
}

interface Lettering {
  readonly font: string;
  readonly size: number;
  readonly spacing: string;
  readonly water: boolean;
}

const LETTERING: Readonly<Record<LabelKind, Lettering>> = {
  country: { font: "600 15px", size: 15, spacing: "3px", water: false },
  city: { font: "700 15px", size: 15, spacing: "0.2px", water: false },
  town: { font: "600 12.5px", size: 13, spacing: "0.2px", water: false },
  district: { font: "600 12.5px", size: 13, spacing: "0.3px", water: false },
  sea: { font: "italic 500 13.5px", size: 14, spacing: "1px", water: true },
  water: { font: "italic 500 12.5px", size: 13, spacing: "0.7px", water: true },
};
const STREET_FONT = "500 10.5px";
const STREET_SIZE = 11;
const LANDMARK_FONT = "500 10.5px";
const LANDMARKS_FROM = 15;
/** Pixels between two names of the same street. */
const REPEAT = 420;
/** Radians by which a course may bend under one name. */
const STRAIGHT = 0.3;

export function paintNames(view: CanvasView, painting: NamePainting): void {
  const { context } = view;
  const { theme } = painting;
  const grid = new LabelGrid();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = theme.halo;
  paintPlaces(view, painting, grid);
  if (view.zoom >= 12.5) paintStreets(view, painting, grid);
  if (view.zoom >= LANDMARKS_FROM) paintLandmarks(view, painting, grid);
  context.letterSpacing = "0px";
}

function paintPlaces(view: CanvasView, painting: NamePainting, grid: LabelGrid): void {
  const { context, zoom } = view;
  const { theme, source } = painting;
  for (const label of source.labels) {
    if (zoom < label.from || zoom >= label.to) continue;
    const { x, y } = place(painting, label.at);
    if (!inside(view, x, y, 120)) continue;
    const { font, size, spacing, water } = LETTERING[label.kind];
    context.font = `${font} ${theme.font}`;
    context.letterSpacing = spacing;
    const angle = ((label.angle ?? 0) * Math.PI) / 180;
    const width = context.measureText(label.text).width;
    if (!grid.claim(turnedBox(x, y, width + 6, size + 4, angle))) continue;
    context.fillStyle = water ? theme.waterInk : theme.ink;
    write(context, label.text, x, y, angle, !water);
  }
}

function paintStreets(view: CanvasView, painting: NamePainting, grid: LabelGrid): void {
  const { context, zoom } = view;
  const { theme, source } = painting;
  context.font = `${STREET_FONT} ${theme.font}`;
  context.letterSpacing = "0.1px";
  context.fillStyle = theme.ink;
  const written = new Map<string, { x: number; y: number }[]>();
  for (const road of source.roads) {
    if (!road.name || road.class === "tram" || (zoom < 14 && road.class !== "main" && road.class !== "trunk")) continue;
    const width = context.measureText(road.name).width;
    for (const spot of straightStretches(view, painting, road, width + 14)) {
      const near = written.get(road.name) ?? [];
      if (near.some((other) => Math.hypot(other.x - spot.x, other.y - spot.y) < REPEAT)) continue;
      if (!grid.claim(turnedBox(spot.x, spot.y, width + 4, STREET_SIZE + 2, spot.angle))) continue;
      write(context, road.name, spot.x, spot.y, spot.angle, true);
      written.set(road.name, [...near, spot]);
    }
  }
}

function paintLandmarks(view: CanvasView, painting: NamePainting, grid: LabelGrid): void {
  const { context } = view;
  const { theme, source } = painting;
  context.font = `${LANDMARK_FONT} ${theme.font}`;
  context.letterSpacing = "0px";
  for (const one of source.places) {
    const { x, y } = place(painting, one.at);
    if (!inside(view, x, y, 60)) continue;
    const width = context.measureText(one.name).width;
    const box = { left: x - width / 2 - 3, top: y - 5, right: x + width / 2 + 3, bottom: y + 20 };
    if (!grid.claim(box)) continue;
    context.fillStyle = theme.rail;
    context.beginPath();
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = theme.ink;
    write(context, one.name, x, y + 12, 0, true);
  }
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
}

/** Middles of the stretches of a road that are straight and long enough for its name. */
function straightStretches(view: CanvasView, painting: NamePainting, road: Road, needed: number): Spot[] {
  const points = road.path.map((at) => place(painting, at));
  const spots: (Spot & { length: number })[] = [];
  let start = 0;
  for (let i = 1; i < points.length; i += 1) {
    const bends = i + 1 < points.length && Math.abs(turn(points, start, i)) < STRAIGHT;
    if (bends) continue;
    const a = points[start];
    const b = points[i];
    start = i;
    if (!a || !b) continue;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length < needed) continue;
    const steps = Math.max(1, Math.floor(length / (REPEAT * 1.5)));
    for (let step = 0; step < steps; step += 1) {
      const t = (step + 0.5) / steps;
      const x = a.x + (b.x - a.x) * t;
      const y = a.y + (b.y - a.y) * t;
      if (!inside(view, x, y, 0)) continue;
      let angle = Math.atan2(b.y - a.y, b.x - a.x);
      if (angle > Math.PI / 2) angle -= Math.PI;
      else if (angle <= -Math.PI / 2) angle += Math.PI;
      spots.push({ x, y, angle, length });
    }
  }
  return spots.sort((one, other) => other.length - one.length);
}

/** How much the course turns at vertex `i`, seen from vertex `start`, in radians. */
function turn(points: readonly { x: number; y: number }[], start: number, i: number): number {
  const [a, b, c] = [points[start], points[i], points[i + 1]];
  if (!a || !b || !c) return Math.PI;
  const difference = Math.atan2(c.y - b.y, c.x - b.x) - Math.atan2(b.y - a.y, b.x - a.x);
  return Math.atan2(Math.sin(difference), Math.cos(difference));
}

function place(painting: NamePainting, [lon, lat]: readonly [number, number]): { x: number; y: number } {
  const { plane, scale, offset } = painting;
  return { x: plane.x(lon) * scale + offset.x, y: plane.y(lat) * scale + offset.y };
}

function inside(view: CanvasView, x: number, y: number, slack: number): boolean {
  return x > -slack && y > -slack && x < view.width + slack && y < view.height + slack;
}

function write(
  context: CanvasRenderingContext2D, text: string, x: number, y: number, angle: number, halo: boolean,
): void {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  if (halo) context.strokeText(text, 0, 0);
  context.fillText(text, 0, 0);
  context.restore();
}
