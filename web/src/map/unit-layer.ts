import type L from "leaflet";
import { CanvasLayer, type CanvasView } from "./canvas-layer";
import { pixelsPerMetre } from "./geo";
import { GlyphSprites } from "./glyph-sprites";
import { HitGrid } from "./hit-grid";
import { LabelGrid } from "./label-grid";
import { freshness, type MapUnit, onMap, opacity } from "./map-unit";
import type { MapTheme } from "./theme";
import { GLYPH_RADIUS, stateColour } from "./unit-glyphs";

export interface UnitLayerOptions {
  readonly pane: string;
  readonly theme: MapTheme;
  /** Server time in milliseconds. */
  readonly clock: () => number;
  /** Whether nothing may move by itself (`prefers-reduced-motion`). */
  readonly still: () => boolean;
}

interface Placed {
  readonly unit: MapUnit;
  readonly x: number;
  readonly y: number;
  readonly ageMs: number;
}

const PICK_RADIUS = 22;
const PULSE_MS = 1_600;
/** With more units in view than this only the selected one and emergencies have trails. */
const MOST_TRAILS = 80;
const LABEL_HEIGHT = 15;
const WEIGHT = { emergency: 3, busy: 0, free: 0, no_gps: 0, off: 0 } as const;

/** All units on one canvas: signs, labels, trails, selection and the pulse of emergencies. */
export class UnitLayer extends CanvasLayer {
  readonly #clock: () => number;
  readonly #still: () => boolean;
  #theme: MapTheme;
  #units: readonly MapUnit[] = [];
  #selected: number | null = null;
  #trails = true;
  #hits = new HitGrid();
  #look = "";
  readonly #widths = new Map<string, number>();
  readonly #sprites = new GlyphSprites();

  constructor({ pane, theme, clock, still }: UnitLayerOptions) {
    super(pane);
    this.#theme = theme;
    this.#clock = clock;
    this.#still = still;
  }

  setUnits(units: readonly MapUnit[]): void {
    this.#units = units;
    this.#look = this.#ageing();
    this.invalidate();
  }

