/** What frames do to the stores; nothing else writes live data. */
import { batch } from "@preact/signals";
import type { EventFrame, LooseFrame } from "../api/frames";
import type { Emergency, Id, Iso, Snapshot } from "../api/types";
import type { Stores } from "../stores";

/** Ended calls older than this leave the store; the call log has them. */
const KEEP_CALLS_MS = 35 * 60_000;
const KEEP_MESSAGES = 300;
const KEEP_CLOSED_EMERGENCIES = 50;
const KEEP_STATUSES = 100;

export function applySnapshot(stores: Stores, snapshot: Snapshot): void {
  batch(() => {
    stores.demo.value = snapshot.demo;
    stores.agencies.replace(snapshot.agencies);
    stores.units.replace(snapshot.units);
    stores.radios.replace(snapshot.radios);
    stores.talkgroups.replace(snapshot.talkgroups);
    stores.links.replace(snapshot.links);
    stores.positions.replace(snapshot.positions);
    stores.calls.replace(snapshot.calls);
    stores.messages.replace(snapshot.messages);
    stores.emergencies.replace(snapshot.emergencies);
    stores.unstored.replace(snapshot.unstored);
    stores.lamps.value = snapshot.condition;
  });
}

export function applyEvent(stores: Stores, frame: EventFrame): void {
  batch(() => {
    switch (frame.type) {
      case "call.started":
      case "call.changed":
      case "call.ended":
        stores.calls.put(frame.data);
        heard(stores, frame.data.radio_id, frame.data.ended_at ?? frame.data.started_at);
        break;
      case "message.created":
      case "message.changed":
        stores.messages.put(frame.data);
        break;
      case "emergency.raised":
      case "emergency.repeated":
      case "emergency.shown":
      case "emergency.escalated":
      case "emergency.acknowledged":
      case "emergency.cleared":
      case "emergency.closed":
        applyEmergency(stores, frame.data);
        break;
      case "unit.changed":
        stores.units.put(frame.data);
        break;
      case "radio.changed":
        stores.radios.put(frame.data);
        break;
      case "talkgroup.changed":
        stores.talkgroups.put(frame.data);
        break;
      case "link.changed":
        stores.links.put(frame.data);
        break;
      case "status.received":
        stores.statuses.put({ ...frame.data, id: frame.seq });
        heard(stores, frame.data.radio_id, frame.data.at);
        break;
      case "command.changed":
        stores.commands.put(frame.data);
        break;
    }
  });
}

export function applyLoose(stores: Stores, frame: LooseFrame): void {
  batch(() => {
    switch (frame.type) {
      case "positions":
        stores.positions.apply(frame.data);
        break;
      case "heard":
        for (const { radio_id: id, at, rssi_dbm, link } of frame.data) {
          stores.reception.put({ id, at, rssi_dbm, link });
          heard(stores, id, at);
        }
        break;
      case "links":
        stores.links.put(...frame.data);
        break;
      case "condition":
        stores.lamps.value = frame.data;
        break;
      case "unstored":
        stores.unstored.take(frame.data);
        break;
    }
  });
}

/** Take an alarm from wherever it comes; an older version never wins. */
export function applyEmergency(stores: Stores, emergency: Emergency): void {
  const known = stores.emergencies.peek(emergency.id);
  if (!known || known.version <= emergency.version) stores.emergencies.put(emergency);
}

/** The open alarms of a first answer: others that are still open here were closed meanwhile. */
export function applyOpenEmergencies(stores: Stores, open: readonly Emergency[]): void {
  batch(() => {
    for (const emergency of open) applyEmergency(stores, emergency);
  });
}

/** Let go of what no panel shows any more. */
export function forgetOld(stores: Stores): void {
  const now = stores.clock.read();
  const calls = stores.calls.all
    .peek()
    .filter((call) => call.ended_at !== null && now - Date.parse(call.ended_at) > KEEP_CALLS_MS);
  stores.calls.forget(calls.map((call) => call.id));
  const finished = stores.messages.all
    .peek()
    .filter((message) => message.state !== "queued" && message.state !== "sent")
    .sort((a, b) => b.created_at.localeCompare(a.created_at));
  stores.messages.forget(finished.slice(KEEP_MESSAGES).map((message) => message.id));
  const closed = stores.emergencies.all
    .peek()
    .filter((emergency) => emergency.state === "closed")
    .sort((a, b) => b.raised_at.localeCompare(a.raised_at));
  stores.emergencies.forget(closed.slice(KEEP_CLOSED_EMERGENCIES).map((emergency) => emergency.id));
  forgetStatuses(stores);
}

function forgetStatuses(stores: Stores): void {
  const ids = stores.statuses.all.peek().map(({ id }) => id).sort((a, b) => b - a);
  stores.statuses.forget(ids.slice(KEEP_STATUSES));
}

function heard(stores: Stores, radioId: Id, at: Iso): void {
  const radio = stores.radios.peek(radioId);
  if (radio && (radio.last_heard_at === null || radio.last_heard_at < at)) {
    stores.radios.put({ ...radio, last_heard_at: at });
  }
}
