import "./receptions.css";
import type { Call, Reception } from "../api/types";
import { t } from "../i18n";
import { measured } from "../i18n/format";
import { plain } from "./text";

/** How each site heard a call, behind a line that opens; nothing for a call that one site heard. */
export function Receptions({ call }: { call: Call }) {
  // a server of before they were kept may still have told it
  const receptions = (call.receptions as Call["receptions"] | undefined) ?? [];
  const sites = new Set(receptions.map((one) => one.site));
  if (sites.size < 2) return null;
  return (
    <details class="receptions">
      <summary>{t("call.heard_by", { count: sites.size })}</summary>
      <ul>
        {receptions.map((one, place) => (
          <li key={place}><b>{plain(one.site ?? call.link)}</b>{quality(one)}</li>
        ))}
      </ul>
    </details>
  );
}

function quality({ rssi_dbm, ber_percent }: Reception): string {
  const known = [
    measured(rssi_dbm, 0, "dBm"),
    ber_percent === null ? "" : t("call.bit_errors", { percent: measured(ber_percent, 1, "%") }),
  ].filter(Boolean);
  return known.length ? ` ${known.join(" · ")}` : "";
}