  setSelected(unitId: number | null): void {
    if (this.#selected === unitId) return;
    this.#selected = unitId;
    this.invalidate();
  }

  setTrails(shown: boolean): void {
    if (this.#trails === shown) return;
    this.#trails = shown;
    this.invalidate();
  }

  setTheme(theme: MapTheme): void {
    this.#theme = theme;
    this.#widths.clear();
    this.#sprites.clear();
    this.invalidate();
  }

  /** Paint again if a unit has aged enough to look older; called once a second. */
  grow(): void {
    const look = this.#ageing();
    if (look === this.#look) return;
    this.#look = look;
    this.invalidate();
  }

  /** The unit drawn at a point of the map's window, if any. */
  pick(point: L.Point): number | null {
    const at = this._map.containerPointToLayerPoint(point).subtract(this.corner);
    return this.#hits.nearest(at.x, at.y, PICK_RADIUS);
  }

  protected override paint(view: CanvasView): void {
    const placed = this.#place(view);
    this.#hits = new HitGrid();
    for (const { unit, x, y } of placed) this.#hits.add(unit.id, x, y);
    const { context } = view;
    const crowded = placed.length > MOST_TRAILS;
    for (const one of placed) {
      if (this.#trails ? !crowded || this.#special(one.unit) : this.#special(one.unit)) {
        this.#paintTrail(view, one);
      }
    }
    for (const one of placed) this.#paintRings(view, one);
    for (const { unit, x, y, ageMs } of placed) {
      context.globalAlpha = unit.state === "emergency" ? 1 : opacity(ageMs);
      const { state, bearing_deg } = unit;
      this.#sprites.stamp(context, x, y, { state, bearing_deg, freshness: freshness(ageMs) }, this.#theme);
    }
    context.globalAlpha = 1;
    this.#paintLabels(context, placed);
    if (!this.#still() && placed.some((one) => one.unit.state === "emergency")) this.invalidate();
  }

  /** Units in view, least important first, so that the important ones lie on top. */
  #place(view: CanvasView): Placed[] {
    const now = this.#clock();
    const placed: Placed[] = [];
    for (const unit of this.#units) {
      const ageMs = now - unit.fixed_ms;
      if (!onMap(unit, ageMs, unit.id === this.#selected)) continue;
      const { x, y } = this.#project(view, unit.at.lat, unit.at.lon);
      if (x < -GLYPH_RADIUS || y < -GLYPH_RADIUS || x > view.width + GLYPH_RADIUS || y > view.height + GLYPH_RADIUS) continue;
      placed.push({ unit, x, y, ageMs });
    }
    return placed.sort((a, b) => this.#weight(a) - this.#weight(b) || a.unit.id - b.unit.id);
  }

  #weight({ unit }: Placed): number {
    return WEIGHT[unit.state] + (unit.id === this.#selected ? 2 : 0) + (unit.talking ? 1 : 0);
  }

  #special(unit: MapUnit): boolean {
    return unit.id === this.#selected || unit.state === "emergency";
  }

  #project(view: CanvasView, lat: number, lon: number): { x: number; y: number } {
    const point = this._map.project([lat, lon], view.zoom);
    return { x: point.x - view.left, y: point.y - view.top };
  }

  #paintTrail(view: CanvasView, { unit, x, y }: Placed): void {
    if (unit.trail.length === 0) return;
    const { context } = view;
    context.save();
    context.strokeStyle = stateColour(this.#theme, unit.state);
    context.globalAlpha = 0.75;
    context.lineWidth = 3.5;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.setLineDash([1, 6]);
    context.beginPath();
    context.moveTo(x, y);
    for (let i = unit.trail.length - 1; i >= 0; i -= 1) {
      const at = unit.trail[i];
      if (!at) continue;
      const point = this.#project(view, at.lat, at.lon);
      context.lineTo(point.x, point.y);
    }
    context.stroke();
    context.restore();
  }

  #paintRings({ context, zoom, now }: CanvasView, { unit, x, y }: Placed): void {
    const theme = this.#theme;
    const selected = unit.id === this.#selected;
    if (unit.error_m !== null && this.#special(unit)) {
      const radius = unit.error_m * pixelsPerMetre(zoom, unit.at.lat);
      if (radius > GLYPH_RADIUS) disc(context, x, y, radius, stateColour(theme, unit.state), 0.12);
    }
    if (unit.state === "emergency") {
      disc(context, x, y, 22, theme.emergency, 0.22);
      ring(context, x, y, 22, theme.emergency, 2, 1);
      if (!this.#still()) {
        const phase = (now % PULSE_MS) / PULSE_MS;
        ring(context, x, y, 16 + 34 * phase, theme.emergency, 4, 0.9 * (1 - phase));
      } else {
        ring(context, x, y, 29, theme.emergency, 2, 0.6);
      }
    }
    if (selected) ring(context, x, y, 23, theme.selection, 2.5, 1);
    if (unit.talking) {
      for (const [radius, alpha] of [[24, 0.95], [29, 0.6]] as const) {
        context.save();
        context.globalAlpha = alpha;
        context.strokeStyle = theme.selection;
        context.lineWidth = 2.5;
        context.lineCap = "round";
        for (const middle of [0, Math.PI]) {
          context.beginPath();
          context.arc(x, y, radius, middle - 0.55, middle + 0.55);
          context.stroke();
        }
        context.restore();
      }
    }
  }

  /** Important labels first; each takes the first free side, or none. */
  #paintLabels(context: CanvasRenderingContext2D, placed: readonly Placed[]): void {
    const theme = this.#theme;
    const grid = new LabelGrid();
    for (const { x, y } of placed) grid.take({ left: x - 9, top: y - 9, right: x + 9, bottom: y + 9 });
    context.font = `650 12px ${theme.font}`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = theme.halo;
    context.fillStyle = theme.text;
    for (let i = placed.length - 1; i >= 0; i -= 1) {
      const one = placed[i];
      if (!one) continue;
      const { unit, x, y } = one;
      const width = this.#width(context, unit.label);
      const gap = unit.talking ? 33 : this.#special(unit) ? 28 : 19;
      const sides: readonly (readonly [number, number])[] = [
        [x + gap, y], [x - gap - width, y], [x - width / 2, y + gap + 4], [x - width / 2, y - gap - 4],
      ];
      const important = this.#special(unit);
      const side = sides.find(([left, middle]) =>
        grid.claim({ left: left - 2, top: middle - LABEL_HEIGHT / 2, right: left + width + 2, bottom: middle + LABEL_HEIGHT / 2 }),
      ) ?? (important ? sides[0] : undefined);
      if (!side) continue;
      context.strokeText(unit.label, side[0], side[1]);
      context.fillText(unit.label, side[0], side[1]);
    }
  }

  #width(context: CanvasRenderingContext2D, label: string): number {
    let width = this.#widths.get(label);
    if (width === undefined) {
      width = context.measureText(label).width;
      this.#widths.set(label, width);
    }
    return width;
  }

  /** What ageing makes of the picture: equal strings look equal. */
  #ageing(): string {
    const now = this.#clock();
    return this.#units
      .map((unit) => `${freshness(now - unit.fixed_ms)}${opacity(now - unit.fixed_ms)}`)
      .join();
  }
}

function disc(
  context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string, alpha: number,
): void {
  context.save();
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.restore();
}

function ring(
  context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string, width: number, alpha: number,
): void {
  context.save();
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.restore();
}
