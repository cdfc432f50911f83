import { effect, signal } from "@preact/signals";
import type { Id } from "../api/types";

/** Key by shortcut, as `KeyboardEvent.key` gives it; "" switches the shortcut off. */
export type Bindings = Readonly<Record<string, string>>;

const NAME = "sardze.keys";

/** The keys that this user chose at this workplace, where they differ from the original ones. */
export class KeyBindings {
  readonly chosen = signal<Bindings>({});
  #userId: Id | null = null;

  /** @param userId who sits here; each user has keys of their own */
  constructor(private readonly storage: Storage | null, userId: () => Id | null) {
    effect(() => {
      this.#userId = userId();
      this.chosen.value = this.#read();
    });
  }

  bind(shortcut: string, key: string): void {
    this.#keep({ ...this.chosen.peek(), [shortcut]: key });
  }

  reset(): void {
    this.#keep({});
  }

  #keep(bindings: Bindings): void {
    this.chosen.value = bindings;
    try {
      this.storage?.setItem(this.#name(), JSON.stringify(bindings));
    } catch {
      // A full or forbidden storage costs only the memory of these keys.
    }
  }

  #read(): Bindings {
    try {
      const stored: unknown = JSON.parse(this.storage?.getItem(this.#name()) ?? "{}");
      if (typeof stored !== "object" || stored === null) return {};
      return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
    } catch {
      return {};
    }
  }

  #name(): string {
    return `${NAME}.${this.#userId ?? ""}`;
  }
}
