import { effect, signal } from "@preact/signals";
import type { Language } from "../api/types";

export type Theme = "day" | "night";

interface Stored {
  theme?: unknown;
  language?: unknown;
  volume?: unknown;
  letterKeys?: unknown;
}

const NAME = "sardze.preferences";
/** An emergency can be made softer, never silent. */
export const QUIETEST = 0.2;

/** What this workplace likes; kept in the browser, shared by its windows. */
export class Preferences {
  readonly theme = signal<Theme>("day");
  readonly language = signal<Language>("lv");
  /** 0.2 .. 1; emergencies sound even at the lowest. */
  readonly volume = signal(0.8);
  /** Single letters as keys (WCAG 2.1.4: they can be switched off). */
  readonly letterKeys = signal(true);

  /** @param spoken languages of the browser, best first: the console's until one is chosen */
  constructor(private readonly storage: Storage | null, spoken: readonly string[] = []) {
    this.language.value = spoken.map((one) => ours(one.slice(0, 2))).find((one) => one !== null) ?? "lv";
    this.#read();
    let first = true;
    effect(() => {
      const values = {
        theme: this.theme.value,
        language: this.language.value,
        volume: this.volume.value,
        letterKeys: this.letterKeys.value,
      };
      if (first) {
        first = false; // nothing was chosen yet: the defaults are not a choice
        return;
      }
      try {
        this.storage?.setItem(NAME, JSON.stringify(values));
      } catch {
        // A full or forbidden storage costs only the memory of these settings.
      }
    });
  }

  /** Another window changed them. */
  follow(event: StorageEvent): void {
    if (event.key === NAME) this.#read();
  }

  /** Whether anything was ever chosen at this workplace. */
  get chosen(): boolean {
    return this.#stored() !== null;
  }

  #stored(): Stored | null {
    try {
      const text = this.storage?.getItem(NAME);
      return text ? (JSON.parse(text) as Stored) : null;
    } catch {
      return null;
    }
  }

  #read(): void {
    const stored = this.#stored();
    if (!stored) return;
    if (stored.theme === "day" || stored.theme === "night") this.theme.value = stored.theme;
    this.language.value = ours(stored.language) ?? this.language.value;
    if (typeof stored.volume === "number" && stored.volume >= QUIETEST && stored.volume <= 1) {
      this.volume.value = stored.volume;
    }
    if (typeof stored.letterKeys === "boolean") this.letterKeys.value = stored.letterKeys;
  }
}

function ours(language: unknown): Language | null {
  return language === "lv" || language === "lt" || language === "en" ? language : null;
}
