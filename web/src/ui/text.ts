/** Text that came from a radio or a person: shown as it is, tricks made visible. */

/** Control, bidirectional, zero-width and other invisible characters. */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e0fff}]/gu;

/** Marks that stand for control characters 0..31 begin here. */
const CONTROL_PICTURES = 0x2400;

function mark(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a || code === 0x0d) return "\u23ce";
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

/**
 * One line of foreign text with every invisible character as a visible mark.
 *
 * A right-to-left override becomes "⟨202E⟩", a line break "⏎", a NUL "␀".
 */
export function plain(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(HIDDEN, mark);
}

/** Letters without marks and case, for searching: "zukausk" finds "Žukauskas". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase("en");
}
