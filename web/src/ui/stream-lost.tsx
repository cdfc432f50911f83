import { t } from "../i18n";
import { clock, duration } from "../i18n/format";
import { stores } from "../stores";
import { stream } from "./desk";
import { names } from "./names";

/** Across the whole width: what is shown is old, since when, and what is done about it. */
export function StreamLost() {
  const { phase, goodAt } = stores.stream;
  if (phase.value !== "lost") return null;
  const since = goodAt.value;
  return (
    <div class="no-data" role="alert">
      <span class="no-data-w">
        {since === null ? t("stream.none_yet") : t("stream.lost", { time: clock(since, names.zone()) })}
      </span>
      {since !== null && <b>{duration(stores.clock.now.value - since)}</b>}
      <span>{t("stream.retrying")}</span>
      <button type="button" onClick={() => stream.wake()}>{t("stream.now")}</button>
    </div>
  );
}
