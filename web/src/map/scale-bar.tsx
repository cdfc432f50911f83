import type { MapSource } from "../api/types";
import { t } from "../i18n";
import { number } from "../i18n/format";
import { plain } from "../ui/text";
import { kindOf } from "./base-layer";
import { scaleBar } from "./geo";

const WIDEST = 110;
const OPEN_STREET_MAP = "© OpenStreetMap";

interface Props {
  /** Pixels per metre in the middle of the map; 0: not known yet. */
  perMetre: number;
  source: MapSource | null;
}

/** Length of the scale and where the map comes from. */
export function ScaleBar({ perMetre, source }: Props) {
  const bar = perMetre > 0 ? scaleBar(perMetre, WIDEST) : null;
  return (
    <div class="map-scale card">
      <span>{origin(source)}</span>
      {bar && (
        <span class="map-scale-length">
          <i style={{ width: `${bar.width}px` }} />
          {length(bar.length_m)}
        </span>
      )}
    </div>
  );
}

/** "200 m", "5 km". */
function length(metres: number): string {
  return metres < 1000 ? `${number(metres)}\u00a0m` : `${number(metres / 1000)}\u00a0km`;
}

function origin(source: MapSource | null): string {
  if (source?.attribution) return plain(source.attribution);
  switch (kindOf(source)) {
    case "schematic": return t("map.schematic");
    case "pmtiles": return OPEN_STREET_MAP;
    case "tiles": return "";
  }
}
