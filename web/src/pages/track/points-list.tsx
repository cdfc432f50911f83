import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { bearing, clock, distance, duration, isoDate, number } from "../../i18n/format";
import { names } from "../../ui/names";
import { STANDS_BELOW_KMH } from "../../map/map-units";
import type { Drive, DrivePoint } from "./drive";
import { moment, where } from "./time-slider";

interface Props {
  drive: Drive;
  index: number;
  onIndex: (index: number) => void;
}

/** More rows than this make the browser slow; the list then shows what lies around the slider. */
const MOST_ROWS = 240;
const COLUMNS = 3;

/** Stops and gaps first, then every report as a row that sets the slider, with a line before each day. */
export function PointsList({ drive, index, onIndex }: Props) {
  const zone = names.zone();
  const chosen = useRef<HTMLTableRowElement>(null);
  const shown = useRef(index);
  useEffect(() => {
    if (shown.current === index) return; // a new drive is read from its top
    shown.current = index;
    chosen.current?.scrollIntoView({ block: "nearest" });
  }, [index]);
  const from = Math.max(0, Math.min(index - MOST_ROWS / 2, drive.points.length - MOST_ROWS));
  const rows = drive.points.slice(from, from + MOST_ROWS);
  const jump = (at_ms: number): void => {
    const target = drive.points.findIndex((point) => point.at_ms >= at_ms);
    if (target >= 0) onIndex(target);
  };
  return (
    <>
      {drive.stops.length > 0 && (
        <section class="track-part" aria-label={t("track.stops")}>
          <h2>{t("track.stops")}</h2>
          <ul>
            {drive.stops.map((stop) => (
              <li key={stop.from_ms}>
                <button type="button" onClick={() => jump(stop.from_ms)}>
                  <b>{moment(drive, stop.from_ms, zone)}</b> {duration(stop.to_ms - stop.from_ms)}
                  <span class="muted">{where(stop.at)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {drive.gaps.length > 0 && (
        <section class="track-part" aria-label={t("track.gaps")}>
          <h2>{t("track.gaps")}</h2>
          <ul>
            {drive.gaps.map((gap) => (
              <li key={gap.from_ms}>
                <button type="button" onClick={() => jump(gap.from_ms)}>
                  <b>{moment(drive, gap.from_ms, zone)}</b> {duration(gap.to_ms - gap.from_ms)}
                  <span class="muted">{distance(gap.distance_m)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <table class="log-table">
        <thead>
          <tr>
            <th scope="col">{t("track.column.time")}</th>
            <th scope="col">{t("track.column.place")}</th>
            <th scope="col" class="figure">{t("track.column.speed")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.flatMap((point, i) => {
            const current = from + i === index;
            const date = isoDate(point.at_ms, zone);
            const before = rows[i - 1];
            const begins = !before || isoDate(before.at_ms, zone) !== date;
            return [
              begins && <tr key={date} class="log-day"><td colSpan={COLUMNS}>{date}</td></tr>,
              <tr key={`${point.at_ms}-${from + i}`} ref={current ? chosen : undefined} class={current ? "is-chosen" : ""} onClick={() => onIndex(from + i)}>
                <td class="time">{clock(point.at_ms, zone)}</td>
                <td>{where(point)}</td>
                <td class="figure">{speed(point)}</td>
              </tr>,
            ];
          })}
        </tbody>
      </table>
    </>
  );
}

function speed(point: DrivePoint): string {
  if (point.speed_kmh === null) return "";
  const course = point.bearing_deg === null || point.speed_kmh < STANDS_BELOW_KMH ? "" : ` ${bearing(point.bearing_deg)}`;
  return `${number(point.speed_kmh)}${course}`;
}
