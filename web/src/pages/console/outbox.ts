/** Sending one text to several recipients: each once, those refused stay with their reason. */
import { signal } from "@preact/signals";
import { ApiError, command, newKey } from "../../api/client";
import type { Message } from "../../api/types";
import type { Recipient } from "../../stores/selection";
import { explain } from "../../ui/errors";

export interface Refusal {
  recipient: Recipient;
  reason: string;
}

export const sending = signal(false);
/** Why the last sending did not reach a recipient. */
export const refusals = signal<readonly Refusal[]>([]);

/** Keys of texts whose answer never came: sent again, they have the same effect. */
const keys = new Map<string, string>();

const FIELD = { unit: "unit_id", radio: "radio_id", talkgroup: "talkgroup_id" } as const;

/** @returns the recipients that were not reached */
export async function sendText(recipients: readonly Recipient[], text: string): Promise<Recipient[]> {
  sending.value = true;
  refusals.value = [];
  const left: Recipient[] = [];
  for (const recipient of recipients) {
    const name = `${recipient.to} ${recipient.id} ${text}`;
    const key = keys.get(name) ?? newKey();
    keys.set(name, key);
    try {
      await command<{ message: Message }>("/api/messages", { [FIELD[recipient.to]]: recipient.id, text }, { key });
      keys.delete(name);
    } catch (error) {
      if (error instanceof ApiError && error.status !== 0) keys.delete(name);
      left.push(recipient);
      refusals.value = [...refusals.value, { recipient, reason: explain(error) }];
    }
  }
  sending.value = false;
  return left;
}
