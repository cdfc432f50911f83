import type { Message } from "../api/types";
import { isKey, t } from "../i18n";

/** Why a text was not delivered, in the language of the screen; null when nobody knows. */
export function failureReason(message: Message): string | null {
  if (message.state !== "failed" || !message.reason) return null;
  const key = `text.reason.${message.reason}`;
  return isKey(key) ? t(key) : null;
}
