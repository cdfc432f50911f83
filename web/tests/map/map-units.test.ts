import { describe, expect, it } from "vitest";
import type { Call, Emergency, Position, Radio, Unit } from "../../src/api/types";
import { mapUnits, recentTrail, talkingRadios } from "../../src/map/map-units";
import { createStores } from "../../src/stores";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1_000).toISOString();

function position(secondsAgo: number, change: Partial<Position> = {}): Position {
  return {
    radio_id: 7, unit_id: 1, lat: 56.5, lon: 21, heard_at: at(secondsAgo), fixed_at: at(secondsAgo),
    speed_kmh: 30, bearing_deg: 90, error_m: 8, altitude_m: null, source: "lrrp", stale: false, verified: true,
    ...change,
  };
}

function desk() {
  const stores = createStores({ now: () => NOW });
  stores.units.put({
    id: 1, agency_id: 1, call_sign: "LP\u202e-104", kind: "car", status: "busy", status_at: null,
    status_note: null, officers: [], talkgroup_id: null,
  } satisfies Unit);
  stores.radios.put({
    id: 7, network: "kurzeme", number: 2340104, label: "2340104", alias: null, model: null, unit_id: 1, agency_id: 1,
    presence: "on", presence_at: null, last_heard_at: at(1), link: null, abilities: [], text_limit: null,
  } satisfies Radio);
  return stores;
}

describe("units on the map", () => {
  it("need a position", () => {
    expect(mapUnits(desk(), new Set())).toEqual([]);
  });

  it("carry state, course, age and a call sign without tricks", () => {
    const stores = desk();
    stores.positions.apply([position(4)]);
    const [unit] = mapUnits(stores, new Set());
    expect(unit).toMatchObject({ id: 1, state: "busy", bearing_deg: 90, fixed_ms: NOW - 4_000, talking: false });
    expect(unit?.label).toBe("LP⟨202E⟩-104");
  });

  it("have no course while they stand", () => {
    const stores = desk();
    stores.positions.apply([position(4, { speed_kmh: 1.5 })]);
    expect(mapUnits(stores, new Set())[0]?.bearing_deg).toBeNull();
  });

  it("show who talks until the call ends", () => {
    const stores = desk();
    stores.positions.apply([position(4)]);
    const talking = talkingRadios(stores);
    const call = { id: 3, radio_id: 7, ended_at: null } as Call;
    stores.calls.put(call);
    expect(mapUnits(stores, talking.value)[0]?.talking).toBe(true);
    stores.calls.put({ ...call, ended_at: at(0) });
    expect(mapUnits(stores, talking.value)[0]?.talking).toBe(false);
  });
});

describe("an alarm", () => {
  const alarm = {
    id: 9, radio_id: 8, unit_id: null, state: "raised", raised_at: at(20), lat: 56.555, lon: 21.01,
    position_heard_at: at(25), error_m: 20,
  } as Emergency;

  it("of a radio that no unit carries is on the map where it was raised", () => {
    const stores = desk();
    stores.radios.put({ ...(stores.radios.peek(7) as Radio), id: 8, unit_id: null, label: "2340199", alias: "Rezerve" });
    stores.emergencies.put(alarm);
    expect(mapUnits(stores, new Set())).toMatchObject([
      { id: -9, label: "Rezerve · 2340199", state: "emergency", at: { lat: 56.555, lon: 21.01 }, fixed_ms: NOW - 25_000 },
    ]);
  });

  it("moves with its radio once that is placed", () => {
    const stores = desk();
    stores.emergencies.put(alarm);
    stores.positions.apply([position(1, { radio_id: 8, unit_id: null, lat: 56.56 })]);
    expect(mapUnits(stores, new Set())[0]?.at.lat).toBe(56.56);
  });

  it("of a unit on the map is that unit, not a second sign", () => {
    const stores = desk();
    stores.positions.apply([position(1)]);
    stores.emergencies.put({ ...alarm, radio_id: 7, unit_id: 1 });
    expect(mapUnits(stores, new Set())).toMatchObject([{ id: 1, state: "emergency" }]);
  });

  it("without any place cannot be drawn", () => {
    const stores = desk();
    stores.emergencies.put({ ...alarm, lat: null, lon: null });
    expect(mapUnits(stores, new Set())).toEqual([]);
  });
});

describe("trail", () => {
  it("leaves out the newest, the old and those of the same spot", () => {
    const newest = position(0, { lat: 56.503 });
    const trail = [
      position(400, { lat: 56.49 }),
      position(120, { lat: 56.5 }),
      position(90, { lat: 56.50002 }),
      position(60, { lat: 56.501 }),
      newest,
    ];
    expect(recentTrail(trail, newest, NOW - 300_000)).toEqual([
      { lat: 56.5, lon: 21 }, { lat: 56.501, lon: 21 },
    ]);
  });
});
