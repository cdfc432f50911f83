/** Keys of the console: one listener, one table, shown whole by `?`. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type MessageKey, t } from "../i18n";
import { PAGES } from "../pages";
import { stores } from "../stores";
import { navigate } from "./router";

export type ShortcutId =
  | "search" | "message" | "timeline" | "help" | "back" | "template"
  | "acknowledge" | "show_emergency" | "send_nearest";

export interface Shortcut {
  id: ShortcutId;
  /** The original key, as `KeyboardEvent.key` gives it; "1-9" stands for the digits. */
  key: string;
  /** Cannot be given another key. */
  fixed?: boolean;
  label: MessageKey;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { id: "acknowledge", key: "F2", label: "key.acknowledge" },
  { id: "show_emergency", key: "F3", label: "key.show_emergency" },
  { id: "send_nearest", key: "F6", label: "key.send_nearest" },
  { id: "search", key: "/", label: "key.search" },
  { id: "message", key: "m", label: "key.message" },
  { id: "template", key: "1-9", label: "key.template", fixed: true },
  { id: "timeline", key: "t", label: "key.timeline" },
  { id: "back", key: "Escape", label: "key.back", fixed: true },
  { id: "help", key: "?", label: "key.help" },
];

/** Keys that act only inside one part; listed, not handled here. */
export const LOCAL_KEYS: readonly { keys: string; label: MessageKey }[] = [
  { keys: "↑ ↓", label: "key.arrows" },
  { keys: "Home End", label: "key.ends" },
  { keys: "Enter", label: "key.enter" },
  { keys: "Ctrl Enter", label: "key.send" },
];

/** The first letter of the pages' keys. */
const GO = "g";
const FUNCTION_KEY = /^(F([1-9]|1[0-2])|Insert|Pause|ScrollLock)$/;

/** The key of a shortcut now; "" when it is switched off. */
export function keyOf(id: ShortcutId): string {
  return stores.keys.chosen.value[id] ?? SHORTCUTS.find((shortcut) => shortcut.id === id)?.key ?? "";
}

/** A key as it is printed on the keyboard. */
export function keyLabel(key: string): string {
  if (key === "Escape") return "Esc";
  return key.length === 1 ? key.toUpperCase() : key;
}

/** Why `key` cannot be given to a shortcut, in the language of the screen; null when it can. */
export function refusal(id: ShortcutId, key: string, modified: boolean): string | null {
  const name = keyLabel(key);
  if (modified || key === " " || /^[0-9]$/.test(key) || (key.length > 1 && !FUNCTION_KEY.test(key))) {
    return t("help.reserved", { key: name });
  }
  if (key === GO) return t("help.taken", { key: name, action: t("help.pages_key") });
  const other = SHORTCUTS.find((shortcut) => shortcut.id !== id && keyOf(shortcut.id) === key);
  return other ? t("help.taken", { key: name, action: t(other.label) }) : null;
}

type Handler = (event: KeyboardEvent) => boolean | undefined;

const handlers = new Map<ShortcutId, Handler[]>();
/** Counts the changes of `handlers`. */
const changes = signal(0);
/** Within this time a letter after `g` names a page. */
const GO_MS = 1500;
let goUntil = 0;

/**
 * Handle a key while the component is on the screen; the newest handler goes first.
 *
 * A handler that returns false leaves the key to the next one.
 */
export function useShortcut(id: ShortcutId, handler: Handler): void {
  useEffect(() => {
    const list = handlers.get(id) ?? [];
    handlers.set(id, [handler, ...list]);
    changes.value = changes.peek() + 1;
    return () => {
      handlers.set(id, (handlers.get(id) ?? []).filter((other) => other !== handler));
      changes.value = changes.peek() + 1;
    };
  }, [id, handler]);
}

/** Whether something on the screen answers to the key now, followed. */
export function isHandled(id: ShortcutId): boolean {
  void changes.value;
  return (handlers.get(id)?.length ?? 0) > 0;
}

/** Whether a key typed there is text. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

/** Listen to the keyboard; returns how to stop. */
export function startKeys(): () => void {
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const single = event.key.length === 1;
  if (single && (isTextField(event.target) || !stores.preferences.letterKeys.value)) return;
  if (single && document.querySelector("dialog[open]")) return;
  if (single && goes(event)) return;
  const shortcut = SHORTCUTS.find(
    ({ id }) => {
      const key = keyOf(id);
      return key === "1-9" ? /^[1-9]$/.test(event.key) : key !== "" && (key === event.key || (single && key === event.key.toLowerCase()));
    },
  );
  if (!shortcut) return;
  for (const handler of handlers.get(shortcut.id) ?? []) {
    if (handler(event) === false) continue;
    event.preventDefault();
    return;
  }
}

function goes(event: KeyboardEvent): boolean {
  const letter = event.key.toLowerCase();
  if (event.timeStamp < goUntil) {
    goUntil = 0;
    const page = PAGES.find(({ key, role }) => key === letter && (!role || stores.session.may(role)));
    if (page) {
      event.preventDefault();
      navigate(page.path);
      return true;
    }
  }
  if (letter !== GO) return false;
  goUntil = event.timeStamp + GO_MS;
  return true;
}
