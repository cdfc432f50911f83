/** The colours of the map, read from the style sheet so that day, night and forced colours agree. */
export interface MapTheme {
  readonly sea: string;
  readonly land: string;
  readonly park: string;
  readonly urban: string;
  readonly mainFill: string;
  readonly mainEdge: string;
  readonly streetFill: string;
  readonly streetEdge: string;
  readonly rail: string;
  readonly ink: string;
  readonly waterInk: string;
  readonly halo: string;
  readonly panel: string;
  readonly text: string;
  readonly free: string;
  readonly busy: string;
  readonly noGps: string;
  readonly off: string;
  readonly emergency: string;
  readonly selection: string;
  /** Edge of signs. */
  readonly glyph: string;
  readonly emergencyMark: string;
  readonly font: string;
}

const TOKENS: Record<keyof MapTheme, string> = {
  sea: "--sea", land: "--land", park: "--park", urban: "--urban",
  mainFill: "--road1", mainEdge: "--road1e", streetFill: "--road2", streetEdge: "--road2e",
  rail: "--rail", ink: "--map-ink", waterInk: "--water", halo: "--halo",
  panel: "--panel", text: "--ink", free: "--ok", busy: "--busy", noGps: "--warn", off: "--off",
  emergency: "--emg", selection: "--sel-line", glyph: "--map-glyph", emergencyMark: "--emg-ink", font: "--font",
};

/** @param root the element that carries the tokens (`<html>`) */
export function readTheme(root: Element): MapTheme {
  const style = getComputedStyle(root);
  const entries = Object.entries(TOKENS).map(([name, token]) => [name, style.getPropertyValue(token).trim()]);
  return Object.fromEntries(entries) as Record<keyof MapTheme, string>;
}
