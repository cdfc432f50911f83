import "./trusted";
import L from "leaflet";
import type { MapSource } from "../api/types";

export const PMTILES_ADDRESS = "/maps/region.pmtiles";
export const DEEPEST_ZOOM = 18;

/** Failed tiles without a single good one that end a tile server's turn. */
const FAILURES = 4;

export type BaseKind = "schematic" | "pmtiles" | "tiles";

export function kindOf(source: MapSource | null): BaseKind {
  if (source?.pmtiles) return "pmtiles";
  return source?.tile_url ? "tiles" : "schematic";
}

/** Tiles of a server; `failed` is called once if they do not come. */
export function tileLayer(url: string, pane: string, failed: () => void): L.Layer {
  const layer = L.tileLayer(url, { pane, maxZoom: DEEPEST_ZOOM, maxNativeZoom: 19, crossOrigin: false });
  let bad = 0;
  layer.on("tileload", () => {
    bad = Number.NEGATIVE_INFINITY;
  });
  layer.on("tileerror", () => {
    bad += 1;
    if (bad === FAILURES) failed();
  });
  return layer;
}

/** The region's own tiles in one file, drawn in the theme of the console.
 *
 * @throws when the file is missing or is no PMTiles archive
 */
export async function pmtilesLayer(pane: string, dark: boolean, language: string): Promise<L.Layer> {
  const [{ PMTiles }, { leafletLayer }] = await Promise.all([
    import("pmtiles"),
    import("protomaps-leaflet"),
  ]);
  const archive = new PMTiles(PMTILES_ADDRESS);
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
