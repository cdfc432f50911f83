/** Rows as the server sends them; each test names only what it is about. */
import type { Call, Emergency, Lamp, Message, Position, Radio, Talkgroup, Unit, UnstoredAlarm } from "../src/api/types";

/** 2026-11-22 12:00:00 UTC. */
export const NOON = Date.UTC(2026, 10, 22, 12);

export function before(seconds: number): string {
  return new Date(NOON - seconds * 1000).toISOString();
}

export function unit(id: number, changes: Partial<Unit> = {}): Unit {
  return {
    id, agency_id: 1, call_sign: `LP-${100 + id}`, kind: "car", status: "free",
    status_at: null, status_note: null, officers: [], talkgroup_id: null, ...changes,
  };
}

export function radio(id: number, changes: Partial<Radio> = {}): Radio {
  return {
    id, network: "lv", number: 2_340_100 + id, label: String(2_340_100 + id), alias: null, model: null,
    unit_id: id, agency_id: 1, presence: "on", presence_at: null, last_heard_at: before(3), link: "lp",
    abilities: ["text_to_radio"], text_limit: 144, ...changes,
  };
}

export function position(radioId: number, changes: Partial<Position> = {}): Position {
  return {
    radio_id: radioId, unit_id: radioId, lat: 56.511, lon: 21.014, heard_at: before(3), fixed_at: before(3),
    speed_kmh: null, bearing_deg: null, error_m: 8, altitude_m: null, source: "test", stale: false,
    verified: true, ...changes,
  };
}

export function emergency(id: number, changes: Partial<Emergency> = {}): Emergency {
  return {
    id, radio_id: 1, unit_id: 1, agency_id: 1, talkgroup_id: null, source: "alarm", state: "raised", version: 1,
    raised_at: before(40), repeats: 0, last_heard_at: before(3), lat: null, lon: null, position_heard_at: null,
    error_m: null, acknowledged_at: null, acknowledged_by: null, closed_at: null, closed_by: null,
    close_reason: null, cleared_at: null, after_close: false, raised_seq: null, escalation: 0, caller: null,
    history: [], ...changes,
  };
}

export function unstored(event: string, changes: Partial<UnstoredAlarm> = {}): UnstoredAlarm {
  return {
    event, radio_id: 1, network: "lv", number: 2_340_101, label: "2340101", unit_id: 1, call_sign: "LP-101", agency_id: 1,
    talkgroup: null, at: before(2), source: "alarm", lat: null, lon: null, stored: false, ...changes,
  };
}

export function lamp(key: string, level: Lamp["level"], text: string, changes: Partial<Lamp> = {}): Lamp {
  return { key, level, text, since: before(90), numbers: {}, ...changes };
}

export function call(id: number, changes: Partial<Call> = {}): Call {
  return {
    id, call: `c${id}`, kind: "group", radio_id: 1, unit_id: 1, talkgroup_id: 1, called_radio_id: null,
    agency_id: 1, started_at: before(60), ended_at: before(50), duration_s: 10, end_reason: "terminator", slot: 1,
    colour_code: 1, link: "lp", site: null, late_entry: false, emergency: false, encrypted: false,
    conversation: null, ber_percent: null, rssi_dbm: null, loss_percent: null, receptions: [], talker_alias: null, ...changes,
  };
}

export function message(id: number, changes: Partial<Message> = {}): Message {
  return {
    id, direction: "out", kind: "text", text: "Ziņojiet pozīciju", radio_id: 1, talkgroup_id: null, called_radio_id: null,
    unit_id: 1, agency_id: 1, state: "queued", state_at: before(10), created_at: before(10), expires_at: null,
    user: "A. Kalniņa", detail: null, reason: null, waiting_for: null,
    history: [{ state: "queued", at: before(10), detail: null, reason: null }], ...changes,
  };
}

export function talkgroup(id: number, changes: Partial<Talkgroup> = {}): Talkgroup {
  return {
    id, network: "lv", number: 100 + id, name: "Liepāja", agency_id: 1, abilities: ["text_to_talkgroup"],
    text_limit: 140, ...changes,
  };
}
