import "./trusted";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import type { MapSource } from "../api/types";
import { DEEPEST_ZOOM, kindOf, pmtilesLayer, tileLayer } from "./base-layer";
import type { EngineOptions, MapEngine, MapListener, MapTrack } from "./engine";
import { type Bounds, type LatLon, pixelsPerMetre } from "./geo";
import type { MapUnit } from "./map-unit";
import { SchematicLayer } from "./schematic-layer";
import { type MapTheme, readTheme } from "./theme";
import { TrackLayer } from "./track-layer";
import { UnitLayer } from "./unit-layer";

const SHALLOWEST_ZOOM = 8;
const FIT_PADDING = 24;
/** The tools lie over the upper edge. */
const TOOLS_HEIGHT = 52;
const FIT_DEEPEST = 16;
const START = { lat: 56.525, lng: 21.02 };
const START_ZOOM = 13;
/** Pixels of a metre before the map has moved. */
export const START_PER_METRE = pixelsPerMetre(START_ZOOM, START.lat);

/** The map by Leaflet: a base, the track, and one canvas for all units. */
export class LeafletEngine implements MapEngine {
  readonly #map: L.Map;
  readonly #listener: MapListener;
  readonly #language: string;
  readonly #units: UnitLayer;
  readonly #track: TrackLayer;
  #theme: MapTheme;
  #schematic: SchematicLayer | null = null;
  #base: L.Layer | null = null;
  #source: MapSource | null = null;
  /** Rises with each choice of a base, so that a late answer of an old one is dropped. */
  #turn = 0;
  #commanded = 0;

  constructor(element: HTMLElement, { listener, clock, language }: EngineOptions) {
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    this.#listener = listener;
    this.#language = language;
    this.#theme = readTheme(document.documentElement);
    this.#map = L.map(element, {
      zoomControl: false,
      attributionControl: false,
      minZoom: SHALLOWEST_ZOOM,
      maxZoom: DEEPEST_ZOOM,
      zoomSnap: 0.25,
      zoomDelta: 1,
      wheelPxPerZoomLevel: 100,
      zoomAnimation: !still.matches,
      fadeAnimation: !still.matches,
      inertia: !still.matches,
      center: START,
      zoom: START_ZOOM,
    });
    this.#pane("base", 200);
    this.#pane("track", 420);
    this.#pane("units", 450);
    this.#track = new TrackLayer("track", this.#theme).addTo(this.#map);
    this.#units = new UnitLayer({
      pane: "units", theme: this.#theme, clock, still: () => still.matches,
    }).addTo(this.#map);
    this.#map.on("click", (event) => {
      const { x, y } = (event as L.LeafletMouseEvent).containerPoint;
      this.#listener.picked(this.pick(x, y));
    });
    this.#map.on("mousemove", (event) => {
      const { x, y } = (event as L.LeafletMouseEvent).containerPoint;
      element.classList.toggle("over-unit", this.pick(x, y) !== null);
    });
    this.#map.on("moveend", () => this.#moved());
    this.#showSchematic();
  }

  setBase(source: MapSource | null): void {
    this.#source = source;
    const turn = (this.#turn += 1);
    const failed = (): void => {
      if (turn !== this.#turn) return;
      this.#showSchematic();
      this.#listener.baseFailed();
    };
    switch (kindOf(source)) {
      case "schematic":
        this.#showSchematic();
        break;
      case "tiles":
        this.#show(tileLayer(source?.tile_url ?? "", "base", failed));
        break;
      case "pmtiles":
        pmtilesLayer({ pane: "base", dark: this.#dark(), language: this.#language, failed }).then((layer) => {
          if (turn === this.#turn) this.#show(layer);
        }, failed);
        break;
    }
  }

  setUnits(units: readonly MapUnit[]): void {
    this.#units.setUnits(units);
  }

  setSelected(unitId: number | null): void {
    this.#units.setSelected(unitId);
  }

  setTrails(shown: boolean): void {
    this.#units.setTrails(shown);
  }

  setTrack(track: MapTrack | null): void {
    this.#track.setTrack(track);
  }

  fit({ south, west, north, east }: Bounds): void {
    this.#command(() => {
      this.#map.fitBounds([[south, west], [north, east]], {
        paddingTopLeft: [FIT_PADDING, TOOLS_HEIGHT], paddingBottomRight: [FIT_PADDING, FIT_PADDING], maxZoom: FIT_DEEPEST, animate: false,
      });
    });
  }

  locate({ lat, lon }: LatLon, leastZoom = 0): void {
    const zoom = Math.max(this.#map.getZoom(), leastZoom);
    this.#command(() => this.#map.setView([lat, lon], zoom, { animate: false }));
  }

  pick(x: number, y: number): number | null {
    return this.#units.pick(L.point(x, y));
  }

  zoomBy(steps: number): void {
    this.#map.setZoom(this.#map.getZoom() + steps);
  }

  recolour(): void {
    this.#theme = readTheme(document.documentElement);
    this.#schematic?.setTheme(this.#theme);
    this.#track.setTheme(this.#theme);
    this.#units.setTheme(this.#theme);
    if (kindOf(this.#source) === "pmtiles") this.setBase(this.#source);
  }

  tick(): void {
    this.#units.grow();
  }

  resized(): void {
    this.#command(() => this.#map.invalidateSize({ animate: false, pan: false }));
  }

  destroy(): void {
    this.#turn += 1;
    this.#map.remove();
  }

  #pane(name: string, depth: number): void {
    const pane = this.#map.createPane(name);
    pane.style.zIndex = String(depth);
    pane.style.pointerEvents = "none";
  }

  #dark(): boolean {
    return document.documentElement.dataset["theme"] === "night";
  }

  #showSchematic(): void {
    if (this.#schematic && this.#base === this.#schematic) return;
    this.#schematic = new SchematicLayer("base", this.#theme);
    this.#show(this.#schematic);
  }

  #show(layer: L.Layer): void {
    this.#base?.remove();
    if (layer !== this.#schematic) this.#schematic = null;
    this.#base = layer.addTo(this.#map);
  }

  /** Move the map for the console: the change is not the operator's. */
  #command(move: () => void): void {
    this.#commanded += 1;
    try {
      move();
    } finally {
      this.#commanded -= 1;
    }
  }

  #moved(): void {
    const { lat, lng } = this.#map.getCenter();
    this.#listener.moved({
      zoom: this.#map.getZoom(), centre: { lat, lon: lng }, byHand: this.#commanded === 0,
    });
  }
}
