import { age } from "../i18n/format";
import { stores } from "../stores";

/** Age of a time, redrawn each second without its surroundings. @param at ms since 1970 */
export function Age({ at }: { at: number | null }) {
  return <>{at === null ? "—" : age(stores.clock.now.value - at)}</>;
}
