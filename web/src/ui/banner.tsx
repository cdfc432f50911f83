import "./banner.css";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Emergency } from "../api/types";
import { t } from "../i18n";
import { ago, clock, distance, duration } from "../i18n/format";
import { stores } from "../stores";
import { CloseDialog } from "./close-emergency";
import { receipt } from "./desk";
import {
  acknowledge, chosenEmergency, currentEmergency, pendingEmergencies,
} from "./emergency-actions";
import { KeyCap } from "./key-cap";
import { useShortcut } from "./keys";
import { names } from "./names";
import { nearestUnits, placeOf } from "./nearest";
import { currentPath, navigate } from "./router";
import { plain } from "./text";
import { UnstoredBanner, refuse, showUnstored } from "./unstored-banner";

/** Open alarms, above everything: the oldest waiting one in full, the others as a row. */
export function Banner() {
  const emergency = currentEmergency();
  const [closing, setClosing] = useState<Emergency | null>(null);
  const key = useCallback((): boolean => {
    const current = currentEmergency();
    if (!current) return refuse();
    if (current.state === "raised") void acknowledge(current);
    else setClosing(current);
    return true;
  }, []);
  const show = useCallback(
    () => showOnMap(currentEmergency()) || showUnstored(stores.unstored.all.value[0]), [],
  );
  const send = useCallback(() => sendNearest(currentEmergency()), []);
  useShortcut("acknowledge", key);
  useShortcut("show_emergency", show);
  useShortcut("send_nearest", send);
  const painted = emergency?.state === "raised" ? emergency : null;
  useEffect(() => {
    if (!painted) return undefined;
    const frame = requestAnimationFrame(() => receipt(painted));
    return () => cancelAnimationFrame(frame);
  });
  const others = stores.openEmergencies.value.filter((other) => other.id !== emergency?.id);
  return (
    <div class="emgs">
      <UnstoredBanner />
      {emergency && (
        <section class={`emg ${emergency.state} ${emergency.escalation ? "escalated" : ""}`} aria-label={t("emergency.banner")}>
          <div class="emg-main">
            <svg class="tri" viewBox="0 0 20 20" aria-hidden="true">
              <path d="M10 .8 19.6 18.4H.4z" fill="currentColor" />
              <path d="M10 6.800v5.600" stroke="var(--emg-under)" stroke-width="2.400" />
              <circle cx="10" cy="15.400" r="1.400" fill="var(--emg-under)" />
            </svg>
            <Words emergency={emergency} />
            <Running emergency={emergency} />
            <Buttons emergency={emergency} onClose={() => setClosing(emergency)} />
          </div>
          {others.length > 0 && <Others emergencies={others} />}
        </section>
      )}
      {closing && <CloseDialog emergency={closing} onDone={() => setClosing(null)} />}
    </div>
  );
}

function Words({ emergency }: { emergency: Emergency }) {
  const now = stores.clock.now.value;
  const place = placeOf(stores, emergency);
  const nearest = place && nearestUnits(stores, place, emergency.unit_id)[0];
  const where = place && names.place(place.lat, place.lon);
  const agency = names.emergencyAgency(emergency);
  const title = [t("emergency.source.alarm"), names.emergency(emergency), names.officers(emergency.unit_id), agency];
  const details = [
    emergency.escalation > 0 ? t("emergency.escalated_all") : null,
    emergency.escalation > 1 ? t("emergency.escalated_hook") : null,
    where,
    place?.heardAt
      ? t("emergency.position_age", { ago: ago(now - Date.parse(place.heardAt)) })
      : t("emergency.no_position"),
    place?.errorM ? `±${distance(place.errorM)}` : null,
    names.talkgroup(emergency.talkgroup_id),
    t(`emergency.how.${emergency.source}`),
    nearest ? t("emergency.nearest", { unit: names.unit(nearest.unitId) ?? "", distance: distance(nearest.distanceM) }) : null,
    emergency.repeats > 0 ? t("emergency.repeats", { count: emergency.repeats }) : null,
    emergency.cleared_at ? t("emergency.cleared", { time: clock(emergency.cleared_at, names.zone()) }) : null,
    emergency.after_close ? t("emergency.after_close") : null,
  ];
  return (
    <div class="tx">
      <div class="w">
        {emergency.escalation > 0 && emergency.state === "raised" && <><em class="mark">{t("emergency.escalated")}</em>{" "}</>}
        {title.filter(Boolean).join(" · ")}
      </div>
      <div class="d">{details.filter(Boolean).join(" · ")}</div>
    </div>
  );
}

