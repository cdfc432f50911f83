import type { Call } from "../../api/types";
import { t } from "../../i18n";
import { clock, duration, isoDate, measured } from "../../i18n/format";
import { stores } from "../../stores";
import { names } from "../../ui/names";
import { Receptions } from "../../ui/receptions";
import { plain } from "../../ui/text";

interface Props {
  calls: readonly Call[];
}

/** Calls, newest first, with a line before each new day. */
export function CallTable({ calls }: Props) {
  const zone = names.zone();
  let day = "";
  return (
    <table class="log-table">
      <thead>
        <tr>
          <th scope="col">{t("calls.column.time")}</th>
          <th scope="col" class="figure">{t("calls.column.duration")}</th>
          <th scope="col">{t("calls.column.from")}</th>
          <th scope="col">{t("calls.column.to")}</th>
          <th scope="col">{t("calls.column.site")}</th>
          <th scope="col">{t("calls.column.end")}</th>
          <th scope="col" class="figure">{t("calls.column.rssi")}</th>
          <th scope="col" class="figure">{t("calls.column.ber")}</th>
          <th scope="col" class="figure">{t("calls.column.loss")}</th>
          <th scope="col">{t("calls.column.marks")}</th>
        </tr>
      </thead>
      <tbody>
        {calls.flatMap((loaded) => {
          const call = stores.calls.get(loaded.id) ?? loaded;
          const date = isoDate(call.started_at, zone);
          const rows = [<CallRow key={call.id} call={call} zone={zone} />];
          if (date !== day) {
            day = date;
            rows.unshift(
              <tr key={date} class="log-day"><td colSpan={10}>{date}</td></tr>,
            );
          }
          return rows;
        })}
      </tbody>
    </table>
  );
}

function CallRow({ call, zone }: { call: Call; zone: string }) {
  const running = call.ended_at === null;
  const look = [call.emergency && "is-emergency", running && "is-live"].filter(Boolean).join(" ");
  return (
    <tr class={look}>
      <td class="time">{clock(call.started_at, zone)}</td>
      <td class="figure">{running ? <Running since={call.started_at} /> : duration((call.duration_s ?? 0) * 1000)}</td>
      <td class="who"><Caller call={call} /></td>
      <td>{called(call)}</td>
      <td>
        {[plain(call.site ?? call.link), call.slot === null ? "" : t("call.slot", { slot: call.slot })]
          .filter(Boolean)
          .join(" · ")}
        <Receptions call={call} />
      </td>
      <td>{running ? <span class="pill busy">{t("call.talking")}</span> : endReason(call)}</td>
      <td class="figure">{measured(call.rssi_dbm, 0, "dBm")}</td>
      <td class="figure">{measured(call.ber_percent, 1, "%")}</td>
      <td class="figure">{measured(call.loss_percent, 1, "%")}</td>
      <td><span class="marks"><Marks call={call} /></span></td>
    </tr>
  );
}

function Running({ since }: { since: string }) {
  return <>{duration(stores.clock.now.value - Date.parse(since))}</>;
}

/** The unit in bold, then alias and number: after a swap of radios both are needed. */
function Caller({ call }: { call: Call }) {
  const unit = names.unit(call.unit_id);
  const radio = stores.radios.get(call.radio_id);
  const spoken = radio && !radio.alias && call.talker_alias ? `${plain(call.talker_alias)} · ${radio.label}` : names.radio(call.radio_id);
  return unit ? <><b>{unit}</b><span>{spoken}</span></> : <b>{spoken}</b>;
}

function called(call: Call): string {
  if (call.kind === "group") return names.calledGroup(call);
  if (call.kind === "private") return t("calls.privately", { who: names.called(call) });
  return names.called(call);
}

function endReason(call: Call): string {
  switch (call.end_reason) {
    case "terminator": return t("calls.end.terminator");
    case "lost": return t("call.end.lost");
    case "preempted": return t("call.end.preempted");
    case "truncated": return t("call.end.truncated");
    case null: return "";
  }
}

function Marks({ call }: { call: Call }) {
  return (
    <>
      {call.emergency && <span class="pill emergency">{t("calls.mark.emergency")}</span>}
      {call.late_entry && <span class="pill no_gps" title={t("calls.mark.late_entry_title")}>{t("call.late_entry")}</span>}
      {call.encrypted && <span class="pill off">{t("call.encrypted")}</span>}
    </>
  );
}
