import "./map-window.css";
import { t } from "../../i18n";
import { MapView } from "../../map/map-view";
import { UnitCard } from "../console/unit-card";

/** The map alone, for a second screen; it follows what is selected at the desk. */
export default function MapWindowPage() {
  return (
    <main class="page map-page" aria-label={t("map.region")}>
      <h1 class="sr">{t("page.map")}</h1>
      <MapView>
        <UnitCard />
      </MapView>
    </main>
  );
}
