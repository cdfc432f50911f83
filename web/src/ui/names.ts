/** What people call units, radios and talkgroups; foreign text made plain. */
import type { Call, Emergency, Id, Message, Radio } from "../api/types";
import { zoneOf } from "../i18n/format";
import { t } from "../i18n";
import { type PlaceName, placeName } from "../map/places";
import { type Stores, stores as ownStores } from "../stores";
import { plain } from "./text";

/** "K. Ozols · 2340104": the alias never hides the number. */
export function radioName(radio: Radio): string {
  return radio.alias ? `${plain(radio.alias)} · ${radio.label}` : radio.label;
}

/** Rounded to about 10 m; a place is asked for on every move of every unit. */
const PLACE_CACHE = 2000;

export class Names {
  readonly #places = new Map<string, PlaceName | null>();

  constructor(private readonly stores: Stores) {}

  unit(id: Id | null): string | null {
    const unit = this.stores.units.get(id);
    return unit ? plain(unit.call_sign) : null;
  }

  officers(id: Id | null): string {
    return (this.stores.units.get(id)?.officers ?? []).map(plain).join(", ");
  }

  radio(id: Id | null): string {
    const radio = this.stores.radios.get(id);
    return radio ? radioName(radio) : t("radio.unknown");
  }

  talkgroup(id: Id | null): string | null {
    const talkgroup = this.stores.talkgroups.get(id);
    return talkgroup ? t("talkgroup.name", { number: String(talkgroup.number), name: plain(talkgroup.name) }) : null;
  }

  /** "TG 101": for narrow columns. */
  shortTalkgroup(id: Id | null): string | null {
    const talkgroup = this.stores.talkgroups.get(id);
    return talkgroup ? t("talkgroup.short", { number: String(talkgroup.number) }) : null;
  }

  /** Unit if the radio belongs to one, else alias and number. */
  unitOrRadio(unitId: Id | null, radioId: Id | null): string {
    return this.unit(unitId) ?? this.unit(this.stores.radios.get(radioId)?.unit_id ?? null) ?? this.radio(radioId);
  }

  caller(call: Call): string {
    const name = this.unit(call.unit_id);
    if (name) return name;
    const radio = this.stores.radios.get(call.radio_id);
    if (radio && !radio.alias && call.talker_alias) return `${plain(call.talker_alias)} · ${radio.label}`;
    return this.radio(call.radio_id);
  }

  called(call: Call): string {
    if (call.kind === "all") return t("call.to_all");
    if (call.kind === "private") return this.unitOrRadio(null, call.called_radio_id);
    return this.shortTalkgroup(call.talkgroup_id) ?? this.calledGroup(call);
  }

  /** Number and name of the talkgroup; some networks do not tell which one it was. */
  calledGroup(call: Call): string {
    if (call.talkgroup_id === null) return t("talkgroup.not_told");
    return this.talkgroup(call.talkgroup_id) ?? t("talkgroup.unknown");
  }

  /** Other end of a text: the addressee of an outgoing one, the sender of an incoming one. */
  correspondent(message: Message): string {
    return message.direction === "out" && message.talkgroup_id !== null && message.radio_id === null
      ? (this.talkgroup(message.talkgroup_id) ?? t("talkgroup.unknown"))
      : this.unitOrRadio(message.unit_id, message.radio_id);
  }

  emergency(emergency: Emergency): string {
    const { caller } = emergency;
    // Another agency's alarm, escalated: neither its unit nor its radio is known here.
    if (caller && !this.stores.radios.get(emergency.radio_id)) return plain(caller.unit ?? caller.radio);
    return this.unitOrRadio(emergency.unit_id, emergency.radio_id);
  }

  /** Whose unit calls, once others than its own agency are told; null before. */
  emergencyAgency(emergency: Emergency): string | null {
    if (!emergency.escalation) return null;
    const own = this.stores.agencies.get(emergency.agency_id)?.name ?? emergency.caller?.agency;
    return own ? plain(own) : null;
  }

  /** Nearest street or place with its part of town; null in open country. */
  place(lat: number, lon: number): string | null {
    return this.#place(lat, lon)?.text ?? null;
  }

  /** The street or landmark alone: for narrow columns. */
  shortPlace(lat: number, lon: number): string | null {
    const place = this.#place(lat, lon);
    return place?.name ?? place?.area ?? null;
  }

  #place(lat: number, lon: number): PlaceName | null {
    const spot = `${lat.toFixed(4)} ${lon.toFixed(4)}`;
    const known = this.#places.get(spot);
    if (known !== undefined) return known;
    if (this.#places.size >= PLACE_CACHE) this.#places.clear();
    const place = placeName(lat, lon);
    this.#places.set(spot, place);
    return place;
  }

  /** Time zone of an agency; without one, of the user's first agency. */
  zone(agencyId: Id | null = null): string {
    const own = this.stores.session.current.value?.user.agency_ids[0];
    return zoneOf(this.stores.agencies.get(agencyId ?? own)?.country);
  }
}

export const names = new Names(ownStores);
