import { type ShortcutId, keyLabel, keyOf } from "./keys";

/** The key of a shortcut as it is printed on the keyboard; nothing when it is switched off. */
export function KeyCap({ id }: { id: ShortcutId }) {
  const key = keyOf(id);
  return key === "" ? null : <kbd>{keyLabel(key)}</kbd>;
}
