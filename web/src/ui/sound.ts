/**
 * Sounds of the workplace. One window sounds: the one that holds the browser's lock.
 *
 * Emergencies sound until they are acknowledged, louder after 15, 30 and 60 s, and
 * cannot be silenced; a browser that refuses to sound is shown in red.
 */
import { computed, effect, signal, untracked } from "@preact/signals";
import type { Stores } from "../stores";
import { NO_DATA, type Pattern, TEXT, emergencyPattern } from "./tones";

export type SoundState =
  /** This window sounds. */
  | "on"
  /** Another window of this browser sounds. */
  | "elsewhere"
  /** The browser waits for a click before it lets the page sound. */
  | "blocked";

const LOCK = "sardze.sound";
const CHECK_MS = 250;

export class SoundDesk {
  readonly state = signal<SoundState>("blocked");
  /** When the current emergency pattern last began, milliseconds of the page. */
  #emergencyAt = Number.NEGATIVE_INFINITY;
  #noDataAt = Number.NEGATIVE_INFINITY;
  #context: AudioContext | null = null;
  #leads = false;
  #asked = false;

  constructor(private readonly stores: Stores) {}

  /** Begin to listen to the stores. */
  start(): void {
    for (const kind of ["pointerdown", "keydown"] as const) {
      addEventListener(kind, () => void this.unlock(), { capture: true, passive: true });
    }
    void this.unlock();
    setInterval(() => this.#check(), CHECK_MS);
    const alarmed = computed(() => this.#waitingSince() !== null);
    effect(() => {
      if (!alarmed.value) this.#emergencyAt = Number.NEGATIVE_INFINITY;
    });
  }

  /** Ask the browser to let this page sound; works from a click or a key. */
  async unlock(): Promise<void> {
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state !== "running") {
        // Without a gesture some browsers leave this promise open for ever.
        void this.#context.resume().then(() => this.#update());
      }
    } catch {
      this.#context = null;
    }
    this.#update();
    await Promise.resolve();
  }

  /** Sound the emergency tone once. */
  test(): void {
    void this.unlock();
    this.#play(emergencyPattern(0));
  }

  text(): void {
    if (this.#leads) this.#play(TEXT);
  }

  get #running(): boolean {
    return this.#context?.state === "running";
  }

  #update(): void {
    if (this.#running) this.#lead();
    if (this.#running && this.#leads) this.state.value = "on";
    else void this.#askOthers();
  }

  #lead(): void {
    if (this.#asked) return;
    this.#asked = true;
    if (!("locks" in navigator)) {
      this.#leads = true;
      return;
    }
    void navigator.locks.request(LOCK, () => {
      this.#leads = true;
      this.#update();
      return new Promise<never>(() => undefined); // held until the window closes
    });
  }

  async #askOthers(): Promise<void> {
    const held = "locks" in navigator ? (await navigator.locks.query()).held : [];
    const other = !this.#leads && (held ?? []).some((lock) => lock.name === LOCK);
    if (!(this.#running && this.#leads)) this.state.value = other ? "elsewhere" : "blocked";
  }

  #check(): void {
    const sounds = this.#running && this.#leads;
    if (sounds !== (this.state.value === "on")) this.#update();
    if (!sounds) return;
    const now = performance.now();
    const since = untracked(() => this.#waitingSince());
    if (since !== null) {
      const seconds = (this.stores.clock.read() - since) / 1000;
      const pattern = emergencyPattern(seconds);
      if (now - this.#emergencyAt >= pattern.everyMs) {
        this.#emergencyAt = now;
        this.#play(pattern);
      }
    } else if (this.stores.stream.phase.peek() === "lost" && now - this.#noDataAt >= NO_DATA.everyMs) {
      this.#noDataAt = now;
      this.#play(NO_DATA);
    }
  }

  /** When the alarm was raised that has waited longest, milliseconds since 1970; null: none waits. */
  #waitingSince(): number | null {
    const { openEmergencies, unstored } = this.stores;
    const raised = openEmergencies.value.find((emergency) => emergency.state === "raised");
    const times = [raised?.raised_at, unstored.sounding.value?.at].flatMap((at) => (at ? [Date.parse(at)] : []));
    return times.length ? Math.min(...times) : null;
  }

  #play({ notes, gain }: Pattern): void {
    const context = this.#context;
    if (!context || context.state !== "running") return;
    const volume = gain * this.stores.preferences.volume.peek();
    for (const { frequency, at, length } of notes) {
      const from = context.currentTime + at;
      const tone = new OscillatorNode(context, { frequency, type: "triangle" });
      const level = new GainNode(context, { gain: 0 });
      level.gain.setValueAtTime(0, from);
      level.gain.linearRampToValueAtTime(volume, from + 0.012);
      level.gain.setValueAtTime(volume, from + Math.max(0.012, length - 0.02));
      level.gain.linearRampToValueAtTime(0, from + length);
      tone.connect(level).connect(context.destination);
      tone.start(from);
      tone.stop(from + length);
    }
  }
}
