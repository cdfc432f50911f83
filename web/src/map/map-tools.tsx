import { t } from "../i18n";
import { CITIES } from "./cities";

interface Props {
  /** Id of the town on the screen; "all"; null after a move by hand. */
  city: string | null;
  locked: boolean;
  trails: boolean;
  onCity: (id: string) => void;
  onLock: () => void;
  onTrails: () => void;
  onZoom: (steps: number) => void;
}

/** Towns, layers, zoom and the view lock. */
export function MapTools({ city, locked, trails, onCity, onLock, onTrails, onZoom }: Props) {
  return (
    <>
      <div class="map-tools top-left">
        <div class="card map-buttons" role="group" aria-label={t("map.towns")}>
          {CITIES.map(({ id, name, lang }) => (
            <button type="button" key={id} lang={lang} aria-pressed={city === id} onClick={() => onCity(id)}>
              {name}
            </button>
          ))}
          <button type="button" aria-pressed={city === "all"} onClick={() => onCity("all")}>
            {t("map.all")}
          </button>
        </div>
        <div class="card map-buttons" role="group" aria-label={t("map.layers")}>
          <button type="button" aria-pressed={trails} onClick={onTrails}>
            {t("map.trails")}
          </button>
        </div>
      </div>
      <div class="map-tools top-right">
        <div class="card map-buttons upright">
          <button type="button" aria-label={t("map.zoom_in")} title={t("map.zoom_in")} onClick={() => onZoom(1)}>
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 4v12M4 10h12" /></svg>
          </button>
          <button type="button" aria-label={t("map.zoom_out")} title={t("map.zoom_out")} onClick={() => onZoom(-1)}>
            <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10h12" /></svg>
          </button>
          <button
            type="button"
            aria-pressed={locked}
            aria-label={t("map.lock")}
            title={t(locked ? "map.locked" : "map.unlocked")}
            onClick={onLock}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d={locked ? "M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9" : "M6.5 9V5.5a3.5 3.5 0 0 1 6.8-1.2"} />
              <rect x="4.5" y="9" width="11" height="8" rx="1.5" />
            </svg>
          </button>
        </div>
      </div>
    </>
  );
}
