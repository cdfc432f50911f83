import type { Message } from "../api/types";
import { t } from "../i18n";

/** Why a text was not delivered, in the language of the screen; null when nobody knows. */
export function failureReason(message: Message): string | null {
  return message.state === "failed" && message.reason ? t(`text.reason.${message.reason}`) : null;
}
