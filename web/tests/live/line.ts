/** A line to a server that exists only in the test: it speaks the contract's frames. */
import type { EventsAnswer, NumberedFrame } from "../../src/api/frames";
import type { Snapshot, Unit } from "../../src/api/types";
import type { Line, Socket } from "../../src/live/stream";

export class TestSocket implements Socket {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.(new Event("open"));
  }

  say(...frames: object[]): void {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
  }

  end(code: number): void {
    this.onclose?.({ code } as CloseEvent);
  }
}

export class TestLine implements Line {
  readonly sockets: TestSocket[] = [];
  /** The committed log; `events` reads it. */
  log: NumberedFrame[] = [];
  epoch = "e1";
  seq = 0;
  snapshots = 0;
  readonly asked: number[] = [];

  open = (): Socket => {
    const socket = new TestSocket();
    this.sockets.push(socket);
    return socket;
  };

  snapshot = (): Promise<Snapshot> => {
    this.snapshots++;
    return Promise.resolve({
      epoch: this.epoch, seq: this.seq, t: "2026-11-22T12:00:00.000Z", demo: false,
      agencies: [], units: [], radios: [], talkgroups: [], links: [], positions: [], calls: [],
      messages: [], emergencies: [], unstored: [], condition: [],
    });
  };

  events = (after: number, limit: number): Promise<EventsAnswer> => {
    this.asked.push(after);
    const items = this.log.filter((frame) => frame.seq > after).slice(0, limit);
    return Promise.resolve({ epoch: this.epoch, seq: this.seq, items });
  };

  recall: () => { epoch: string; last: number } | null = () => null;

  random = (): number => 0;

  /** The newest socket. */
  get socket(): TestSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }
}

export function unit(id: number, changes: Partial<Unit> = {}): Unit {
  return {
    id, agency_id: 1, call_sign: `LP-${100 + id}`, kind: "car", status: "free",
    status_at: null, status_note: null, officers: [], talkgroup_id: null, ...changes,
  };
}

/** Event `seq`: unit 1 gets the note `seq`. */
export function event(seq: number): NumberedFrame {
  return {
    seq, t: "2026-11-22T12:00:00.000Z", type: "unit.changed",
    data: unit(1, { status_note: String(seq) }),
  };
}
