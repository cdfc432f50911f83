/**
 * The live line: a snapshot, then every event after it, whatever the network does.
 *
 * Contract: the first frame resumes after the last event applied; only last + 1 is
 * applied, a hole is fetched by HTTP; 12 s of silence count as a broken line, since
 * a browser that goes offline gives no close event.
 */
import type {
  ClientFrame, EventFrame, EventsAnswer, HeartbeatFrame, LooseFrame, NumberedFrame, ResetFrame,
  ResumedFrame, ServerFrame,
} from "../api/frames";
import { ApiError } from "../api/client";
import type { Snapshot } from "../api/types";
import type { Stores } from "../stores";
import { applyEvent, applyLoose, applyOpenEmergencies, applySnapshot } from "./apply";
import { Backoff } from "./backoff";
import { Sequence } from "./sequence";

export const SILENCE_MS = 12_000;
/** A break shorter than this is repaired without a word. */
export const GRACE_MS = 1500;
/** An event announced by a heartbeat must have come by then. */
const BEHIND_MS = 1000;
const EVENTS_AT_ONCE = 1000;

/** Heartbeats come every 5 s. */
const HEARTBEAT_LATE_MS = 7000;

const SESSION_OVER = 4401;

const LOOSE: ReadonlySet<string> = new Set<LooseFrame["type"]>(["positions", "heard", "links", "condition", "unstored"]);

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Line {
  open(): Socket;
  /** @throws ApiError */
  snapshot(): Promise<Snapshot>;
  /** Events after `after`, oldest first. @throws ApiError; `events_expired` if no longer kept */
  events(after: number, limit: number): Promise<EventsAnswer>;
  random?: () => number;
  /** Remembers the last event of this tab. */
  remember?: (epoch: string, last: number) => void;
  /** What this tab remembered before it was loaded anew; null: it is new. */
  recall?: () => { epoch: string; last: number } | null;
}

type Timer = ReturnType<typeof setTimeout>;

export class LiveStream {
  readonly #sequence: Sequence;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(frame: EventFrame) => void>();
  #socket: Socket | null = null;
  #epoch: string | null = null;
  #stopped = true;
  #snapping = false;
  #filling = false;
  /** On the page's own steady clock. */
  #heardAt = 0;
  #silence: Timer | undefined;
  #retry: Timer | undefined;
  #grace: Timer | undefined;
  #behind: Timer | undefined;

