/** The signs of units: state by shape and colour, course by a nose, age by fill. */
import type { UnitState } from "../stores/unit-state";
import type { Freshness } from "./map-unit";
import type { MapTheme } from "./theme";

export interface Glyph {
  readonly state: UnitState;
  /** Degrees from north; null: no nose. */
  readonly bearing_deg: number | null;
  readonly freshness: Freshness;
}

/** Pixels from the middle that a sign takes, nose included. */
export const GLYPH_RADIUS = 20;

export function stateColour(theme: MapTheme, state: UnitState): string {
  switch (state) {
    case "emergency": return theme.emergency;
    case "busy": return theme.busy;
    case "free": return theme.free;
    case "no_gps": return theme.noGps;
    case "off": return theme.off;
  }
}

/** Draw one sign about the context's origin. */
export function drawGlyph(context: CanvasRenderingContext2D, glyph: Glyph, theme: MapTheme): void {
  const colour = stateColour(theme, glyph.state);
  const hollow = glyph.freshness === "hollow" || glyph.freshness === "gone" || glyph.state === "no_gps";
  context.lineJoin = "round";
  context.lineCap = "round";
  if (glyph.bearing_deg !== null && glyph.state !== "no_gps" && glyph.state !== "off") {
    drawNose(context, glyph.bearing_deg, hollow ? theme.panel : colour, hollow ? colour : theme.glyph);
  }
  bodyPath(context, glyph.state);
  context.fillStyle = hollow ? theme.panel : colour;
  context.strokeStyle = hollow ? colour : theme.glyph;
  context.lineWidth = hollow ? 2.4 : 2;
  context.setLineDash(hollow ? [4, 2.6] : []);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  const mark = glyph.state === "emergency" ? theme.emergencyMark : theme.panel;
  context.strokeStyle = hollow ? colour : mark;
  context.fillStyle = context.strokeStyle;
  drawMark(context, glyph.state);
}

function bodyPath(context: CanvasRenderingContext2D, state: UnitState): void {
  context.beginPath();
  switch (state) {
    case "free":
      context.arc(0, 0, 8.6, 0, 2 * Math.PI);
      break;
    case "busy":
      context.roundRect(-7.8, -7.8, 15.6, 15.6, 3.6);
      break;
    case "no_gps":
      context.moveTo(0, -11);
      context.lineTo(11, 0);
      context.lineTo(0, 11);
      context.lineTo(-11, 0);
      context.closePath();
      break;
    case "off":
      context.arc(0, 0, 8, 0, 2 * Math.PI);
      break;
    case "emergency":
      context.moveTo(0, -13);
      context.lineTo(13, 9.5);
      context.lineTo(-13, 9.5);
      context.closePath();
      break;
  }
}

/** The mark inside the body, as in the unit list: tick, clock hands, dash, stroke, exclamation. */
function drawMark(context: CanvasRenderingContext2D, state: UnitState): void {
  context.beginPath();
  context.lineWidth = 2;
  switch (state) {
    case "free":
      context.moveTo(-4, 0.4);
      context.lineTo(-1.2, 3.2);
      context.lineTo(4.2, -2.8);
      break;
    case "busy":
      context.moveTo(0, -4.8);
      context.lineTo(0, 0.4);
      context.lineTo(3.4, 2.4);
      break;
    case "no_gps":
      context.moveTo(-3.6, 0);
      context.lineTo(3.6, 0);
      break;
    case "off":
      context.moveTo(-4.5, 4.5);
      context.lineTo(4.5, -4.5);
      break;
    case "emergency":
      context.lineWidth = 2.4;
      context.moveTo(0, -5.5);
      context.lineTo(0, 1.6);
      break;
  }
  context.stroke();
  if (state !== "emergency") return;
  context.beginPath();
  context.arc(0, 5.6, 1.5, 0, 2 * Math.PI);
  context.fill();
}

function drawNose(context: CanvasRenderingContext2D, bearing: number, fill: string, edge: string): void {
  context.save();
  context.rotate((bearing * Math.PI) / 180);
  context.beginPath();
  context.moveTo(0, -GLYPH_RADIUS);
  context.lineTo(8.6, -6);
  context.lineTo(-8.6, -6);
  context.closePath();
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
  context.restore();
}
