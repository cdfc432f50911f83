// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import type { EventFrame } from "../../src/api/frames";
import { LiveStream } from "../../src/live/stream";
import { type Stores, createStores } from "../../src/stores";
import { TestLine, event } from "./line";

let line: TestLine;
let stores: Stores;
let stream: LiveStream;
let applied: number[];

beforeEach(() => {
  vi.useFakeTimers();
  line = new TestLine();
  stores = createStores();
  stream = new LiveStream(stores, line);
  applied = [];
  stream.onEvent((frame: EventFrame) => applied.push(frame.seq));
});

afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

async function connect(seq = 10): Promise<void> {
  line.seq = seq;
  stream.start();
  await settle();
  line.socket.accept();
  line.socket.say({ resumed: true, from: seq + 1, to: seq, epoch: line.epoch, emergencies: [] }, { live: true });
}

describe("a new console", () => {
  test("takes a snapshot, resumes after it and is live", async () => {
    await connect(10);
    expect(line.socket.sent).toEqual([
      { resume: { epoch: "e1", after: 10 }, topics: ["events", "positions"] },
    ]);
    expect(stores.stream.phase.value).toBe("live");
    expect(stores.stream.last.value).toBe(10);
  });

  test("tries again when the snapshot cannot be had", async () => {
    const good = line.snapshot;
    line.snapshot = () => Promise.reject(new ApiError(0, "unreachable", ""));
    stream.start();
    await vi.advanceTimersByTimeAsync(1600);
    expect(stores.stream.phase.value).toBe("lost");
    line.snapshot = good;
    await vi.advanceTimersByTimeAsync(5000);
    expect(line.sockets).toHaveLength(1);
  });
});

