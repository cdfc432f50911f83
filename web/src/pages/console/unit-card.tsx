import "./unit-card.css";
import { useCallback, useRef, useState } from "preact/hooks";
import { command, send } from "../../api/client";
import type { CommandKind, Unit, UnitStatus } from "../../api/types";
import { t } from "../../i18n";
import { bearing, distance, number } from "../../i18n/format";
import { distanceM } from "../../map/geo";
import { stores } from "../../stores";
import type { UnitView } from "../../stores/unit-views";
import { copyText } from "../../ui/copy";
import { currentEmergency } from "../../ui/emergency-actions";
import { Icon } from "../../ui/icons";
import { KeyCap } from "../../ui/key-cap";
import { useShortcut } from "../../ui/keys";
import { names, radioName } from "../../ui/names";
import { placeOf } from "../../ui/nearest";
import { notify, notifyError } from "../../ui/notices";
import { plain } from "../../ui/text";
import { positionAge, secondLine } from "./unit-list";

const STATUSES: readonly UnitStatus[] = ["free", "busy", "off_duty"];

/** The selected unit: what is known of it, and what can be asked of it. */
export function UnitCard() {
  const id = stores.selection.unitId.value;
  const message = useCallback((): boolean => {
    const unitId = stores.selection.unitId.value;
    if (unitId !== null) stores.selection.compose({ recipients: [{ to: "unit", id: unitId }] });
    else stores.selection.composeAsked.value++;
    return true;
  }, []);
  useShortcut("message", message);
  if (id === null) return null;
  const view = stores.unitViews.of(id);
  const unit = view.unit.value;
  if (!unit) return null;
  const state = view.state.value;
  const label = unit.status === "off_duty" && state === "off" ? "state.off_duty" : (`state.${state}` as const);
  return (
    <aside class="ucard card" aria-label={t("unit.card", { unit: plain(unit.call_sign) })}>
      <div class="h">
        <Icon name={state} class={`st-${state}`} />
        {plain(unit.call_sign)}
        <small>{unit.officers.map(plain).join(", ")}</small>
        <span class={`pill ${state}`}>{t(label)}</span>
        <button type="button" class="x" aria-label={t("close")} title={t("close")} onClick={() => stores.selection.select(null)}>
          {"×"}
        </button>
      </div>
      <p class="where">{`${t(`kind.${unit.kind}`)} · ${secondLine(view)}`}</p>
      <Facts view={view} unit={unit} />
      <div class="bt">
        <button type="button" class="b p" onClick={message}>{t("unit.message")}<KeyCap id="message" /></button>
        <a class="b" href={`/track?unit=${id}`}>{t("unit.track")}</a>
        <Ask view={view} kind="request_position" ability="position_request" />
        <Ask view={view} kind="radio_check" ability="radio_check" />
      </div>
      <Status unit={unit} />
    </aside>
  );
}

function Facts({ view, unit }: { view: UnitView; unit: Unit }) {
  const position = view.position.value;
  const radios = view.radios.value;
  const reception = radios
    .flatMap((radio) => stores.reception.get(radio.id) ?? [])
    .sort((a, b) => b.at.localeCompare(a.at))[0];
  const emergency = currentEmergency();
  const spot = emergency && emergency.unit_id !== unit.id ? placeOf(stores, emergency) : null;
  const speed = position?.speed_kmh ?? null;
  const heading = position?.bearing_deg ?? null;
  const rssi = reception?.rssi_dbm ?? null;
  const facts: [string, string][] = [
    [t("unit.radio"), radios.map(radioName).join(", ") || t("unit.no_radio")],
    [t("unit.group"), names.shortTalkgroup(unit.talkgroup_id) ?? "—"],
    [t("unit.speed"), speed === null
      ? "—"
      : `${number(speed)} km/h${heading !== null && speed >= 2 ? ` ${bearing(heading)}` : ""}`],
    [t("unit.gps"), position?.error_m ? `${positionAge(view)}, ±${distance(position.error_m)}` : positionAge(view)],
  ];
  if (rssi !== null) facts.push([t("unit.signal"), `${number(rssi)} dBm`]);
  if (position && spot && emergency) {
    facts.push([t("unit.to", { unit: names.emergency(emergency) }), distance(distanceM(position, spot))]);
  }
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name} class={value.length > 18 ? "wide" : ""}><dt>{name}</dt><dd title={value}>{value}</dd></div>
      ))}
      {position && <Coordinates lat={position.lat} lon={position.lon} />}
    </dl>
  );
}

/** Decimal degrees, as they are read out or put into another program. */
function Coordinates({ lat, lon }: { lat: number; lon: number }) {
  const text = useRef<HTMLSpanElement>(null);
  const copy = async (): Promise<void> => {
    if (text.current) notify(t(await copyText(text.current) ? "unit.copied" : "unit.copy_by_hand"));
  };
  return (
    <div class="wide">
      <dt>{t("unit.coordinates")}</dt>
      <dd>
        <span ref={text} data-testid="unit-coordinates">{`${lat.toFixed(5)}, ${lon.toFixed(5)}`}</span>
        <button type="button" class="copy" aria-label={t("unit.copy")} title={t("unit.copy")} onClick={() => void copy()}>
          <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M7 6V3h10v11h-3M3 6h11v11H3z" fill="none" stroke="currentColor" stroke-width="1.700" />
          </svg>
        </button>
      </dd>
    </div>
  );
}

/** Ask the unit's radio something that it can do. */
function Ask({ view, kind, ability }: { view: UnitView; kind: CommandKind & ("request_position" | "radio_check"); ability: string }) {
  const [busy, setBusy] = useState(false);
  const radio = view.radios.value.find((one) => one.abilities.includes(ability));
  if (!radio) return null;
  const ask = async (): Promise<void> => {
    setBusy(true);
    try {
      await command(`/api/radios/${radio.id}/commands`, { kind });
      notify(t("unit.asked", { radio: radioName(radio) }));
    } catch (error) {
      notifyError(error);
    }
    setBusy(false);
  };
  return <button type="button" class="b" disabled={busy} onClick={() => void ask()}>{t(`command.${kind}`)}</button>;
}

function Status({ unit }: { unit: Unit }) {
  const [busy, setBusy] = useState(false);
  const set = async (status: UnitStatus): Promise<void> => {
    setBusy(true);
    try {
      const answer = await send<{ unit: Unit }>("PATCH", `/api/units/${unit.id}`, { status });
      stores.units.put(answer.unit);
    } catch (error) {
      notifyError(error);
    }
    setBusy(false);
  };
  return (
    <div class="statuses" role="group" aria-label={t("unit.set_status")}>
      {STATUSES.map((status) => (
        <button key={status} type="button" aria-pressed={unit.status === status} disabled={busy} onClick={() => void set(status)}>
          {t(`status.${status}`)}
        </button>
      ))}
    </div>
  );
}
