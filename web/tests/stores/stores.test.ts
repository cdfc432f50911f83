// @vitest-environment node
import { effect } from "@preact/signals";
import { describe, expect, test } from "vitest";
import { applyEvent, applyLoose, forgetOld } from "../../src/live/apply";
import { createStores } from "../../src/stores";
import { ServerClock } from "../../src/stores/clock";
import { EntityStore } from "../../src/stores/entity-store";
import { PositionStore } from "../../src/stores/positions";
import { Preferences, QUIETEST } from "../../src/stores/preferences";
import { NOON, before, call, emergency, message, position, radio, unit } from "../fixtures";

describe("rows", () => {
  test("a reader of one row is told of that row alone", () => {
    const store = new EntityStore<{ id: number; name: string }>();
    store.put({ id: 1, name: "a" }, { id: 2, name: "b" });
    const seen: (string | undefined)[] = [];
    const stop = effect(() => {
      seen.push(store.get(1)?.name);
    });
    store.put({ id: 2, name: "B" });
    store.put({ id: 1, name: "A" });
    stop();
    expect(seen).toEqual(["a", "A"]);
  });

  test("a snapshot takes away what it does not hold", () => {
    const store = new EntityStore<{ id: number }>();
    store.put({ id: 1 }, { id: 2 });
    store.replace([{ id: 2 }, { id: 3 }]);
    expect(store.all.value.map(({ id }) => id)).toEqual([2, 3]);
    expect(store.get(1)).toBeUndefined();
  });
});

describe("positions", () => {
  test("an older report never wins", () => {
    const store = new PositionStore();
    store.apply([position(1, { heard_at: before(5), lat: 2 })]);
    store.apply([position(1, { heard_at: before(9), lat: 1 })]);
    expect(store.peek(1)?.lat).toBe(2);
    expect(store.trail(1)).toHaveLength(1);
  });
});

describe("the clock", () => {
  test("is the server's on a PC that is an hour late", () => {
    const clock = new ServerClock(() => NOON - 3_600_000);
    clock.learn(NOON);
    expect(clock.read()).toBe(NOON);
    expect(clock.now.value).toBe(NOON);
  });

  test("trusts the frame with the shortest way", () => {
    let local = NOON;
    const clock = new ServerClock(() => local);
    clock.learn(NOON - 20);
    local += 1000;
    clock.learn(NOON + 1000 - 900); // this one was held up
    expect(clock.offset.value).toBe(-20);
  });

  test("a time that is none changes nothing", () => {
    const clock = new ServerClock(() => NOON);
    clock.learn(Number.NaN);
    expect(clock.read()).toBe(NOON);
  });
});

describe("preferences", () => {
  test.each([
    [["lt-LT", "en-US"], "lt"], [["de-DE", "en-GB"], "en"], [["ru", "lv"], "lv"], [["fi"], "lv"], [[], "lv"],
  ])("begin with the language that the browser speaks: %j", (spoken, language) => {
    expect(new Preferences(null, spoken).language.value).toBe(language);
  });

  test("a language that was chosen goes before the browser's", () => {
    const storage = { getItem: () => JSON.stringify({ language: "lv" }), setItem: () => undefined } as unknown as Storage;
    expect(new Preferences(storage, ["lt"]).language.value).toBe("lv");
  });

  test("a volume below the quietest is not taken", () => {
    const values = new Map([["sardze.preferences", JSON.stringify({ volume: 0, theme: "night", language: "xx" })]]);
    const storage = {
      getItem: (name: string) => values.get(name) ?? null,
      setItem: (name: string, value: string) => void values.set(name, value),
    } as unknown as Storage;
    const preferences = new Preferences(storage);
    expect(preferences.volume.value).toBeGreaterThanOrEqual(QUIETEST);
    expect(preferences.theme.value).toBe("night");
    expect(preferences.language.value).toBe("lv");
  });
});

describe("a new workplace", () => {
  test("has chosen nothing until something is changed", () => {
    const values = new Map<string, string>();
    const storage = {
      getItem: (name: string) => values.get(name) ?? null,
      setItem: (name: string, value: string) => void values.set(name, value),
    } as unknown as Storage;
    const preferences = new Preferences(storage);
    expect(preferences.chosen).toBe(false);
    preferences.theme.value = "night";
    expect(preferences.chosen).toBe(true);
    expect(new Preferences(storage).theme.value).toBe("night");
  });
});

describe("frames", () => {
  const frame = { seq: 1, t: before(0) };

  test("a call is a sign of life of its radio", () => {
    const stores = createStores({ now: () => NOON });
    stores.radios.put(radio(1, { last_heard_at: before(5000) }));
    applyEvent(stores, { ...frame, type: "call.started", data: call(1, { started_at: before(2), ended_at: null }) });
    expect(stores.radios.get(1)?.last_heard_at).toBe(before(2));
  });

  test("an older version of an alarm never wins", () => {
    const stores = createStores();
    applyEvent(stores, { ...frame, type: "emergency.acknowledged", data: emergency(1, { version: 2, state: "acknowledged" }) });
    applyEvent(stores, { ...frame, type: "emergency.raised", data: emergency(1) });
    expect(stores.openEmergencies.value.map(({ state }) => state)).toEqual(["acknowledged"]);
  });

  test("open alarms stand in the order in which they were raised", () => {
    const stores = createStores();
    for (const data of [emergency(2, { raised_at: before(5) }), emergency(1, { raised_at: before(50) })]) {
      applyEvent(stores, { ...frame, type: "emergency.raised", data });
    }
    expect(stores.openEmergencies.value.map(({ id }) => id)).toEqual([1, 2]);
  });

  test("a position makes its unit free again on every panel", () => {
    const stores = createStores({ now: () => NOON });
    stores.units.put(unit(1));
    stores.radios.put(radio(1));
    const { state } = stores.unitViews.of(1);
    expect(state.value).toBe("no_gps");
    applyLoose(stores, { t: before(0), type: "positions", data: [position(1)] });
    expect(state.value).toBe("free");
    expect(stores.unitViews.counts.value).toMatchObject({ free: 1, no_gps: 0 });
  });

  test("a unit that falls silent goes off by the clock alone", () => {
    let now = NOON;
    const stores = createStores({ now: () => now });
    stores.units.put(unit(1));
    stores.radios.put(radio(1));
    stores.positions.apply([position(1)]);
    expect(stores.unitViews.of(1).state.value).toBe("free");
    now += 16 * 60_000;
    stores.clock.tick();
    expect(stores.unitViews.of(1).state.value).toBe("off");
  });

  test("what left the timeline is let go, what runs stays", () => {
    const stores = createStores({ now: () => NOON });
    stores.calls.put(
      call(1, { ended_at: before(36 * 60) }), call(2, { ended_at: before(34 * 60) }),
      call(3, { started_at: before(7200), ended_at: null }),
    );
    stores.messages.put(...Array.from({ length: 310 }, (_, n) => message(n + 1, { state: "delivered", created_at: before(n) })));
    forgetOld(stores);
    expect(stores.calls.all.value.map(({ id }) => id)).toEqual([2, 3]);
    expect(stores.messages.all.value).toHaveLength(300);
    expect(stores.messages.get(310)).toBeUndefined();
  });
});
