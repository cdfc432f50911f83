import { useCallback, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { stores } from "../../stores";
import type { UnitState } from "../../stores/unit-state";
import { Icon } from "../../ui/icons";
import { KeyCap } from "../../ui/key-cap";
import { useShortcut } from "../../ui/keys";
import { UnitList, focusUnit } from "./unit-list";
import { unitGroups } from "./unit-rows";

const CHIPS = ["free", "busy", "no_gps", "off"] as const satisfies readonly UnitState[];

/** Search, state filters with counts, and the list of units. */
export function UnitPanel() {
  const [query, setQuery] = useState("");
  const [states, setStates] = useState<ReadonlySet<UnitState>>(new Set());
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useShortcut("search", useCallback(() => {
    field.current?.focus();
    field.current?.select();
    return true;
  }, []));
  const toggle = (state: UnitState): void => {
    const chosen = new Set(states);
    if (!chosen.delete(state)) chosen.add(state);
    setStates(chosen);
  };
  const groups = unitGroups(stores, states, query);
  const ids = groups.flatMap((group) => group.unitIds);
  const counts = stores.unitViews.counts.value;
  const keyed = (event: KeyboardEvent): void => {
    const first = ids[0];
    if (event.key === "Enter" && first !== undefined) {
      event.preventDefault();
      stores.selection.showUnit(first);
      focusUnit(list.current, first);
    } else if (event.key === "ArrowDown" && first !== undefined) {
      event.preventDefault();
      stores.selection.select(first);
      focusUnit(list.current, first);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (query) setQuery("");
      else focusUnit(list.current, undefined);
    }
  };
  const loading = stores.stream.phase.value === "loading";
  return (
    <nav class="left" aria-label={t("units.region")}>
      <div class="ph">
        <label class="find">
          <Icon name="find" />
          <span class="sr">{t("units.search")}</span>
          <input
            ref={field} type="search" value={query} placeholder={t("units.placeholder")} autocomplete="off"
            onInput={(event) => setQuery(event.currentTarget.value)} onKeyDown={keyed}
          />
          <KeyCap id="search" />
        </label>
        <div class="chips" role="group" aria-label={t("units.filter")}>
          {CHIPS.map((state) => (
            <button key={state} type="button" aria-pressed={states.has(state)} onClick={() => toggle(state)}>
              <b><Icon name={state} class={`st-${state}`} />{counts[state]}</b>
              {t(`state.${state}.many`)}
            </button>
          ))}
        </div>
      </div>
      <UnitList groups={groups} listRef={list} />
      {!ids.length && (
        <p class="empty" role="status">
          {loading ? t("loading") : t(query || states.size ? "units.none_found" : "units.none")}
          {(query || states.size > 0) && (
            <button type="button" class="b" onClick={() => { setQuery(""); setStates(new Set()); }}>
              {t("units.show_all")}
            </button>
          )}
        </p>
      )}
    </nav>
  );
}
