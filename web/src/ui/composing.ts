/** Rules of writing to radios: who can get a text, and how long it may be. */
import { t } from "../i18n";
import type { Stores } from "../stores";
import type { Recipient } from "../stores/selection";
import { names } from "./names";

export interface Addressee {
  recipient: Recipient;
  name: string;
  /** Why no text can be sent there; null: it can. */
  refused: string | null;
  /** Longest text in UTF-16 units; null: not limited. */
  limit: number | null;
}

/** Who a recipient is and what they can take, followed. */
export function addressee(stores: Stores, recipient: Recipient): Addressee {
  switch (recipient.to) {
    case "talkgroup": {
      const talkgroup = stores.talkgroups.get(recipient.id);
      const can = talkgroup?.abilities.includes("text_to_talkgroup") ?? false;
      return {
        recipient,
        name: names.talkgroup(recipient.id) ?? t("talkgroup.unknown"),
        refused: can ? null : t("compose.talkgroup_cannot"),
        limit: talkgroup?.text_limit ?? null,
      };
    }
    case "radio": {
      const radio = stores.radios.get(recipient.id);
      const can = radio?.abilities.includes("text_to_radio") ?? false;
      return {
        recipient,
        name: names.radio(recipient.id),
        refused: can ? null : t("compose.radio_cannot"),
        limit: radio?.text_limit ?? null,
      };
    }
    case "unit": {
      const radios = stores.unitViews.of(recipient.id).radios.value;
      const able = radios.filter((radio) => radio.abilities.includes("text_to_radio"));
      const limits = able.flatMap((radio) => radio.text_limit ?? []);
      const reason = radios.length ? "compose.radio_cannot" : "compose.unit_has_no_radio";
      return {
        recipient,
        name: names.unit(recipient.id) ?? "?",
        refused: able.length ? null : t(reason),
        limit: limits.length ? Math.min(...limits) : null,
      };
    }
  }
}

/** The shortest of the limits; null: none. */
export function commonLimit(addressees: readonly Addressee[]): number | null {
  const limits = addressees.flatMap(({ limit, refused }) => (limit === null || refused ? [] : [limit]));
  return limits.length ? Math.min(...limits) : null;
}

export function sameRecipient(a: Recipient, b: Recipient): boolean {
  return a.to === b.to && a.id === b.id;
}
