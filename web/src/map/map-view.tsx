import "./map.css";
import { effect, type ReadonlySignal, type Signal, signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language, t } from "../i18n";
import { stores } from "../stores";
import type { MapRequest } from "../stores/selection";
import { busiestCity, CITIES, COAST } from "./cities";
import type { MapEngine } from "./engine";
import { boundsOf, pixelsPerMetre } from "./geo";
import { LeafletEngine, START_PER_METRE } from "./leaflet-engine";
import { MapTools } from "./map-tools";
import { isUnit, mapUnits, talkingRadios } from "./map-units";
import { ScaleBar } from "./scale-bar";

/** A spot that was asked for is shown at least this near. */
const STREET_ZOOM = 14;

/** Seen by the tools: kept while the console is open, so that a visit to another page changes nothing. */
const trailsShown = signal(true);
const lastView = { bounds: null as null | { zoom: number; lat: number; lon: number } };

interface Props {
  /** Cards that lie over the map, such as the unit card. */
  children?: ComponentChildren;
}

/** The map of the console with its tools; it follows the stores and never moves under the operator's hand. */
export function MapView({ children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const engine = useRef<MapEngine | null>(null);
  const locked = useSignal(false);
  const failed = useSignal(false);
  const city = useSignal<string | null>(null);
  const perMetre = useSignal(START_PER_METRE);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const map = new LeafletEngine(element, {
      clock: () => stores.clock.read(),
      language: language(),
      listener: {
        picked: (id) => stores.selection.select(id !== null && isUnit(id) ? id : null),
        moved: ({ zoom, centre, byHand }) => {
          perMetre.value = pixelsPerMetre(zoom, centre.lat);
          lastView.bounds = { zoom, ...centre };
          if (byHand) {
            locked.value = true;
            city.value = null;
          }
        },
        baseFailed: () => {
          failed.value = true;
        },
      },
    });
    engine.current = map;
    const stop = follow(map, locked, city);
    const sizes = new ResizeObserver(() => map.resized());
    sizes.observe(element);
    return () => {
      stop();
      sizes.disconnect();
      engine.current = null;
      map.destroy();
    };
  }, []);

  const show = (id: string): void => {
    const chosen = CITIES.find((one) => one.id === id);
    city.value = id;
    if (chosen) engine.current?.fit(chosen.bounds);
    else if (engine.current) showAll(engine.current);
  };
  const source = stores.session.current.value?.console.map ?? null;
  return (
    <section class="map" aria-label={t("map.name")}>
      <div ref={place} class="map-window" role="region" aria-label={t("map.window")} />
      <MapTools
        city={city.value}
        locked={locked.value}
        trails={trailsShown.value}
        onCity={show}
        onLock={() => {
          locked.value = !locked.value;
        }}
        onTrails={() => {
          trailsShown.value = !trailsShown.value;
        }}
        onZoom={(steps) => engine.current?.zoomBy(steps)}
      />
      {failed.value && (
        <div class="map-notice card" role="status">
          <span>{t("map.base_failed")}</span>
          <button
            type="button"
            class="b"
            onClick={() => {
              failed.value = false;
              engine.current?.setBase(source);
            }}
          >
            {t("map.try_again")}
          </button>
        </div>
      )}
      {children}
      <ScaleBar perMetre={perMetre.value} source={failed.value ? null : source} />
    </section>
  );
}

/** Let the map follow the stores; returns how to stop. */
function follow(map: MapEngine, locked: ReadonlySignal<boolean>, city: Signal<string | null>): () => void {
  const talking = talkingRadios(stores);
  let frame = 0;
  let placed = false;
  const stops = [
    effect(() => {
      const units = mapUnits(stores, talking.value);
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        map.setUnits(units);
        if (placed || units.length === 0) return;
        placed = true;
        if (!lastView.bounds) city.value = showStart(map);
      });
    }),
    effect(() => map.setSelected(stores.selection.unitId.value)),
    effect(() => map.setTrails(trailsShown.value)),
    effect(() => map.setBase(stores.session.current.value?.console.map ?? null)),
    effect(() => {
      void stores.preferences.theme.value;
      // The attribute that carries the theme is set by another effect of the same signal.
      queueMicrotask(() => map.recolour());
    }),
    effect(() => {
      void stores.clock.now.value;
      map.tick();
    }),
    followRequests(map),
    followEmergencies(map, locked),
  ];
  if (lastView.bounds) {
    const { lat, lon, zoom } = lastView.bounds;
    map.locate({ lat, lon }, zoom);
  }
  return () => {
    cancelAnimationFrame(frame);
    for (const stop of stops) stop();
  };
}

/** Obey what other panels ask for, but not what was asked before this map opened. */
function followRequests(map: MapEngine): () => void {
  const old = stores.selection.mapRequest.peek();
  return effect(() => {
    const request = stores.selection.mapRequest.value;
    if (request && request !== old) obey(map, request);
  });
}

function obey(map: MapEngine, request: MapRequest): void {
  if (request.what === "show_all") showAll(map);
  else if (request.what === "show_place") map.locate(request, STREET_ZOOM);
  else {
    const position = stores.unitViews.of(request.unitId).position.peek();
    if (position) map.locate(position, STREET_ZOOM);
  }
}

/** A new emergency is brought into view, unless the operator has taken the map in hand. */
function followEmergencies(map: MapEngine, locked: ReadonlySignal<boolean>): () => void {
  const seen = new Set(stores.openEmergencies.peek().map((emergency) => emergency.id));
  return effect(() => {
    for (const { id, lat, lon } of stores.openEmergencies.value) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (lat !== null && lon !== null && !locked.peek()) map.locate({ lat, lon }, STREET_ZOOM);
    }
  });
}

/** The first view: an open emergency, else the town with most units; returns the town's id. */
function showStart(map: MapEngine): string | null {
  const alarm = stores.openEmergencies.peek().find(({ lat, lon }) => lat !== null && lon !== null);
  if (alarm && alarm.lat !== null && alarm.lon !== null) {
    map.locate({ lat: alarm.lat, lon: alarm.lon }, STREET_ZOOM);
    return null;
  }
  const town = busiestCity(stores.positions.latest());
  if (town) map.fit(town.bounds);
  else showAll(map);
  return town?.id ?? null;
}

function showAll(map: MapEngine): void {
  const positions = stores.positions.latest();
  map.fit(boundsOf(positions) ?? COAST);
}
