/** What a refused command means to the dispatcher; never the server's English. */
import { ApiError } from "../api/client";
import { isKey, t } from "../i18n";
import { clock } from "../i18n/format";
import { names } from "./names";
import { plain } from "./text";

/** One sentence in the language of the screen. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return t("error.unexpected");
  const key = `error.${error.code}`;
  const { by, at, limit, ability } = error.extra;
  const abilityKey = `ability.${String(ability)}`;
  const values = {
    by: typeof by === "string" ? plain(by) : "?",
    at: typeof at === "string" ? clock(at, names.zone()) : "?",
    limit: typeof limit === "number" ? limit : 0,
    ability: isKey(abilityKey) ? t(abilityKey) : String(ability ?? ""),
    seconds: error.retryAfterS ?? 60,
  };
  if (isKey(key)) return t(key, values);
  return t(error.status >= 500 ? "error.server_error" : "error.refused", { code: plain(error.code) });
}
