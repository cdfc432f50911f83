import { t } from "../../i18n";
import { clock, dateAndClock, isoDate, number } from "../../i18n/format";
import { placeName } from "../../map/places";
import { names } from "../../ui/names";
import { type Drive, indexAt } from "./drive";

interface Props {
  drive: Drive;
  index: number;
  onIndex: (index: number) => void;
}

/** Where on the drive one stands: a slider over time, with stops and gaps drawn on its rail. */
export function TimeSlider({ drive, index, onIndex }: Props) {
  const zone = names.zone();
  const first = drive.points[0];
  const last = drive.points.at(-1);
  const point = drive.points[index];
  if (!first || !last || !point) return null;
  const length = Math.max(1, last.at_ms - first.at_ms);
  const share = (at_ms: number): string => `${((at_ms - first.at_ms) / length) * 100}%`;
  const width = (from_ms: number, to_ms: number): string => `${((to_ms - from_ms) / length) * 100}%`;
  return (
    <div class="track-slider">
      <div class="track-slider-line">
        <button type="button" class="b" aria-label={t("track.earlier")} disabled={index === 0} onClick={() => onIndex(index - 1)}>◀</button>
        <div class="track-rail">
          <div class="track-marks" aria-hidden="true">
            {drive.stops.map((stop) => (
              <i key={`s${stop.from_ms}`} class="stop" style={{ left: share(stop.from_ms), width: width(stop.from_ms, stop.to_ms) }} />
            ))}
            {drive.gaps.map((gap) => (
              <i key={`g${gap.from_ms}`} class="gap" style={{ left: share(gap.from_ms), width: width(gap.from_ms, gap.to_ms) }} />
            ))}
          </div>
          <input
            type="range"
            aria-label={t("track.slider")}
            aria-valuetext={`${moment(drive, point.at_ms, zone)} ${where(point)}`}
            min={first.at_ms}
            max={last.at_ms}
            step={1000}
            value={point.at_ms}
            onInput={(event) => onIndex(indexAt(drive.points, Number(event.currentTarget.value)))}
            onKeyDown={(event) => {
              const step = STEPS[event.key];
              if (step === undefined) return;
              event.preventDefault();
              onIndex(Math.min(drive.points.length - 1, Math.max(0, index + step)));
            }}
          />
        </div>
        <button
          type="button"
          class="b"
          aria-label={t("track.later")}
          disabled={index === drive.points.length - 1}
          onClick={() => onIndex(index + 1)}
        >
          ▶
        </button>
      </div>
      <div class="track-now">
        <b>{moment(drive, point.at_ms, zone)}</b>
        <span>{where(point)}</span>
        {point.speed_kmh !== null && <span>{t("track.speed", { speed: number(point.speed_kmh) })}</span>}
        {point.error_m !== null && <span class="muted">±{number(point.error_m)} m</span>}
      </div>
    </div>
  );
}

/** One report further or back by arrow; ten by page keys. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10,
};

/** Time of day; with its date where the drive goes over midnight. */
export function moment(drive: Drive, at_ms: number, zone: string): string {
  const first = drive.points[0]?.at_ms ?? at_ms;
  const last = drive.points.at(-1)?.at_ms ?? at_ms;
  return isoDate(first, zone) === isoDate(last, zone) ? clock(at_ms, zone) : dateAndClock(at_ms, zone);
}

export function where(point: { lat: number; lon: number }): string {
  return placeName(point.lat, point.lon)?.text ?? `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`;
}
