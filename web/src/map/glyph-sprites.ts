import type { MapTheme } from "./theme";
import { drawGlyph, type Glyph, GLYPH_RADIUS } from "./unit-glyphs";

/** Courses are drawn to the nearest of 36: nobody sees five degrees on a sign. */
const COURSE_STEP_DEG = 10;
const SIZE = 2 * (GLYPH_RADIUS + 3);

/** Signs drawn once and stamped many times; a new theme or screen density begins anew. */
export class GlyphSprites {
  readonly #sprites = new Map<string, HTMLCanvasElement>();
  #ratio = 0;

  clear(): void {
    this.#sprites.clear();
  }

  /** Stamp a sign with its middle at (x, y). */
  stamp(context: CanvasRenderingContext2D, x: number, y: number, glyph: Glyph, theme: MapTheme): void {
    const ratio = window.devicePixelRatio || 1;
    if (ratio !== this.#ratio) {
      this.#ratio = ratio;
      this.clear();
    }
    const course = glyph.bearing_deg === null ? null : Math.round(glyph.bearing_deg / COURSE_STEP_DEG) % 36;
    const name = `${glyph.state} ${glyph.freshness} ${course}`;
    let sprite = this.#sprites.get(name);
    if (!sprite) {
      sprite = draw({ ...glyph, bearing_deg: course === null ? null : course * COURSE_STEP_DEG }, theme, ratio);
      this.#sprites.set(name, sprite);
    }
    context.drawImage(sprite, x - SIZE / 2, y - SIZE / 2, SIZE, SIZE);
  }
}

function draw(glyph: Glyph, theme: MapTheme, ratio: number): HTMLCanvasElement {
  const sprite = document.createElement("canvas");
  sprite.width = sprite.height = Math.ceil(SIZE * ratio);
  const context = sprite.getContext("2d");
  if (context) {
    context.scale(ratio, ratio);
    context.translate(SIZE / 2, SIZE / 2);
    drawGlyph(context, glyph, theme);
  }
  return sprite;
}