describe("order", () => {
  test("each event is applied once, repeats are ignored", async () => {
    await connect();
    line.socket.say(event(11), event(11), event(12), event(10));
    expect(applied).toEqual([11, 12]);
    expect(stores.units.get(1)?.status_note).toBe("12");
  });

  test("a hole is fetched and the early event waits for it", async () => {
    await connect();
    line.log = [event(11), event(12), event(13)];
    line.socket.say(event(13));
    expect(applied).toEqual([]);
    await settle();
    expect(line.asked).toEqual([10]);
    expect(applied).toEqual([11, 12, 13]);
  });

  test("events of other agencies leave no hole", async () => {
    await connect();
    line.socket.say({ seq_from: 11, seq: 40, type: "skip" }, event(41));
    expect(applied).toEqual([41]);
    expect(line.asked).toEqual([]);
    expect(stores.stream.last.value).toBe(41);
  });

  test("a heartbeat that is ahead has the missing events fetched", async () => {
    await connect();
    line.log = [event(11)];
    line.socket.say({ type: "heartbeat", seq: 11, t: "2026-11-22T12:00:05.000Z" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(applied).toEqual([11]);
  });

  test("events that are no longer kept lead to a new snapshot", async () => {
    await connect();
    line.events = () => Promise.reject(new ApiError(410, "events_expired", ""));
    line.seq = 50;
    line.socket.say(event(48));
    await vi.advanceTimersByTimeAsync(300);
    expect(line.snapshots).toBe(2);
    line.socket.accept();
    expect(line.socket.sent[0]).toMatchObject({ resume: { after: 50 } });
  });
});

describe("a broken line", () => {
  test("resumes after the last event applied", async () => {
    await connect();
    line.socket.say(event(11));
    line.socket.end(1006);
    expect(stores.stream.phase.value).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(250);
    expect(line.sockets).toHaveLength(2);
    line.socket.accept();
    expect(line.socket.sent[0]).toMatchObject({ resume: { epoch: "e1", after: 11 } });
    line.socket.say({ resumed: true, from: 12, to: 12, epoch: "e1", emergencies: [] }, event(12), { live: true });
    expect(applied).toEqual([11, 12]);
    expect(line.snapshots).toBe(1);
  });

  test("waits 0.25 s, doubling to 5 s", async () => {
    await connect();
    const waits: number[] = [];
    for (let n = 0; n < 7; n++) {
      const before = line.sockets.length;
      line.socket.end(1006);
      let waited = 0;
      while (line.sockets.length === before) {
        await vi.advanceTimersByTimeAsync(50);
        waited += 50;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  test("is lost after 12 s of silence although the socket is open", async () => {
    await connect();
    const silent = line.socket;
    await vi.advanceTimersByTimeAsync(11_900);
    expect(stores.stream.phase.value).toBe("live");
    await vi.advanceTimersByTimeAsync(200);
    expect(stores.stream.phase.value).toBe("lost");
    expect(silent.closed).toBe(true);
  });

  test("heartbeats keep it and are answered", async () => {
    await connect();
    for (let n = 0; n < 6; n++) {
      await vi.advanceTimersByTimeAsync(5000);
      line.socket.say({ type: "heartbeat", seq: 10, t: "2026-11-22T12:00:05.000Z" });
    }
    expect(stores.stream.phase.value).toBe("live");
    expect(line.socket.sent.slice(1)).toEqual(Array(6).fill({ alive: 10 }));
  });

  test("is tried at once when the network returns", async () => {
    await connect();
    for (let n = 0; n < 5; n++) {
      line.socket.end(1006);
      await vi.advanceTimersByTimeAsync(5000);
    }
    line.socket.end(1006);
    const before = line.sockets.length;
    stream.wake();
    expect(line.sockets).toHaveLength(before + 1);
  });

  test("a frame that is no JSON ends the socket, not the console", async () => {
    await connect();
    line.socket.onmessage?.({ data: "{" } as MessageEvent);
    expect(stores.stream.phase.value).toBe("reconnecting");
  });
});

test("what happened while the tab was loaded anew is told, and applied by the snapshot alone", async () => {
  line.recall = () => ({ epoch: "e1", last: 7 });
  line.log = [event(7), event(8), event(9), event(10), event(11)];
  await connect(10);
  await settle();
  expect(applied).toEqual([8, 9, 10]);
  expect(stores.units.all.value).toEqual([]);
});

test("a tab of another epoch is told nothing of the past", async () => {
  line.recall = () => ({ epoch: "e0", last: 7 });
  line.log = [event(8)];
  await connect(10);
  await settle();
  expect(applied).toEqual([]);
});

test("another epoch takes a new snapshot", async () => {
  await connect(10);
  line.socket.end(1006);
  line.epoch = "e2";
  line.seq = 3;
  await vi.advanceTimersByTimeAsync(250);
  line.socket.accept();
  line.socket.say({ reset: true, epoch: "e2", seq: 3, emergencies: [] });
  await vi.advanceTimersByTimeAsync(600);
  expect(line.snapshots).toBe(2);
  line.socket.accept();
  expect(line.socket.sent[0]).toMatchObject({ resume: { epoch: "e2", after: 3 } });
});

test("a session that is over is not tried again", async () => {
  await connect();
  line.socket.end(4401);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(line.sockets).toHaveLength(1);
  expect(stores.session.state.value).toBe("signed_out");
});

test("1 000 random cuts lose nothing and double nothing", async () => {
  await connect(0);
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let said = 0;
  const until = 3000;
  line.log = Array.from({ length: until }, (_, n) => event(n + 1));
  for (let cut = 0; cut < 1000; cut++) {
    const count = random(4);
    for (let n = 0; n < count && said < until; n++) {
      said++;
      if (random(10) > 0) line.socket.say(event(said)); // one in ten is lost on the way
    }
    line.seq = said;
    line.socket.end(1006);
    while (line.socket.closed || line.socket.onopen === null) await vi.advanceTimersByTimeAsync(250);
    line.socket.accept();
    const { resume } = line.socket.sent[0] as { resume: { after: number } };
    const backlog = line.log.slice(resume.after, said);
    line.socket.say(
      { resumed: true, from: resume.after + 1, to: said, epoch: "e1", emergencies: [] }, ...backlog, { live: true },
    );
  }
  expect(applied).toEqual(Array.from({ length: said }, (_, n) => n + 1));
});
