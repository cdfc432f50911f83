import "./console.css";
import { useCallback, useState } from "preact/hooks";
import { t } from "../../i18n";
import { MapView } from "../../map/map-view";
import { stores } from "../../stores";
import { useShortcut } from "../../ui/keys";
import { ActivityPanel } from "./activity-panel";
import { Composer } from "./composer";
import { Timeline } from "./timeline";
import { UnitCard } from "./unit-card";
import { UnitPanel } from "./unit-panel";

/** The dispatcher's desk: units, map, activity, texts, timeline. */
export default function ConsolePage() {
  const [timeline, setTimeline] = useState(true);
  useShortcut("timeline", useCallback(() => {
    setTimeline((shown) => !shown);
    return true;
  }, []));
  useShortcut("back", useCallback(() => {
    if (stores.selection.unitId.value === null) return false;
    stores.selection.select(null);
    return true;
  }, []));
  const stale = stores.stream.phase.value === "lost";
  return (
    <div class={`page desk ${timeline ? "" : "no-tl"} ${stale ? "stale" : ""}`}>
      <UnitPanel />
      <main class="desk-map" aria-label={t("map.region")}>
        <h1 class="sr">{t("page.console")}</h1>
        <MapView>
          <UnitCard />
        </MapView>
      </main>
      <section class="right" aria-label={t("activity.region")}>
        <ActivityPanel />
        <Composer />
      </section>
      {timeline && <Timeline />}
    </div>
  );
}
