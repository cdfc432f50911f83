import "./trusted";
import L from "leaflet";
import type { MapSource } from "../api/types";

export const PMTILES_ADDRESS = "/maps/region.pmtiles";
export const DEEPEST_ZOOM = 18;

const FIRST_FAILURES = 4;
/** A regional set has no tiles beyond its edge: some misses are no outage. */
const LATER_FAILURES = 16;

export type BaseKind = "schematic" | "pmtiles" | "tiles";

export function kindOf(source: MapSource | null): BaseKind {
  if (source?.pmtiles) return "pmtiles";
  return source?.tile_url ? "tiles" : "schematic";
}

/** Calls `failed` when the first tiles all fail, or when a good run ends for a whole screen. */
export class Patience {
  #bad = 0;
  #limit = FIRST_FAILURES;

  constructor(private readonly failed: () => void) {}

  good(): void {
    this.#bad = 0;
    this.#limit = LATER_FAILURES;
  }

  bad(): void {
    this.#bad += 1;
    if (this.#bad === this.#limit) this.failed();
  }
}

/** Tiles of a server; `failed` is called when they do not come. */
export function tileLayer(url: string, pane: string, failed: () => void): L.Layer {
  const layer = L.tileLayer(url, { pane, maxZoom: DEEPEST_ZOOM, maxNativeZoom: 19, crossOrigin: false });
  const patience = new Patience(failed);
  layer.on("tileload", () => patience.good());
  layer.on("tileerror", () => patience.bad());
  return layer;
}

export interface PmtilesOptions {
  readonly pane: string;
  readonly dark: boolean;
  /** Language of names, where the file has them. */
  readonly language: string;
  readonly failed: () => void;
}

/** The region's own tiles in one file, drawn in the theme of the console.
 *
 * @throws when the file is missing or is no PMTiles archive
 */
export async function pmtilesLayer({ pane, dark, language, failed }: PmtilesOptions): Promise<L.Layer> {
  const [{ PMTiles }, { leafletLayer }] = await Promise.all([
    import("pmtiles"),
    import("protomaps-leaflet"),
  ]);
  const patience = new Patience(failed);
  /** The drawing library only logs a tile that cannot be read. */
  class WatchedTiles extends PMTiles {
    override async getZxy(...place: Parameters<InstanceType<typeof PMTiles>["getZxy"]>) {
      try {
        const tile = await super.getZxy(...place);
        patience.good();
        return tile;
      } catch (error) {
        if (!(error instanceof DOMException && error.name === "AbortError")) patience.bad();
        throw error;
      }
    }
  }
  const archive = new WatchedTiles(PMTILES_ADDRESS);
  const header = await archive.getHeader();
  return leafletLayer({
    url: archive,
    flavor: dark ? "dark" : "light",
    lang: language,
    maxDataZoom: header.maxZoom,
    pane,
    noWrap: true,
    maxZoom: DEEPEST_ZOOM,
  } as Parameters<typeof leafletLayer>[0]) as unknown as L.Layer;
}
