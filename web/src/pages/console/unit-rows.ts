/** Which units the list shows, and in what order. */
import type { Id, Unit } from "../../api/types";
import { compareNames } from "../../i18n/format";
import type { Stores } from "../../stores";
import type { UnitState } from "../../stores/unit-state";
import { fold } from "../../ui/text";

export interface UnitGroup {
  agencyId: Id;
  /** Units of the agency that pass the filters, in order. */
  unitIds: readonly Id[];
  /** How many units of the agency are on duty, and how many there are. */
  onDuty: number;
  all: number;
}

/** Alarms first, those who are away last; between them by call sign, so that rows keep their place. */
const RANK: Readonly<Record<UnitState, number>> = { emergency: 0, free: 1, busy: 1, no_gps: 1, off: 2 };

/**
 * @param states shown; empty: all
 * @param query part of a call sign, an officer's name, or a radio's number or alias; marks and case do not matter
 */
export function unitGroups(stores: Stores, states: ReadonlySet<UnitState>, query: string): UnitGroup[] {
  const needle = fold(query.trim());
  const groups = new Map<Id, { unit: Unit; state: UnitState; shown: boolean }[]>();
  for (const unit of stores.units.all.value) {
    const state = stores.unitViews.of(unit.id).state.value;
    const shown = (!states.size || states.has(state)) && (!needle || matches(stores, unit, needle));
    const group = groups.get(unit.agency_id) ?? [];
    group.push({ unit, state, shown });
    groups.set(unit.agency_id, group);
  }
  return [...groups]
    .map(([agencyId, rows]) => ({
      agencyId,
      unitIds: rows
        .filter((row) => row.shown)
        .sort((a, b) => RANK[a.state] - RANK[b.state] || compareNames(a.unit.call_sign, b.unit.call_sign))
        .map((row) => row.unit.id),
      onDuty: rows.filter((row) => row.state !== "off").length,
      all: rows.length,
    }))
    .filter((group) => group.unitIds.length > 0)
    .sort((a, b) => place(stores, a.agencyId) - place(stores, b.agencyId));
}

/** Own agencies in the order of the user's list, then the others. */
function place(stores: Stores, agencyId: Id): number {
  const own = stores.session.current.value?.user.agency_ids.indexOf(agencyId) ?? -1;
  return own < 0 ? 1_000_000 + agencyId : own;
}

function matches(stores: Stores, unit: Unit, needle: string): boolean {
  const radios = stores.unitViews.of(unit.id).radios.value;
  const texts = [
    unit.call_sign,
    unit.call_sign.replace(/[^\p{L}\p{N}]/gu, ""),
    ...unit.officers,
    ...radios.flatMap((radio) => [radio.label, String(radio.number), radio.alias ?? ""]),
  ];
  return texts.some((text) => fold(text).includes(needle));
}

/** The next unit whose call sign, or the figures in it, begin with what was typed; null: none. */
export function typeAhead(stores: Stores, ids: readonly Id[], from: number, typed: string): number | null {
  const needle = fold(typed);
  for (let step = typed.length > 1 ? 0 : 1; step <= ids.length; step++) {
    const index = (from + step) % ids.length;
    const sign = fold(stores.units.peek(ids[index])?.call_sign ?? "");
    const bare = sign.replace(/[^\p{L}\p{N}]/gu, "");
    const figures = sign.replace(/^\D+/u, "");
    if ([sign, bare, figures].some((text) => text.startsWith(needle))) return index;
  }
  return null;
}
