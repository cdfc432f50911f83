import { CanvasLayer, type CanvasView } from "./canvas-layer";
import type { MapTrack } from "./engine";
import type { LatLon } from "./geo";
import { LabelGrid } from "./label-grid";
import type { MapTheme } from "./theme";
import { drawGlyph } from "./unit-glyphs";

const ARROW_EVERY = 90;

/** One drive: its legs with arrows of course, dashed gaps, stops with their length, and the cursor. */
export class TrackLayer extends CanvasLayer {
  #theme: MapTheme;
  #track: MapTrack | null = null;

  constructor(pane: string, theme: MapTheme) {
    super(pane);
    this.#theme = theme;
  }

  setTrack(track: MapTrack | null): void {
    this.#track = track;
    this.invalidate();
  }

  setTheme(theme: MapTheme): void {
    this.#theme = theme;
    this.invalidate();
  }

  protected override paint(view: CanvasView): void {
    const track = this.#track;
    if (!track) return;
    const legs = track.legs.map((leg) => leg.map((at) => this.#project(view, at)));
    this.#paintGaps(view.context, legs);
    for (const leg of legs) this.#paintLeg(view.context, leg);
    this.#paintEnds(view.context, legs);
    this.#paintStops(view, track);
    this.#paintCursor(view, track);
  }

  #project(view: CanvasView, at: LatLon): { x: number; y: number } {
    const point = this._map.project([at.lat, at.lon], view.zoom);
    return { x: point.x - view.left, y: point.y - view.top };
  }

  #paintLeg(context: CanvasRenderingContext2D, points: readonly { x: number; y: number }[]): void {
    const theme = this.#theme;
    context.lineJoin = "round";
    context.lineCap = "round";
    for (const [width, colour] of [[7, theme.glyph], [4.2, theme.selection]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      points.forEach(({ x, y }, i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      context.stroke();
    }
    context.fillStyle = theme.glyph;
    let walked = ARROW_EVERY / 2;
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1], points[i]];
      if (!a || !b) continue;
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      for (let along = ARROW_EVERY - walked; along < length; along += ARROW_EVERY) {
        const t = along / length;
        chevron(context, a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, Math.atan2(b.y - a.y, b.x - a.x), theme);
      }
      walked = (walked + length) % ARROW_EVERY;
    }
  }

  #paintGaps(context: CanvasRenderingContext2D, legs: readonly (readonly { x: number; y: number }[])[]): void {
    context.save();
    context.strokeStyle = this.#theme.off;
    context.lineWidth = 2.4;
    context.setLineDash([3, 7]);
    context.lineCap = "round";
    for (let i = 1; i < legs.length; i += 1) {
      const from = legs[i - 1]?.at(-1);
      const to = legs[i]?.[0];
      if (!from || !to) continue;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    }
    context.restore();
  }

  #paintEnds(context: CanvasRenderingContext2D, legs: readonly (readonly { x: number; y: number }[])[]): void {
    const theme = this.#theme;
    const first = legs[0]?.[0];
    const last = legs.at(-1)?.at(-1);
    context.lineWidth = 3;
    context.strokeStyle = theme.selection;
    context.fillStyle = theme.panel;
    if (first) {
      context.beginPath();
      context.arc(first.x, first.y, 6.5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    if (last && last !== first) {
      context.beginPath();
      context.rect(last.x - 6, last.y - 6, 12, 12);
      context.fill();
      context.stroke();
    }
  }

  #paintStops(view: CanvasView, track: MapTrack): void {
    const { context } = view;
    const theme = this.#theme;
    const grid = new LabelGrid();
    context.font = `650 11px ${theme.font}`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const stop of track.stops) {
      const { x, y } = this.#project(view, stop.at);
      context.fillStyle = theme.noGps;
      context.strokeStyle = theme.glyph;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, 8, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      context.fillStyle = theme.glyph;
      context.fillRect(x - 3.2, y - 3.4, 2.2, 6.8);
      context.fillRect(x + 1, y - 3.4, 2.2, 6.8);
      const width = context.measureText(stop.label).width;
      if (!grid.claim({ left: x - 8, top: y - 9, right: x + 16 + width, bottom: y + 9 })) continue;
      context.strokeStyle = theme.halo;
      context.lineWidth = 3.5;
      context.strokeText(stop.label, x + 13, y);
      context.fillStyle = theme.text;
      context.fillText(stop.label, x + 13, y);
    }
  }

  #paintCursor(view: CanvasView, track: MapTrack): void {
    if (!track.cursor) return;
    const { context } = view;
    const { x, y } = this.#project(view, track.cursor);
    context.save();
    context.translate(x, y);
    context.beginPath();
    context.arc(0, 0, 21, 0, 2 * Math.PI);
    context.strokeStyle = this.#theme.selection;
    context.lineWidth = 2.5;
    context.stroke();
    drawGlyph(context, { state: "busy", bearing_deg: track.cursor.bearing_deg, freshness: "fresh" }, this.#theme);
    context.restore();
  }
}

function chevron(context: CanvasRenderingContext2D, x: number, y: number, angle: number, theme: MapTheme): void {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.beginPath();
  context.moveTo(8, 0);
  context.lineTo(-5, 6);
  context.lineTo(-2, 0);
  context.lineTo(-5, -6);
  context.closePath();
  context.fillStyle = theme.selection;
  context.strokeStyle = theme.glyph;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
  context.restore();
}
