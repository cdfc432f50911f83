import "../../map/map.css";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { effect } from "@preact/signals";
import { language, t } from "../../i18n";
import { duration } from "../../i18n/format";
import type { MapEngine } from "../../map/engine";
import { boundsOf, pixelsPerMetre } from "../../map/geo";
import { LeafletEngine, START_PER_METRE } from "../../map/leaflet-engine";
import { ScaleBar } from "../../map/scale-bar";
import { stores } from "../../stores";
import type { Drive, DrivePoint } from "./drive";

interface Props {
  drive: Drive | null;
  cursor: DrivePoint | null;
}

/** The map with one drive on it. A new drive is brought into view; the slider never moves the map. */
export function TrackMap({ drive, cursor }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const engine = useRef<MapEngine | null>(null);
  const perMetre = useSignal(START_PER_METRE);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const map = new LeafletEngine(element, {
      clock: () => stores.clock.read(),
      language: language(),
      listener: {
        picked: () => undefined,
        moved: ({ zoom, centre }) => {
          perMetre.value = pixelsPerMetre(zoom, centre.lat);
        },
        baseFailed: () => undefined,
      },
    });
    engine.current = map;
    const stops = [
      effect(() => map.setBase(stores.session.current.value?.console.map ?? null)),
      effect(() => {
        void stores.preferences.theme.value;
        queueMicrotask(() => map.recolour());
      }),
    ];
    const sizes = new ResizeObserver(() => map.resized());
    sizes.observe(element);
    return () => {
      for (const stop of stops) stop();
      sizes.disconnect();
      engine.current = null;
      map.destroy();
    };
  }, []);
  useEffect(() => {
    const bounds = boundsOf(drive?.points ?? []);
    if (bounds) engine.current?.fit(bounds);
  }, [drive]);
  useEffect(() => {
    engine.current?.setTrack(drive && {
      legs: drive.legs,
      stops: drive.stops.map(({ at, from_ms, to_ms }) => ({ at, label: duration(to_ms - from_ms) })),
      cursor,
    });
  }, [drive, cursor]);
  return (
    <section class="map track-map" aria-label={t("map.name")}>
      <div ref={place} class="map-window" role="region" aria-label={t("map.window")} />
      <div class="map-tools top-right">
        <div class="card map-buttons upright">
          <button type="button" aria-label={t("map.zoom_in")} title={t("map.zoom_in")} onClick={() => engine.current?.zoomBy(1)}>
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 4v12M4 10h12" /></svg>
          </button>
          <button type="button" aria-label={t("map.zoom_out")} title={t("map.zoom_out")} onClick={() => engine.current?.zoomBy(-1)}>
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10h12" /></svg>
          </button>
        </div>
      </div>
      <ScaleBar perMetre={perMetre.value} source={stores.session.current.value?.console.map ?? null} />
    </section>
  );
}
