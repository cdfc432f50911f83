import "./timeline.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { duration, number, shortClock } from "../../i18n/format";
import { stores } from "../../stores";
import { names } from "../../ui/names";
import { type Bar, type Lane, SPAN_MS, lanes, load } from "./lanes";

const TICK_MS = 5 * 60_000;
/** Room at the right for the line that means now. */
const MARGIN = 14;
const FOOT = 16;
/** Width of a time below the lanes. */
const LABEL = 40;
/** Pixels of a lane: as high as all of them fit, within these. */
const LOWEST = 12;
const HIGHEST = 27;

/** Who spoke where in the last half hour. */
export function Timeline() {
  const now = stores.clock.now.value;
  const { busy, quiet } = lanes(stores, now, (call) => names.caller(call));
  const [withQuiet, setWithQuiet] = useState(false);
  const all = withQuiet ? [...busy, ...quiet] : busy;
  const emergencies = stores.emergencies.all.value.filter((e) => now - Date.parse(e.raised_at) < SPAN_MS);
  const box = useRef<HTMLDivElement>(null);
  const region = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(700);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element || typeof ResizeObserver === "undefined") return undefined;
    const sizes = new ResizeObserver(() => {
      setWidth(element.clientWidth);
      setRoom((region.current?.clientHeight ?? 0) - FOOT);
    });
    sizes.observe(element);
    if (region.current) sizes.observe(region.current);
    return () => sizes.disconnect();
  }, []);
  const live = stores.stream.phase.value === "live";
  const lane = Math.min(HIGHEST, Math.max(LOWEST, Math.floor(room / all.length)));
  const height = Math.max(all.length * lane, room);
  const x = (at: number): number => ((at - (now - SPAN_MS)) / SPAN_MS) * (width - MARGIN);
  const zone = names.zone();
  const firstTick = Math.ceil((now - SPAN_MS) / TICK_MS) * TICK_MS;
  const ticks = Array.from({ length: SPAN_MS / TICK_MS }, (_, n) => firstTick + n * TICK_MS);
  return (
    <section class="tl" aria-label={t("lane.title")}>
      <div class="hd">
        <h2>{t("lane.title")}</h2>
        <span>{t("lane.span")}</span>
        <span class={`pill ${live ? "ok" : "warn"}`}>{`● ${t(live ? "lane.live" : "lane.old")}`}</span>
        {quiet.length > 0 && (
          <button type="button" class="tl-q" aria-expanded={withQuiet} title={t("lane.quiet_title")} onClick={() => setWithQuiet(!withQuiet)}>
            {t("lane.quiet", { count: quiet.length })}
          </button>
        )}
        <span class="grow" />
        <span>{t("lane.load", { percent: number(Math.round(load(busy, now) * 100)) })}</span>
      </div>
      <div ref={region} class="tl-b scroll" tabIndex={0} role="region" aria-label={t("lane.region")}>
        <ul>
          {all.map((one) => (
            <li key={one.key} style={{ height: `${lane}px`, fontSize: `${Math.min(12, lane - 1)}px` }}>
              <b>{one.name}</b><span>{one.more}</span>
            </li>
          ))}
        </ul>
        <div ref={box} class="tl-s">
          <svg width={width} height={height} role="img" aria-label={summary(all)}>
            {ticks.map((at) => (
              <path key={at} class="tick-l" d={`M${x(at)} 0V${height}`} />
            ))}
            {all.map((one, row) => one.bars.map((bar) => (
              <Mark key={bar.key} bar={bar} lane={one} x={x} y={row * lane} height={lane} now={now} />
            )))}
            {emergencies.map((emergency) => {
              const at = x(Date.parse(emergency.raised_at));
              return (
                <g key={emergency.id} class="tl-e">
                  <title>{`${names.emergency(emergency)} · ${t(`emergency.source.${emergency.source}`)}`}</title>
                  <path class="line" d={`M${at} 0V${height}`} />
                  <path d={`M${at - 7} 15L${at} 3L${at + 7} 15z`} />
                </g>
              );
            })}
            <path class="now" d={`M${width - MARGIN} 0V${height}`} />
          </svg>
        </div>
        <svg class="tl-axis" width={width} height={FOOT} aria-hidden="true">
          {ticks.filter((at) => x(at) < width - LABEL).map((at) => (
            <text key={at} class="tick" x={x(at) + 4} y={FOOT - 4}>{shortClock(at, zone)}</text>
          ))}
        </svg>
      </div>
    </section>
  );
}

interface MarkProps {
  bar: Bar;
  lane: Lane;
  x: (at: number) => number;
  y: number;
  height: number;
  now: number;
}

function Mark({ bar, lane, x, y, height, now }: MarkProps) {
  const from = Math.max(0, x(bar.from));
  const to = bar.to ?? now;
  const gap = height >= 20 ? 5 : 3;
  const kind = lane.key === "texts" ? "text" : bar.emergency ? "emergency" : bar.to === null ? "live" : "";
  return (
    <rect
      class={`bar ${kind}`} x={from} y={y + gap} width={Math.max(3, x(to) - from)} height={height - 2 * gap} rx="2"
      onClick={() => { if (bar.unitId !== null) stores.selection.showUnit(bar.unitId); }}
    >
      <title>{lane.key === "texts" ? bar.label : `${bar.label} → ${lane.name} · ${duration(to - bar.from)}`}</title>
    </rect>
  );
}

function summary(all: readonly Lane[]): string {
  const spoken = all.filter((lane) => lane.key !== "texts" && lane.bars.length);
  return [t("lane.title"), ...spoken.map((lane) => t("lane.count", { lane: lane.name, count: lane.bars.length }))].join(", ");
}