  constructor(private readonly stores: Stores, private readonly line: Line) {
    this.#backoff = new Backoff(line.random);
    this.#sequence = new Sequence((frame) => {
      applyEvent(stores, frame);
      for (const listener of this.#listeners) listener(frame);
    });
  }

  /** Hear every event once it counts, also those that came while the tab was loading; returns how to stop. */
  onEvent(listener: (frame: EventFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  /** Close the line; the next start takes a snapshot, since it may be another user's. */
  stop(): void {
    this.#stopped = true;
    this.#epoch = null;
    this.stores.stream.phase.value = "loading";
    clearTimeout(this.#retry);
    clearTimeout(this.#grace);
    this.#drop();
  }

  /** The network or the page came back: do not wait for the next attempt. */
  wake(): void {
    if (this.#stopped || this.#snapping) return;
    if (this.#socket) {
      if (performance.now() - this.#heardAt < HEARTBEAT_LATE_MS) return;
      this.#drop(); // frozen or offline meanwhile: nobody will tell that it is dead
    }
    clearTimeout(this.#retry);
    this.#backoff.reset();
    this.#connect();
  }

  /** An emergency is painted and sounding on this console. */
  shown(seq: number): void {
    this.#send({ shown: seq });
  }

  #connect(): void {
    if (this.#epoch === null) {
      const before = this.line.recall?.() ?? null;
      void this.#takeSnapshot().then((taken) => {
        if (!taken || this.#stopped) return;
        this.#openSocket();
        if (before) void this.#tellMissed(before.epoch, before.last);
      });
    } else this.#openSocket();
  }

  /** The snapshot holds what happened during a reload, but nobody was told of it. */
  async #tellMissed(epoch: string, after: number): Promise<void> {
    const upTo = this.#sequence.last;
    if (epoch !== this.#epoch || after >= upTo) return;
    try {
      const answer = await this.line.events(after, EVENTS_AT_ONCE);
      for (const frame of answer.items) {
        if (frame.type === "skip" || frame.seq > upTo) continue;
        for (const listener of this.#listeners) listener(frame);
      }
    } catch {
      // Too long ago, or the line is gone again: the screen itself is right.
    }
  }

  #openSocket(): void {
    const socket = this.line.open();
    this.#socket = socket;
    this.#heardSomething();
    socket.onopen = () => {
      if (this.#socket !== socket || this.#epoch === null) return;
      this.#send({
        resume: { epoch: this.#epoch, after: this.#sequence.last },
        topics: ["events", "positions"],
      });
    };
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#take(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      this.#drop();
      if (event.code === SESSION_OVER) {
        this.stop();
        this.stores.session.lost();
      } else this.#broken(`closed_${event.code}`);
    };
  }

  #take(text: string): void {
    this.#heardSomething();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      this.#drop();
      this.#broken("bad_frame");
      return;
    }
    const { stream, clock } = this.stores;
    if ("resumed" in frame) this.#resumed(frame);
    else if ("reset" in frame) this.#reset(frame);
    else if ("live" in frame) this.#live();
    else if (frame.type === "heartbeat") this.#heartbeat(frame);
    else if (isLoose(frame)) applyLoose(this.stores, frame);
    else this.#numbered(frame);
    if ("t" in frame) clock.learn(Date.parse(frame.t));
    stream.goodAt.value = clock.read();
  }

  #resumed(frame: ResumedFrame): void {
    this.#epoch = frame.epoch;
    this.#calm();
    this.stores.stream.phase.value = "catching_up";
    applyOpenEmergencies(this.stores, frame.emergencies);
  }

  #reset(frame: ResetFrame): void {
    applyOpenEmergencies(this.stores, frame.emergencies);
    this.#startAnew("events_expired");
  }

  /** What is known cannot be continued: a new snapshot, then a new socket. */
  #startAnew(reason: string): void {
    this.#epoch = null;
    this.#drop();
    this.#broken(reason);
  }

  #calm(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #live(): void {
    this.#calm();
    this.#backoff.reset();
    this.stores.stream.problem.value = null;
    this.stores.stream.phase.value = "live";
  }

  #heartbeat(frame: HeartbeatFrame): void {
    this.#send({ alive: frame.seq });
    if (frame.seq <= this.#sequence.last || this.#behind !== undefined) return;
    this.#behind = setTimeout(() => {
      this.#behind = undefined;
      if (frame.seq > this.#sequence.last) void this.#fillHole(frame.seq);
    }, BEHIND_MS);
  }

  #numbered(frame: NumberedFrame): void {
    this.#sequence.feed(frame);
    this.#applied();
    if (this.#sequence.hole) void this.#fillHole(frame.seq);
  }

  #applied(): void {
    this.stores.stream.last.value = this.#sequence.last;
    if (this.#epoch !== null) this.line.remember?.(this.#epoch, this.#sequence.last);
  }

  /** Fetch what lies between the last event applied and `upTo`. */
  async #fillHole(upTo: number): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    const socket = this.#socket;
    try {
      while (this.#sequence.last < upTo) {
        const before = this.#sequence.last;
        const answer = await this.line.events(before, EVENTS_AT_ONCE);
        if (this.#socket !== socket) return; // the new connection resumes by itself
        if (answer.epoch !== this.#epoch) return this.#startAnew("events_expired");
        for (const frame of answer.items) this.#sequence.feed(frame);
        this.#applied();
        if (this.#sequence.last === before) return this.#startAnew("events_expired");
      }
    } catch (error) {
      if (this.#socket !== socket) return;
      const code = error instanceof ApiError ? error.code : "unreachable";
      if (code === "events_expired") this.#startAnew(code);
      else {
        this.#drop();
        this.#broken(code);
      }
    } finally {
      this.#filling = false;
    }
  }

  /** @returns whether it was taken; if not, the next attempt is planned. */
  async #takeSnapshot(): Promise<boolean> {
    if (this.#snapping) return false;
    this.#snapping = true;
    try {
      const snapshot = await this.line.snapshot();
      if (this.#stopped) return false;
      const { stream, clock } = this.stores;
      clock.learn(Date.parse(snapshot.t));
      applySnapshot(this.stores, snapshot);
      this.#epoch = snapshot.epoch;
      this.#sequence.startAfter(snapshot.seq);
      this.#applied();
      stream.goodAt.value = clock.read();
      if (stream.phase.value === "loading") stream.phase.value = "catching_up";
      return true;
    } catch (error) {
      this.#broken(error instanceof ApiError ? error.code : "unreachable");
      return false;
    } finally {
      this.#snapping = false;
    }
  }

  #heardSomething(): void {
    this.#heardAt = performance.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#drop();
      this.#broken("silence");
      this.#tellLost();
    }, SILENCE_MS);
  }

  /** Plan the next attempt; say so when the break lasts. */
  #broken(problem: string): void {
    if (this.#stopped) return;
    const { stream, session } = this.stores;
    stream.problem.value = problem;
    if (stream.phase.value === "live" || stream.phase.value === "catching_up") {
      stream.phase.value = "reconnecting";
    }
    this.#grace ??= setTimeout(() => this.#tellLost(), GRACE_MS);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (session.state.value === "signed_out") return;
      this.#connect();
    }, this.#backoff.next());
  }

  #tellLost(): void {
    const { stream, session } = this.stores;
    stream.phase.value = "lost";
    // A refused handshake looks like any broken line: ask whether the session is over.
    if (session.state.value === "signed_in") void session.check();
  }

  #drop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#behind);
    this.#behind = undefined;
    this.#sequence.dropEarly();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #send(frame: ClientFrame): void {
    try {
      this.#socket?.send(JSON.stringify(frame));
    } catch {
      // Not open any more: the close event or the silence follows.
    }
  }
}

function isLoose(frame: NumberedFrame | LooseFrame): frame is LooseFrame {
  return LOOSE.has(frame.type);
}
