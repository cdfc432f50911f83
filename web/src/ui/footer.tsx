import { type MessageKey, t } from "../i18n";
import { age, number } from "../i18n/format";
import { stores } from "../stores";
import { KeyCap } from "./key-cap";
import { type ShortcutId, isHandled, keyOf } from "./keys";
import { currentPath } from "./router";

/** Shortcuts by their id; other keys as they are printed, which work in the list of units. */
const HINTS: readonly ({ id: ShortcutId } | { key: string; label: MessageKey })[] = [
  { id: "search" }, { key: "↑↓", label: "hint.unit" }, { key: "Enter", label: "hint.map" }, { id: "message" },
  { id: "acknowledge" }, { id: "timeline" }, { id: "help" },
];

/** Keys that do something on this page, and how fresh the screen is. */
export function Footer() {
  const { phase, last, goodAt } = stores.stream;
  const good = goodAt.value;
  const quiet = good === null ? null : stores.clock.now.value - good;
  return (
    <footer class="foot">
      {HINTS.map((hint) => {
        if ("key" in hint) return currentPath() === "/" && <span key={hint.key}><kbd>{hint.key}</kbd>{t(hint.label)}</span>;
        return keyOf(hint.id) !== "" && isHandled(hint.id) && <span key={hint.id}><KeyCap id={hint.id} />{t(`key.${hint.id}`)}</span>;
      })}
      <span class="grow" />
      <span class={`stream ${phase.value}`}>
        <i class={`lamp ${phase.value === "live" ? "up" : phase.value === "lost" ? "down" : "connecting"}`} />
        {t(`stream.phase.${phase.value}`)}
        {last.value > 0 && ` · ${t("stream.event", { number: number(last.value) })}`}
        {quiet !== null && ` · ${age(quiet)}`}
      </span>
    </footer>
  );
}
