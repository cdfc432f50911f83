/** What a message says: its own words, or that a radio asks to be called back without any. */
import type { Message } from "../api/types";
import { t } from "../i18n";
import { names } from "./names";
import { plain } from "./text";

/** A server of before there were kinds tells none: it knows texts only. */
export function isCallAlert(message: Message): boolean {
  return message.kind === "call_alert";
}

/** The radio, or its unit, that a call alert is for; null: the dispatcher. */
export function askedOf(message: Message): string | null {
  return message.called_radio_id === null ? null : names.unitOrRadio(null, message.called_radio_id);
}

/** In a list. */
export function wording(message: Message): string {
  if (!isCallAlert(message)) return plain(message.text);
  const to = askedOf(message);
  return to === null ? t("text.call_alert") : t("text.call_alert_to", { to });
}

/** Of one that has come in, for those who listen. */
export function spoken(message: Message): string {
  const from = names.correspondent(message);
  if (!isCallAlert(message)) return t("say.text", { from, text: plain(message.text) });
  const to = askedOf(message);
  return to === null ? t("say.call_alert", { from }) : t("say.call_alert_to", { from, to });
}
