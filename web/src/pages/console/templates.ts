import type { Session } from "../../api/types";
import { type MessageKey, t } from "../../i18n";
import type { Stores } from "../../stores";

/** As many as there are figure keys. */
const MOST = 9;

const BUILT_IN: readonly MessageKey[] = [
  "template.1", "template.2", "template.3", "template.4", "template.5",
  "template.6", "template.7", "template.8", "template.9",
];

/** Ready texts 1 to 9 in the language of the screen: those of this installation, else the built-in ones. */
export function templates({ session, preferences }: Pick<Stores, "session" | "preferences">): string[] {
  const own = (session.current.value as Partial<Session> | null)?.console?.templates ?? [];
  if (!own.length) return BUILT_IN.map((key) => t(key));
  return own.slice(0, MOST).map((template) => template[preferences.language.value]);
}
