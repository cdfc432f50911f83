import "./activity.css";
import { useId, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { type ActivityTab, activityCounts, activityItems } from "./activity-items";
import { ActivityRow } from "./activity-row";

const TABS: readonly ActivityTab[] = ["all", "calls", "texts", "emergencies"];

/** What happens on the air, newest first, with a tab for each kind. */
export function ActivityPanel() {
  const [tab, setTab] = useState<ActivityTab>("all");
  const panel = useId();
  const strip = useRef<HTMLDivElement>(null);
  const counts = activityCounts(stores);
  const items = activityItems(stores, tab);
  const loading = stores.stream.phase.value === "loading";
  const keyed = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? "all";
    setTab(next);
    strip.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div class="activity">
      <div class="tabs" role="tablist" aria-label={t("activity.filter")} ref={strip} onKeyDown={keyed}>
        {TABS.map((name) => (
          <button
            key={name} type="button" role="tab" data-tab={name} aria-selected={tab === name} aria-controls={panel}
            tabIndex={tab === name ? 0 : -1} onClick={() => setTab(name)}
          >
            {t(`activity.tab.${name}`)}
            {name !== "all" && counts[name] > 0 && (
              <span class={`cnt ${name === "emergencies" ? "e" : ""}`}>{counts[name]}</span>
            )}
          </button>
        ))}
      </div>
      <div class="scroll" id={panel} role="tabpanel" tabIndex={0} aria-label={t(`activity.tab.${tab}`)}>
        {items.length ? (
          <ol class="act">
            {items.map((item) => (
              <ActivityRow key={item.key} item={item} />
            ))}
          </ol>
        ) : (
          <p class="empty">{loading ? t("loading") : t(`activity.none.${tab}`)}</p>
        )}
      </div>
    </div>
  );
}
