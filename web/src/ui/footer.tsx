import { type MessageKey, t } from "../i18n";
import { age, number } from "../i18n/format";
import { stores } from "../stores";

const HINTS: readonly [string, MessageKey][] = [
  ["/", "key.search"], ["↑↓", "hint.unit"], ["Enter", "hint.map"], ["M", "key.message"],
  ["F2", "key.acknowledge"], ["T", "key.timeline"], ["?", "key.help"],
];

/** Keys, and how fresh the screen is. */
export function Footer() {
  const { phase, last, goodAt } = stores.stream;
  const good = goodAt.value;
  const quiet = good === null ? null : stores.clock.now.value - good;
  return (
    <footer class="foot">
      {HINTS.map(([key, label]) => (
        <span key={key}><kbd>{key}</kbd>{t(label)}</span>
      ))}
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
