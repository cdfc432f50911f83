import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { EventFrame } from "../api/frames";
import { t } from "../i18n";
import { stores } from "../stores";
import { stream } from "./desk";
import { names } from "./names";
import { placeOf } from "./nearest";
import { plain } from "./text";
import { unstoredName } from "./unstored-banner";
import { spoken } from "./wording";

/** Speaks for those who listen to a screen reader: alarms at once, texts and call alerts when there is time. */
export function Announcer() {
  const [alarm, setAlarm] = useState("");
  const [news, setNews] = useState("");
  useEffect(
    () =>
      stream.onEvent((frame) => {
        const said = sentence(frame);
        if (!said) return;
        if (frame.type.startsWith("emergency.")) setAlarm(said);
        else setNews(said);
      }),
    [],
  );
  useEffect(() => {
    const said = new Set<string>();
    return effect(() => {
      for (const one of stores.unstored.all.value) {
        if (said.has(one.event)) continue;
        said.add(one.event);
        setAlarm([t("unstored.mark"), t(`emergency.source.${one.source}`), unstoredName(one)].join(", "));
      }
    });
  }, []);
  return (
    <>
      <div class="sr" role="alert">{alarm}</div>
      <div class="sr" role="status">{news}</div>
    </>
  );
}

function sentence(frame: EventFrame): string | null {
  switch (frame.type) {
    case "emergency.raised": {
      const place = placeOf(stores, frame.data);
      const where = place && names.place(place.lat, place.lon);
      return [t(`emergency.source.${frame.data.source}`), names.emergency(frame.data), where].filter(Boolean).join(", ");
    }
    case "emergency.escalated":
      return t("say.escalated", { unit: names.emergency(frame.data) });
    case "emergency.acknowledged":
      return t("say.acknowledged", {
        unit: names.emergency(frame.data), user: plain(frame.data.acknowledged_by ?? ""),
      });
    case "message.created":
      return frame.data.direction === "in" ? spoken(frame.data) : null;
    case "message.changed":
      return frame.data.state === "failed" || frame.data.state === "expired"
        ? t("say.not_delivered", { to: names.correspondent(frame.data) })
        : null;
    default:
      return null;
  }
}
