import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { ago, clock } from "../../i18n/format";
import { stores } from "../../stores";
import { fixedAtMs } from "../../stores/unit-state";
import type { UnitView } from "../../stores/unit-views";
import { Age } from "../../ui/age";
import { Icon } from "../../ui/icons";
import { names } from "../../ui/names";
import { plain } from "../../ui/text";
import { type UnitGroup, typeAhead } from "./unit-rows";

const TYPE_AHEAD_MS = 800;
/** More units than this have one line each. */
const DENSE_FROM = 25;
/** As first letter these are keys of the console. */
const SHORTCUT_LETTERS = /^[mtg/?]$/i;

interface Props {
  groups: readonly UnitGroup[];
  listRef: RefObject<HTMLDivElement | null>;
}

/** Move the focus to a unit's row at once: the next key may already belong to something else. */
export function focusUnit(list: HTMLElement | null, id: Id | undefined): void {
  const row = list?.querySelector<HTMLElement>(id === undefined ? '[role="option"][tabindex="0"]' : `[data-unit="${id}"]`);
  row?.focus();
  row?.scrollIntoView?.({ block: "nearest" });
}

/** Units by agency: one tab stop; arrows, Home, End and typing move within. */
export function UnitList({ groups, listRef }: Props) {
  const typed = useRef({ text: "", at: 0 });
  const ids = groups.flatMap((group) => group.unitIds);
  const selected = stores.selection.unitId.value;
  const stop = selected !== null && ids.includes(selected) ? selected : ids[0];

  const go = (index: number): void => {
    const id = ids[Math.max(0, Math.min(ids.length - 1, index))];
    if (id === undefined) return;
    stores.selection.select(id);
    focusUnit(listRef.current, id);
  };
  const keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const focused = Number((event.target as HTMLElement).dataset.unit);
    const here = Math.max(0, ids.indexOf(focused));
    const page = 10;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: ids.length - 1, PageDown: here + page, PageUp: here - page,
    };
    const target = moves[event.key];
    if (target !== undefined) go(target);
    else if (event.key === "Enter" && ids[here] !== undefined) stores.selection.showUnit(ids[here]);
    else if (!type(event, here)) return;
    event.preventDefault();
  };
  const type = (event: KeyboardEvent, here: number): boolean => {
    if (!/^[\p{L}\p{N}-]$/u.test(event.key)) return false;
    const fresh = event.timeStamp - typed.current.at > TYPE_AHEAD_MS;
    if (fresh && SHORTCUT_LETTERS.test(event.key)) return false;
    const text = fresh ? event.key : typed.current.text + event.key;
    typed.current = { text, at: event.timeStamp };
    const index = typeAhead(stores, ids, here, text);
    if (index !== null) go(index);
    return true;
  };
  return (
    <div class={`scroll units ${ids.length > DENSE_FROM ? "dense" : ""}`} role="listbox" aria-label={t("units.list")} ref={listRef} onKeyDown={keyed}>
      {groups.map((group) => {
        const agency = stores.agencies.get(group.agencyId);
        const heading = `agency-${group.agencyId}`;
        return (
          <div key={group.agencyId} role="group" aria-labelledby={heading}>
            <div class="grp" id={heading} role="presentation">
              <span class="cc">{agency?.country ?? "?"}</span>
              <span class="gn">{agency ? plain(agency.name) : t("agency.unknown")}</span>
              <span class="n" title={t("units.on_duty", { on: group.onDuty, all: group.all })}>
                {`${group.onDuty} / ${group.all}`}
              </span>
            </div>
            {group.unitIds.map((id) => (
              <UnitRow key={id} id={id} stop={id === stop} selected={id === selected} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

function UnitRow({ id, stop, selected }: { id: Id; stop: boolean; selected: boolean }) {
  const view = stores.unitViews.of(id);
  const unit = view.unit.value;
  if (!unit) return null;
  const state = view.state.value;
  const sign = plain(unit.call_sign);
  const officers = unit.officers.map(plain).join(", ");
  const line = secondLine(view);
  const group = names.shortTalkgroup(unit.talkgroup_id) ?? "—";
  return (
    <div
      class={`u ${state}`} role="option" aria-selected={selected} tabIndex={stop ? 0 : -1} data-unit={id}
      onClick={() => stores.selection.select(id)} onDblClick={() => stores.selection.showUnit(id)}
    >
      <Icon name={state} label={t(`state.${state}`)} class={`st-${state}`} />
      <span class="c">{sign}</span>
      <span class="p"><span>{officers || "—"}</span><i>{line}</i></span>
      <span class="a"><b><Age at={ageOf(view)} /></b>{group}</span>
    </div>
  );
}

/** Age that a row shows: of the fix; without radio contact, of the last sign of life. */
function ageOf(view: UnitView): number | null {
  const position = view.position.value;
  if (view.state.value === "off" || !position) return view.heardAt.value;
  return fixedAtMs(position);
}

/** What the unit does or where it is, in a few words. */
export function secondLine(view: UnitView): string {
  const unit = view.unit.value;
  const position = view.position.value;
  const place = position ? names.shortPlace(position.lat, position.lon) : null;
  const note = unit?.status_note ? plain(unit.status_note) : null;
  const zone = names.zone(unit?.agency_id ?? null);
  switch (view.state.value) {
    case "off": {
      if (unit?.status === "off_duty") return t("state.off_duty");
      const heard = view.heardAt.value;
      return heard === null ? t("unit.never_heard") : t("unit.last_heard", { time: clock(heard, zone) });
    }
    case "no_gps":
      return position ? t("unit.last_position", { time: clock(fixedAtMs(position), zone) }) : t("unit.no_position");
    default:
      return [note, place].filter(Boolean).join(" · ") || t(`state.${view.state.value}`);
  }
}

/** "2 s ago" of a position, or that there is none. */
export function positionAge(view: UnitView): string {
  const position = view.position.value;
  return position ? ago(stores.clock.now.value - fixedAtMs(position)) : t("unit.no_position");
}