function Running({ emergency }: { emergency: Emergency }) {
  if (emergency.state === "raised") {
    const waiting = stores.clock.now.value - Date.parse(emergency.raised_at);
    return (
      <div class="t" role="timer">
        {duration(waiting)}
        <small>{t("emergency.unacknowledged")}</small>
      </div>
    );
  }
  const at = emergency.acknowledged_at;
  return (
    <div class="t done">
      {at ? clock(at, names.zone()) : ""}
      <small>{t("emergency.acknowledged_by", { user: plain(emergency.acknowledged_by ?? "") })}</small>
    </div>
  );
}

function Buttons({ emergency, onClose }: { emergency: Emergency; onClose: () => void }) {
  const pending = pendingEmergencies.value.has(emergency.id);
  const place = placeOf(stores, emergency);
  const nearest = place && nearestUnits(stores, place, emergency.unit_id)[0];
  return (
    <div class="bt">
      {emergency.state === "raised" ? (
        <button type="button" class="p" disabled={pending} onClick={() => void acknowledge(emergency)}>
          {pending ? t("sending") : t("emergency.acknowledge")}<KeyCap id="acknowledge" />
        </button>
      ) : (
        <button type="button" class="p" disabled={pending} onClick={onClose}>
          {t("emergency.close")}<KeyCap id="acknowledge" />
        </button>
      )}
      <button type="button" disabled={!place && emergency.unit_id === null} onClick={() => showOnMap(emergency)}>
        {t("emergency.show")}<KeyCap id="show_emergency" />
      </button>
      {nearest && (
        <button type="button" onClick={() => sendNearest(emergency)}>
          {t("emergency.send_nearest", { unit: names.unit(nearest.unitId) ?? "" })}<KeyCap id="send_nearest" />
        </button>
      )}
    </div>
  );
}

function Others({ emergencies }: { emergencies: readonly Emergency[] }) {
  return (
    <div class="emg-others">
      <span>{t("emergency.more", { count: emergencies.length })}</span>
      <ul>
        {emergencies.map((emergency) => (
          <li key={emergency.id}>
            <button type="button" onClick={() => (chosenEmergency.value = emergency.id)}>
              {emergency.state === "raised" ? "▲ " : "✓ "}
              {names.emergency(emergency)}
              {" · "}
              {duration(stores.clock.now.value - Date.parse(emergency.raised_at))}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function showOnMap(emergency: Emergency | null): boolean {
  if (!emergency) return false;
  const place = placeOf(stores, emergency);
  if (currentPath() !== "/") navigate("/");
  if (emergency.unit_id !== null) stores.selection.select(emergency.unit_id);
  if (place) stores.selection.showPlace(place.lat, place.lon);
  else if (emergency.unit_id !== null) stores.selection.showUnit(emergency.unit_id);
  return true;
}

/** Write to the nearest unit: the text says who and where, the dispatcher sends it. */
function sendNearest(emergency: Emergency | null): boolean {
  const place = emergency && placeOf(stores, emergency);
  const nearest = place && nearestUnits(stores, place, emergency.unit_id)[0];
  if (!nearest) return false;
  if (currentPath() !== "/") navigate("/");
  stores.selection.compose({
    recipients: [{ to: "unit", id: nearest.unitId }],
    text: t("emergency.order", {
      unit: names.emergency(emergency),
      place: names.place(place.lat, place.lon) ?? `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`,
    }),
  });
  return true;
}
