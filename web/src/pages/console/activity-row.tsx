import type { Call, Emergency } from "../../api/types";
import type { StatusReceived } from "../../api/frames";
import { t } from "../../i18n";
import { clock, duration } from "../../i18n/format";
import { stores } from "../../stores";
import { Icon } from "../../ui/icons";
import { names } from "../../ui/names";
import { Receptions } from "../../ui/receptions";
import { plain } from "../../ui/text";
import type { ActivityItem } from "./activity-items";
import { MessageRow } from "./message-row";

export function ActivityRow({ item }: { item: ActivityItem }) {
  switch (item.kind) {
    case "call":
      return <CallRow call={item.call} />;
    case "text":
      return <MessageRow message={item.message} />;
    case "emergency":
      return <EmergencyRow emergency={item.emergency} />;
    case "status":
      return <StatusRow status={item.status} />;
  }
}

const BARS = [5, 9, 12, 7, 11, 6, 10, 4];

function CallRow({ call }: { call: Call }) {
  const live = call.ended_at === null;
  const unitId = call.unit_id ?? stores.radios.get(call.radio_id)?.unit_id ?? null;
  const notes = [
    call.emergency ? t("call.emergency") : null,
    call.encrypted ? t("call.encrypted") : null,
    call.late_entry ? t("call.late_entry") : null,
    call.end_reason && call.end_reason !== "terminator" ? t(`call.end.${call.end_reason}`) : null,
    call.site ? plain(call.site) : null,
    call.slot ? t("call.slot", { slot: call.slot }) : null,
  ].filter(Boolean);
  return (
    <li class={`${live ? "live" : ""} ${call.emergency ? "e" : ""}`}>
      <time dateTime={call.started_at}>{clock(call.started_at, names.zone(call.agency_id))}</time>
      <Icon name="call" label={t(`call.kind.${call.kind}`)} class={call.emergency ? "st-emergency" : "st-busy"} />
      <div class="m">
        <Who unitId={unitId} name={names.caller(call)} />
        {` → ${names.called(call)}`}
        <span>
          {live && <>{t("call.talking")}<Wave />{" "}</>}
          {notes.join(" · ")}
        </span>
        <Receptions call={call} />
      </div>
      <div class="r">{live ? <Elapsed since={call.started_at} /> : duration((call.duration_s ?? 0) * 1000)}</div>
    </li>
  );
}

function Wave() {
  return (
    <span class="wave" aria-hidden="true">
      {BARS.map((height, index) => <i key={index} style={{ height: `${height}px` }} />)}
    </span>
  );
}

function Elapsed({ since }: { since: string }) {
  return <b>{duration(stores.clock.now.value - Date.parse(since))}</b>;
}

/** A unit's name that selects it and shows it on the map. */
export function Who({ unitId, name }: { unitId: number | null; name: string }) {
  if (unitId === null) return <b>{name}</b>;
  return <button type="button" class="who" onClick={() => stores.selection.showUnit(unitId)}>{name}</button>;
}

function EmergencyRow({ emergency }: { emergency: Emergency }) {
  const place = emergency.lat !== null && emergency.lon !== null ? names.place(emergency.lat, emergency.lon) : null;
  const open = emergency.state !== "closed";
  const zone = names.zone(emergency.agency_id);
  const reasonKey = emergency.close_reason as "handled" | "false_alarm" | "drill" | "other" | null;
  const story = [
    place,
    emergency.acknowledged_at
      ? `✓ ${clock(emergency.acknowledged_at, zone)} ${plain(emergency.acknowledged_by ?? "")}`
      : null,
    emergency.closed_at ? `■ ${clock(emergency.closed_at, zone)} ${plain(emergency.closed_by ?? "")}` : null,
  ].filter(Boolean);
  return (
    <li class={open ? "e" : ""}>
      <time dateTime={emergency.raised_at}>{clock(emergency.raised_at, zone)}</time>
      <Icon name="emergency" class={open ? "st-emergency" : "st-off"} />
      <div class="m">
        <Who unitId={emergency.unit_id} name={names.emergency(emergency)} />
        {` · ${t(`emergency.source.${emergency.source}`)}`}
        {story.map((line) => <span key={line}>{line}</span>)}
      </div>
      <div class="r">
        {emergency.state === "closed" && reasonKey ? t(`emergency.reason.${reasonKey}`) : t(`emergency.state.${emergency.state}`)}
      </div>
    </li>
  );
}

function StatusRow({ status }: { status: StatusReceived }) {
  return (
    <li>
      <time dateTime={status.at}>{clock(status.at, names.zone())}</time>
      <Icon name="status" class="st-free" />
      <div class="m">
        <Who unitId={status.unit_id} name={names.unitOrRadio(status.unit_id, status.radio_id)} />
        <span>{t("status.code", { number: String(status.status) })}{status.label ? ` · ${plain(status.label)}` : ""}</span>
      </div>
      <div class="r" />
    </li>
  );
}
