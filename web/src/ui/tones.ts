/** What the console sounds like: pure figures, no audio. */

export interface Note {
  /** Hertz. */
  frequency: number;
  /** Seconds after the start of the pattern. */
  at: number;
  /** Seconds. */
  length: number;
}

export interface Pattern {
  notes: readonly Note[];
  /** Loudness 0..1 before the volume of the workplace. */
  gain: number;
  /** Milliseconds from one start to the next. */
  everyMs: number;
}

const LOW = 880;
const HIGH = 1320;

function twoTone(pairs: number, length: number): Note[] {
  return Array.from({ length: pairs * 2 }, (_, n) => ({
    frequency: n % 2 ? HIGH : LOW,
    at: n * length,
    length: length * 0.94,
  }));
}

/** Seconds without acknowledgement from which each step counts. */
const STEPS: readonly { from: number; pattern: Pattern }[] = [
  { from: 60, pattern: { notes: twoTone(5, 0.14), gain: 0.6, everyMs: 1500 } },
  { from: 30, pattern: { notes: twoTone(4, 0.16), gain: 0.5, everyMs: 2000 } },
  { from: 15, pattern: { notes: twoTone(3, 0.18), gain: 0.4, everyMs: 2500 } },
  { from: 0, pattern: { notes: twoTone(2, 0.2), gain: 0.3, everyMs: 3000 } },
];

/** The tone of an emergency that has waited `seconds` for its acknowledgement. */
export function emergencyPattern(seconds: number): Pattern {
  return (STEPS.find((step) => seconds >= step.from) ?? (STEPS[3] as (typeof STEPS)[number])).pattern;
}

/** Falling, slow and low: unlike an emergency. */
export const NO_DATA: Pattern = {
  notes: [
    { frequency: 440, at: 0, length: 0.28 },
    { frequency: 330, at: 0.32, length: 0.28 },
    { frequency: 247, at: 0.64, length: 0.4 },
  ],
  gain: 0.3,
  everyMs: 10_000,
};

/** One soft rising pair. */
export const TEXT: Pattern = {
  notes: [
    { frequency: 660, at: 0, length: 0.09 },
    { frequency: 990, at: 0.1, length: 0.12 },
  ],
  gain: 0.12,
  everyMs: 0,
};
