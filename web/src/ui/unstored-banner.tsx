import { useId } from "preact/hooks";
import type { UnstoredAlarm } from "../api/types";
import { t } from "../i18n";
import { ago, duration } from "../i18n/format";
import { stores } from "../stores";
import { KeyCap } from "./key-cap";
import { names } from "./names";
import { notify } from "./notices";
import { currentPath, navigate } from "./router";
import { plain } from "./text";

/** Alarms that the server has heard and not yet stored: acted on at once, acknowledged later. */
export function UnstoredBanner() {
  return (
    <>
      {stores.unstored.all.value.map((alarm) => <Alarm key={alarm.event} alarm={alarm} />)}
    </>
  );
}

function Alarm({ alarm }: { alarm: UnstoredAlarm }) {
  const why = useId();
  const muted = stores.unstored.muted.value.has(alarm.event);
  const place = unstoredPlace(alarm);
  const now = stores.clock.now.value;
  const details = [
    place && names.place(place.lat, place.lon),
    place?.heardAt ? t("emergency.position_age", { ago: ago(now - Date.parse(place.heardAt)) }) : null,
    place ? null : t("emergency.no_position"),
    alarm.talkgroup === null ? null : t("talkgroup.short", { number: String(alarm.talkgroup) }),
    plain(alarm.label),
    t(`emergency.how.${alarm.source}`),
  ];
  return (
    <section class="emg raised unstored" aria-label={t("unstored.banner")}>
      <div class="emg-main">
        <svg class="tri" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 .8 19.6 18.4H.4z" fill="currentColor" />
          <path d="M10 6.800v5.600" stroke="var(--emg-under)" stroke-width="2.400" />
          <circle cx="10" cy="15.400" r="1.400" fill="var(--emg-under)" />
        </svg>
        <div class="tx">
          <div class="w">
            <em class="mark">{t("unstored.mark")}</em>{" "}
            {[t(`emergency.source.${alarm.source}`), unstoredName(alarm), names.officers(alarm.unit_id)].filter(Boolean).join(" · ")}
          </div>
          <div class="d">{details.filter(Boolean).join(" · ")}</div>
          <div class="d" id={why}>{t("unstored.why")}</div>
        </div>
        <div class="t" role="timer">
          {duration(Math.max(0, now - Date.parse(alarm.at)))}
          <small>{t("unstored.waiting")}</small>
        </div>
        <div class="bt">
          <button type="button" aria-disabled="true" aria-describedby={why} title={t("unstored.why")} onClick={() => refuse()}>
            {t("emergency.acknowledge")}<KeyCap id="acknowledge" />
          </button>
          <button type="button" class="p" aria-pressed={muted} disabled={muted} onClick={() => stores.unstored.mute(alarm.event)}>
            {t(muted ? "unstored.muted" : "unstored.mute")}
          </button>
          <button type="button" disabled={!place && alarm.unit_id === null} onClick={() => showUnstored(alarm)}>
            {t("emergency.show")}<KeyCap id="show_emergency" />
          </button>
        </div>
      </div>
    </section>
  );
}

/** Say why it cannot be acknowledged; whether there was such an alarm. */
export function refuse(): boolean {
  if (!stores.unstored.all.value.length) return false;
  notify(t("unstored.why"), true);
  return true;
}

export function showUnstored(alarm: UnstoredAlarm | undefined): boolean {
  if (!alarm) return false;
  const place = unstoredPlace(alarm);
  if (currentPath() !== "/") navigate("/");
  if (alarm.unit_id !== null) stores.selection.select(alarm.unit_id);
  if (place) stores.selection.showPlace(place.lat, place.lon);
  else if (alarm.unit_id !== null) stores.selection.showUnit(alarm.unit_id);
  return true;
}

/** Call sign as the server remembers it, else what the console knows of the radio. */
export function unstoredName(alarm: UnstoredAlarm): string {
  if (alarm.call_sign) return plain(alarm.call_sign);
  return stores.radios.peek(alarm.radio_id) ? names.unitOrRadio(alarm.unit_id, alarm.radio_id) : plain(alarm.label);
}

interface Place {
  lat: number;
  lon: number;
  heardAt: string;
}

function unstoredPlace(alarm: UnstoredAlarm): Place | null {
  if (alarm.lat !== null && alarm.lon !== null) return { lat: alarm.lat, lon: alarm.lon, heardAt: alarm.at };
  const position = alarm.radio_id === null ? undefined : stores.positions.get(alarm.radio_id);
  return position ? { lat: position.lat, lon: position.lon, heardAt: position.heard_at } : null;
}
