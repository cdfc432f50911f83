/** What a message says: its own words, or that a radio asks to be called back without any. */
import type { Message } from "../api/types";
import { t } from "../i18n";
import { stores } from "../stores";
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

/**
 * Who a text is for, if it is for another patrol; null: the dispatcher. Networks that are only listened to do not
 * tell which of their numbers is a dispatcher's, so a number that is no patrol's is taken for one.
 */
export function writtenTo(message: Message): string | null {
  if (message.talkgroup_id !== null) return names.shortTalkgroup(message.talkgroup_id);
  const radio = stores.radios.get(message.called_radio_id);
  return radio && (radio.unit_id !== null || radio.alias) ? names.unitOrRadio(null, radio.id) : null;
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
