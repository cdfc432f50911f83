import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { stores } from "../stores";
import { type Shortcut, type ShortcutId, SHORTCUTS, keyLabel, keyOf, refusal } from "./keys";

/** Which shortcut waits for its new key. */
const waiting = signal<ShortcutId | null>(null);
const problem = signal<string | null>(null);

/** The list of shortcuts; a click on a key waits for another one. */
export function KeyEditor() {
  const id = waiting.value;
  useEffect(() => {
    if (id === null) return undefined;
    const pressed = (event: KeyboardEvent): void => take(id, event);
    const elsewhere = (): void => (waiting.value = null, undefined);
    addEventListener("keydown", pressed, true);
    addEventListener("pointerdown", elsewhere);
    return () => {
      removeEventListener("keydown", pressed, true);
      removeEventListener("pointerdown", elsewhere);
    };
  }, [id]);
  useEffect(() => () => {
    waiting.value = null;
    problem.value = null;
  }, []);
  const asked = SHORTCUTS.find((shortcut) => shortcut.id === id);
  const changed = Object.keys(stores.keys.chosen.value).length > 0;
  return (
    <>
      <dl>
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.id}>
            <dt>{shortcut.fixed ? <kbd>{keyLabel(shortcut.key)}</kbd> : <KeyButton shortcut={shortcut} />}</dt>
            <dd>{t(shortcut.label)}</dd>
          </div>
        ))}
      </dl>
      <p class={problem.value ? "problem" : "muted"} role="status">
        {problem.value ?? (asked ? t("help.press_how", { action: t(asked.label) }) : t("help.edit_hint"))}
      </p>
      {changed && (
        <button type="button" class="b round" onClick={() => { stores.keys.reset(); problem.value = null; }}>{t("help.reset")}</button>
      )}
    </>
  );
}

function KeyButton({ shortcut }: { shortcut: Shortcut }) {
  const key = keyOf(shortcut.id);
  const active = waiting.value === shortcut.id;
  const start = (): void => {
    problem.value = null;
    waiting.value = shortcut.id;
  };
  return (
    <button
      type="button" class={`key-b ${active ? "active" : ""}`} aria-pressed={active}
      aria-label={`${key ? keyLabel(key) : t("help.off")} – ${t("help.change", { action: t(shortcut.label) })}`}
      title={t("help.change", { action: t(shortcut.label) })} onClick={start}
    >
      {active ? t("help.press") : key ? keyLabel(key) : t("help.off")}
    </button>
  );
}

function take(id: ShortcutId, event: KeyboardEvent): void {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Tab"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  problem.value = null;
  if (event.key === "Escape") {
    waiting.value = null;
    return;
  }
  if (event.key === "Delete" || event.key === "Backspace") {
    stores.keys.bind(id, "");
    waiting.value = null;
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  problem.value = refusal(id, key, event.ctrlKey || event.altKey || event.metaKey);
  if (problem.value !== null) return;
  stores.keys.bind(id, key);
  waiting.value = null;
}
