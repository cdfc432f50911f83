/** Acknowledging and closing alarms: one press, one effect, also when it is sent again. */
import { signal } from "@preact/signals";
import { ApiError, command, newKey } from "../api/client";
import type { CloseReason, Emergency, Id } from "../api/types";
import { applyEmergency } from "../live/apply";
import { stores } from "../stores";
import { notifyError } from "./notices";

interface Answer {
  emergency: Emergency;
  seq: number;
}

/** Which alarm the banner is about; null: the oldest that waits. */
export const chosenEmergency = signal<Id | null>(null);
/** Alarms with a command under way. */
export const pendingEmergencies = signal<ReadonlySet<Id>>(new Set());

const keys = new Map<string, string>();

/** The alarm that keys and banner act on: the chosen one, else the oldest waiting, else the oldest open. */
export function currentEmergency(): Emergency | null {
  const open = stores.openEmergencies.value;
  return (
    open.find((emergency) => emergency.id === chosenEmergency.value)
    ?? open.find((emergency) => emergency.state === "raised")
    ?? open[0]
    ?? null
  );
}

export function acknowledge(emergency: Emergency): Promise<boolean> {
  return act(emergency.id, "acknowledge", {});
}

export function close(emergency: Emergency, reason: CloseReason, note: string): Promise<boolean> {
  return act(emergency.id, "close", note ? { reason, note } : { reason });
}

async function act(id: Id, action: "acknowledge" | "close", body: object): Promise<boolean> {
  if (pendingEmergencies.value.has(id)) return false;
  pendingEmergencies.value = new Set([...pendingEmergencies.value, id]);
  const name = `${id} ${action}`;
  const key = keys.get(name) ?? newKey();
  keys.set(name, key);
  try {
    const answer = await command<Answer>(`/api/emergencies/${id}/${action}`, body, { key });
    applyEmergency(stores, answer.emergency);
    keys.delete(name);
    if (chosenEmergency.value === id) chosenEmergency.value = null;
    return true;
  } catch (error) {
    // Unreachable: the same key is sent again, so that it is done once. A refusal ends it.
    if (error instanceof ApiError && error.status !== 0) keys.delete(name);
    if (error instanceof ApiError && isEmergency(error.extra.emergency)) {
      applyEmergency(stores, error.extra.emergency);
    }
    notifyError(error);
    return false;
  } finally {
    pendingEmergencies.value = new Set([...pendingEmergencies.value].filter((other) => other !== id));
  }
}

function isEmergency(value: unknown): value is Emergency {
  return typeof value === "object" && value !== null && "id" in value && "version" in value;
}
